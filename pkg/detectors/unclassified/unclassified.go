// Package unclassified shows the recurring warnings that no table knows.
package unclassified

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups warnings by kind of object, reason and text.
var Detector = &detect.Detector{
	Name:     "unclassified",
	Category: "any",
	Doc: `recurring warnings that no other detector knows

Means that something warns again and again, and that no other detector knows the
warning: nothing is dropped in silence.

Reads the Warning events about any kind of object, those of operators included.

Groups by kind of object, reason and text, its variable parts masked. Where a reason
has more than ten texts, or a kind of object more than fifty reasons, these stand
together: what differs in them varies in a way that is not known. The cause is the
event's reason, or Various.

Speaks of a warning that came more than once, or with the same text about more than
one object, and that no other detector took for evidence. It claims nothing about
it, so its severity is always info.

Silent on a single warning, on known noise (what kubelets say at each start about
cgroups and disks, name servers left out of a pod's resolv.conf, a first mount that
waits for the kubelet's cache, writers that met and try again), and on known
troubles of things that are well again.

What to do: look at the object; if the warning is about a failure, that is worth a
detector of its own.`,
	Causes: []string{"REASON"},
	Needs:  []cluster.Resource{cluster.Events},
	Run:    run,
}

func run(pass *detect.Pass) {
	symptoms := pass.Of(symptom.Unclassified)
	for _, g := range detect.GroupBy(symptoms, keys(symptoms)) {
		pass.Report(pattern(g))
	}
}

func pattern(g detect.Group) detect.Pattern {
	s := g.Symptoms[0]
	objects := map[cluster.Ref]bool{}
	times := 0
	for _, s := range g.Symptoms {
		objects[s.Object.Key()] = true
		times += s.Count
	}
	where := fmt.Sprintf("%s %s", s.Object.Kind, s.Object.Path())
	if len(objects) > 1 {
		where = detect.Count(len(objects), s.Object.Kind)
	}
	cause, what, text := s.Cause, fmt.Sprintf("Warning %s", plain(s.Cause)), short(plain(s.Template))
	if n := distinct(g.Symptoms, textOf); n > 1 {
		text = fmt.Sprintf("%d texts, such as: %s", n, text)
	}
	if n := distinct(g.Symptoms, reasonOf); n > 1 {
		cause, what = various, fmt.Sprintf("Warnings of %d reasons, such as %s,", n, plain(s.Cause))
	}
	return detect.Pattern{
		Cause:    cause,
		Key:      g.Key,
		Tier:     detect.Observation,
		Symptoms: g.Symptoms,
		Title:    fmt.Sprintf("%s on %s, %s: %s", what, plain(where), detect.Count(times, "time"), text),
		Probable: detect.Cause{
			Text:       "No detector knows this warning: " + short(plain(s.Message)),
			Confidence: detect.Low,
			Why:        "it came more than once; what it means for the workload is not known",
		},
		Investigation: []detect.Command{
			{Why: "the object and all its events", Command: describe(s.Object)},
			{Why: "every event with this reason", Command: detect.Kubectl("get", "events", "-A", "--field-selector", "reason="+plain(s.Cause))},
		},
	}
}

// describe is the command for any kind of object, those of other API groups
// included: kubectl finds a kind by its name in any case.
func describe(ref cluster.Ref) string {
	args := []string{"describe", strings.ToLower(plain(cmp.Or(ref.Kind, "events"))), plain(ref.Name)}
	if ref.Namespace != "" {
		args = append(args, "-n", plain(ref.Namespace))
	}
	return detect.Kubectl(args...)
}

// plain takes out what is no character to print.
func plain(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
}

const longest = 140

func short(text string) string {
	if text == "" {
		return "without a text"
	}
	if r := []rune(text); len(r) > longest {
		return strings.TrimSpace(string(r[:longest])) + "…"
	}
	return text
}
