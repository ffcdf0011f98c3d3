package correlate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/contrast"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// whereToLook are the attributes that say where to look. A namespace, a label or a
// limit that the failing share says no more than whose they are.
var whereToLook = []string{
	"node", "zone", "region", "nodePool", "instanceType", "kernelVersion", "osImage", "containerRuntime", "kubeletVersion", "architecture",
	"image", "registry", "repository", "configMap", "secret", "serviceAccount", "persistentVolumeClaim", "storageClass", "csiDriver",
}

// leastShared is how many workloads have to fail on a value before it is a
// pattern of its own.
const leastShared = 3

// concentration is a value on which failures without a known cause lie.
type concentration struct {
	finding  *contrast.Finding
	answer   *contrast.Answer
	patterns []*Pattern // those that it covers wholly
}

// concentrations adds the patterns of the detector shared-factor: of what the
// roots of no known cause share, all together and each by itself.
func (e *explainer) concentrations(d *detect.Detector, ps []*Pattern) []*Pattern {
	var open []*Pattern
	for _, p := range ps {
		if p.ExplainedBy == "" && named(causeless, p) && len(p.Tally.Pods) > 0 {
			open = append(open, p)
		}
	}
	var out []*Pattern
	taken := map[*Pattern]bool{}
	for _, c := range e.found(open) {
		c.patterns = slices.DeleteFunc(e.wholly(c.finding, open), func(p *Pattern) bool { return taken[p] })
		if isNamed(ps, c.finding) || len(c.workloads()) < leastShared {
			continue
		}
		for _, p := range c.patterns {
			taken[p] = true
		}
		found := e.concentrationPattern(c)
		found.Detector, found.Category = d.Name, d.Category
		p := e.explain(found)
		p.Shared[0] = concentrated(c.finding, c.answer)
		out = append(out, p)
	}
	return out
}

// found are the strong findings of all together, then of each by itself.
func (e *explainer) found(open []*Pattern) []concentration {
	sets := [][]*Pattern{open}
	for _, p := range open {
		if len(open) > 1 && len(p.Tally.Workloads) >= leastShared {
			sets = append(sets, []*Pattern{p})
		}
	}
	var out []concentration
	for _, set := range sets {
		var pods, workloads []cluster.Ref
		for _, p := range set {
			pods, workloads = append(pods, p.Tally.Pods...), append(workloads, p.Tally.Workloads...)
		}
		slices.SortFunc(workloads, cluster.Ref.Compare)
		if len(slices.Compact(workloads)) < leastShared {
			continue
		}
		answer := e.ask(pods)
		for i := range answer.Findings {
			f := &answer.Findings[i]
			if f.Strong && slices.Contains(whereToLook, f.Values[0].Attribute) {
				out = append(out, concentration{finding: f, answer: answer})
			}
		}
	}
	return out
}

func (e *explainer) ask(pods []cluster.Ref) *contrast.Answer {
	atRisk, failing := e.atRisk(pods, time.Time{})
	answer := e.attributed().table.Ask(atRisk, failing)
	return &answer
}

// wholly are the patterns all of whose pods a finding covers. A pod that is
// gone is known by the node where it failed.
func (e *explainer) wholly(f *contrast.Finding, open []*Pattern) []*Pattern {
	var out []*Pattern
	for _, p := range open {
		outside := slices.ContainsFunc(p.Tally.Pods, func(ref cluster.Ref) bool {
			if i, ok := e.attributed().number[ref]; ok {
				return !f.Covered[i]
			}
			return len(f.Values) > 1 || f.Values[0] != contrast.Value{Attribute: "node", Value: e.members(p).gone[ref]}
		})
		if !outside {
			out = append(out, p)
		}
	}
	return out
}

func (c *concentration) workloads() []cluster.Ref {
	var out []cluster.Ref
	for _, p := range c.patterns {
		out = append(out, p.Tally.Workloads...)
	}
	slices.SortFunc(out, cluster.Ref.Compare)
	return slices.Compact(out)
}

