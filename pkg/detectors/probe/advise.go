package probe

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// meanings say of each failure what it may mean and what to do about it.
var meanings = map[string]struct{ cause, advice string }{
	symptom.ProbeRefused:  {"The program does not listen where the probe asks: it is still starting or hangs, listens on another port, or on 127.0.0.1 only.", "Compare the probe's port with the one that the program listens on."},
	symptom.ProbeSlow:     {"The program takes longer to answer than the probe waits: it is overloaded, short of CPU, waits for a dependency, or hangs.", "Look at the program's load and CPU limit; raise timeoutSeconds if such answers are normal."},
	symptom.ProbeRoute:    {"The kubelet cannot reach the pod's address: the pod network of the node.", "Look at the network plugin on the nodes."},
	symptom.ProbeProtocol: {"What listens there does not speak as the probe does (TLS or not, HTTP or not), or closes the connection.", "Set the probe's scheme and port to what the program speaks."},
	symptom.ProbeServing:  {"The program's own gRPC health service says that it does not serve.", "Read the program's log: it knows why it does not serve."},
	symptom.ProbeNoHealth: {"The server does not implement grpc.health.v1.Health, which the probe asks for.", "Add the health service to the server, or probe otherwise."},
	symptom.ProbeNoFile:   {"The container has no such command as the probe runs.", "Correct the probe's command, or the image."},
	symptom.ProbeCommand:  {"The probe's command does not end in time: it is slow, short of CPU, or waits.", "Raise timeoutSeconds, or use a lighter command."},
	symptom.ProbeOutput:   {"The probe's command fails, and says why.", "Follow what the probe's command says."},
	symptom.ProbeGate:     {"All containers are ready; the pod waits for a condition that a controller outside of it sets, a load balancer's mostly.", "Look at the controller that sets the condition, and at the target's own health check."},
	symptom.ProbeUnknown:  {"The containers run and are not ready; what the probe met is no longer to be seen.", "Try the probe's request by hand."},
}

func (b *builder) probable() detect.Cause {
	c := detect.Cause{Text: b.meaning(), Confidence: detect.Medium, Why: "the kubelet says: " + detect.Said(detect.ClipLine(b.first.Message, 200))}
	if b.first.Item == symptom.ProbeUnknown || b.first.Item == symptom.ProbeGate {
		c.Why = "the pod's condition says: " + detect.Said(detect.ClipLine(b.first.Message, 200))
	}
	if b.first.Item == symptom.ProbeUnknown {
		c.Confidence = detect.Low
	}
	for _, more := range []string{b.detail(), b.tooEarly()} {
		if more != "" {
			c.Text += " " + more
		}
	}
	return c
}

func (b *builder) meaning() string {
	if m, ok := meanings[b.first.Item]; ok {
		return m.cause
	}
	switch status := strings.TrimPrefix(b.first.Item, "HTTP "); {
	case status == "404":
		return "The program answers, and knows no such path."
	case status == "401" || status == "403":
		return "The program answers, and wants a login that the probe does not have."
	case strings.HasPrefix(status, "5"):
		return fmt.Sprintf("The program answers %s: by its own word it is not well, for itself or for want of something that it depends on.", b.first.Item)
	}
	return fmt.Sprintf("The program answers %s, which the kubelet counts as a failure (200 to 399 are good).", b.first.Item)
}

// tooEarly says that a liveness probe ends every run as soon as it may: the
// container perhaps only needs longer to start.
func (b *builder) tooEarly() string {
	if b.first.Cause != symptom.Liveness {
		return ""
	}
	for _, s := range b.group {
		if !endedAtOnce(s, spec(s)) {
			return ""
		}
	}
	return "Every run that is still to be seen ended as soon as the probe allows: the containers may only need longer to start than that."
}

func endedAtOnce(s *symptom.Symptom, p cluster.Probe) bool {
	if s.Pod == nil || !p.Exists() {
		return false
	}
	for i := range s.Pod.Containers {
		c := &s.Pod.Containers[i]
		if c.Name != s.Container || c.Last().StartedAt.IsZero() {
			continue
		}
		ran := c.Last().FinishedAt.Sub(c.Last().StartedAt)
		return ran < budget(p)+45*time.Second // a grace period is 30 s by default
	}
	return false
}

func (b *builder) counter() []string {
	if len(b.tally.Workloads) > 1 {
		return []string{fmt.Sprintf("%s fail their probes alike, which does not say that they have one cause", detect.Count(len(b.tally.Workloads), "workload"))}
	}
	return nil
}

func (b *builder) investigation() []detect.Command {
	pod := b.tally.Pods[0]
	out := []detect.Command{{Why: "probes, their failures and restarts", Command: detect.Kubectl("describe", "pod", pod.Name, "-n", pod.Namespace)}}
	if b.first.Item == symptom.ProbeGate {
		return append(out, detect.Command{Why: "the conditions of the pod", Command: detect.Kubectl("get", "pod", pod.Name, "-n", pod.Namespace, "-o", "jsonpath={.status.conditions}")})
	}
	logs := []string{"logs", pod.Name, "-n", pod.Namespace, "-c", b.first.Container, "--tail=50"}
	if b.first.Cause != symptom.Readiness {
		logs = append(logs, "--previous")
	}
	return append(out, detect.Command{Why: "what the program says meanwhile", Command: detect.Kubectl(logs...)})
}

func (b *builder) recommendations() []detect.Recommendation {
	text := "Correct the path, or what the program answers there."
	if m, ok := meanings[b.first.Item]; ok {
		text = m.advice
	} else if strings.HasPrefix(b.first.Item, "HTTP 5") {
		text = "Read the program's log: it knows why it is not well."
	}
	urgency := detect.Immediate
	if !b.tally.Ongoing {
		urgency = detect.Soon
	}
	out := []detect.Recommendation{{Urgency: urgency, Text: text}}
	switch {
	case b.first.Cause == symptom.Startup:
		out = append(out, detect.Recommendation{Urgency: detect.Soon, Text: "Give the startup probe more tries (failureThreshold × periodSeconds) if the start is merely slow."})
	case b.tooEarly() != "":
		out = append(out, detect.Recommendation{Urgency: detect.Soon, Text: "Add a startupProbe that covers the slowest start: the liveness probe waits for it."})
	}
	return out
}
