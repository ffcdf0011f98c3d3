package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
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

func TestFailedWriteIsTold(t *testing.T) {
	if err := JSON(full{}, &Report{}); err == nil {
		t.Error("nothing was written, and nobody was told")
	}
}
