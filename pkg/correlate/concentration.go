package correlate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/contrast"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// beforehand is how long before the first failure others may have gone through
// the same step to be compared with.
const beforehand = time.Hour

// mostFactors is how many compared factors a pattern is told with.
const mostFactors = 5

// young are the detectors of what befalls pods on their way to running: theirs
// are compared with those that went that way at the time, not with pods that
// went it long ago. With old pods beside new ones every rollout onto fresh
// nodes would seem to be the nodes' fault.
var young = []string{"image-pull", "storage", "missing-config", "scheduling", "admission", "container-start"}

// atRisk are the affected pods that still are, as failing, and those that were
// at risk of the same.
func (e *explainer) atRisk(affected []cluster.Ref, since time.Time) (atRisk, failing []bool) {
	a := e.attributed()
	atRisk, failing = make([]bool, len(a.sound)), make([]bool, len(a.sound))
	for i, sound := range a.sound {
		atRisk[i] = sound && (since.IsZero() || begunSince(&e.s.Pods[i], since))
	}
	for _, ref := range affected {
		if i, ok := e.s.Position(ref); ok {
			atRisk[i], failing[i] = true, true
		}
	}
	return atRisk, failing
}

func begunSince(p *cluster.Pod, since time.Time) bool {
	return !p.Created.Before(since) || slices.ContainsFunc(p.Containers, func(c cluster.Container) bool {
		return !c.State.StartedAt.Before(since)
	})
}

// countCohorts counts the patterns that can be compared at all.
func (e *explainer) countCohorts(found []detect.Pattern) {
	for i := range found {
		if found[i].Timing == nil && len(detect.Sum(found[i].Symptoms).Workloads) > 1 {
			e.cohorts++
		}
	}
}

// contrasts adds to a pattern what its pods hold beyond chance, as far as the
// failure itself has not named it.
func (e *explainer) contrasts(p *Pattern) {
	if p.Timing != nil {
		return // a pattern in time is of failures that others compare
	}
	if len(p.Tally.Workloads) < contrast.SuggestiveUnits {
		p.comparison = tooFew(len(p.Tally.Workloads))
		return // whatever one workload has is another name of it
	}
	var since time.Time
	if slices.Contains(young, p.Detector) && !p.Tally.First.IsZero() {
		since = p.Tally.First.Add(-beforehand)
	}
	atRisk, failing := e.atRisk(p.Tally.Pods, since)
	answer := e.attributed().table.Ask(atRisk, failing)
	if answer.Struck < contrast.SuggestiveUnits {
		p.comparison = tooFew(answer.Struck)
		return
	}
	for i := range answer.Findings {
		f := &answer.Findings[i]
		if len(p.compared) < mostFactors && !isStated(p, f) && e.standsAmongContemporaries(f, atRisk, failing) {
			p.Shared = append(p.Shared, concentrated(f, &answer))
			p.compared = append(p.compared, e.comparedFactor(f))
		}
	}
	p.comparison = among(&answer)
	if len(p.compared) == 0 {
		p.comparison = notCompared(&answer)
		p.unfounded = named(causeless, p)
	}
}

// admitSilence says of those roots that know no cause why no factor is named.
func admitSilence(ps []*Pattern) {
	for _, p := range ps {
		if p.unfounded && p.ExplainedBy == "" {
			p.Counter = append(slices.Clone(p.Counter), p.comparison)
		}
	}
}

// tooFew says what one workload, or none, lacks to be compared.
func tooFew(workloads int) string {
	if workloads == 0 {
		return "Not enough to compare: no workload that is there now is known to fail in this way."
	}
	return fmt.Sprintf("Not enough to compare: 1 failing workload, one witness however many replicas it has; at least %d more that fail alike are needed before what they share could be beyond chance, %d before that could be strong.",
		contrast.SuggestiveUnits-workloads, contrast.StrongUnits-workloads)
}

// notCompared says why no factor is named.
func notCompared(a *contrast.Answer) string {
	switch lacks := a.Lacks(); {
	case a.Broken == a.Units:
		return fmt.Sprintf("There is nothing healthy at risk of the same to compare the %s with.", detect.Count(a.Struck, "failing workload"))
	case lacks > 0:
		return fmt.Sprintf("%s and %d healthy ones are not enough to compare: whatever they share may be chance; it needs at least %d more.",
			detect.Count(a.Broken, "failing workload"), a.Units-a.Broken, lacks)
	}
	return fmt.Sprintf("None of %d values of attributes is more frequent among the affected than chance makes it.", a.Tested)
}

