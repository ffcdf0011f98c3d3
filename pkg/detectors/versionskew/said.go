package versionskew

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// said reports the programs that say that they do not fit whom they talk to:
// one pattern for each of those, or for each text where nobody is named.
func said(pass *detect.Pass) {
	changes := pass.Changes()
	groups := detect.GroupBy(pass.Of(symptom.Version), func(s *symptom.Symptom) string {
		if svc := callee(pass, s); svc != nil {
			return svc.String()
		}
		return s.Target.Host + "|" + s.Template
	})
	for _, g := range groups {
		pass.Report(saidPattern(pass, g, changes))
	}
}

func callee(pass *detect.Pass, s *symptom.Symptom) *cluster.Service {
	if s.Target.Host == "" {
		return nil
	}
	return pass.ServiceNamed(s.Target.Host, s.Object.Namespace)
}

func saidPattern(pass *detect.Pass, g detect.Group, changes []cluster.Change) detect.Pattern {
	t := detect.Sum(g.Symptoms)
	first := g.Symptoms[0]
	fit := "say that versions do not fit"
	var called []cluster.Ref
	if svc := callee(pass, first); svc != nil {
		fit, called = "do not fit the version of "+svc.Path(), pass.BackendsOf(svc)
	} else if first.Target.Host != "" {
		fit = "do not fit the version of " + first.Target.Address()
	}
	p := detect.Pattern{
		Cause:    symptom.MixedVersions,
		Key:      g.Key,
		Symptoms: g.Symptoms,
		Title:    fmt.Sprintf("%s %s: %s", t.Who(), fit, detect.Clip(plain(first.Template), 100)),
		Probable: detect.Cause{Text: "The program and what it works with are of versions that do not fit.", Confidence: detect.Medium, Why: "it says so itself"},
		Investigation: []detect.Command{
			{Why: "all that it says of it", Command: detect.Kubectl("logs", first.Object.Name, "-n", first.Object.Namespace, "-c", first.Container, "--tail=50")},
		},
		Recommendations: []detect.Recommendation{{Urgency: detect.Immediate, Text: "Bring both sides to versions that fit: take the newer one back, or update the older one."}},
	}
	if len(t.Pods) == 1 {
		p.Title = strings.NewReplacer(" do not fit the", " does not fit the", " say that", " says that").Replace(p.Title)
	}
	p.Change = newRevision(&t, called, changes)
	switch c := p.Change; {
	case c == nil:
		p.Counter = []string{"no new revision of either side came just before"}
	case slices.Contains(called, c.Object):
		p.Probable.Why += fmt.Sprintf(", since %s after the new revision of %s, which it calls", detect.Span(t.First.Sub(c.Time)), c.Object.Path())
	default:
		p.Probable.Why += fmt.Sprintf(", since %s after its own new revision", detect.Span(t.First.Sub(c.Time)))
	}
	if p.Change != nil {
		p.Investigation = append(p.Investigation, detect.Command{Why: "what came with the new revision",
			Command: detect.Kubectl("rollout", "history", strings.ToLower(p.Change.Object.Kind)+"/"+p.Change.Object.Name, "-n", p.Change.Object.Namespace)})
	}
	return p
}

// before is how long a new revision may have been there when what does not
// fit is first heard of.
const before = 10 * time.Minute

// newRevision is the newest rollout of the caller or of whom it calls that
// came just before; that of whom it calls is looked at first.
func newRevision(t *detect.Tally, called []cluster.Ref, changes []cluster.Change) *cluster.Change {
	for _, sides := range [][]cluster.Ref{called, t.Workloads} {
		for i := len(changes) - 1; i >= 0; i-- {
			c := &changes[i]
			lead := t.First.Sub(c.Time)
			if (c.Kind == cluster.Rollout || c.Kind == cluster.Rollback) && slices.Contains(sides, c.Object) && lead >= 0 && lead <= before {
				return c
			}
		}
	}
	return nil
}

// plain takes out what is no character to print.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
