package report

import (
	"encoding/json"
	"io"

	"sigs.k8s.io/yaml"
)

// JSON writes the report as indented JSON.
func JSON(w io.Writer, r *Report) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
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
