package admission

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func (b *builder) title() string {
	return fmt.Sprintf("%s %s: %s", b.tally.Who(), b.lack(), b.refuser())
}

// lack is what the affected do not get.
func (b *builder) lack() string {
	get := "get"
	if len(b.tally.Workloads) == 1 {
		get = "gets"
	}
	switch {
	case !b.tally.Ongoing:
		return "could not make pods"
	case b.want == 0 || b.have >= b.want:
		return get + " no new pods"
	case b.have == 0 && b.want == 1:
		return get + " no pod"
	case b.have == 0:
		return fmt.Sprintf("%s none of %d pods", get, b.want)
	}
	return fmt.Sprintf("%s only %d of %d pods", get, b.have, b.want)
}

// refuser is who refuses, and what.
func (b *builder) refuser() string {
	s := b.first
	switch b.cause {
	case symptom.RefusedQuota:
		return b.quota()
	case symptom.RefusedLimitRange:
		return fmt.Sprintf("a LimitRange of %s refuses them (%s, %s)", s.About.Namespace, s.Item, s.Usage)
	case symptom.RefusedPodSecurity:
		level, reasons, ok := strings.Cut(s.Item, ": ")
		if !ok {
			return s.Item + " refuse them"
		}
		return fmt.Sprintf("Pod Security level %s refuses them (%s)", level, detect.ClipLine(reasons, 90))
	case symptom.WebhookDenied:
		if s.Item != "" {
			return fmt.Sprintf("webhook %s denies them by policy %s", s.About.Name, s.Item)
		}
		return fmt.Sprintf("webhook %s denies them", s.About.Name)
	case symptom.WebhookDown:
		return fmt.Sprintf("webhook %s cannot be called (%s)", s.About.Name, failures[s.Item].short)
	}
	return b.policy()
}

func (b *builder) quota() string {
	s := b.first
	name := "a quota of " + s.About.Namespace
	if s.About.Name != "" {
		name = "quota " + s.About.Path()
	}
	if rule, ok := strings.CutPrefix(s.Item, "must specify "); ok {
		return fmt.Sprintf("%s demands %s, which is not set", name, strings.ReplaceAll(rule, ",", " and "))
	}
	if s.Usage == "" {
		return fmt.Sprintf("%s refuses them (%s)", name, s.Item)
	}
	return fmt.Sprintf("%s leaves no room (%s)", name, detect.ClipLine(s.Usage, 90))
}

func (b *builder) policy() string {
	s := b.first
	switch {
	case s.About.Kind == "PriorityClass":
		return fmt.Sprintf("PriorityClass %s does not exist", s.About.Name)
	case s.About.Kind != "Namespace" && s.Item != "":
		return fmt.Sprintf("%s %s (binding %s) denies them", s.About.Kind, s.About.Name, s.Item)
	case s.About.Kind != "Namespace":
		return fmt.Sprintf("%s %s denies them", s.About.Kind, s.About.Name)
	}
	if field, ok := strings.CutPrefix(s.Item, "invalid: "); ok {
		return fmt.Sprintf("the API server calls them invalid (%s)", detect.ClipLine(field, 90))
	}
	return fmt.Sprintf("the API server refuses them (%s)", detect.ClipLine(s.Item, 90))
}

// failures say why a webhook cannot be called, short for the title and long.
var failures = map[string]struct{ short, long string }{
	"no endpoints": {"no endpoints", "its Service has no ready backend"},
	"no Service":   {"its Service does not exist", "the Service that it names does not exist"},
	"refused":      {"connection refused", "nothing listens where its Service points to"},
	"timeout":      {"no answer in time", "it does not answer within its timeout: it is slow or down, or a network policy or firewall is between the API server and it"},
	"certificate":  {"its certificate is not accepted", "the API server does not accept its certificate: it expired, or the caBundle of the webhook configuration is another"},
	"unreachable":  {"unreachable", "there is no way from the API server to it"},
	"closed":       {"connection closed", "it breaks the connection off"},
	"bad answer":   {"no usable answer", "its answer is none that the API server can use"},
}

func (b *builder) probable() detect.Cause {
	c := detect.Cause{Confidence: detect.High, Why: "the API server says so: " + detect.Said(detect.ClipLine(b.first.Message, 240))}
	switch b.cause {
	case symptom.RefusedQuota:
		c.Text = fmt.Sprintf("The API server refuses new pods: %s.", b.quota())
	case symptom.RefusedLimitRange:
		c.Text = fmt.Sprintf("The API server refuses the pods of this template: %s, but %s.", b.first.Item, b.first.Usage)
		if strings.Contains(b.first.Item, "filled in") {
			c.Text = fmt.Sprintf("%s. The template alone would have been refused when it was written, so that a default of a LimitRange, or a webhook, set the limit.", upper(b.first.Item))
			c.Confidence = detect.Medium
		}
	case symptom.RefusedPodSecurity:
		c.Text = fmt.Sprintf("The pods of this template are not allowed in %s: %s.", detect.List(b.tally.Namespaces, 3), b.first.Item)
	case symptom.WebhookDenied:
		c.Text = fmt.Sprintf("The admission webhook %s denies these pods.", b.first.About.Name)
	case symptom.WebhookDown:
		c.Text = b.webhookDown()
	default:
		c.Text = fmt.Sprintf("The API server refuses the pods of this template: %s.", b.policy())
	}
	return c
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// webhookDown says why the webhook cannot be called, and how its backends
// stand.
func (b *builder) webhookDown() string {
	text := fmt.Sprintf("Every pod that webhook %s is asked about is refused while it cannot be called: %s.", b.first.About.Name, failures[b.first.Item].long)
	for _, s := range b.group {
		for _, ref := range symptom.PeersOf(b.pass.Snapshot, s) {
			svc := b.pass.ServiceNamed(ref.Name+"."+ref.Namespace+".svc", ref.Namespace)
			switch {
			case svc == nil && b.pass.Read("services"):
				return text + fmt.Sprintf(" Service %s is not among the data.", ref.Path())
			case svc != nil && svc.Ready >= 0:
				return text + fmt.Sprintf(" Service %s has %s ready now, and %d not ready.", ref.Path(), detect.Count(svc.Ready, "backend"), svc.NotReady)
			}
		}
		if s.Target.Host != "" {
			return text + fmt.Sprintf(" It lies outside of the cluster, at %s.", s.Target.Host)
		}
	}
	return text
}

func (b *builder) counter() []string {
	if b.tally.Ongoing && b.want > 0 && b.have >= b.want {
		return []string{"the workloads have as many pods as they want: those that are refused are to replace others, or come on top"}
	}
	return nil
}
