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

Speaks when containers end on their own in failure and restart, or did within
the window. Groups by exit code and by the termination message without its
variable parts; without a message, by exit code alone, which says that they
end alike and not that they have one cause. Silent on kills for memory (oom),
on kills for a failed probe, on orderly stops (143, 137 once and healed), on
pods that were evicted, and on a single old restart.`,
	Causes: []string{"N"},
	Needs:  []cluster.Resource{cluster.Pods},
	Run:    run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.Exit), key) {
		first := g.Symptoms[0]
		t := detect.Sum(g.Symptoms)
		pass.Report(detect.Pattern{
			Cause:           Name(first.ExitCode),
			Key:             g.Key,
			Symptoms:        g.Symptoms,
			Title:           title(first, &t),
			Factors:         []detect.Factor{{Attribute: "exitCode", Value: strconv.Itoa(int(first.ExitCode))}},
			Probable:        probable(first, &t),
			Investigation:   investigation(first),
			Recommendations: recommendations(first, &t),
		})
	}
}

func key(s *symptom.Symptom) string {
	if s.KilledBy != "" {
		return ""
	}
	return strconv.Itoa(int(s.ExitCode)) + "|" + s.Template + "|" + s.Target.Address()
}

func title(s *symptom.Symptom, t *detect.Tally) string {
	verb := "end"
	switch {
	case !t.Ongoing:
		verb = "ended"
	case len(t.Pods) == 1:
		verb = "ends"
	}
	out := fmt.Sprintf("%s %s with %s", t.Who(), verb, label(s.ExitCode))
	if s.Template != "" {
		out += ": " + detect.Clip(s.Template, 90)
	}
	return out
}

func label(code int32) string {
	if name := signalName(code); name != "" {
		return fmt.Sprintf("exit code %d (%s)", code, name)
	}
	return fmt.Sprintf("exit code %d", code)
}

func probable(s *symptom.Symptom, t *detect.Tally) detect.Cause {
	c := detect.Cause{Text: meaning(s.ExitCode), Confidence: detect.Low,
		Why: fmt.Sprintf("the kubelet reports exit code %d", s.ExitCode)}
	if s.Message == "" {
		if len(t.Workloads) > 1 {
			c.Text += " The containers left no message: that they end alike does not say that they have one cause."
		}
		return c
	}
	c.Confidence = detect.Medium
	c.Why += ", and the container left the message " + detect.Said(detect.Clip(s.Message, 200))
	if s.Target.Host != "" {
		c.Text = fmt.Sprintf("The containers give up because %s cannot be reached (%s).", s.Target.Address(), s.Target.Class)
	}
	return c
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

func recommendations(s *symptom.Symptom, t *detect.Tally) []detect.Recommendation {
	text := fmt.Sprintf("Read the last log lines of %s before anything is restarted by hand.", t.Workloads[0].Path())
	if s.Message != "" {
		text = "Follow the containers' own message: " + detect.Said(detect.Clip(s.Message, 120))
	}
	urgency := detect.Immediate
	if !t.Ongoing {
		urgency = detect.Soon
	}
	return []detect.Recommendation{{Urgency: urgency, Text: text}}
}
