package synthetic

import (
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// rollOutBadly replaces half of a Deployment's pods by those of a revision
// that crashes.
func (m *maker) rollOutBadly() {
	w := m.deployment(2)
	if w == nil {
		return
	}
	when := m.ago(20*time.Minute, 40*time.Minute)
	m.out.Changed, m.out.Hit[w.Ref] = w.Ref, true
	t := *w.Template
	t.Containers = append([]cluster.ContainerSpec(nil), t.Containers...)
	t.Containers[0].Image += "-next"
	w.Template = &t
	next := m.revise(w, &t, when, 2)
	w.Revision, w.Writes = "2", []cluster.Write{{Manager: "kubectl-set", Time: when}}
	gone := (len(w.pods) + 1) / 2
	w.pods = w.pods[gone:]
	for range gone {
		w.fresh = append(w.fresh, m.addPod(w, next, pick(m, m.open(w)), when.Add(2*time.Second)))
	}
	w.revisions[0].Desired, next.Desired = int32(len(w.pods)-gone), int32(gone)
	words := pick(m, lastWords)
	for _, p := range w.fresh {
		m.crash(p, when, words)
	}
	m.say(w, when, "Scaled up replica set "+next.Name+" from 0 to 1")
}

// say is an event of the Deployment controller's.
func (m *maker) say(w *workload, when time.Time, message string) {
	m.out.Events = append(m.out.Events, cluster.Event{Object: w.Ref, Reason: "ScalingReplicaSet", Component: "deployment-controller", Message: message, First: when, Last: when, Count: 1})
}

// deployment is one with at least so many pods that nothing has happened to,
// nil where there is none.
func (m *maker) deployment(least int) *workload {
	for _, i := range m.Perm(len(m.workloads)) {
		if w := m.workloads[i]; w.Kind == "Deployment" && len(w.pods) >= least && !m.isRolling(w) && !m.out.Hit[w.Ref] {
			return w
		}
	}
	return nil
}

// editConfig writes a ConfigMap, and who mounts it crashes within minutes.
func (m *maker) editConfig() {
	when := m.ago(15*time.Minute, 45*time.Minute)
	namespace, name, _ := strings.Cut(m.out.Guilty[0].Value, "/")
	m.out.Changed = cluster.Ref{Kind: "ConfigMap", Namespace: namespace, Name: name}
	m.out.Configs = append(m.out.Configs, cluster.Config{Ref: m.out.Changed, Created: at.Add(-200 * 24 * time.Hour),
		Writes: []cluster.Write{{Manager: "kubectl-edit", Time: when, Data: true, Keys: []string{"settings.yaml"}}}})
	for _, w := range m.workloads {
		begin, words := when.Add(time.Duration(20+m.IntN(90))*time.Second), pick(m, lastWords)
		for _, p := range w.pods {
			if m.isGuilty(p) {
				m.out.Hit[w.Ref] = true
				m.crash(p, begin, words)
			}
		}
	}
}

// failAtNight lets four workloads be restarted while a nightly job ran, twelve
// hours ago. They have been well since, and one look does not tell that it
// happens every night.
func (m *maker) failAtNight() {
	night := time.Date(at.Year(), at.Month(), at.Day(), 3, 0, 0, 0, time.UTC)
	m.nightly(night)
	for range 4 {
		w := m.deployment(1)
		if w == nil {
			return
		}
		m.out.Hit[w.Ref] = true
		for _, p := range w.pods {
			ended := night.Add(time.Duration(60+m.IntN(600)) * time.Second)
			if p.Created.After(ended) {
				continue
			}
			c := &p.Containers[0]
			c.Restarts = 5
			c.Ended = &cluster.State{Phase: cluster.Terminated, Reason: "Error", ExitCode: 1, StartedAt: ended.Add(-24 * time.Hour), FinishedAt: ended}
			c.State.StartedAt = ended.Add(time.Second)
		}
	}
}

// nightly is a CronJob that ran well this night.
func (m *maker) nightly(night time.Time) {
	t := m.workloads[0].Template
	m.out.Workloads = append(m.out.Workloads, cluster.Workload{Ref: cluster.Ref{Kind: "CronJob", Namespace: m.workloads[0].Namespace, Name: "backup"},
		Created: at.Add(-90 * 24 * time.Hour), Template: t, Cron: &cluster.CronState{Schedule: "0 3 * * *", Concurrency: "Forbid", LastStart: night, LastSuccess: night.Add(12 * time.Minute)}})
}

// leak lets a Deployment run out of memory every few hours: how its memory
// grows, one look does not tell.
func (m *maker) leak() {
	w := m.deployment(2)
	if w == nil {
		return
	}
	m.out.Hit[w.Ref] = true
	for _, p := range w.pods {
		p.Created = at.Add(-60 * time.Hour)
		ended := m.ago(10*time.Minute, 5*time.Hour)
		c := &p.Containers[0]
		c.Restarts = 9
		c.Ended = &cluster.State{Phase: cluster.Terminated, Reason: "OOMKilled", ExitCode: 137, StartedAt: ended.Add(-6 * time.Hour), FinishedAt: ended}
		c.State.StartedAt = ended.Add(time.Second)
		p.Conditions[1].Transition = ended.Add(10 * time.Second)
	}
}
