package correlate

import (
	"fmt"
	"math"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
)

// shared counts a factor among the affected and the healthy. Template
// attributes are counted by workloads, for all replicas have them alike;
// placement attributes by pods.
func (e *explainer) shared(p *Pattern, f detect.Factor) SharedFactor {
	out := SharedFactor{Attribute: f.Attribute, Value: f.Value, Unit: "workloads", Tier: detect.Stated,
		RiskRatio: math.NaN(), Low: math.NaN(), High: math.NaN(), P: math.NaN(), Q: math.NaN()}
	cell := e.cell(p, f)
	out.Unit = cell.Unit
	out.Affected, out.AffectedOf, out.Healthy, out.HealthyOf = cell.Affected, cell.Of, cell.Healthy, cell.HealthyOf
	if f.Holds != nil && out.HealthyOf > 0 {
		out.RiskRatio, out.Low, out.High = stats.RiskRatio(out.Affected, out.AffectedOf, out.Healthy, out.HealthyOf)
	}
	out.Text = factorText(out, f.Holds != nil)
	if f.Note != "" {
		out.Text += " (" + f.Note + ")"
	}
	return out
}

func factorText(f SharedFactor, comparable bool) string {
	if f.Attribute == "age" {
		return fmt.Sprintf("only new pods: %d of %d affected ones were made since the failure began; %d of %d healthy ones were",
			f.Affected, f.AffectedOf, f.Healthy, f.HealthyOf)
	}
	have := "have"
	if f.Affected == 1 {
		have = "has"
	}
	text := fmt.Sprintf("%d of %d affected %s %s %s %s", f.Affected, f.AffectedOf, f.Unit, have, f.Attribute, f.Value)
	switch {
	case !comparable:
		return text
	case f.HealthyOf == 0:
		return text + "; there is nothing healthy to compare with"
	}
	do := "do"
	if f.Healthy == 1 {
		do = "does"
	}
	return fmt.Sprintf("%s; %d of %d healthy %s %s", text, f.Healthy, f.HealthyOf, f.Unit, do)
}

// cell counts who holds a factor's value among a pattern's affected and
// among the healthy.
func (e *explainer) cell(p *Pattern, f detect.Factor) Cell {
	return e.withAffected(e.healthyCell(f), p, f)
}

// healthyCell counts the healthy alone: they are the same for every pattern.
func (e *explainer) healthyCell(f detect.Factor) Cell {
	c, healthy := Cell{Unit: "workloads"}, e.healthyWorkloads
	if f.Placement {
		c.Unit, healthy = "pods", e.healthy
	}
	c.HealthyOf = len(healthy)
	if f.Holds == nil {
		return c
	}
	for _, pod := range healthy {
		if f.Holds(pod) {
			c.Healthy++
		}
	}
	return c
}

// withAffected counts a pattern's affected into a cell of the healthy.
func (e *explainer) withAffected(c Cell, p *Pattern, f detect.Factor) Cell {
	switch {
	case f.Placement:
		c.Of = len(p.Tally.Pods)
		for _, ref := range p.Tally.Pods {
			if e.podHolds(p, ref, f) {
				c.Affected++
			}
		}
	case f.Holds == nil: // told by the failure, not by the spec: holds for all of its own
		c.Of = len(p.Tally.Workloads)
		c.Affected = c.Of
	default:
		c.Of = len(p.Tally.Workloads)
		for _, w := range p.Tally.Workloads {
			if e.workloadHolds(p, w, f) {
				c.Affected++
			}
		}
	}
	return c
}

// podHolds looks at an affected pod. One that is gone, or has since come back
// under its name elsewhere, is judged by where it failed.
func (e *explainer) podHolds(p *Pattern, ref cluster.Ref, f detect.Factor) bool {
	if node, gone := e.members(p).gone[ref]; gone {
		return f.Attribute == "node" && node == f.Value
	}
	pod := e.s.Pod(ref.Namespace, ref.Name)
	return pod != nil && f.Holds(pod)
}

// workloadHolds looks at the workload's affected pods, and at what is left of
// it when these are gone.
func (e *explainer) workloadHolds(p *Pattern, w cluster.Ref, f detect.Factor) bool {
	if slices.ContainsFunc(e.members(p).pods[w], f.Holds) || slices.ContainsFunc(e.s.PodsOf(w), f.Holds) {
		return true
	}
	made := e.wouldMake(w)
	return made != nil && f.Holds(made)
}

// members are the affected pods of a pattern, as factors look them up: each
// factor of every pattern asks about all of them.
type members struct {
	pods map[cluster.Ref][]*cluster.Pod // by workload
	gone map[cluster.Ref]string         // the node on which a pod failed that is gone
}

func (e *explainer) members(p *Pattern) *members {
	if p.members != nil {
		return p.members
	}
	m := &members{pods: map[cluster.Ref][]*cluster.Pod{}, gone: map[cluster.Ref]string{}}
	for _, s := range p.Symptoms {
		key := s.Object.Key()
		if _, known := m.gone[key]; s.Pod == nil && !known {
			m.gone[key] = s.Node
		}
		if s.Pod != nil {
			m.pods[s.Workload.Key()] = append(m.pods[s.Workload.Key()], s.Pod)
		}
	}
	for _, pod := range p.Also {
		w := e.s.WorkloadOf(pod)
		m.pods[w] = append(m.pods[w], pod)
	}
	p.members = m
	return m
}

// wouldMake is the pod that a workload asks for, where the workload was read:
// one that gets no pods is judged by what it wants.
func (e *explainer) wouldMake(ref cluster.Ref) *cluster.Pod {
	w := e.s.Workload(ref)
	if w == nil || w.Template == nil {
		return nil
	}
	return &cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: ref.Namespace}, Owner: w.Key(), Template: w.Template, Labels: w.Selector}
}
