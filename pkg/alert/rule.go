// Package alert says which alert would have told of a pattern: a table from
// detector and cause to PromQL over the metrics that most clusters have
// (kube-state-metrics, cAdvisor, the kubelet and node-exporter), filled with
// what the pattern touches.
package alert

import (
	"regexp"
	"strings"
)

// Subject is what an alert is to tell of.
type Subject struct {
	ID       string // the pattern's
	Detector string
	Cause    string
	Critical bool
	ExitCode int // of exit-code; negative where it is not told

	Namespaces []string
	Workloads  []Workload
	Nodes      []string
	Claims     []Workload // PersistentVolumeClaims
}

// Workload is a controller of pods, or a claim.
type Workload struct{ Namespace, Kind, Name string }

// Rule is an alerting rule of Prometheus.
type Rule struct {
	Alert string // its name
	Means string // what it tells, in words: "containers cannot pull their image"
	Expr  string
	For   string // how long it must hold, such as 5m
	// Untold is what of the pattern no standard metric tells; may be empty.
	Untold string

	subject Subject
}

// For is the rule that would have told of a subject. Without one, why says
// what standard metrics lack.
func For(s Subject) (rule Rule, why string) {
	r := find(s.Detector, s.Cause)
	if r == nil {
		return Rule{}, "no rule is known for " + s.Detector
	}
	if r.signal == nil {
		return Rule{}, r.untold
	}
	sig := r.signal(&s)
	return Rule{Alert: sig.alert, Means: sig.means, Expr: sig.expr, For: sig.wait, Untold: r.untold, subject: s}, ""
}

var notPlain = regexp.MustCompile(`[^a-z0-9]+`)

// plain is a text made of lower-case letters, digits and hyphens only, fit for
// the name of an object and for a template.
func plain(text string) string {
	text = notPlain.ReplaceAllString(strings.ToLower(text), "-")
	return strings.Trim(text[:min(len(text), 200)], "-")
}
