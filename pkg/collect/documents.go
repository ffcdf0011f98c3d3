package collect

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// documents reads the objects of one stream: JSON documents one after the
// other, or YAML documents between "---".
func (r *reading) documents(name string, br *bufio.Reader) error {
	first, err := firstByte(br)
	if errors.Is(err, io.EOF) {
		return nil // an empty file holds nothing, and says nothing false
	}
	if err != nil {
		return err
	}
	switch {
	case first >= 0xfe: // no byte of UTF-8, but of the mark of UTF-16
		return errors.New("this is UTF-16, as PowerShell writes it behind \">\": save it as UTF-8")
	case first < ' ':
		return errors.New("this is no text but binary data")
	}
	if first == '{' || first == '[' || first == '=' {
		return r.jsonDocuments(name, br)
	}
	return r.yamlDocuments(name, br)
}

// firstByte peeks at the first byte that is no white space or mark.
func firstByte(br *bufio.Reader) (byte, error) {
	for {
		c, err := br.ReadByte()
		if err != nil {
			return 0, err
		}
		switch c {
		case ' ', '\t', '\r', '\n', 0xef, 0xbb, 0xbf:
			continue
		}
		return c, br.UnreadByte()
	}
}

// jsonDocuments decodes object by object, so that a list of any length is
// never held whole.
func (r *reading) jsonDocuments(name string, br *bufio.Reader) error {
	in := &lines{r: &withoutLogs{r: br, logs: r.logs}}
	dec := json.NewDecoder(in)
	for {
		err := r.jsonDocument(name, dec)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return in.locate(err, dec.InputOffset())
		}
	}
}

// jsonDocument reads one document: an object, or a list whose items are read
// one at a time.
func (r *reading) jsonDocument(name string, dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	if token == nil {
		return nil // "null" holds nothing
	}
	if token == json.Delim('[') {
		return r.array(name, dec)
	}
	if token != json.Delim('{') {
		return fmt.Errorf("expected an object, found %v", token)
	}
	d := &document{file: name, fields: map[string]json.RawMessage{}}
	if err := r.fieldsOf(d, dec); err != nil {
		return unexpected(err)
	}
	if d.isList {
		r.listEnds(d)
		return nil
	}
	raw, err := json.Marshal(d.fields)
	if err != nil {
		return err
	}
	r.budget.renew()
	r.object(name, raw, bundledKind(name))
	return nil
}

// document is one JSON document while it is read.
type document struct {
	file   string
	fields map[string]json.RawMessage // all but the items of a list
	isList bool
	// nameless are items that do not name their kind, read before the list
	// named it: YAML has the fields of an object in the order of the alphabet.
	nameless []json.RawMessage
}

// fieldsOf reads the fields of a document whose "{" was read, and its "}".
func (r *reading) fieldsOf(d *document, dec *json.Decoder) error {
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		if key == "items" {
			d.isList = true
			if err := r.items(d, dec); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		d.fields[fmt.Sprint(key)] = value
	}
	_, err := dec.Token()
	return err
}

// listEnds takes the items that waited for the kind of their list.
func (r *reading) listEnds(d *document) {
	kind := listKind(d.fields)
	for _, raw := range d.nameless {
		r.object(d.file, raw, kind)
	}
	r.listRead(d.file, kind)
}

// unexpected turns the end of the stream inside a document into an error: a
// truncated file must not pass for a whole one.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// listKind is the kind of a list's items when the list names it: PodList
// holds Pods. "List" holds anything.
func listKind(fields map[string]json.RawMessage) string {
	var kind string
	if json.Unmarshal(fields["kind"], &kind) != nil {
		return ""
	}
	return strings.TrimSuffix(kind, "List")
}

func (r *reading) items(d *document, dec *json.Decoder) error {
	kind := listKind(d.fields)
	token, err := dec.Token()
	if err != nil {
		return err
	}
	if token == nil {
		return nil // "items": null
	}
	if token != json.Delim('[') {
		return fmt.Errorf("expected a list of items, found %v", token)
	}
	trimmed := r.trim(d.file, kind)
	for err == nil && dec.More() {
		if err = dec.Decode(trimmed.next()); err == nil {
			r.budget.renew()
			trimmed.take()
		}
	}
	nameless, late := trimmed.wait()
	d.nameless = append(d.nameless, nameless...)
	if err = cmp.Or(err, late); err != nil {
		return err
	}
	_, err = dec.Token()
	return err
}

func (r *reading) yamlDocuments(name string, br *bufio.Reader) error {
	docs := yaml.NewYAMLReader(br)
	for n := 1; ; n++ {
		doc, err := docs.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("document %d: %w", n, err)
		}
		r.budget.renew()
		if len(bytes.TrimSpace(doc)) == 0 {
			continue
		}
		if err := soundAliases(doc); err != nil {
			return fmt.Errorf("document %d: %w", n, err)
		}
		raw, err := sigsyaml.YAMLToJSON(doc)
		if err != nil {
			return fmt.Errorf("document %d is neither JSON nor YAML: %w", n, err)
		}
		if string(raw) == "null" {
			continue // comments only
		}
		if raw[0] != '{' {
			return fmt.Errorf("document %d is no Kubernetes object but plain text or a list", n)
		}
		if err := r.jsonDocument(name, json.NewDecoder(bytes.NewReader(raw))); err != nil {
			return fmt.Errorf("document %d: %w", n, err)
		}
	}
}
