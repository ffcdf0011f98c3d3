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
// by how many of each are affected.
func (e *explainer) consumers(p *Pattern, who string, uses func(*unit) bool) changeContrast {
	hit := map[cluster.Ref]bool{}
	for _, w := range p.Tally.Workloads {
		hit[w.Key()] = true
	}
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

// dependants compares the workloads that were told to talk to something with
// all others.
func (e *explainer) dependants(p *Pattern, uses func(*unit) bool) changeContrast {
	out := e.consumers(p, "dependants", uses)
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
