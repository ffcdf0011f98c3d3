package collect

import (
	"bytes"
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// mostAliased bounds what the aliases of a YAML document may make of it. Nothing
// that writes Kubernetes objects writes any.
const mostAliased = 64 << 20

var (
	errAliased = fmt.Errorf("aliases make more than %d MiB of the document", mostAliased>>20)
	anchor     = regexp.MustCompile(`(?:^|[\s\[{,:-])&[^\s&]`)
)

// soundAliases refuses YAML that is small and has a large text many times over: the
// library that reads it counts values, and not their lengths.
func soundAliases(doc []byte) error {
	if int64(bytes.Count(doc, []byte("*")))*int64(len(doc)) <= mostAliased || !anchor.Match(doc) {
		return nil
	}
	var root yaml.Node
	if err := yaml.Unmarshal(doc, &root); err != nil {
		return nil //nolint:nilerr // whoever reads it next names it
	}
	if expanded(&root, map[*yaml.Node]int64{}) > mostAliased {
		return errAliased
	}
	return nil
}

// expanded is how many bytes of text a node has with those of its aliases, as far
// as they are more than may be.
func expanded(n *yaml.Node, known map[*yaml.Node]int64) int64 {
	if size, ok := known[n]; ok {
		return size
	}
	known[n] = 0 // of one within itself
	size := int64(len(n.Value))
	if n.Alias != nil {
		size = expanded(n.Alias, known)
	}
	for _, c := range n.Content {
		size = min(size+expanded(c, known), mostAliased+1)
	}
	known[n] = size
	return size
}
