package staleconfig

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// finding is what the write of an object parts, summed over templates.
type finding struct {
	failed, of    int // of those on the failing side
	fine, fineOf  int // of those on the other
	symptoms      []*symptom.Symptom
	arrangements  float64 // in how many ways chance could part them so
	beforeItFails bool    // those that started before the write are the ones that fail
}

func (u *use) pattern() (detect.Pattern, bool) {
	parts := u.byTemplate()
	if f, ok := u.split(parts, false); ok {
		return u.tell(f), true
	}
	if f, ok := u.split(parts, true); ok {
		return u.tell(f), true
	}
	if f, ok := u.allOld(parts); ok {
		return u.tell(f), true
	}
	return u.observation()
}

// split finds the templates whose failing pods all started on one side of the
// write, while all that started on the other side are fine.
func (u *use) split(parts []parted, oldFail bool) (finding, bool) {
	f := finding{arrangements: 1, beforeItFails: oldFail}
	for _, p := range parts {
		bad, good := p.young, p.old
		if oldFail {
			bad, good = p.old, p.young
		}
		n, symptoms := failing(bad)
		if n == 0 {
			continue
		}
		well := fine(good)
		if n < len(bad) || well == 0 || well < len(good) {
			return finding{}, false // some of the workload behave otherwise: the write does not part them
		}
		f.failed, f.of = f.failed+n, f.of+len(bad)
		f.fine, f.fineOf = f.fine+well, f.fineOf+len(good)
		f.symptoms = append(f.symptoms, symptoms...)
		f.arrangements *= stats.Partings(n+well, n)
	}
	return f, f.failed > 0 && u.fitsInTime(&f)
}

// fitsInTime reports whether the failures began when the write could have
// brought them about: with the pods that first read the new value, or when
// the old one ceased to work. Few pods may be parted by chance, and a write
// of long ago is no explanation then.
func (u *use) fitsInTime(f *finding) bool {
	for _, s := range f.symptoms {
		began := s.First.Sub(u.written)
		few := f.arrangements < stats.Unlikely
		switch {
		case f.beforeItFails && (began < -leads || (few && began > follows)):
			return false
		case !f.beforeItFails && (began < -sameTime || (few && began > remembered) ||
			(s.Pod.Created.After(u.written) && s.First.Sub(s.Pod.Created) > fromTheStart)):
			return false
		}
	}
	return true
}

const (
	// remembered is how long after a write a pod that first reads the new
	// value is laid to it.
	remembered = 24 * time.Hour
	// fromTheStart is how soon a pod fails that starts with a bad value.
	fromTheStart = 10 * time.Minute
	// leads is how long before the write what it describes may have changed: a
	// password is changed in the database first.
	leads = 10 * time.Minute
	// follows is how long after it the old value may go on to work.
	follows = time.Hour
)

// allOld finds workloads all of whose pods run with the old value and fail,
// since about the time of the write.
func (u *use) allOld(parts []parted) (finding, bool) {
	f := finding{beforeItFails: true}
	for _, p := range parts {
		n, symptoms := failing(p.old)
		if n == 0 {
			continue
		}
		if n < len(p.old) || len(p.young) > 0 {
			return finding{}, false
		}
		for _, s := range symptoms {
			if s.Kind == symptom.Exit || s.Kind == symptom.CrashLoop || s.SinceBefore ||
				s.First.Before(u.written.Add(-leads)) || s.First.After(u.written.Add(follows)) {
				return finding{}, false
			}
		}
		f.failed, f.of, f.symptoms = f.failed+n, f.of+len(p.old), append(f.symptoms, symptoms...)
	}
	return f, f.failed > 0 && !u.isContinuous()
}

