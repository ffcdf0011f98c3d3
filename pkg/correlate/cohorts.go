package correlate

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// cohort is failures of one signature of which nobody knows the cause: those
// of a pattern that says how something fails and not why.
type cohort struct {
	pattern         *Pattern
	pods, workloads []cluster.Ref
	symptoms        []*symptom.Symptom
}

// openCohorts are those of the roots without a known cause. Of a warning that
// no detector knows, these are the pods that fail now and of which nothing
// else is told: on a pod that is well it is no failure.
func (e *explainer) openCohorts(ps []*Pattern) []cohort {
	told := map[cluster.Ref]bool{}
	for _, p := range ps {
		for _, ref := range p.Tally.Pods {
			told[ref] = told[ref] || p.Detector != "unclassified"
		}
	}
	var out []cohort
	for _, p := range ps {
		switch {
		case p.ExplainedBy != "":
		case named(causeless, p):
			out = append(out, cohort{p, p.Tally.Pods, p.Tally.Workloads, p.Symptoms})
		case p.Detector == "unclassified":
			out = append(out, e.warned(p, told))
		}
	}
	return slices.DeleteFunc(out, func(c cohort) bool { return len(c.pods) == 0 })
}

// warned is the cohort of a warning: its pods that are not well, with the
// workloads that fail with them.
func (e *explainer) warned(p *Pattern, told map[cluster.Ref]bool) cohort {
	var failing []*symptom.Symptom
	for _, s := range p.Symptoms {
		if s.Pod == nil || told[s.Object.Key()] || !e.notReady(s.Pod) {
			continue
		}
		fails := *s
		fails.Workload, fails.Ongoing = e.s.WorkloadOf(s.Pod), true
		failing = append(failing, &fails)
	}
	tally := detect.Sum(failing)
	return cohort{p, tally.Pods, tally.Workloads, failing}
}

func workloadsOf(cohorts []cohort) []cluster.Ref {
	var out []cluster.Ref
	for _, c := range cohorts {
		out = append(out, c.workloads...)
	}
	slices.SortFunc(out, cluster.Ref.Compare)
	return slices.Compact(out)
}
