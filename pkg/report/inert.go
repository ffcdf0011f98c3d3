package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"sigs.k8s.io/yaml"
)

// Encode writes anything that is told as JSON or YAML, in the form of reports.
func Encode(w io.Writer, format string, x any) error {
	if format == "yaml" {
		return writeYAML(w, x)
	}
	enc := json.NewEncoder(inertWriter{w})
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(x)
}

// EncodeLine writes JSON in one line.
func EncodeLine(w io.Writer, x any) error {
	enc := json.NewEncoder(inertWriter{w})
	enc.SetEscapeHTML(false)
	return enc.Encode(x)
}

// inertWriter takes whole JSON documents.
type inertWriter struct{ w io.Writer }

func (w inertWriter) Write(p []byte) (int, error) {
	if _, err := w.w.Write(inert(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// inert is JSON that means the same and does nothing to a terminal: what text
// output shows as what it is stands in escapes of JSON, as encoding/json writes
// the controls below U+0020 alone. Outside of strings JSON has none of it.
func inert(doc []byte) []byte {
	if isInertASCII(doc) {
		return doc
	}
	out := bytes.NewBuffer(make([]byte, 0, len(doc)+64))
	stacked := 0
	for len(doc) > 0 {
		r, size := utf8.DecodeRune(doc)
		switch {
		case r == '\n' || r != 0x7f && r < utf8.RuneSelf:
			out.WriteByte(doc[0])
			stacked = 0
		case isHidden(r) || marks(r, &stacked) > mostMarks:
			writeEscaped(out, r)
		default:
			out.Write(doc[:size])
		}
		doc = doc[size:]
	}
	return out.Bytes()
}

func isInertASCII(doc []byte) bool {
	for _, c := range doc {
		if c >= 0x7f {
			return false
		}
	}
	return true
}

// writeEscaped writes a character as one escape of JSON, or as two surrogates.
func writeEscaped(out *bytes.Buffer, r rune) {
	for _, unit := range utf16.AppendRune(nil, r) {
		_, _ = fmt.Fprintf(out, `\u%04x`, unit)
	}
}

// escapedString is a string of JSON in which something is escaped.
var escapedString = regexp.MustCompile(`"(?:[^"\\]|\\.)*\\u(?:[^"\\]|\\.)*"`)

// writeYAML writes YAML by way of JSON. The library writes strings as they are
// where it can, and refuses some controls: a string that has anything to be
// escaped is kept apart, and put in as one in double quotes. What stands for it
// meanwhile is made of the document, so that no text can be the same.
func writeYAML(w io.Writer, x any) error {
	var doc bytes.Buffer
	if err := EncodeLine(&doc, x); err != nil {
		return err
	}
	sum := sha256.Sum256(doc.Bytes())
	place := "kept-" + hex.EncodeToString(sum[:16]) + "-"
	var kept []string
	raw := escapedString.ReplaceAllFunc(doc.Bytes(), func(text []byte) []byte {
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return text // which the library will name
		}
		kept = append(kept, yamlQuoted(s))
		return []byte(`"` + place + strconv.Itoa(len(kept)-1) + `"`)
	})
	out, err := yaml.JSONToYAML(raw)
	if err != nil {
		return err
	}
	out = regexp.MustCompile(place+`(\d+)`).ReplaceAllFunc(out, func(at []byte) []byte {
		i, _ := strconv.Atoi(string(at[len(place):])) // digits alone
		return []byte(kept[i])
	})
	_, err = w.Write(out)
	return err
}

// yamlQuoted is a text in double quotes (YAML 1.2, 5.7).
func yamlQuoted(text string) string {
	var b strings.Builder
	stacked := 0
	b.WriteByte('"')
	for _, r := range text {
		over := marks(r, &stacked) > mostMarks
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff && (over || isHidden(r)):
			fmt.Fprintf(&b, `\U%08x`, r)
		case over || isHidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
