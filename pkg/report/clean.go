package report

import (
	"encoding/json"
	"fmt"
	"strings"
)

// cleaned is a copy of a report all of whose texts are escaped as for a
// terminal: what hides or turns text around misleads on a page too. It goes
// by way of JSON, so that no field can be forgotten.
func cleaned(r *Report) (*Report, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	if raw, err = json.Marshal(escapeAll(tree)); err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	out := &Report{}
	if err := json.Unmarshal(raw, out); err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	return out, nil
}

func escapeAll(x any) any {
	switch v := x.(type) {
	case string:
		return escape(v)
	case []any:
		for i := range v {
			v[i] = escapeAll(v[i])
		}
	case map[string]any:
		for k := range v {
			if rule, ok := v[k].(string); ok && k == "alertRule" {
				v[k] = escapeLines(rule)
				continue
			}
			v[k] = escapeAll(v[k])
		}
	}
	return x
}

// escapeLines escapes the lines of a text that has a form of its own.
func escapeLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		bare := strings.TrimLeft(line, " ")
		lines[i] = line[:len(line)-len(bare)] + escape(bare)
	}
	return strings.Join(lines, "\n")
}
