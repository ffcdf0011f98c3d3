package report

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/alert"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// alertOf is the rule that would have told of a root, or why there is none.
// What follows from a root is told with it, and what only was observed did not
// fail: of these both are empty.
func alertOf(p *correlate.Pattern) (rule alert.Rule, why string) {
	if p.ExplainedBy != "" || (p.Tier == detect.Observation && p.Severity == correlate.Info) {
		return alert.Rule{}, ""
	}
	return alert.For(alertSubject(p))
}

func alertSubject(p *correlate.Pattern) alert.Subject {
	s := alert.Subject{ID: p.ID, Detector: p.Detector, Cause: p.Cause, Critical: p.Severity == correlate.Critical,
		ExitCode: int(detect.ExitNamed(p.Cause)), Namespaces: p.Tally.Namespaces, Nodes: p.Nodes}
	for _, w := range p.Tally.Workloads {
		s.Workloads = append(s.Workloads, alert.Workload(alertName(w)))
	}
	var claims []cluster.Ref
	for _, x := range p.Symptoms {
		for _, ref := range []cluster.Ref{x.Object, x.About} {
			if ref.Kind == "PersistentVolumeClaim" {
				claims = append(claims, ref.Key())
			}
		}
	}
	slices.SortFunc(claims, cluster.Ref.Compare)
	for _, c := range slices.Compact(claims) {
		s.Claims = append(s.Claims, alert.Workload(alertName(c)))
	}
	return s
}

func alertName(r cluster.Ref) alert.Workload {
	return alert.Workload{Namespace: r.Namespace, Kind: r.Kind, Name: r.Name}
}

// monitoring is a pattern's own recommendation of an alert.
func monitoring(p *correlate.Pattern) []Recommendation {
	rule, why := alertOf(p)
	switch {
	case rule.Alert != "":
		return []Recommendation{alerting([]alert.Rule{rule}, []string{p.ID})}
	case why != "":
		return []Recommendation{{Urgency: string(detect.Monitoring), Text: "No alert on standard metrics tells of this: " + why + ".",
			Commands: []string{}, Patterns: []string{p.ID}}}
	}
	return nil
}

// alerting recommends rules of one alert, each for one pattern. Their object
// is named by the first of these, so that one does not replace another's.
func alerting(rules []alert.Rule, ids []string) Recommendation {
	r := &rules[0]
	text := fmt.Sprintf("Alert %s tells of this", r.Alert)
	if r.For != "0m" {
		text += " where it lasts for " + r.For
	}
	text += ": " + r.Means + "."
	if r.Untold != "" {
		text += " It cannot tell " + r.Untold + "."
	}
	return Recommendation{Urgency: string(detect.Monitoring), Text: text, Commands: []string{}, AlertRule: alert.Manifest(rules, ids[0]), Patterns: ids}
}

// alerts are the rules for all roots, those of one alert in one object.
func alerts(ps []*correlate.Pattern) []Recommendation {
	type alike struct{ alert, means, untold string }
	rules, ids := map[alike][]alert.Rule{}, map[alike][]string{}
	var order []alike
	for _, p := range ps {
		rule, _ := alertOf(p)
		if rule.Alert == "" {
			continue
		}
		key := alike{rule.Alert, rule.Means, rule.Untold}
		if rules[key] == nil {
			order = append(order, key)
		}
		rules[key], ids[key] = append(rules[key], rule), append(ids[key], p.ID)
	}
	return convert(order, func(key alike) Recommendation { return alerting(rules[key], ids[key]) })
}
