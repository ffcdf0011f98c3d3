package correlate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// revisionCount is what became of the pods of one revision of a workload.
type revisionCount struct {
	hash        string
	first       int // a pod of it, by number
	failing, of int
}

// revisionContrasts adds for each workload whose one revision fails while
// others of it do not, how many pods of each do. It is one fact about one
// workload, and no statistics: the tier is that of what is only counted. All
// that changed between the two stands together, for nothing here tells which
// part of it matters.
func (e *explainer) revisionContrasts(p *Pattern) {
	if p.Timing != nil {
		return
	}
	told := 0
	hit := e.hit(p)
	for _, w := range p.Tally.Workloads {
		if told == mostFactors || !haveRevisions(e.s.PodsOf(w)) {
			continue
		}
		bad, good, ok := e.revisionsApart(hit, w)
		if !ok {
			continue
		}
		told++
		f := e.revisionFactor(w, bad, good)
		if at := slices.IndexFunc(p.Shared, func(o SharedFactor) bool { return o.Attribute == f.Attribute && o.Value == f.Value }); at >= 0 {
			p.Shared[at].Aliases = f.Aliases
			p.Shared[at].Text += "; " + f.Text
			continue
		}
		p.Shared = append(p.Shared, f)
		p.compared = append(p.compared, detect.Factor{Attribute: f.Attribute, Value: f.Value, Placement: true, Holds: func(pod *cluster.Pod) bool {
			return pod.Revision() == bad.hash && e.s.WorkloadOf(pod) == w
		}})
	}
}

// haveRevisions reports whether not all pods are of one revision.
func haveRevisions(pods []*cluster.Pod) bool {
	return slices.ContainsFunc(pods, func(p *cluster.Pod) bool { return p.Revision() != pods[0].Revision() })
}

// revisionsApart are the revision of a workload that fails, by at least half of
// its pods, and the one before it that is healthy in all of its pods. There has
// to be just one that fails.
func (e *explainer) revisionsApart(hit map[cluster.Ref]bool, w cluster.Ref) (bad, good revisionCount, ok bool) {
	broken := 0
	for _, r := range e.countRevisions(hit, w) {
		switch {
		case r.failing > 0:
			broken++
			bad = r
		case good.of == 0 || e.revisionNumber(w, r.hash) > e.revisionNumber(w, good.hash):
			good = r
		}
	}
	return bad, good, broken == 1 && good.of > 0 && 2*bad.failing >= bad.of
}

// countRevisions counts the pods of a workload that a pattern hits and that
// fail, and those that are sound; the others fail in another way, are slow or
// out of date, or only start.
func (e *explainer) countRevisions(hit map[cluster.Ref]bool, w cluster.Ref) []revisionCount {
	a := e.attributed()
	var out []revisionCount
	for _, pod := range e.s.PodsOf(w) {
		i, _ := e.s.Position(pod.Ref)
		failing := hit[pod.Key()] && e.failing[pod.Key()]
		if pod.Revision() == "" || (!failing && (!a.sound[i] || pod.Finished())) {
			continue
		}
		at := slices.IndexFunc(out, func(r revisionCount) bool { return r.hash == pod.Revision() })
		if at < 0 {
			at = len(out)
			out = append(out, revisionCount{hash: pod.Revision(), first: i})
		}
		out[at].of++
		out[at].failing += one(failing)
	}
	return out
}

func (e *explainer) revisionNumber(w cluster.Ref, hash string) int64 {
	for _, r := range e.s.RevisionsOf(w) {
		if r.Hash == hash {
			return r.Number
		}
	}
	return 0
}

// revisionName is the number of a revision, or its hash where it has none.
func (e *explainer) revisionName(w cluster.Ref, hash string) string {
	if n := e.revisionNumber(w, hash); n > 0 {
		return fmt.Sprint(n)
	}
	return hash
}

func (e *explainer) revisionFactor(w cluster.Ref, bad, good revisionCount) SharedFactor {
	name, before := e.revisionName(w, bad.hash), e.revisionName(w, good.hash)
	out := SharedFactor{Attribute: "revision", Value: w.Path() + "@" + name, Unit: "pods", Tier: detect.Observation,
		Affected: bad.failing, AffectedOf: bad.failing, Healthy: bad.of - bad.failing, HealthyOf: bad.of - bad.failing + good.of,
		RiskRatio: math.NaN(), Low: math.NaN(), High: math.NaN(), P: math.NaN(), Q: math.NaN()}
	a := e.attributed()
	for _, v := range a.table.Gained(a.table.Pods[bad.first], a.table.Pods[good.first]) {
		out.Aliases = append(out.Aliases, Column(v))
	}
	out.Text = fmt.Sprintf("revision %s of %s: %d of %d pods fail, revision %s: 0 of %d; %s",
		name, w, bad.failing, bad.of, before, good.of, changedText(e.s.TemplateOf(w, bad.hash), e.s.TemplateOf(w, good.hash)))
	return out
}

// changedText says what one revision asks for and the other does not, and that
// of several things none is known to be the one that matters.
func changedText(bad, good *cluster.Template) string {
	changed := cluster.Differences(good, bad)
	switch len(changed) {
	case 0:
		return "what changed between them is not known"
	case 1:
		return "between them changed " + changed[0] + ", and nothing else that is kept"
	}
	return fmt.Sprintf("between them changed %s: these %d go together, which of them matters cannot be told from this data",
		strings.Join(changed, ", "), len(changed))
}
