package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// JSON writes the report as indented JSON: field by field, and lists element by
// element, for the encoder holds all of what it is given, and that of a large
// cluster has some 20 MB.
func JSON(w io.Writer, r *Report) error {
	e := &encoder{out: &indenter{w: bufio.NewWriter(w)}}
	e.object(reflect.ValueOf(r).Elem())
	e.literal("\n")
	return errors.Join(e.err, e.out.w.Flush())
}

// encoder writes pieces of a document. It keeps its first error.
type encoder struct {
	out   *indenter
	piece bytes.Buffer
	err   error
}

// object writes a struct as encoding/json does, but for what no report has:
// embedded fields and other options of tags.
func (e *encoder) object(v reflect.Value) {
	between := "{"
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		field := v.Field(i)
		if options == "omitempty" && isEmpty(field) || options == "omitzero" && field.IsZero() {
			continue
		}
		e.literal(between + strconv.Quote(name) + ":")
		between = ","
		if field.Kind() == reflect.Slice && field.Len() > 0 {
			e.list(field)
		} else {
			e.value(field)
		}
	}
	e.literal("}")
}

func (e *encoder) list(v reflect.Value) {
	between := "["
	for i := range v.Len() {
		e.literal(between)
		between = ","
		e.value(v.Index(i).Addr())
	}
	e.literal("]")
}

// value writes a value at once.
func (e *encoder) value(v reflect.Value) {
	if e.err != nil {
		return
	}
	e.piece.Reset()
	enc := json.NewEncoder(&e.piece)
	enc.SetEscapeHTML(false)
	if e.err = enc.Encode(v.Interface()); e.err == nil {
		_, _ = e.out.Write(inert(bytes.TrimSuffix(e.piece.Bytes(), []byte("\n"))))
	}
}

func (e *encoder) literal(text string) { _, _ = io.WriteString(e.out, text) }

// isEmpty is what omitempty leaves out.
func isEmpty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

// indenter writes compact JSON on as json.Indent would by two spaces, but holds no
// second copy of it.
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
func YAML(w io.Writer, r *Report) error { return writeYAML(w, r) }