func (u *use) tell(f finding) detect.Pattern {
	t := detect.Sum(f.symptoms)
	p := u.begin()
	p.Symptoms, p.Contrast, p.Tier = f.symptoms, f.fine > 0, detect.Suggestive
	if f.arrangements >= stats.Unlikely {
		p.Tier = detect.Strong
	}
	who := detect.Count(len(t.Pods), "pod") + " of " + detect.List(detect.Paths(t.Workloads), 2)
	p.Probable = detect.Cause{Confidence: detect.Medium}
	switch {
	case f.fine > 0 && f.beforeItFails:
		p.Title = fmt.Sprintf("%s that started before %s was %s %s; %s", who, u.name(), u.verb(), fails(f.failed), others(f.fine, "after"))
		p.Probable.Text = "The value that they started with does not work any more, and they do not know the new one."
		p.Recommendations = u.restart(t.Workloads)
	case f.fine > 0:
		p.Title = fmt.Sprintf("%s that started after %s was %s %s; %s", who, u.name(), u.verb(), fails(f.failed), others(f.fine, "before"))
		p.Probable.Text = "The new value does not work for them; those that run would fail as well when restarted."
		p.Recommendations = u.takeBack()
	default:
		p.Title = fmt.Sprintf("%s run with the value that %s had before it was %s, and %s", who, u.name(), u.verb(), fails(f.failed))
		p.Probable = detect.Cause{Confidence: detect.Low, Text: "What the setting describes changed, and the pods still use the old value."}
		p.Counter = []string{"no pod has started since the write, so that none shows whether the new value works"}
		p.Recommendations = u.restart(t.Workloads)
	}
	if t.First.Before(u.written) {
		p.Change = nil // it came after the first failure, and did not bring it about
	}
	p.Probable.Why = u.why(f)
	return p
}

func (u *use) why(f finding) string {
	why := fmt.Sprintf("%s was %s %s before now, and a container reads it at its start only", u.name(), u.verb(), detect.Span(u.pass.At.Sub(u.written)))
	if f.fine > 0 {
		why += fmt.Sprintf("; the write parts %d of %d that fail from %d of %d that do not", f.failed, f.of, f.fine, f.fineOf)
	}
	return why
}

// observation tells of pods that run with an old value and are fine.
func (u *use) observation() (detect.Pattern, bool) {
	if len(u.old) == 0 || u.isContinuous() || fine(u.old) < len(u.old) || fine(u.young) < len(u.young) {
		return detect.Pattern{}, false
	}
	p := u.begin()
	p.Tier = detect.Observation
	for _, r := range u.old {
		s := &symptom.Symptom{Kind: symptom.Stale, Cause: changed, Object: r.pod.Key(), Workload: u.pass.WorkloadOf(r.pod), Pod: r.pod, Node: r.pod.Node,
			First: u.written, Last: u.pass.At, Count: 1, About: u.config.Key(), Message: "started before " + u.name() + " was " + u.verb()}
		s.Evidence = []symptom.Evidence{{Source: symptom.FromStatus, Subject: r.pod.Key(), Time: u.written, Reason: "StartedBefore", Text: s.Message, Count: 1}}
		p.Symptoms = append(p.Symptoms, s)
	}
	t := detect.Sum(p.Symptoms)
	p.Title = fmt.Sprintf("%s started before %s was %s, and run with its value of before", t.Who(), u.name(), u.verb())
	if len(t.Pods) == 1 {
		p.Title = strings.Replace(p.Title, ", and run", ", and runs", 1)
	}
	p.Probable = detect.Cause{Text: "Nothing fails. At the next restart the program gets other values than it runs with now.", Confidence: detect.High,
		Why: "a container reads variables and subPath files at its start only"}
	p.Recommendations = u.restart(t.Workloads)
	p.Recommendations[0].Urgency = detect.Later
	return p, true
}

func (u *use) begin() detect.Pattern {
	key := u.config.Key()
	what := "written"
	if u.anew {
		what = "created"
	}
	return detect.Pattern{
		Cause:  changed,
		Key:    key.String(),
		Change: &cluster.Change{Time: u.written, Kind: cluster.ConfigWrite, Object: key, What: what, By: u.by},
		Factors: []detect.Factor{{Attribute: map[string]string{"ConfigMap": "configMap", "Secret": "secret"}[key.Kind], Value: key.Path(),
			Holds: func(p *cluster.Pod) bool { return refersTo(p, u.config) }}},
		Investigation: []detect.Command{
			{Why: "its keys", Command: detect.Kubectl("describe", strings.ToLower(key.Kind), key.Name, "-n", key.Namespace)},
			{Why: "when the containers started", Command: detect.Kubectl("get", "pods", "-n", key.Namespace, "-o",
				"custom-columns=POD:.metadata.name,STARTED:.status.containerStatuses[*].state.running.startedAt")},
		},
	}
}

func refersTo(p *cluster.Pod, c *cluster.Config) bool {
	if p.Template == nil || p.Namespace != c.Namespace {
		return false
	}
	refs := p.Template.ConfigMaps
	if c.Kind == "Secret" {
		refs = p.Template.Secrets
	}
	return slices.ContainsFunc(refs, func(r cluster.ConfigRef) bool { return r.Name == c.Name })
}

func (u *use) name() string { return u.config.Kind + " " + u.config.Path() }

func (u *use) verb() string {
	if u.anew {
		return "created"
	}
	return "written"
}
