package staleconfig

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// use is a ConfigMap or Secret with the pods that read it at their start,
// parted by the last write that changed what they read.
type use struct {
	pass    *detect.Pass
	config  *cluster.Config
	written time.Time
	by      string
	anew    bool // made anew, not written
	old     []reader
	young   []reader
}

// reader is a pod that read the object before or after the write.
type reader struct {
	pod *cluster.Pod
	detect.Health
}

// sameTime is how close to a write a start may lie before their order is
// unknown: times have a precision of a second, and a container is made a
// little before it is started.
const sameTime = 5 * time.Second

func (u *use) add(p *cluster.Pod, h detect.Health) {
	write, anew, ok := u.writeFor(p)
	if !ok {
		return
	}
	before, after := u.startedAround(p, h, write.Time)
	switch {
	case before:
		u.old = append(u.old, reader{p, h})
	case after:
		u.young = append(u.young, reader{p, h})
	default:
		return
	}
	if write.Time.After(u.written) {
		u.written, u.by, u.anew = write.Time, write.Manager, anew
	}
}

// writeFor is the newest write that changed what a pod reads of the object:
// one that owns data, and the key where single keys are referred to. An
// object that was created, or created anew, was written then.
func (u *use) writeFor(p *cluster.Pod) (w cluster.Write, anew, ok bool) {
	keys, all := keysRead(p, u.config)
	for _, at := range u.config.Writes {
		if at.Subresource != "" || !at.Time.After(w.Time) || !at.Data {
			continue
		}
		if all || len(at.Keys) == 0 || slices.ContainsFunc(at.Keys, func(k string) bool { return slices.Contains(keys, k) }) {
			w = at
		}
	}
	if w.Time.Sub(u.config.Created) < time.Second { // written at its creation, or nobody tells
		w.Time, anew = u.config.Created, true
	}
	return w, anew, !w.Time.IsZero()
}

// keysRead are the keys of an object that a pod reads at its start; all when
// it takes the whole.
func keysRead(p *cluster.Pod, c *cluster.Config) (keys []string, all bool) {
	refs := p.Template.ConfigMaps
	if c.Kind == "Secret" {
		refs = p.Template.Secrets
	}
	for _, r := range refs {
		if r.Name != c.Name || r.Via == "volume" {
			continue
		}
		if r.Key == "" {
			return nil, true
		}
		keys = append(keys, r.Key)
	}
	return keys, false
}

// startedAround reports whether the containers of a pod that read the object
// started before or after a moment. Neither is known when some did and some
// did not, or when it is too close. Of a failing pod the container that fails
// counts.
func (u *use) startedAround(p *cluster.Pod, h detect.Health, at time.Time) (before, after bool) {
	before, after = true, true
	for i := range p.Containers {
		c := &p.Containers[i]
		if !u.reads(p, c) || (len(h.Failing) > 0 && h.Failing[0].Container != "" && h.Failing[0].Container != c.Name) {
			continue
		}
		started := c.State.StartedAt
		if c.State.Phase == cluster.Waiting || started.IsZero() {
			started = c.Last().StartedAt
		}
		if started.IsZero() { // it has not started yet, and will read what is there now
			before = false
			continue
		}
		before = before && started.Before(at.Add(-sameTime))
		after = after && started.After(at.Add(sameTime))
	}
	if before == after {
		return false, false
	}
	return before, after
}

// reads reports whether a container may be one that reads the object: that is
// told for single variables, else any of the pod's lasting ones may.
func (u *use) reads(p *cluster.Pod, c *cluster.Container) bool {
	if c.Role != cluster.Regular && c.Role != cluster.Sidecar {
		return false
	}
	if _, all := keysRead(p, u.config); all {
		return true
	}
	prefix := u.config.Kind + " " + u.config.Name + "/"
	return slices.ContainsFunc(p.Template.Env, func(v cluster.EnvVar) bool {
		return v.Container == c.Name && strings.HasPrefix(v.From, prefix)
	})
}

// quiet is how old a write by a controller must be before it is worth a word
// where nothing fails: one that writes all the time always wrote just now.
const quiet = 10 * time.Minute

// people are the writers that do not write all the time: people and the tools
// by which they deliver, by the beginning of their manager's name.
var people = []string{"kubectl", "helm", "argocd", "kustomize-controller", "Terraform", "HashiCorp", "pulumi", "before-first-apply", "Mozilla", "oc"}

func (u *use) isContinuous() bool {
	return u.pass.At.Sub(u.written) < quiet &&
		!slices.ContainsFunc(people, func(name string) bool { return strings.HasPrefix(u.by, name) })
}

// parted are the pods of one template that read the object.
type parted struct {
	old, young []reader
}

// byTemplate parts the readers by what they were made from: only like and
// like can be compared. A plain restart makes a new revision of the same.
func (u *use) byTemplate() []parted {
	var out []parted
	var templates []cluster.Template
	place := func(r reader) *parted {
		t := *r.pod.Template
		t.RestartedAt = ""
		for i := range templates {
			if u.pass.WorkloadOf(r.pod) == u.pass.WorkloadOf(out[i].any()) && templates[i].Equal(&t) {
				return &out[i]
			}
		}
		templates = append(templates, t)
		out = append(out, parted{})
		return &out[len(out)-1]
	}
	for _, r := range u.old {
		p := place(r)
		p.old = append(p.old, r)
	}
	for _, r := range u.young {
		p := place(r)
		p.young = append(p.young, r)
	}
	return out
}

func (p *parted) any() *cluster.Pod {
	if len(p.old) > 0 {
		return p.old[0].pod
	}
	return p.young[0].pod
}

func failing(rs []reader) (n int, symptoms []*symptom.Symptom) {
	for i := range rs {
		if len(rs[i].Failing) > 0 {
			n++
			symptoms = append(symptoms, rs[i].Failing...)
		}
	}
	return n, symptoms
}

func fine(rs []reader) int {
	n := 0
	for i := range rs {
		if rs[i].Fine(rs[i].pod) {
			n++
		}
	}
	return n
}
