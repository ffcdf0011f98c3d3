package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestIndentsAsTheLibraryDoes(t *testing.T) {
	for _, x := range []any{
		nil, 1, "", []int{}, map[string]int{}, []any{[]any{}, map[string]any{}, []any{[]any{}}},
		map[string]any{"a": []any{1, "b", nil, true}, "c": map[string]any{"d": map[string]any{}}, "e": -1.5e9},
		[]string{`"`, `\`, `\"`, `\\"`, `{"a":[1, 2]}`, "line\nand\ttab", "<&>", "é\u2028"},
		&Report{Patterns: []Pattern{{ID: "a-b", Title: `x: "y", {z}`}, {}}},
	} {
		var want, got bytes.Buffer
		library := json.NewEncoder(&want)
		library.SetEscapeHTML(false)
		library.SetIndent("", "  ")
		out := &indenter{w: bufio.NewWriter(&got)}
		ours := json.NewEncoder(out)
		ours.SetEscapeHTML(false)
		if err := errors.Join(library.Encode(x), ours.Encode(x), out.w.Flush()); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("got\n%s\nnot\n%s", got.String(), want.String())
		}
	}
}

// TestPiecesAreTheWhole: written in pieces a report is what the library writes of it
// at once.
func TestPiecesAreTheWhole(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	reports := []*Report{{}, {Across: []Common{}, Ignored: []Ignored{}, Clusters: []ClusterRow{{}}, Node: &Node{}, Explain: &Explain{}, Rollout: &Rollout{}}}
	for _, file := range files {
		raw, err := os.ReadFile(file) //nolint:gosec // our own testdata
		if err != nil {
			t.Fatal(err)
		}
		r := &Report{}
		if err := json.Unmarshal(raw, r); err != nil {
			t.Fatal(file, err)
		}
		reports = append(reports, r)
	}
	for i, r := range reports {
		var want, got bytes.Buffer
		library := json.NewEncoder(&want)
		library.SetEscapeHTML(false)
		library.SetIndent("", "  ")
		if err := errors.Join(library.Encode(r), JSON(&got, r)); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("report %d: got\n%s\nnot\n%s", i, got.String(), want.String())
		}
	}
}

func TestFailedWriteIsTold(t *testing.T) {
	if err := JSON(full{}, &Report{}); err == nil {
		t.Error("nothing was written, and nobody was told")
	}
}
