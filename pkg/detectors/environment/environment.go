// Package environment detects programs that miss a setting, or cannot use its
// value.
package environment

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups by the setting and the family of workloads.
var Detector = &detect.Detector{
	Name:     "environment",
	Category: "configuration",
	Doc: `programs that miss a setting or cannot use its value

Means that a program misses a setting, or cannot use the value that it has.

Reads what programs say when they end, in the words of the libraries for settings of
Go, Java, Python, Node.js, Ruby, Rust and shells (termination messages always, logs
with --logs), and the environment that templates declare.

Groups by the setting and by what gives it: the ConfigMap or Secret that several
workloads take their environment from, else the image.

Speaks when a program ends and says which variable or setting it misses
(missing-variable), or whose value it cannot use (bad-value). Says whether the pod's
template sets the variable, and whether another revision or another namespace does.

Silent on errors of parsers that may be of data, on names of the program's own code,
and on ConfigMaps, Secrets and keys that the kubelet does not find (missing-config).

What to do: set or correct the variable where it comes from; a restart alone changes
nothing.`,
	Causes: []string{symptom.MissingVariable, symptom.BadValue},
	Needs:  []cluster.Resource{cluster.Pods},
	Run:    run,
}

func run(pass *detect.Pass) {
	symptoms := pass.Of(symptom.Environment)
	uses := countSources(symptoms)
	for _, g := range detect.GroupBy(symptoms, func(s *symptom.Symptom) string {
		return s.Cause + "|" + setting(s) + "|" + family(s, uses)
	}) {
		b := &builder{pass: pass, group: g.Symptoms, tally: detect.Sum(g.Symptoms), cause: g.Symptoms[0].Cause, name: g.Symptoms[0].Item}
		b.source = sourceOfAll(g.Symptoms, uses)
		pass.Report(b.pattern(g.Key))
	}
}
