package report

import (
	"bufio"
	"encoding/json"
	"io"

	"sigs.k8s.io/yaml"
)

// JSON writes the report as indented JSON.
func JSON(w io.Writer, r *Report) error {
	out := &indenter{w: bufio.NewWriter(w)}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return err
	}
	return out.w.Flush()
}

// indenter writes compact JSON on as json.Indent would by two spaces, but holds no
// second copy of it: the report of a large cluster has some 20 MB.
type indenter struct {
	w       *bufio.Writer // keeps its first error, and tells it when it is flushed
	depth   int
	opened  bool // the last character began an object or a list
	text    bool // within a string
	escaped bool // behind its backslash
}

// Write takes JSON without spaces but for those in strings and at its end.
func (i *indenter) Write(p []byte) (int, error) {
	for _, c := range p {
		if i.text {
			_ = i.w.WriteByte(c)
			i.text = c != '"' || i.escaped
			i.escaped = c == '\\' && !i.escaped
			continue
		}
		i.between(c)
	}
	return len(p), nil
}

// between writes a character that is in no string.
func (i *indenter) between(c byte) {
	empty := i.opened && (c == '}' || c == ']')
	if i.opened && !empty {
		i.depth++
		i.line()
	}
	i.opened = c == '{' || c == '['
	switch c {
	case '}', ']':
		if !empty {
			i.depth--
			i.line()
		}
		_ = i.w.WriteByte(c)
	case ',':
		_ = i.w.WriteByte(',')
		i.line()
	case ':':
		_, _ = i.w.WriteString(": ")
	default:
		i.text = c == '"'
		_ = i.w.WriteByte(c)
	}
}

func (i *indenter) line() {
	_ = i.w.WriteByte('\n')
	for range i.depth {
		_, _ = i.w.WriteString("  ")
	}
}

// YAML writes the report as YAML with the same fields.
func YAML(w io.Writer, r *Report) error {
	out, err := yaml.Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}