// isNamed reports whether any pattern names the value of a finding, under any
// of its names: then its cause is known, or it is told there.
func isNamed(ps []*Pattern, f *contrast.Finding) bool {
	return slices.ContainsFunc(ps, func(p *Pattern) bool {
		return isStated(p, f) || slices.ContainsFunc(p.Nodes, func(node string) bool {
			v := contrast.Value{Attribute: "node", Value: node}
			return slices.Contains(f.Values, v) || slices.Contains(f.Aliases, v)
		})
	})
}

func (e *explainer) concentrationPattern(c concentration) detect.Pattern {
	v, f := c.finding.Values[0], c.finding
	var symptoms []*symptom.Symptom
	for _, p := range c.patterns {
		symptoms = append(symptoms, p.Symptoms...)
	}
	tally := detect.Sum(symptoms)
	what := v.Attribute + " " + v.Value
	for _, with := range f.Values[1:] {
		what += " with " + with.Attribute + " " + with.Value
	}
	ways := ""
	if len(c.patterns) > 1 {
		ways = fmt.Sprintf(" in %d ways", len(c.patterns))
	}
	out := detect.Pattern{Cause: v.Attribute, Key: what, Tier: detect.Strong, Symptoms: symptoms,
		Title:   fmt.Sprintf("%s fail%s, concentrated on %s; %d of %d healthy ones are", tally.Who(), ways, what, f.Healthy, f.HealthyOf),
		Factors: []detect.Factor{e.factorOf(v, f.Placement)},
		Counter: []string{"That failures are concentrated on it says where to look, not why: nothing in the cluster names a cause."},
		Probable: detect.Cause{Confidence: detect.Low, Text: fmt.Sprintf("Something about %s that the cluster does not name.", what),
			Why: fmt.Sprintf("of %s compared this sets the failing apart, q %s", detect.Count(c.answer.Tested, "value"), small(f.Q))},
	}
	out.Investigation, out.Recommendations = lookAt(v)
	if v.Attribute == "node" {
		out.Nodes = []string{v.Value}
	}
	return out
}

// factorOf is a value of the table as a factor.
func (e *explainer) factorOf(v contrast.Value, placement bool) detect.Factor {
	a := e.attributed()
	holds := a.table.Holding(v)
	return detect.Factor{Attribute: v.Attribute, Value: v.Value, Placement: placement, Holds: func(p *cluster.Pod) bool {
		i, ok := a.number[p.Key()]
		return ok && holds[i]
	}}
}

// lookAt is how to see what a value is about.
func lookAt(v contrast.Value) ([]detect.Command, []detect.Recommendation) {
	namespace, name, _ := strings.Cut(v.Value, "/")
	switch v.Attribute {
	case "node":
		return []detect.Command{{Why: "what the node says of itself", Command: detect.Kubectl("describe", "node", v.Value)}},
			[]detect.Recommendation{{Urgency: detect.Soon, Text: "Compare node " + v.Value + " with its peers, and keep new pods off it while that lasts.",
				Commands: []string{detect.Kubectl("patterns", "node", v.Value), detect.Kubectl("cordon", v.Value)}}}
	case "configMap", "secret", "serviceAccount", "persistentVolumeClaim":
		return []detect.Command{{Why: "what it is and since when, without its values", Command: detect.Kubectl("get", strings.ToLower(v.Attribute), name, "-n", namespace)}},
			[]detect.Recommendation{{Urgency: detect.Soon, Text: fmt.Sprintf("Look at who uses %s %s and at what was written to it last.", v.Attribute, v.Value)}}
	}
	return []detect.Command{{Why: "which pods are where", Command: detect.Kubectl("get", "pods", "-A", "-o", "wide")}},
		[]detect.Recommendation{{Urgency: detect.Soon, Text: fmt.Sprintf("Compare what has %s %s with what has not.", v.Attribute, v.Value)}}
}
