package collect

import (
	"bufio"
	"bytes"
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
	if first < ' ' {
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
	fields := map[string]json.RawMessage{}
	items := false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return unexpected(err)
		}
		if key == "items" {
			items = true
			if err := r.items(name, dec, listKind(fields)); err != nil {
				return unexpected(err)
			}
			continue
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return unexpected(err)
		}
		fields[fmt.Sprint(key)] = value
	}
	if _, err := dec.Token(); err != nil {
		return unexpected(err)
	}
	if items {
		r.listRead(name, listKind(fields))
		return nil
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	r.budget.renew()
	return r.object(name, raw, bundledKind(name))
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

func (r *reading) items(name string, dec *json.Decoder, kind string) error {
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
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		r.budget.renew()
		if err := r.object(name, raw, kind); err != nil {
			return err
		}
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
