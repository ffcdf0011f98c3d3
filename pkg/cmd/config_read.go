package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// configReader reads a file strictly: what is written in it and not understood
// would be taken for heeded.
type configReader struct {
	file  string
	flags map[string]*pflag.Flag
}

// parseConfig reads a file. Errors name it and the line. The nodes of yaml/v3,
// which kubectl's own libraries build on, are used for they know their lines.
func parseConfig(file string, raw []byte, flags map[string]*pflag.Flag) (*configFile, error) {
	r := &configReader{file, flags}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var doc, more yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return &configFile{}, nil
	case err != nil:
		return nil, r.syntax(err)
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, r.errorf(&more, "there must be one document only")
	}
	return r.config(doc.Content[0])
}

// yamlLine is how the library says where an error is.
var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

func (r *configReader) syntax(err error) error {
	text := err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s:%s: not YAML: %s", r.file, m[1], text[len(m[0]):])
	}
	return fmt.Errorf("%s: not YAML: %s", r.file, strings.TrimPrefix(text, "yaml: "))
}

func (r *configReader) at(n *yaml.Node) string { return fmt.Sprintf("%s:%d", r.file, n.Line) }

func (r *configReader) errorf(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s: %w", r.at(n), fmt.Errorf(format, args...))
}

func (r *configReader) config(n *yaml.Node) (*configFile, error) {
	out := &configFile{}
	if isNull(n) { // comments alone
		return out, nil
	}
	err := r.each(n, "the file", []string{"defaults", "ignore"}, func(key, value *yaml.Node) (err error) {
		if key.Value == "defaults" {
			out.defaults, err = r.defaults(value)
			return err
		}
		out.ignore, err = r.rules(value)
		return err
	})
	return out, err
}

// each hands over the entries of a mapping, in their order. A key that is not
// among the known ones is an error, and so is one that is written twice.
func (r *configReader) each(n *yaml.Node, what string, known []string, do func(key, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return r.errorf(n, "%s must be a mapping of keys and values", what)
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !slices.Contains(known, key.Value) {
			return r.errorf(key, "%w; there are %s", orNear(fmt.Errorf("unknown key %q in %s", key.Value, what), key.Value, known), strings.Join(known, ", "))
		}
		if line, twice := seen[key.Value]; twice {
			return r.errorf(key, "%q stands in line %d already", key.Value, line)
		}
		seen[key.Value] = key.Line
		if err := do(key, value); err != nil {
			return err
		}
	}
	return nil
}

func (r *configReader) defaults(n *yaml.Node) (out []configDefault, err error) {
	if isNull(n) {
		return nil, nil
	}
	err = r.each(n, "defaults", slices.Sorted(maps.Keys(r.flags)), func(key, value *yaml.Node) error {
		values, err := r.values(key.Value, value)
		if err == nil {
			out = append(out, configDefault{flag: key.Value, values: values, at: r.at(value)})
		}
		return err
	})
	return out, err
}

// values are what a flag is set to: a list or mapping becomes the flag given
// several times.
func (r *configReader) values(flag string, n *yaml.Node) (out []string, err error) {
	kind := r.flags[flag].Value.Type()
	switch {
	case kind == "stringToString" && n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			out = append(out, n.Content[i].Value+"="+n.Content[i+1].Value)
		}
		return out, nil
	case kind == "bool" && (n.Kind != yaml.ScalarNode || n.Tag != "!!bool"):
		return nil, r.errorf(n, "%s must be true or false", flag)
	case kind == "stringSlice" || kind == "stringArray":
		return r.texts(flag, n)
	}
	one, err := r.text(flag, n)
	if err == nil && flag == "output" && slices.Contains(documents(), one) {
		return nil, r.errorf(n, "output must be one of %s: other formats are of the whole report, which few commands make", strings.Join(outputs(), ", "))
	}
	return []string{one}, err
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// text is one value.
func (r *configReader) text(key string, n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", r.errorf(n, "%s must be one value", key)
	}
	if isNull(n) || n.Value == "" {
		return "", r.errorf(n, "%s has no value", key)
	}
	return n.Value, nil
}

// texts are one value or a list of them.
func (r *configReader) texts(key string, n *yaml.Node) ([]string, error) {
	if n.Kind != yaml.SequenceNode {
		one, err := r.text(key, n)
		return []string{one}, err
	}
	if len(n.Content) == 0 {
		return nil, r.errorf(n, "%s has no value", key)
	}
	out := make([]string, len(n.Content))
	for i, item := range n.Content {
		var err error
		if out[i], err = r.text(key, item); err != nil {
			return nil, err
		}
	}
	return out, nil
}
