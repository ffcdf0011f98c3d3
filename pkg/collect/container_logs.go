package collect

import (
	"bufio"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// containerLog matches the log of one container as must-gather lays it out, and
// this plugin's snapshots: namespaces/NAMESPACE/pods/POD/CONTAINER/CONTAINER/logs/current.log,
// or previous.log for the run before.
var containerLog = lazyregexp.New(`(?:^|/)namespaces/([^/]+)/pods/([^/]+)/([^/]+)/(?:[^/]+/)?logs/(current|previous)(?:\.insecure)?\.log$`)

// containerLogOf is whose log a file is by its name.
func containerLogOf(name string) (cluster.LogRef, bool) {
	path := strings.TrimSuffix(filepath.ToSlash(name), ".gz")
	m := containerLog.FindStringSubmatch(path)
	if m == nil {
		return bundledLogOf(path)
	}
	return cluster.LogRef{Pod: cluster.Ref{Kind: "Pod", Namespace: m[1], Name: m[2]}, Container: m[3], Previous: m[4] == "previous"}, true
}

// containerLog reads the log of one container, of which the end is kept.
func (r *reading) containerLog(ref cluster.LogRef, br *bufio.Reader) error {
	tail, err := tailOf(br)
	if lines := logTail(tail); len(lines) > 0 {
		r.logs.keep(cluster.Log{LogRef: ref, Lines: lines}, len(tail))
	}
	return err
}

// tailOf is the end of a stream, of which little is held at any time.
func tailOf(br *bufio.Reader) (string, error) {
	var kept []byte
	for {
		piece, err := br.ReadSlice('\n')
		kept = append(kept, piece...)
		if len(kept) > 4*logKept {
			kept = append(kept[:0], kept[len(kept)-logKept-1:]...)
		}
		switch {
		case errors.Is(err, io.EOF):
			return string(kept), nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return string(kept), err
		}
	}
}
