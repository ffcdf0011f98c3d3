package admission

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func (b *builder) investigation() []detect.Command {
	w := b.tally.Workloads[0]
	out := []detect.Command{{Why: "what the controller was told, in full",
		Command: detect.Kubectl("get", "events", "-n", w.Namespace, "--field-selector", "reason=FailedCreate")}}
	switch b.cause {
	case symptom.RefusedQuota:
		out = append(out, detect.Command{Why: "what is used of the quota", Command: detect.Kubectl(withName("describe", "resourcequota", b.first.About.Name, "-n", w.Namespace)...)})
	case symptom.RefusedLimitRange:
		out = append(out, detect.Command{Why: "bounds and defaults of the namespace", Command: detect.Kubectl("describe", "limitrange", "-n", w.Namespace)})
	case symptom.RefusedPodSecurity:
		out = append(out, detect.Command{Why: "the levels of the namespace", Command: detect.Kubectl("get", "namespace", w.Namespace, "--show-labels")})
	case symptom.WebhookDenied, symptom.WebhookDown:
		out = append(out, detect.Command{Why: "which configuration names the webhook, and its failurePolicy",
			Command: detect.Kubectl("get", "validatingwebhookconfigurations,mutatingwebhookconfigurations", "-o",
				"custom-columns=NAME:.metadata.name,WEBHOOKS:.webhooks[*].name,POLICY:.webhooks[*].failurePolicy")})
		out = append(out, b.backends()...)
	case symptom.RefusedPolicy:
		if b.first.About.Kind != "Namespace" {
			out = append(out, detect.Command{Why: "what refuses", Command: detect.Kubectl("get", strings.ToLower(b.first.About.Kind), b.first.About.Name, "-o", "yaml")})
		}
	}
	return out
}

// withName puts a name before the flags, if there is one.
func withName(verb, kind, name string, flags ...string) []string {
	out := []string{verb, kind}
	if name != "" {
		out = append(out, name)
	}
	return append(out, flags...)
}

func (b *builder) backends() []detect.Command {
	for _, ref := range symptom.PeersOf(b.pass.Snapshot, b.first) {
		return []detect.Command{{Why: "what stands behind the webhook",
			Command: detect.Kubectl("get", "endpointslices", "-n", ref.Namespace, "-l", "kubernetes.io/service-name="+ref.Name)}}
	}
	return nil
}

func (b *builder) recommendations() []detect.Recommendation {
	urgency := detect.Immediate
	if !b.tally.Ongoing {
		urgency = detect.Soon
	}
	out := []detect.Recommendation{{Urgency: urgency, Text: b.advice()}}
	if b.cause == symptom.WebhookDown {
		out = append(out, detect.Recommendation{Urgency: detect.Later,
			Text: fmt.Sprintf("Give webhook %s several replicas, exclude its own namespace from it, and let it fail open (failurePolicy: Ignore) if it may.", b.first.About.Name)})
	}
	return out
}

func (b *builder) advice() string {
	who := detect.List(detect.Paths(b.tally.Workloads), 3)
	switch b.cause {
	case symptom.RefusedQuota:
		if strings.HasPrefix(b.first.Item, "must specify ") {
			return fmt.Sprintf("Set the missing requests or limits in %s, or give the namespace a LimitRange with defaults.", who)
		}
		return fmt.Sprintf("Raise the quota, lower what %s asks for, or scale down what else uses the quota.", who)
	case symptom.RefusedLimitRange:
		return fmt.Sprintf("Set requests and limits of %s within the bounds of the LimitRange.", who)
	case symptom.RefusedPodSecurity:
		return fmt.Sprintf("Correct the securityContext of %s as the message says, or choose another level for the namespace.", who)
	case symptom.WebhookDenied:
		return fmt.Sprintf("Correct %s as the denial says: %s", who, detect.Said(detect.ClipLine(b.first.Message, 160)))
	case symptom.WebhookDown:
		return fmt.Sprintf("Get webhook %s to answer again.", b.first.About.Name)
	}
	return fmt.Sprintf("Correct %s as the refusal says: %s", who, detect.Said(detect.ClipLine(b.first.Message, 160)))
}
