package contrast

// run is the pods at risk of one revision.
type run struct {
	revision int32
	pods     []int32
	failed   int
}

// unit is one witness: the revisions of a workload that fail, or those that
// do not, taken together. A workload that is just being rolled out is two.
type unit struct {
	workload     int32
	failing      bool
	runs         []run
	pods, failed int
}

// groups is who is compared.
type groups struct {
	table   *Table
	failing []bool
	units   []unit // in order of their workloads
	broken  int    // units that fail
	struck  int    // workloads with any failing pod
	pods    int
	failed  int // pods that fail
	// lone are the pods that are the only ones of their workloads: witnesses
	// of their own, so that they can be compared with each other.
	lone run
}

// share of its pods, one in so many, from which a revision counts as failing.
const share = 10

func (t *Table) group(atRisk, failing []bool) *groups {
	g := &groups{table: t, failing: failing}
	for _, revisions := range t.runs(atRisk, failing) {
		g.add(revisions)
	}
	return g
}

// runs are the pods at risk by workload, then revision, in order of numbers.
func (t *Table) runs(atRisk, failing []bool) [][]run {
	byRevision := make([]run, len(t.Revisions))
	workloads := 0
	for _, w := range t.Revisions {
		workloads = max(workloads, int(w)+1)
	}
	for pod, rev := range t.Pods {
		if !atRisk[pod] {
			continue
		}
		r := &byRevision[rev]
		r.revision = rev
		r.pods = append(r.pods, int32(pod))
		if failing[pod] {
			r.failed++
		}
	}
	out := make([][]run, workloads)
	for rev := range byRevision {
		if w := t.Revisions[rev]; len(byRevision[rev].pods) > 0 {
			out[w] = append(out[w], byRevision[rev])
		}
	}
	return out
}

// add takes in the revisions of one workload.
func (g *groups) add(runs []run) {
	if len(runs) == 0 {
		return
	}
	workload := g.table.Revisions[runs[0].revision]
	bad, good := unit{workload: workload, failing: true}, unit{workload: workload}
	for _, r := range runs {
		u := &good
		if r.failed > 0 && r.failed*share >= len(r.pods) {
			u = &bad
		}
		u.runs = append(u.runs, r)
		u.pods += len(r.pods)
		u.failed += r.failed
	}
	if bad.failed+good.failed > 0 {
		g.struck++
	}
	if len(bad.runs) > 0 {
		g.broken++
		g.units = append(g.units, bad)
	}
	if len(good.runs) > 0 {
		g.units = append(g.units, good)
	}
	g.pods += bad.pods + good.pods
	g.failed += bad.failed + good.failed
	if bad.pods+good.pods == 1 {
		g.lone.pods = append(g.lone.pods, runs[0].pods[0])
		g.lone.failed += bad.failed + good.failed
	}
}

// strata are the groups within which chance alone should decide where the
// failing sit: revisions with failing and healthy pods, and the workloads of
// one pod together, if these are wanted.
func (g *groups) strata(lone bool) []run {
	var out []run
	for _, u := range g.units {
		for _, r := range u.runs {
			if r.failed > 0 && r.failed < len(r.pods) {
				out = append(out, r)
			}
		}
	}
	if lone && g.lone.failed > 0 && g.lone.failed < len(g.lone.pods) {
		out = append(out, g.lone)
	}
	return out
}
