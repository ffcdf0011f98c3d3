package detect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Count is a number with its noun: "1 pod", "12 pods".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	switch {
	case strings.HasSuffix(noun, "ss"): // Ingress, StorageClass
		return fmt.Sprintf("%d %ses", n, noun)
	case strings.HasSuffix(noun, "s"): // Endpoints
		return fmt.Sprintf("%d %s", n, noun)
	}
	if strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ey") {
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Who is "12 pods of 5 workloads in 3 namespaces", as short as the numbers
// allow: one workload is named, one namespace too. Where no pod could be made
// it is the workloads that want them.
func (t *Tally) Who() string {
	if len(t.Pods) == 0 && len(t.Workloads) > 0 {
		return t.workloads()
	}
	pods := Count(len(t.Pods), "pod")
	switch {
	case len(t.Workloads) == 1 && t.Workloads[0].Kind == "Pod":
		return "pod " + t.Workloads[0].Path()
	case len(t.Workloads) == 1:
		return pods + " of " + t.Workloads[0].Path()
	case len(t.Namespaces) == 1:
		return fmt.Sprintf("%s of %s in %s", pods, Count(len(t.Workloads), "workload"), t.Namespaces[0])
	}
	return fmt.Sprintf("%s in %s", pods, Count(len(t.Namespaces), "namespace"))
}

func (t *Tally) workloads() string {
	n := Count(len(t.Workloads), "workload")
	switch {
	case len(t.Workloads) == 1:
		return t.Workloads[0].String()
	case len(t.Namespaces) == 1:
		return fmt.Sprintf("%s in %s", n, t.Namespaces[0])
	}
	return fmt.Sprintf("%s in %s", n, Count(len(t.Namespaces), "namespace"))
}

// List joins names, at most so many: "a, b, c and 4 more".
func List(names []string, most int) string {
	if len(names) <= most {
		return join(names)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func join(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Paths are the refs as namespace/name.
func Paths(refs []cluster.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.Path()
	}
	return out
}

// Values are the distinct non-empty values of symptoms, sorted.
func Values(symptoms []*symptom.Symptom, of func(*symptom.Symptom) string) []string {
	var out []string
	for _, s := range symptoms {
		if v := of(s); v != "" {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Clip shortens a text to at most n characters.
func Clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}

// ClipLine shortens the first line of a text to at most n characters.
func ClipLine(text string, n int) string {
	line, _, _ := strings.Cut(text, "\n")
	return Clip(line, n)
}

// OneLine puts a text on one line, of n characters before it is cut.
func OneLine(text string, n int) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(text); len(r) > n {
		return strings.TrimRight(string(r[:n]), " ") + "…"
	}
	return text
}

// Said is somebody's words in quotation marks.
func Said(text string) string { return "“" + text + "”" }

// plainWord needs no quotes. A word that begins with "=" does: zsh takes what
// follows for a command, and puts its path there.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@,-][A-Za-z0-9_./:@=,-]*$`)

// Quote makes a word safe for a POSIX shell. Names in a saved dump are
// somebody's text: a command that is shown must stay one command.
func Quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// kubectlFlags are the flags of the commands that are suggested, and whether their
// value is the next word.
var kubectlFlags = map[string]bool{"-n": true, "-c": true, "-l": true, "-L": true, "-o": true, "-p": true, "--field-selector": true, "--raw": true,
	"-A": false, "--all-containers": false, "--containers": false, "--docker-server": false, "--ignore-daemonsets": false, "--limits": false,
	"--prefix": false, "--previous": false, "--show-labels": false, "--sort-by": false, "--tail": false, "--watch": false}

// Kubectl is a kubectl command line, its arguments quoted. Which container is
// meant is left out where its name is not told: kubectl takes the main one. A
// name that would be read as a flag stands behind "--": an event may be of an
// object of any name, such as --server=https://…, which gets the credentials of
// whoever asks.
func Kubectl(args ...string) string {
	out := []string{"kubectl"}
	var names []string
	for i := 0; i < len(args); i++ {
		flag, _, _ := strings.Cut(args[i], "=")
		valued, known := kubectlFlags[flag]
		switch {
		case args[i] == "-c" && i+1 < len(args) && args[i+1] == cluster.ContainerUntold:
			i++
		case valued && i+1 < len(args):
			out = append(out, args[i], Quote(args[i+1]))
			i++
		case !known && (len(names) > 0 || strings.HasPrefix(args[i], "-")):
			names = append(names, Quote(args[i]))
		default:
			out = append(out, Quote(args[i]))
		}
	}
	if len(names) > 0 {
		out = append(append(out, "--"), names...)
	}
	return strings.Join(out, " ")
}

// Span is a duration as a person says it: 47s, 3m, 2h, 5d.
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
