package collect

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// dumpedFrom is what the logs of a dump are called as a source: each lies in a
// file of its own.
const dumpedFrom = "logs.txt"

// mostDumped bounds what is kept of the logs of a dump, in bytes.
const mostDumped = 32 << 20

// dumpedHead begins a container's log in what `kubectl cluster-info dump`
// writes (kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go).
var dumpedHead = lazyregexp.New(`^==== START logs for container (\S{1,253}) of pod (\S{1,63})/(\S{1,253}) ====`)

// dumpedLogs keeps the ends of the logs of a dump, as its lines go by.
type dumpedLogs struct {
	b      *bucket
	ref    cluster.LogRef
	lines  []string
	bytes  int
	kept   int
	inside bool
	within bool // the line before did not end
	from   string
}

// isDumpedLog reports whether a file of a dump holds the logs of a pod:
// NAMESPACE/POD/logs.txt.
func isDumpedLog(name string) bool {
	return path.Base(strings.ReplaceAll(name, "\\", "/")) == dumpedFrom
}

// take looks at one line, or a piece of a long one, and reports whether it
// belongs to a log.
func (d *dumpedLogs) take(piece []byte) bool {
	begins := !d.within
	d.within = piece[len(piece)-1] != '\n'
	switch {
	case begins && bytes.HasPrefix(piece, []byte("==== START")):
		d.end()
		d.inside = true
		if m := dumpedHead.FindSubmatch(piece); m != nil {
			d.ref = cluster.LogRef{Pod: cluster.Ref{Kind: "Pod", Namespace: string(m[2]), Name: string(m[3])}, Container: string(m[1])}
		}
		return true
	case begins && bytes.HasPrefix(piece, []byte("==== END")):
		d.end()
		return true
	case d.inside && begins:
		d.add(strings.TrimRight(string(piece[:min(len(piece), 2<<10)]), "\r\n"))
	}
	return d.inside
}

func (d *dumpedLogs) add(line string) {
	d.lines = append(d.lines, line)
	d.bytes += len(line)
	for len(d.lines) > logLines || d.bytes > logKept {
		d.bytes -= len(d.lines[0])
		d.lines = d.lines[1:]
	}
}

// end keeps the log that was read, if it may say something.
func (d *dumpedLogs) end() {
	if d.ref.Container != "" && len(d.lines) > 0 {
		if lines := logTail(strings.Join(d.lines, "\n")); len(lines) > 0 {
			d.keep(cluster.Log{LogRef: d.ref, Lines: lines}, d.bytes)
		}
	}
	d.ref, d.lines, d.bytes, d.inside = cluster.LogRef{}, nil, 0, false
}

// keep adds a log of so many bytes, while all of them are not too large.
func (d *dumpedLogs) keep(l cluster.Log, bytes int) {
	if d.kept+bytes > mostDumped {
		return
	}
	d.kept += bytes
	d.b.Logs = append(d.b.Logs, l)
}

// logReader is what reads a file that holds logs and nothing else; nil if its
// name does not say so.
func (r *reading) logReader(name string) func(*bufio.Reader) error {
	if isDumpedLog(name) {
		return r.logFile
	}
	if ref, ok := containerLogOf(name); ok {
		r.logs.from = r.source(name)
		return func(br *bufio.Reader) error { return r.containerLog(ref, br) }
	}
	return nil
}

// logFile reads a file that holds nothing but logs.
func (r *reading) logFile(br *bufio.Reader) error {
	for {
		piece, err := br.ReadSlice('\n')
		if len(piece) > 0 {
			r.logs.take(piece)
		}
		if errors.Is(err, io.EOF) {
			r.logs.end()
			return nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// Logs are among the files as well.
func (f *Files) Logs(context.Context, []cluster.LogRef) (cluster.Parts, error) {
	return cluster.Parts{}, nil
}

// keepFailing drops the logs of containers that do not fail: they are asked
// for by nobody.
func (r *reading) keepFailing() {
	if len(r.b.Logs) == 0 {
		return
	}
	failing := map[cluster.LogRef]bool{}
	for i := range r.b.Pods {
		p := &r.b.Pods[i]
		for _, c := range p.Containers {
			if (!c.Ready || c.Restarts > 0) && p.Phase != "Succeeded" {
				failing[cluster.LogRef{Pod: p.Key(), Container: c.Name}] = true
			}
		}
	}
	read := len(r.b.Logs)
	r.b.Logs = slices.DeleteFunc(r.b.Logs, func(l cluster.Log) bool { return !failing[cluster.LogRef{Pod: l.Pod, Container: l.Container}] })
	r.b.Sources = append(r.b.Sources, cluster.Source{Resource: cluster.PodLogs, From: firstOf(r.logs.from, dumpedFrom), Objects: read})
}
