package synthetic

import (
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// lastWords are what programs say when they end by themselves. None of them
// names anything outside of the program.
var lastWords = []string{
	"panic: runtime error: index out of range [3] with length 3",
	"assertion failed: queue is sorted",
	"fatal error: all goroutines are asleep - deadlock!",
	"java.lang.NullPointerException: order must not be null",
	"KeyError: 'customer'",
	"thread 'main' panicked at 'called Option::unwrap() on a None value'",
	"TypeError: Cannot read properties of undefined (reading 'total')",
	"invariant violated: balance below zero",
	"unhandled state 7",
	"",
}

// breakSome breaks workloads, each on its own: those that are being rolled
// out by their new revision, others with all of their pods, or with some that
// chance chooses wherever they sit. Where rollouts are risky, every other one
// that breaks is one of them: their pods sit together on new nodes, which are
// not to blame.
func (m *maker) breakSome() {
	var rolling, others []*workload
	for _, i := range m.Perm(len(m.workloads)) {
		switch w := m.workloads[i]; {
		case m.out.Hit[w.Ref]:
		case m.Risky && len(w.fresh) > 0:
			rolling = append(rolling, w)
		default:
			others = append(others, w)
		}
	}
	for i := range m.Broken {
		switch {
		case len(rolling) > 0 && (i%2 == 0 || len(others) == 0):
			m.breakOne(rolling[0])
			rolling = rolling[1:]
		case len(others) > 0:
			m.breakOne(others[0])
			others = others[1:]
		}
	}
}

func (m *maker) breakOne(w *workload) {
	m.out.Broken[w.Ref] = true
	words, begin := pick(m, lastWords), m.ago(10*time.Minute, 100*time.Minute)
	if m.Alike {
		words = ""
	}
	for _, p := range m.some(w) {
		m.crash(p, begin, words)
	}
}

// some are the pods of a workload that its own fault makes fail.
func (m *maker) some(w *workload) []*cluster.Pod {
	if len(w.fresh) > 0 {
		return w.fresh
	}
	if m.chance(.5) {
		return w.pods
	}
	var out []*cluster.Pod
	for _, i := range m.Perm(len(w.pods))[:1+m.IntN(len(w.pods))] {
		out = append(out, w.pods[i])
	}
	return out
}

// noise makes pods crash here and there, for no reason that anybody shares.
func (m *maker) noise() {
	for _, w := range m.workloads {
		if m.out.Hit[w.Ref] || m.out.Broken[w.Ref] {
			continue
		}
		for _, p := range w.pods {
			if m.chance(m.Noise) {
				m.crash(p, m.ago(10*time.Minute, 100*time.Minute), pick(m, lastWords))
			}
		}
	}
}

// crash puts a pod into a crash loop with exit code 1 that began at a time,
// or soon after the pod was made.
func (m *maker) crash(p *cluster.Pod, begin time.Time, words string) {
	if begin = begin.Add(time.Duration(m.IntN(90)) * time.Second); begin.Before(p.Created) {
		begin = p.Created.Add(time.Duration(10+m.IntN(20)) * time.Second)
	}
	n := 2 + int(at.Sub(begin)/(5*time.Minute))
	ended := m.ago(5*time.Second, 4*time.Minute)
	c := &p.Containers[0]
	c.Ready, c.Restarts = false, int32(n)
	message := fmt.Sprintf("back-off 5m0s restarting failed container=%s pod=%s_%s", c.Name, p.Name, p.Namespace)
	c.State = cluster.State{Phase: cluster.Waiting, Reason: "CrashLoopBackOff", Message: message}
	c.Ended = &cluster.State{Phase: cluster.Terminated, Reason: "Error", ExitCode: 1, Message: words, StartedAt: ended.Add(-3 * time.Second), FinishedAt: ended}
	p.Conditions[1] = cluster.Condition{Type: "Ready", Status: "False", Reason: "ContainersNotReady", Transition: begin}
	m.out.Events = append(m.out.Events, cluster.Event{Object: p.Ref, Container: c.Name, Warning: true, Reason: "BackOff", Component: "kubelet", Host: p.Node,
		Message: "Back-off restarting failed container " + c.Name + " in pod " + p.Name + "_" + p.Namespace, First: begin, Last: ended.Add(2 * time.Second), Count: 3 * n})
}

// chatter adds the events that pods make when all is well.
func (m *maker) chatter() {
	pods := m.all()
	for i := range m.Events {
		p := pods[i%len(pods)]
		t := m.ago(time.Minute, time.Hour)
		m.out.Events = append(m.out.Events, cluster.Event{Object: p.Ref, Container: "app", Reason: "Pulled", Component: "kubelet", Host: p.Node,
			Message: fmt.Sprintf("Container image %q already present on machine", p.Containers[0].Image), First: t, Last: t, Count: 1})
	}
}

func (m *maker) all() []*cluster.Pod {
	var out []*cluster.Pod
	for _, w := range m.workloads {
		out = append(out, w.pods...)
	}
	return out
}
