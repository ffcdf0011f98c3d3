package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// FuzzEncode: whatever a text is, what programs read of it is the text, and a
// terminal on which it is looked at does nothing.
func FuzzEncode(f *testing.F) {
	for _, text := range []string{
		"", "plain", "\x1b[2J", "\u009b31m\x7f", "\u0085", "a\u202egnp", "zero\u200bwidth\ufeff", "tag\U000e0041\U000e007f", "\ufe0f\U000e0100", "soft\u00adft",
		"l\u2028s\u2029p", "\ue000\U000f0000", "\u3164\u115f", "e" + strings.Repeat("\u0301", 60), "tab\tnew\nline\r\b\f", `\u202e`, `\\u202e"`, "\"\u202e: - x", "<&>",
		"kept-00000000000000000000000000000000-0", "\u202e: x", "- \u202e", "yes", "1e3", "~", "漢字 é क्षि 👩", "{{ x }}\u200b", "# \u200b", " \u200b ", "x\n\u200b\ny\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := map[string]any{"text": strings.ToValidUTF8(text, "\ufffd"), "list": []any{"", strings.ToValidUTF8(text, "\ufffd"), true}}
		if key := strings.ToValidUTF8(text, "\ufffd"); len(key) < 100 { // beyond, YAML writes keys in another form
			want[key+"\u200b"] = "x"
		}
		for format, read := range map[string]func([]byte, any) error{
			"json": json.Unmarshal, "yaml": func(raw []byte, into any) error { return yaml.Unmarshal(raw, into) },
		} {
			var out bytes.Buffer
			if err := Encode(&out, format, want); err != nil {
				t.Fatal(format, err)
			}
			var got any
			if err := read(out.Bytes(), &got); err != nil {
				t.Fatalf("%s: %v: %q", format, err, out.String())
			}
			if diff := cmp.Diff(any(want), got); diff != "" {
				t.Errorf("%s: %s", format, diff)
			}
			stacked := 0
			for _, r := range out.String() {
				if r != '\n' && (isHidden(r) || marks(r, &stacked) > mostMarks) {
					t.Fatalf("%s: %U in %q", format, r, out.String())
				}
			}
		}
	})
}
