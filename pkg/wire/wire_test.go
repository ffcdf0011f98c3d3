package wire

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one field of a message, as every encoder writes it.
func field(number Number, value string) []byte {
	return protowire.AppendString(protowire.AppendTag(nil, number, protowire.BytesType), value)
}

func varint(number Number, value uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), value)
}

func join(parts ...[]byte) string { return string(bytes.Join(parts, nil)) }

// read makes of a message what a decoder sees: fields by number, in order.
func read(t *testing.T, message []byte, number Number) []string {
	t.Helper()
	var out []string
	if err := Each(message, number, func(v []byte) { out = append(out, string(v)) }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestThin(t *testing.T) {
	message := []byte(join(
		field(1, "name"), varint(2, 7), field(3, join(field(1, "kept"), field(2, "dropped"))),
		field(70, "beyond the table"), field(3, join(field(2, "dropped too"))), field(4, "dropped"), varint(5, 9)))
	thin, err := Thin(nil, message, &Message{1: Whole, 2: Whole, 3: {1: Whole}})
	if err != nil {
		t.Fatal(err)
	}
	parts := read(t, thin, 3)
	if name := read(t, thin, 1); len(name) != 1 || name[0] != "name" {
		t.Errorf("name: %q", name)
	}
	if len(parts) != 2 || len(parts[1]) != 0 {
		t.Fatalf("parts: %q", parts)
	}
	if kept := read(t, []byte(parts[0]), 1); len(kept) != 1 || kept[0] != "kept" {
		t.Errorf("kept: %q", kept)
	}
	if n := len(read(t, []byte(parts[0]), 2)) + len(read(t, thin, 4)) + len(read(t, thin, 70)); n != 0 {
		t.Errorf("%d fields that nobody wanted", n)
	}
	for n := 1; n < len(message); n++ { // cut in the midst of a field
		if _, err := Thin(nil, message[:n], &Message{3: {1: Whole}}); err == nil && !atField(message, n) {
			t.Errorf("cut at %d: no error", n)
		}
	}
}

// atField reports whether a message may end there.
func atField(message []byte, n int) bool {
	for at := 0; at < n; {
		number, kind, head := protowire.ConsumeTag(message[at:])
		size := protowire.ConsumeFieldValue(number, kind, message[at+head:])
		if at += head + size; at == n {
			return true
		}
	}
	return false
}

// answer is that of an API server with a token and items.
func answer(token string, items ...string) []byte {
	parts := [][]byte{field(listMeta, join(field(2, "4711"), field(metaContinue, token), varint(metaRemaining, 1500)))}
	for _, item := range items {
		parts = append(parts, field(listItems, item))
	}
	return []byte(join(magic, field(1, join(field(1, "v1"), field(2, "PodList"))), field(unknownRaw, join(parts...)), field(3, ""), field(4, "")))
}

func TestList(t *testing.T) {
	large := string(bytes.Repeat([]byte("x"), 1<<20))
	for name, from := range map[string]io.Reader{
		"at once":      bytes.NewReader(answer("more", "a", large, "b")),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(answer("more", "a", large, "b"))),
	} {
		var items []int
		var meta Meta
		err := List(from, func(m Meta) {
			if meta = m; len(items) > 0 {
				t.Error("the token came after items")
			}
		}, func(item []byte) error {
			items = append(items, len(item))
			return nil
		})
		if err != nil || meta != (Meta{"more", 1500}) || len(items) != 3 || items[1] != 1<<20 {
			t.Errorf("%s: %v, %+v, %v", name, items, meta, err)
		}
	}
}

func TestListThatIsNone(t *testing.T) {
	refused := errors.New("refused")
	huge := protowire.AppendVarint(protowire.AppendTag(nil, listItems, protowire.BytesType), 1<<40)
	for name, c := range map[string]struct {
		raw  string
		want error
	}{
		"empty":                     {"", ErrForm},
		"JSON":                      {`{"kind":"PodList"}`, ErrForm},
		"ends in its first bytes":   {"k8", io.ErrUnexpectedEOF},
		"nothing in it":             {join(magic), io.ErrUnexpectedEOF},
		"an item larger than any":   {join(magic, field(unknownRaw, string(huge))), ErrForm},
		"an item beyond its list":   {join(magic, field(unknownRaw, string(field(listItems, "abc")[:3]))), ErrForm},
		"field number 0":            {join(magic, []byte{0x02, 0x00}), ErrForm},
		"each refuses":              {string(answer("", "a")), refused},
		"ends in the list's length": {join(magic, []byte{0x12, 0x80}), io.ErrUnexpectedEOF},
	} {
		if err := List(bytes.NewReader([]byte(c.raw)), func(Meta) {}, func([]byte) error { return refused }); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzList(f *testing.F) {
	f.Add(answer("more", "a", join(field(1, "kept"), varint(2, 3))))
	f.Add([]byte("k8s\x00"))
	wanted := &Message{1: Whole, 2: {1: Whole}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		err := List(bytes.NewReader(raw), func(Meta) {}, func(item []byte) error {
			thin, err := Thin(nil, item, wanted)
			if err != nil {
				return err
			}
			if again, err := Thin(nil, thin, wanted); err != nil || len(again) != len(thin) {
				t.Errorf("thinned twice: %d bytes, then %d, %v", len(thin), len(again), err)
			}
			return nil
		})
		if err == nil && !bytes.HasPrefix(raw, magic) {
			t.Error("read what does not begin as a list")
		}
	})
}
