package collect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// metricsForm is what saved answers of kubelets are called: a folder
// metrics-N for each sample, in it files by kubelet. The answers in
// Prometheus' format are known by their names alone.
var metricsForm = lazyregexp.New(`(?:^|/)(?:(metrics-\d+)/)?(?:(cadvisor|resource)-([^/]+)\.prom|(summary)-([^/]+)\.json|(time)-([^/]+)\.txt)$`)

// metricsFile is one saved answer of a kubelet.
type metricsFile struct {
	folder string // empty if it is in no folder of that name
	kind   string // cadvisor, resource, summary, time
	node   string
	name   string
}

func metricsFileOf(path string) (metricsFile, bool) {
	path = strings.TrimSuffix(filepath.ToSlash(path), ".gz")
	m := metricsForm.FindStringSubmatch(path)
	if m == nil || (m[1] == "" && m[2] == "") {
		return metricsFile{}, false
	}
	f := metricsFile{folder: m[1], kind: m[2] + m[4] + m[6], node: m[3] + m[5] + m[7]}
	f.name = filepath.Join(f.folder, filepath.Base(path))
	return f, true
}

// withFolder adds the folder of a saved answer to its name: the one that was
// given may be it, or the one we are in.
func withFolder(path, name string) string {
	whole, err := filepath.Abs(path)
	if err != nil {
		return name
	}
	if m, ok := metricsFileOf(whole); ok {
		return m.name
	}
	return name
}

// savedMetrics gathers what saved answers of kubelets say.
type savedMetrics struct {
	samples     []savedSample
	times       map[string]time.Time // by folder and node
	filesystems []cluster.Filesystem
	answers     map[string]int // by folder
	order       []string
}

type savedSample struct {
	metricsFile
	points []point
}

// metrics reads one saved answer. What stands before a broken line is kept.
func (r *reading) metrics(f metricsFile, in io.Reader) {
	m := &r.measured
	in = &bounded{r: in, left: answerLimit}
	var err error
	switch f.kind {
	case "time":
		err = m.time(f, in)
	case "summary":
		var found []cluster.Filesystem
		found, err = summary(in, f.node)
		m.filesystems = append(m.filesystems, found...)
		m.count(f)
	default:
		var points []point
		points, err = exposition(in, time.Time{})
		m.samples = append(m.samples, savedSample{f, points})
		m.count(f)
	}
	if err != nil {
		r.fail(f.name, err)
	}
}

func (m *savedMetrics) count(f metricsFile) {
	from := firstOf(f.folder, f.name)
	if m.answers[from] == 0 {
		m.order = append(m.order, from)
	}
	m.answers[from]++
}

// time reads when a sample was taken, for answers that do not tell it
// themselves.
func (m *savedMetrics) time(f metricsFile, in io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(in, 64))
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(raw)))
	if err != nil {
		return fmt.Errorf("line 1: no time such as 2026-01-02T15:04:05Z")
	}
	m.times[f.folder+"/"+f.node] = plausible(at.UTC())
	return nil
}

var errNoTimes = errors.New("nothing tells of when its values are")

// measure joins the samples once all files are read.
func (r *reading) measure() {
	s := newSampler()
	for _, sample := range r.measured.samples {
		at, timeless := r.measured.times[sample.folder+"/"+sample.node], false
		for i := range sample.points {
			if p := &sample.points[i]; p.at.IsZero() {
				p.at = at
				timeless = timeless || at.IsZero()
			}
		}
		if timeless {
			r.fail(sample.name, errNoTimes)
		}
		s.add(sample.node, sample.points)
	}
	r.b.Usages = s.usages()
	r.b.Filesystems = newestOf(r.measured.filesystems)
	for _, from := range r.measured.order {
		r.b.Sources = append(r.b.Sources, cluster.Source{Resource: cluster.Metrics, Objects: r.measured.answers[from], From: from})
	}
	if len(r.measured.order) == 0 {
		r.b.Gaps = append(r.b.Gaps, cluster.Gap{Resource: cluster.Metrics, Reason: "not in the files", Unasked: true})
	}
}

// Metrics are among the files, if they were saved.
func (f *Files) Metrics(context.Context, []string) (cluster.Parts, error) {
	return cluster.Parts{}, nil
}

// newestOf keeps the newest of several samples of the same filesystem.
func newestOf(all []cluster.Filesystem) []cluster.Filesystem {
	at := map[cluster.Filesystem]int{}
	var out []cluster.Filesystem
	for _, f := range all {
		key := cluster.Filesystem{Of: f.Of, Node: f.Node, Pod: f.Pod, Volume: f.Volume, Claim: f.Claim}
		i, ok := at[key]
		switch {
		case !ok:
			at[key] = len(out)
			out = append(out, f)
		case f.At.After(out[i].At):
			out[i] = f
		}
	}
	return out
}
