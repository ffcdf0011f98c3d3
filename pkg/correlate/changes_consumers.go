package correlate

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
)

// unit is a workload with pods, as changes of what it uses are compared by.
type unit struct {
	workload cluster.Ref
	template *cluster.Template
}

// units are the workloads that have pods which are asked about, each once.
func (e *explainer) units() []unit {
	if e.population != nil {
		return e.population
	}
	seen := map[cluster.Ref]bool{}
	e.population = []unit{}
	for i := range e.s.Pods {
		pod := &e.s.Pods[i]
		w := e.s.WorkloadOf(pod)
		if seen[w] || pod.Template == nil || pod.Finished() || !e.s.Scope.Asks(pod) {
			continue
		}
		seen[w] = true
		e.population = append(e.population, unit{w, pod.Template})
	}
	return e.population
}

// consumers compares the workloads that use something with those that do not,
// by how many of each fail.
func (e *explainer) consumers(hit map[cluster.Ref]bool, who string, uses func(*unit) bool) changeContrast {
	var users, usersFail, others, othersFail int
	all := e.units()
	for i := range all {
		fails := hit[all[i].workload.Key()]
		if uses(&all[i]) {
			users++
			usersFail += one(fails)
		} else {
			others++
			othersFail += one(fails)
		}
	}
	if usersFail == 0 || others == 0 {
		return changeContrast{}
	}
	return changeContrast{units: usersFail, p: stats.Tail(usersFail, users, usersFail+othersFail, users+others),
		text: fmt.Sprintf("%s: %d of %d workloads fail, others: %d of %d", who, usersFail, users, othersFail, others)}
}

// workloads are those that a pattern touches.
func workloads(p *Pattern) map[cluster.Ref]bool {
	out := make(map[cluster.Ref]bool, len(p.Tally.Workloads))
	for _, w := range p.Tally.Workloads {
		out[w.Key()] = true
	}
	return out
}

// failedSince are the workloads of a pattern, and all others that began to fail
// in the window after a change: what one edit breaks may fail in as many words
// as there are programs.
func (e *explainer) failedSince(p *Pattern, c cluster.Change) map[cluster.Ref]bool {
	out := workloads(p)
	for w, f := range e.failures() {
		if since := f.onset.Sub(c.Time); since >= 0 && since <= windows[c.Kind] {
			out[w] = true
		}
	}
	return out
}

// dependants compares the workloads that were told to talk to something with
// all others.
func (e *explainer) dependants(p *Pattern, uses func(*unit) bool) changeContrast {
	out := e.consumers(workloads(p), "dependants", uses)
	out.bound = true
	return out
}

// refersTo reports whether a workload's pods refer to a ConfigMap or Secret
// in whatever way.
func (u *unit) refersTo(object cluster.Ref) bool {
	return u.workload.Namespace == object.Namespace && u.template.RefersTo(object)
}

// namesHost reports whether a workload was told of a host that fits.
func (u *unit) namesHost(match func(host string) bool) bool {
	return slices.ContainsFunc(u.template.Endpoints, func(at cluster.Endpoint) bool { return match(at.Host) })
}

// callsService reports whether a workload was told to talk to a Service.
func (e *explainer) callsService(u *unit, service cluster.Ref) bool {
	return u.namesHost(func(host string) bool {
		svc := e.s.ServiceNamed(host, u.workload.Namespace)
		return svc != nil && svc.Key() == service
	})
}

// dependsOn reports whether a workload was told to talk to a Service of
// another.
func (e *explainer) dependsOn(u *unit, dependency cluster.Ref) bool {
	return u.namesHost(func(host string) bool {
		svc := e.s.ServiceNamed(host, u.workload.Namespace)
		return svc != nil && slices.Contains(e.backends(svc), dependency)
	})
}
