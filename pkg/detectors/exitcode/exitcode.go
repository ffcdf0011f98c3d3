// Package exitcode detects containers that end with the same failure.
package exitcode

import (
	"fmt"
	"strconv"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups crashes by exit code and, where the containers left a
// message, by that message with its variable parts masked.
var Detector = &detect.Detector{
	Name:     "exit-code",
	Category: "any",
	Doc: `containers that end with the same exit code

Means that containers end on their own in failure, and alike. It is what remains
where no detector knows more.

Reads how containers ended, their termination messages and, with --logs, the end of
their logs, and the events about restarts and kills.

Groups by exit code and by the termination message, or the end of the log, without
its variable parts, and by the innermost functions of a stack trace; without a
message by exit code alone, which does not say that they have one cause.

Speaks when containers end in failure and restart, or did within the window; init
containers and sidecars are named. Tells apart who sent a SIGKILL that is no OOM
kill, as far as events and the node tell: the end of a grace period, the node's
failure, the node's want of memory; and knows a runtime that ran out of its own
memory, used-up pools, missing files, modules, tables and rights to files.

Silent on kills for memory (oom), on kills for a failed probe, on orderly stops
(143, 137 once and healed), on pods that were evicted, and on a single old restart.

What to do: read its last words, and look at what changed just before.`,
	Causes: []string{"N"},
	Needs:  []cluster.Resource{cluster.Pods},
	Run:    run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.Exit), func(s *symptom.Symptom) string { return key(pass, s) }) {
		b := &builder{pass: pass, first: g.Symptoms[0], group: g.Symptoms, tally: detect.Sum(g.Symptoms)}
		b.ending, b.known = endingOf(pass, b.first)
		pass.Report(detect.Pattern{
			Cause:           detect.ExitName(b.first.ExitCode),
			Key:             g.Key,
			Symptoms:        g.Symptoms,
			Title:           b.title(),
			Factors:         b.factors(),
			Probable:        b.probable(),
			Investigation:   investigation(b.first),
			Recommendations: b.recommendations(),
		})
	}
}

// key is what makes ends one problem: the code, the message and the peer in
// it, the place in the program where it ended, and how it was killed.
func key(pass *detect.Pass, s *symptom.Symptom) string {
	how := killed(pass, s)
	if how == byProbe {
		return ""
	}
	out := strconv.Itoa(int(s.ExitCode)) + "|" + s.Template + "|" + s.Target.Address()
	if how != "" || s.Item != "" {
		out += "|" + s.Item + "|" + how
	}
	if s.LongPast(pass.At) { // the same number long ago is another story
		out += "|past"
	}
	return out
}

// builder makes the pattern of one group.
type builder struct {
	pass   *detect.Pass
	first  *symptom.Symptom
	group  []*symptom.Symptom
	tally  detect.Tally
	ending ending
	known  bool // ending says something
}

func (b *builder) factors() []detect.Factor {
	if b.first.ExitCode == cluster.ExitCodeUntold {
		return nil
	}
	return []detect.Factor{{Attribute: "exitCode", Value: strconv.Itoa(int(b.first.ExitCode))}}
}

func (b *builder) title() string {
	verb := "end"
	switch {
	case !b.tally.Ongoing:
		verb = "ended"
	case len(b.tally.Pods) == 1:
		verb = "ends"
	}
	out := fmt.Sprintf("%s %s%s with %s", b.tally.Who(), verb, b.container(), detect.ExitText(b.first.ExitCode))
	switch how := killTitles[killed(b.pass, b.first)]; {
	case how != "":
		out += ": " + how
	case b.first.Template != "":
		out += ": " + detect.Clip(b.first.Template, 90)
	}
	return out
}

// container names the container where it is not one of those that the pod is
// there for: " in init container migrate".
func (b *builder) container() string {
	name, role := b.first.Container, roleOf(b.first)
	for _, s := range b.group {
		if s.Container != name || roleOf(s) != role {
			return ""
		}
	}
	if role != cluster.Init && role != cluster.Sidecar {
		return ""
	}
	return fmt.Sprintf(" in %s %s", map[cluster.Role]string{cluster.Init: "init container", cluster.Sidecar: "sidecar"}[role], name)
}

func roleOf(s *symptom.Symptom) cluster.Role {
	if s.Pod != nil {
		for i := range s.Pod.Containers {
			if s.Pod.Containers[i].Name == s.Container {
				return s.Pod.Containers[i].Role
			}
		}
	}
	return cluster.Regular
}

func (b *builder) probable() detect.Cause {
	s := b.first
	c := detect.Cause{Text: detect.ExitMeaning(s.ExitCode), Confidence: detect.Low,
		Why: "the kubelet reports " + detect.ExitText(s.ExitCode)}
	if s.ExitCode == cluster.ExitCodeUntold {
		c.Why = "the containers are known to end in failure"
	}
	if s.Message != "" {
		c.Confidence = detect.Medium
		c.Why += ", and " + b.source() + " " + detect.Said(detect.Clip(s.Message, 200))
	}
	switch {
	case s.Target.Host != "":
		c.Text = fmt.Sprintf("The containers give up because %s cannot be reached (%s).", s.Target.Address(), s.Target.Class)
	case b.known:
		c.Text, c.Confidence = b.ending.text, detect.Medium
	case s.Message == "" && len(b.tally.Workloads) > 1:
		c.Text += " The containers left no message: that they end alike does not say that they have one cause."
	}
	if s.Cause == symptom.EndedCrash && s.Item != "" {
		c.Text += " It ends in " + s.Item + "."
	}
	return c
}

// source says where the message was found.
func (b *builder) source() string {
	for _, e := range b.first.Evidence {
		if e.Source == symptom.FromLog {
			return "the container's log says"
		}
	}
	return "the container left the message"
}

func investigation(s *symptom.Symptom) []detect.Command {
	pod := s.Object
	logs := []string{"logs", pod.Name, "-n", pod.Namespace, "--previous", "--tail=50"}
	if s.Container != "" {
		logs = append(logs, "-c", s.Container)
	}
	return []detect.Command{
		{Why: "the last words of the container that ended", Command: detect.Kubectl(logs...)},
		{Why: "exit code, message and restarts", Command: detect.Kubectl("describe", "pod", pod.Name, "-n", pod.Namespace)},
	}
}

func (b *builder) recommendations() []detect.Recommendation {
	text := fmt.Sprintf("Read the last log lines of %s before anything is restarted by hand.", b.tally.Workloads[0].Path())
	switch {
	case b.known:
		text = b.ending.advice
	case b.first.Message != "":
		text = "Follow the containers' own message: " + detect.Said(detect.Clip(b.first.Message, 120))
	}
	urgency := detect.Immediate
	if !b.tally.Ongoing {
		urgency = detect.Soon
	}
	return []detect.Recommendation{{Urgency: urgency, Text: text}}
}
