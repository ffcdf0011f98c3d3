package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// figures are those of one run, kept to be compared with a larger cluster's.
type figures struct {
	Size int
	Rows map[string]sample
}

func (f figures) save(path string) error {
	raw, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the figures: %w", err)
	}
	return os.WriteFile(path, raw, 0o600)
}

func load(path string) (figures, error) {
	var f figures
	raw, err := os.ReadFile(path)
	if err != nil {
		return f, fmt.Errorf("read the figures: %w", err)
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, fmt.Errorf("read the figures in %s: %w", path, err)
	}
	return f, nil
}

// linear judges whether a larger cluster takes no more than its size says, and
// a tenth.
func linear(smaller, larger figures) []goal {
	a, ok := smaller.Rows[patterns]
	b, also := larger.Rows[patterns]
	if !ok || !also {
		return nil
	}
	most := 1.1 * float64(larger.Size) / float64(smaller.Size)
	var out []goal
	for _, f := range []struct {
		name string
		of   func(sample) float64
	}{{"wall time", wall}, {"peak memory", peak}} {
		ratio := f.of(b) / f.of(a)
		out = append(out, goal{fmt.Sprintf("%s, of that with %d pods: at most %.3g", f.name, smaller.Size, most), fmt.Sprintf("%.3g", ratio), ratio <= most})
	}
	return out
}
