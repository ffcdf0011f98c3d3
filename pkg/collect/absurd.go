package collect

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// earliest is when Kubernetes' first commit was made: what is older was written
// by a clock that had not been set, such as that of a node without a battery.
var earliest = time.Date(2014, time.June, 6, 0, 0, 0, 0, time.UTC)

// sober takes absurd times for times that nobody told: they would date patterns
// and move the moment from which saved data are judged. Clocks that differ by
// hours are no matter of its: late is a day ahead.
type sober struct {
	late  time.Time
	taken map[cluster.Resource]int
}

// soberTimes does so to all that was read by now, and says of which kinds.
func (b *bucket) soberTimes(now time.Time) {
	s := sober{late: now.Add(alone), taken: map[cluster.Resource]int{}}
	s.pods(b.Pods)
	s.events(b.Events)
	s.nodes(b.Nodes)
	s.workloads(&b.Parts)
	s.others(&b.Parts)
	b.touched = slices.DeleteFunc(b.touched, func(t stamp) bool { return s.isAbsurd(t.at) })
	for _, r := range slices.Sorted(maps.Keys(s.taken)) {
		b.tellTimes(r, fmt.Sprintf("times before 2014 or in the future, taken as unknown: %d", s.taken[r]))
	}
}

// tellTimes says so with the source of the kind.
func (b *bucket) tellTimes(r cluster.Resource, what string) {
	b.Gaps = append(b.Gaps, cluster.Gap{Resource: r, Reason: what})
	i := slices.IndexFunc(b.Sources, func(s cluster.Source) bool { return s.Resource == r })
	switch {
	case i < 0:
		b.Sources = append(b.Sources, cluster.Source{Resource: r, Gap: what})
	case b.Sources[i].Gap == "":
		b.Sources[i].Gap = what
	default:
		b.Sources[i].Gap += "; " + what
	}
}

func (s *sober) isAbsurd(t time.Time) bool { return t.Before(earliest) || t.After(s.late) }

func (s *sober) times(r cluster.Resource, times ...*time.Time) {
	for _, t := range times {
		if !t.IsZero() && s.isAbsurd(*t) {
			*t = time.Time{}
			s.taken[r]++
		}
	}
}

func (s *sober) conditions(r cluster.Resource, conditions []cluster.Condition) {
	for i := range conditions {
		s.times(r, &conditions[i].Transition, &conditions[i].Updated)
	}
}

func (s *sober) writes(r cluster.Resource, writes []cluster.Write) []cluster.Write {
	for i := range writes {
		s.times(r, &writes[i].Time)
	}
	return slices.DeleteFunc(writes, func(w cluster.Write) bool { return w.Time.IsZero() })
}

// pods keep when they are deleted, which may lie in the future.
func (s *sober) pods(pods []cluster.Pod) {
	for i := range pods {
		p := &pods[i]
		s.times(cluster.Pods, &p.Created, &p.Started)
		s.conditions(cluster.Pods, p.Conditions)
		for k := range p.Containers {
			c := &p.Containers[k]
			s.times(cluster.Pods, &c.State.StartedAt, &c.State.FinishedAt)
			if c.Ended != nil {
				s.times(cluster.Pods, &c.Ended.StartedAt, &c.Ended.FinishedAt)
			}
		}
	}
}

// events have one time for two where one of them is absurd.
func (s *sober) events(events []cluster.Event) {
	for i := range events {
		e := &events[i]
		s.times(cluster.Events, &e.First, &e.Last)
		if e.First.IsZero() {
			e.First = e.Last
		}
		if e.Last.IsZero() {
			e.Last = e.First
		}
	}
}

func (s *sober) nodes(nodes []cluster.Node) {
	for i := range nodes {
		n := &nodes[i]
		s.times(cluster.Nodes, &n.Created)
		s.conditions(cluster.Nodes, n.Conditions)
		for k := range n.Taints {
			s.times(cluster.Nodes, &n.Taints[k].Added)
		}
		n.Writes = s.writes(cluster.Nodes, n.Writes)
	}
}

func (s *sober) workloads(p *cluster.Parts) {
	for i := range p.Workloads {
		w := &p.Workloads[i]
		r := resourceOf(w.Kind)
		s.times(r, &w.Created)
		s.conditions(r, w.Conditions)
		w.Writes = s.writes(r, w.Writes)
		if w.Job != nil {
			s.times(r, &w.Job.Started, &w.Job.Completed, &w.Job.Scheduled)
		}
		if w.Cron != nil {
			s.times(r, &w.Cron.LastStart, &w.Cron.LastSuccess)
		}
	}
	for i := range p.Revisions {
		r := &p.Revisions[i]
		s.times(resourceOf(r.Kind), &r.Created)
		s.conditions(resourceOf(r.Kind), r.Conditions)
	}
}

func (s *sober) others(p *cluster.Parts) {
	for i := range p.Services {
		s.times(cluster.Services, &p.Services[i].Created)
		p.Services[i].Writes = s.writes(cluster.Services, p.Services[i].Writes)
	}
	for i := range p.Claims {
		s.times(cluster.PersistentVolumeClaims, &p.Claims[i].Created)
		s.conditions(cluster.PersistentVolumeClaims, p.Claims[i].Conditions)
	}
	for i := range p.Configs {
		c := &p.Configs[i]
		s.times(resourceOf(c.Kind), &c.Created)
		c.Writes = s.writes(resourceOf(c.Kind), c.Writes)
		if c.Release != nil {
			s.times(resourceOf(c.Kind), &c.Release.Modified)
		}
	}
	for i := range p.Settings {
		s.times(resourceOf(p.Settings[i].Kind), &p.Settings[i].Created)
		p.Settings[i].Writes = s.writes(resourceOf(p.Settings[i].Kind), p.Settings[i].Writes)
	}
	for i := range p.Routes {
		s.times(resourceOf(p.Routes[i].Kind), &p.Routes[i].Created)
	}
}

// resourceOf is the resource of a kind that saved data may hold.
func resourceOf(kind string) cluster.Resource { return savedKinds[kind].resource }
