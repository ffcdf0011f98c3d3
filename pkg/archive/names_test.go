package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"regexp"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/archive"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestNamesOfFiles: whatever hand-made files call a namespace, a pod or a node, no
// file of an archive lies elsewhere or acts on a terminal that lists it.
func TestNamesOfFiles(t *testing.T) {
	var parts cluster.Parts
	for _, name := range []string{"plain", "..", ".", "a/b", `a\b`, "\x1b[2J", "\u202egnp", "tag\U000e0041", "filler\u3164", "two words", "\u0085", "nul\x00", "\xff"} {
		pod := cluster.Ref{Kind: "Pod", Namespace: name, Name: name}
		parts.Pods = append(parts.Pods, cluster.Pod{Ref: pod})
		parts.Nodes = append(parts.Nodes, cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: name}})
		parts.Logs = append(parts.Logs, cluster.Log{LogRef: cluster.LogRef{Pod: pod, Container: name}, Lines: []string{"x"}})
		parts.Filesystems = append(parts.Filesystems, cluster.Filesystem{Node: name})
	}
	var out bytes.Buffer
	if err := archive.Write(&out, cluster.New(parts), archive.Options{}); err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	in, files := tar.NewReader(unpacked), 0
	for ; ; files++ {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^snapshot(/[a-z0-9.-]+)+$`).MatchString(h.Name) {
			t.Errorf("%q", h.Name)
		}
	}
	if files < 4 {
		t.Errorf("%d files", files)
	}
}
