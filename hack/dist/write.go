package main

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template"

	"sigs.k8s.io/yaml"
)

// manifestForm puts the fields in the order that readers of krew's index are
// used to; a YAML library would sort them.
const manifestForm = `apiVersion: {{scalar .APIVersion}}
kind: {{scalar .Kind}}
metadata:
  name: {{scalar .Metadata.Name}}
spec:
  version: {{scalar .Spec.Version}}
  homepage: {{scalar .Spec.Homepage}}
  shortDescription: {{scalar .Spec.ShortDescription}}
  description: {{lines .Spec.Description}}
{{- if .Spec.Caveats}}
  caveats: {{lines .Spec.Caveats}}
{{- end}}
  platforms:
{{- range .Spec.Platforms}}
    - selector:
        matchLabels:
          os: {{scalar .Selector.MatchLabels.os}}
          arch: {{scalar .Selector.MatchLabels.arch}}
      uri: {{scalar .URI}}
      sha256: {{scalar .Sha256}}
      bin: {{scalar .Bin}}
{{- if .Files}}
      files:
{{- range .Files}}
        - from: {{scalar .From}}
          to: {{scalar .To}}
{{- end}}
{{- end}}
{{- end}}
`

// encode writes the manifest and reads it back: a text that does not survive
// the form shall not be found out by whoever installs it.
func encode(p plugin) ([]byte, error) {
	form, err := template.New("manifest").Funcs(template.FuncMap{"scalar": scalar, "lines": lines}).Parse(manifestForm)
	if err != nil {
		return nil, fmt.Errorf("manifest form: %w", err)
	}
	var buf bytes.Buffer
	if err := form.Execute(&buf, p); err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	back, found, err := parsePlugin(buf.Bytes())
	if err != nil {
		return nil, fmt.Errorf("read the written manifest back: %w", err)
	}
	if len(found) > 0 || !reflect.DeepEqual(p, back) {
		return nil, errors.New("write the manifest: it reads back as something else")
	}
	return buf.Bytes(), nil
}

// scalar quotes where YAML would take a text for something else.
func scalar(s string) (string, error) {
	b, err := yaml.Marshal(s)
	if err != nil {
		return "", err
	}
	out := strings.TrimSuffix(string(b), "\n")
	if strings.Contains(out, "\n") {
		return "", fmt.Errorf("%q does not fit on one line", s)
	}
	return out, nil
}

// lines keeps the lines of a text as they are; the indent suits the fields
// of spec.
func lines(s string) string {
	body, ended := strings.CutSuffix(s, "\n")
	var b strings.Builder
	b.WriteString("|")
	if !ended {
		b.WriteString("-")
	}
	for line := range strings.SplitSeq(body, "\n") {
		b.WriteString("\n")
		if line != "" {
			b.WriteString("    " + line)
		}
	}
	return b.String()
}