// among says among whom and among how much the factors were found.
func among(a *contrast.Answer) string {
	return fmt.Sprintf("Compared: %s (%d failing), %s (%d failing), %s; of such findings at most 1 %% (strong) or 5 %% (suggestive) are expected to be false. Replicas are not taken for independent witnesses.",
		detect.Count(a.Units, "revision"), a.Broken, detect.Count(a.Pods, "pod"), a.Failed, detect.Count(a.Tested, "value"))
}

// isStated reports whether a pattern's own factors name a finding already,
// under any of its names.
func isStated(p *Pattern, f *contrast.Finding) bool {
	return slices.ContainsFunc(p.Factors, func(own detect.Factor) bool {
		v := contrast.Value{Attribute: own.Attribute, Value: own.Value}
		return slices.Contains(f.Values, v) || slices.Contains(f.Aliases, v)
	})
}

// concentrated makes a shared factor of a finding.
func concentrated(f *contrast.Finding, a *contrast.Answer) SharedFactor {
	out := SharedFactor{Attribute: f.Values[0].Attribute, Value: f.Values[0].Value, Unit: "workloads", Tier: detect.Suggestive,
		Affected: f.Affected, AffectedOf: f.AffectedOf, Healthy: f.Healthy, HealthyOf: f.HealthyOf,
		RiskRatio: f.Ratio, Low: f.Low, High: f.High, P: f.P, Q: f.Q, Tested: a.Tested, Residue: a.Residue, Struck: a.Struck}
	if f.Placement {
		out.Unit = "pods"
	}
	if f.Strong {
		out.Tier = detect.Strong
	}
	for _, v := range f.Values[1:] {
		out.With = append(out.With, Column(v))
	}
	for _, v := range f.Aliases {
		out.Aliases = append(out.Aliases, Column(v))
	}
	out.Text = concentrationText(&out)
	return out
}

// concentrationText words a factor as its tier allows.
func concentrationText(f *SharedFactor) string {
	what := inWords(f.Attribute, f.Value)
	for _, v := range f.With {
		what += " together with " + inWords(v.Attribute, v.Value)
	}
	numbers := fmt.Sprintf("%d of %d affected %s have it, %d of %d healthy ones compared do", f.Affected, f.AffectedOf, f.Unit, f.Healthy, f.HealthyOf)
	text := fmt.Sprintf("may be related: %s: %s", what, numbers)
	if f.Tier == detect.Strong {
		text = fmt.Sprintf("concentrated on %s: %s", what, numbers)
	}
	if !math.IsNaN(f.RiskRatio) {
		text += fmt.Sprintf(" (risk ratio %.3g, 95 %% interval %.3g to %.3g)", f.RiskRatio, f.Low, f.High)
	}
	text += fmt.Sprintf("; %s compared, q %s", detect.Count(f.Tested, "value"), small(f.Q))
	if len(f.Aliases) > 0 {
		var names []string
		for _, v := range f.Aliases {
			names = append(names, inWords(v.Attribute, v.Value))
		}
		text += "; cannot be told apart here: " + detect.List(names, 4)
	}
	if f.Residue > 0 {
		text += fmt.Sprintf("; of %s such factors explain %d, %d not", detect.Count(f.Struck, "affected workload"), f.Struck-f.Residue, f.Residue)
	}
	return text
}

// inWords is a value with the name of its attribute; a range reads as a
// comparison does.
func inWords(attribute, value string) string {
	if strings.HasPrefix(value, ">=") || strings.HasPrefix(value, "<") {
		switch attribute {
		case "memoryLimit":
			attribute = "memory limit"
		case "cpuLimit":
			attribute = "CPU limit"
		}
	}
	return attribute + " " + value
}

// small writes a chance with two digits, and none of a dozen zeros.
func small(q float64) string {
	if q < .0001 {
		return "< 0.0001"
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.4f", q), "0"), ".")
}

// causeless are the detectors that say how something fails and not why.
var causeless = []string{"exit-code", "probe", "rollout-failure", "container-start/runtime", "job-failure"}
