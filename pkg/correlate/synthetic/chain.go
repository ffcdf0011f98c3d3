package synthetic

import (
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// dependency of one workload on another, by its Service.
type dependency struct {
	from, to *workload
	known    bool // its manifest and its last words name it
}

// failAlong gives every workload a Service, lets each need one or two of those
// before it, and lets one fail that most others need: who needs what fails
// does so, too, with a chance, and is noticed up to 90 seconds later.
func (m *maker) failAlong() {
	m.serve()
	needs := m.depend()
	root := m.needed(needs)
	failed := map[*workload]time.Time{root: m.ago(20*time.Minute, 50*time.Minute)}
	m.out.Root, m.out.Hit[root.Ref] = root.Ref, true
	m.crashAll(root, failed[root], pick(m, lastWords))
	for _, d := range needs { // those before come first: one pass reaches all
		began, ok := failed[d.to]
		if _, already := failed[d.from]; !ok || already || !m.chance(m.Fault.Share) {
			continue
		}
		failed[d.from] = began.Add(time.Duration(m.IntN(90)) * time.Second)
		m.out.Hit[d.from.Ref] = true
		words := pick(m, lastWords)
		if d.known {
			words = fmt.Sprintf("failed to connect: dial tcp %s:80: connect: connection refused", m.out.Services[m.index(d.to)].ClusterIPs[0])
		}
		m.crashAll(d.from, failed[d.from], words)
	}
	for i, w := range m.workloads {
		m.out.Services[i].Ready = len(w.pods)
		if m.out.Hit[w.Ref] {
			m.out.Services[i].Ready, m.out.Services[i].NotReady = 0, len(w.pods)
		}
	}
}

func (m *maker) crashAll(w *workload, begin time.Time, words string) {
	for _, p := range w.pods {
		m.crash(p, begin, words)
	}
}

func (m *maker) serve() {
	for i, w := range m.workloads {
		m.out.Services = append(m.out.Services, cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: w.Namespace, Name: w.Name}, Created: w.Created,
			Type: "ClusterIP", ClusterIPs: []string{fmt.Sprintf("10.97.%d.%d", i/250, i%250+2)}, Selector: w.Selector})
	}
}

// depend draws who needs whom, and lets manifests tell of it, or not, or of
// what is not so.
func (m *maker) depend() []dependency {
	var out []dependency
	for i, w := range m.workloads {
		for range min(i, 1+m.IntN(2)) {
			d := dependency{from: w, to: m.workloads[m.IntN(i)], known: !m.chance(m.Unknown)}
			if d.known {
				m.declare(w, d.to)
			}
			out = append(out, d)
		}
		if i > 0 && m.chance(m.Untrue) {
			m.declare(w, m.workloads[m.IntN(i)])
		}
	}
	return out
}

// declare lets a variable of a workload name the Service of another.
func (m *maker) declare(w, other *workload) {
	e := cluster.Endpoint{Host: other.Name + "." + other.Namespace + ".svc", Port: "80", From: fmt.Sprintf("env PEER_%d", len(w.Template.Endpoints))}
	w.Template.Endpoints = append(w.Template.Endpoints, e)
	for _, p := range w.pods {
		p.Template.Endpoints = w.Template.Endpoints
	}
}

// needed is the workload that most others need directly, of those with a few
// before them.
func (m *maker) needed(needs []dependency) *workload {
	count := map[*workload]int{}
	best := m.workloads[0]
	for _, d := range needs {
		if count[d.to]++; count[d.to] > count[best] {
			best = d.to
		}
	}
	return best
}

func (m *maker) index(w *workload) int {
	for i := range m.workloads {
		if m.workloads[i] == w {
			return i
		}
	}
	return -1
}
