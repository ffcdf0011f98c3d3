package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// verdicts are what is to be said of the report of one incident.
type verdicts struct {
	detectable bool
	rank       int                 // of the first right answer, from 1; 0 where there is none
	claims     map[string]fraction // right ones of all, by tier
	near       int                 // claims that are a part of the truth: neither right nor false
	extra      int                 // answers by comparing beyond the first right one
	mistaken   bool                // something false is claimed by comparing
	audit      audit
}

// trial is one report held against what is true.
type trial struct {
	made *synthetic.Cluster
	kind synthetic.FaultKind
	r    *report.Report
	out  verdicts
	pods map[string]*cluster.Pod
}

func verdictsOn(made *synthetic.Cluster, kind synthetic.FaultKind, r *report.Report) verdicts {
	t := &trial{made: made, kind: kind, r: r, out: verdicts{claims: map[string]fraction{}, audit: auditOf(r)}, pods: map[string]*cluster.Pod{}}
	for i := range made.Pods {
		t.pods[made.Pods[i].Path()] = &made.Pods[i]
	}
	factors, changes := t.factors(), t.changes()
	t.out.extra = beyond(factors) + beyond(changes)
	t.stated()
	t.rank(append(factors, changes...))
	return t.out
}

// claim counts a claim of a tier.
func (t *trial) claim(tier string, v verdict) {
	if v == isNear {
		t.out.near++
	}
	f := t.out.claims[tier]
	f.count(v == isRight)
	t.out.claims[tier] = f
	t.out.mistaken = t.out.mistaken || v == isWrong && tier != "stated"
}

// factors judges what is said to be shared, by comparing. The same told of
// several patterns is one claim.
func (t *trial) factors() []verdict {
	var out []verdict
	seen := map[string]bool{}
	for i := range t.r.Patterns {
		for _, f := range t.r.Patterns[i].SharedFactors {
			values := []synthetic.Value{{Attribute: f.Attribute, Value: f.Value}}
			for _, with := range f.With {
				values = append(values, synthetic.Value{Attribute: with.Attribute, Value: with.Value})
			}
			if key := fmt.Sprint(values); isCompared(f.Tier) && !seen[key] {
				seen[key] = true
				v := judgeValues(t.made, values)
				t.claim(f.Tier, v)
				out = append(out, v)
			}
		}
	}
	return out
}

func isCompared(tier string) bool { return tier == "strong" || tier == "suggestive" }

// changes judges the changes that are named, an object once.
func (t *trial) changes() []verdict {
	var out []verdict
	seen := map[string]bool{}
	for i := range t.r.Patterns {
		for _, c := range t.r.Patterns[i].PrecedingChanges {
			key := c.Kind + " " + c.Namespace + "/" + c.Name
			if c.Tier == "observation" || seen[key] {
				continue
			}
			seen[key] = true
			v := isWrong
			if t.isChanged(c.Kind, c.Namespace, c.Name) {
				v = isRight
			}
			t.claim(c.Tier, v)
			out = append(out, v)
		}
	}
	return out
}

// isChanged reports whether the change of an object is to blame for something:
// it is what the incident is about.
func (t *trial) isChanged(kind, namespace, name string) bool {
	return t.made.Changed == cluster.Ref{Kind: kind, Namespace: namespace, Name: name}
}

// beyond counts all answers but the first right one.
func beyond(answers []verdict) int {
	if slices.Contains(answers, isRight) {
		return len(answers) - 1
	}
	return len(answers)
}

// rank finds the first right answer. Where nothing but comparing tells, or a
// change is to blame, the answers are what was claimed by that; else the roots,
// without those that have nothing to do with the incident.
func (t *trial) rank(compared []verdict) {
	answers := compared
	if !t.kind.IsValue() && t.made.Changed.IsZero() {
		answers = t.roots()
	}
	t.out.rank = 1 + slices.Index(answers, isRight)
	switch {
	case t.kind == synthetic.NightlyFault:
	case t.kind.IsValue():
		t.out.detectable = isDetectable(t.made)
	default:
		t.out.detectable = len(t.made.Hit) > 0
	}
}

// named are the causes that Kubernetes or the programs state of an incident.
var named = map[synthetic.FaultKind]string{
	synthetic.MissingSecretFault: "missing-config/secret",
	synthetic.QuotaFault:         "admission/quota",
	synthetic.WebhookFault:       "admission/webhook-down",
	synthetic.DNSFault:           "network/dns",
	synthetic.ChainFault:         "network/connection-refused",
	synthetic.LeakFault:          "oom/container-limit",
}

