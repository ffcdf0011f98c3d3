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
	finding *contrast.Finding
	answer  *contrast.Answer
	cohorts []cohort // those that it covers wholly
}

// concentrations adds the patterns of the detector shared-factor: of what the
// failures of no known cause share, all together and each cohort by itself.
func (e *explainer) concentrations(d *detect.Detector, ps []*Pattern) []*Pattern {
	open := e.openCohorts(ps)
	var out []*Pattern
	taken := map[*Pattern]bool{}
	for _, c := range e.found(open) {
		c.cohorts = slices.DeleteFunc(e.wholly(c.finding, open), func(o cohort) bool { return taken[o.pattern] })
		if isNamed(ps, c.finding) || len(workloadsOf(c.cohorts)) < leastShared {
			continue
		}
		for _, o := range c.cohorts {
			taken[o.pattern] = true
		}
		found := e.concentrationPattern(c)
		found.Detector, found.Category = d.Name, d.Category
		p := e.explain(found)
		p.Shared[0] = concentrated(c.finding, c.answer)
		if len(c.finding.Values) > 1 {
			p.compared = append(p.compared, e.comparedFactor(c.finding))
		}
		out = append(out, p)
	}
	return out
}

// found are the strong findings of all together, then of each by itself.
func (e *explainer) found(open []cohort) []concentration {
	sets := [][]cohort{open}
	for _, c := range open {
		if len(open) > 1 && len(c.workloads) >= leastShared {
			sets = append(sets, []cohort{c})
		}
	}
	var out []concentration
	for _, set := range sets {
		if len(workloadsOf(set)) < leastShared {
			continue
		}
		var pods []cluster.Ref
		for _, c := range set {
			pods = append(pods, c.pods...)
		}
		atRisk, failing := e.atRisk(pods, time.Time{})
		answer := e.attributed().table.Ask(atRisk, failing)
		for i := range answer.Findings {
			f := &answer.Findings[i]
			if f.Strong && slices.Contains(whereToLook, f.Values[0].Attribute) && e.standsAmongContemporaries(f, atRisk, failing) {
				out = append(out, concentration{finding: f, answer: &answer})
			}
		}
	}
	return out
}

// wholly are the cohorts all of whose pods a finding covers. A pod that is
// gone is known by the node where it failed.
func (e *explainer) wholly(f *contrast.Finding, open []cohort) []cohort {
	var out []cohort
	for _, c := range open {
		outside := slices.ContainsFunc(c.pods, func(ref cluster.Ref) bool {
			if i, ok := e.s.Position(ref); ok {
				return !f.Covered[i]
			}
			return len(f.Values) > 1 || f.Values[0] != contrast.Value{Attribute: "node", Value: e.members(c.pattern).gone[ref]}
		})
		if !outside {
			out = append(out, c)
		}
	}
	return out
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
	for _, o := range c.cohorts {
		symptoms = append(symptoms, o.symptoms...)
	}
	tally := detect.Sum(symptoms)
	what := v.Attribute + " " + v.Value
	for _, with := range f.Values[1:] {
		what += " with " + with.Attribute + " " + with.Value
	}
	ways := ""
	if len(c.cohorts) > 1 {
		ways = fmt.Sprintf(" in %d ways", len(c.cohorts))
	}
	out := detect.Pattern{Cause: v.Attribute, Key: what, Tier: detect.Strong, Symptoms: symptoms,
		Title:   fmt.Sprintf("%s fail%s, concentrated on %s; %d of %d healthy ones are", tally.Who(), ways, what, f.Healthy, f.HealthyOf),
		Factors: []detect.Factor{e.heldFactor(v.Attribute, v.Value, f.Placement, e.attributed().table.Holding(v))},
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
