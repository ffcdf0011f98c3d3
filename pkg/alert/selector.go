package alert

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// most is how many names a rule lists; beyond that it looks at all.
const most = 20

// selector is label matchers in braces, empty for none. What is empty among
// them was not narrowed.
func selector(matchers ...string) string {
	matchers = slices.DeleteFunc(matchers, func(m string) bool { return m == "" })
	if len(matchers) == 0 {
		return ""
	}
	return "{" + strings.Join(matchers, ", ") + "}"
}

// is matches one value.
func is(label, value string) string { return label + "=" + quoted(value) }

// quoted is a string of PromQL, which reads them as Go does but takes valid
// UTF-8 only. It has no blanks, so that an expression may be broken at any.
func quoted(text string) string {
	return strings.ReplaceAll(strconv.QuoteToASCII(strings.ToValidUTF8(text, "\uFFFD")), " ", `\x20`)
}

// oneOf matches one of several regular expressions; none of them match all.
func oneOf(label string, patterns []string) string {
	if len(patterns) == 0 {
		return ""
	}
	return label + "=~" + quoted(strings.Join(patterns, "|"))
}

// among matches one of several values, each taken as it is.
func among(label string, values []string) string {
	values = distinct(values)
	switch {
	case len(values) == 0 || len(values) > most:
		return ""
	case len(values) == 1:
		return is(label, values[0])
	}
	for i, v := range values {
		values[i] = regexp.QuoteMeta(v)
	}
	return oneOf(label, values)
}

func distinct(values []string) []string {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}

func (s *Subject) namespaces() string { return among("namespace", s.Namespaces) }
func (s *Subject) nodes() string      { return among("node", s.Nodes) }

// pods matches the pods of the subject, by the names that controllers give.
func (s *Subject) pods() string {
	if len(s.Workloads) > most {
		return ""
	}
	var names []string
	for _, w := range s.Workloads {
		names = append(names, podNames(w))
	}
	return oneOf("pod", distinct(names))
}

// longest is how much of a name surely stands in the names of its pods: the
// API server cuts what it appends to at 58 characters, and a template hash
// with two hyphens takes up to 12.
const longest = 45

// podNames is a regular expression for the names of a workload's pods.
func podNames(w Workload) string {
	if w.Kind == "Pod" {
		return regexp.QuoteMeta(w.Name)
	}
	if len(w.Name) > longest {
		return regexp.QuoteMeta(w.Name[:longest]) + ".*"
	}
	tail := "-.+"
	switch w.Kind {
	case "Deployment":
		tail = "-[a-z0-9]{5,10}-[a-z0-9]{5}"
	case "ReplicaSet", "ReplicationController", "DaemonSet":
		tail = "-[a-z0-9]{5}"
	case "StatefulSet":
		tail = "-[0-9]+"
	case "CronJob":
		tail = "-[0-9]+-.+"
	}
	return regexp.QuoteMeta(w.Name) + tail
}

// named are the names of the workloads of some kinds, and whether there are any.
func (s *Subject) named(kinds ...string) ([]string, bool) {
	var out []string
	for _, w := range s.Workloads {
		if slices.Contains(kinds, w.Kind) {
			out = append(out, w.Name)
		}
	}
	return out, len(out) > 0
}

// of selects the objects of a kind by a label that holds their names.
func (s *Subject) of(label string, names []string, more ...string) string {
	return selector(append([]string{s.namespaces(), among(label, names)}, more...)...)
}

// ofPods selects series of the subject's pods.
func (s *Subject) ofPods(more ...string) string {
	return selector(append([]string{s.namespaces(), s.pods()}, more...)...)
}

// jobs matches the Jobs of the subject: a CronJob's by the number that it
// appends.
func (s *Subject) jobs() string {
	var names []string
	for _, w := range s.Workloads {
		switch w.Kind {
		case "Job":
			names = append(names, regexp.QuoteMeta(w.Name))
		case "CronJob":
			names = append(names, regexp.QuoteMeta(w.Name)+"-[0-9]+")
		}
	}
	if len(names) > most {
		return ""
	}
	return oneOf("job_name", distinct(names))
}

// claims selects the volumes of the subject.
func (s *Subject) claims(more ...string) string {
	var names []string
	for _, c := range s.Claims {
		names = append(names, c.Name)
	}
	return s.of("persistentvolumeclaim", names, more...)
}