// roots judges the roots that touch what the incident hit: right is the one of
// the workload that the others fail of, or else the one of the stated cause
// and all whom it hit. Those that explain most come first.
func (t *trial) roots() []verdict {
	var told []*report.Pattern
	for i := range t.r.Patterns { // over by now or not
		if p := &t.r.Patterns[i]; p.ExplainedBy == "" && len(t.hitOf(p)) > 0 {
			told = append(told, p)
		}
	}
	slices.SortStableFunc(told, func(a, b *report.Pattern) int { return cmp.Compare(t.reach(b), t.reach(a)) })
	var out []verdict
	for _, p := range told {
		v := isWrong
		switch {
		case !t.made.Root.IsZero() && slices.Contains(workloadsOf(p), t.made.Root.Path()):
			v = isRight
		case t.made.Root.IsZero() && p.Detector+"/"+p.Cause == named[t.kind] && len(t.hitOf(p)) == len(t.made.Hit):
			v = isRight
		}
		out = append(out, v)
	}
	return out
}

// hitOf are the workloads of a pattern that the incident hit.
func (t *trial) hitOf(p *report.Pattern) []string {
	out := workloadsOf(p)
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(path string) bool {
		namespace, name, _ := strings.Cut(path, "/")
		return !t.made.Hit[cluster.Ref{Kind: "Deployment", Namespace: namespace, Name: name}] && !t.made.Hit[cluster.Ref{Kind: "StatefulSet", Namespace: namespace, Name: name}]
	})
}

// reach is how many workloads a pattern and all that follows from it touch.
func (t *trial) reach(root *report.Pattern) int {
	seen := map[string]bool{}
	for queue := []string{root.ID}; len(queue) > 0; queue = queue[1:] {
		for i := range t.r.Patterns {
			p := &t.r.Patterns[i]
			if p.ID == queue[0] {
				for _, w := range workloadsOf(p) {
					seen[w] = true
				}
			}
			if p.ExplainedBy == queue[0] {
				queue = append(queue, p.ID)
			}
		}
	}
	return len(seen)
}

// stated judges what the cluster is said to say itself: patterns, and what
// they name.
func (t *trial) stated() {
	for i := range t.r.Patterns {
		p := &t.r.Patterns[i]
		if p.Tier == "stated" {
			t.claim(p.Tier, t.patternStates(p))
		}
		for _, f := range p.SharedFactors {
			if f.Tier == "stated" {
				t.claim(f.Tier, t.factorStates(p, &f))
			}
		}
	}
}

// patternStates: it is of a kind of failure that was made, and all that it
// names are not well.
func (t *trial) patternStates(p *report.Pattern) verdict {
	if kind := p.Detector + "/" + p.Cause; kind != "exit-code/1" && p.Detector != "rollout-failure" && kind != named[t.kind] {
		return isWrong
	}
	for _, a := range p.Affected {
		if pod := t.pods[a.Namespace+"/"+a.Name]; a.Kind == "Pod" && (pod == nil || isWell(pod)) {
			return isWrong
		}
	}
	return isRight
}

func isWell(p *cluster.Pod) bool { return p.Ready() && p.Containers[0].Last().Phase == "" }

func (t *trial) factorStates(p *report.Pattern, f *report.SharedFactor) verdict {
	right := false
	switch f.Attribute {
	case "exitCode":
		right = p.Detector == "exit-code" && f.Value == p.Cause
	case "namespace":
		right = t.kind == synthetic.QuotaFault && len(t.hitOf(p)) == len(t.made.Hit)
	case "revision":
		right = t.wasRolledOut(f.Value)
	case "dependency":
		right = t.isDown(f.Value)
	case "memoryLimit":
		right = t.kind == synthetic.LeakFault
	default:
		right = slices.Contains(t.made.Guilty, synthetic.Value{Attribute: f.Attribute, Value: f.Value})
	}
	if right {
		return isRight
	}
	return isWrong
}

// wasRolledOut reports whether a revision, as namespace/name@number, is not
// the first.
func (t *trial) wasRolledOut(revision string) bool {
	path, number, _ := strings.Cut(revision, "@")
	return slices.ContainsFunc(t.made.Revisions, func(r cluster.Revision) bool {
		return r.Owner.Path() == path && fmt.Sprint(r.Number) == number && r.Number > 1
	})
}

// isDown reports whether none behind a Service is ready.
func (t *trial) isDown(service string) bool {
	return slices.ContainsFunc(t.made.Services, func(s cluster.Service) bool { return s.Path() == service && s.Ready == 0 })
}
