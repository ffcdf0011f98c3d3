package imagepull

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

var causes = map[string]detect.Cause{
	symptom.PullAuth:        {Text: "The registry %s refuses the credentials that the nodes present: they expired, were rotated, or lack the right to pull.", Confidence: detect.High},
	symptom.PullRateLimited: {Text: "%s limits how often may be pulled, and the limit is reached.", Confidence: detect.High},
	symptom.PullDNS:         {Text: "The name of %s does not resolve on the nodes: the DNS servers of the nodes, or the name.", Confidence: detect.High},
	symptom.PullUnreachable: {Text: "The nodes get no connection to %s: the registry is down, or egress, proxy or firewall are in the way.", Confidence: detect.Medium},
	symptom.PullTLS:         {Text: "The TLS certificate of %s is not accepted, or the registry does not speak TLS.", Confidence: detect.High},
	symptom.PullNotFound:    {Text: "The registry says that there is no %s: the tag or name is wrong, or the image was never pushed or was deleted.", Confidence: detect.High},
	symptom.PullPlatform:    {Text: "%s has no variant for the architecture of the nodes that these pods run on.", Confidence: detect.High},
	symptom.PullInvalidName: {Text: "%s is not a valid image reference; look for spaces, upper case, a scheme or an unexpanded variable.", Confidence: detect.High},
	symptom.PullNever:       {Text: "imagePullPolicy is Never and %s is not on the node.", Confidence: detect.High},
	symptom.PullDiskFull:    {Text: "The disk of node %s is full.", Confidence: detect.High},
	symptom.PullUnknown:     {Text: "The pull from %s fails in words that are not known.", Confidence: detect.Low},
}

func (b *builder) probable() detect.Cause {
	c, special := b.specialCause()
	if !special {
		c = causes[b.cause]
		c.Text = fmt.Sprintf(c.Text, b.what())
	}
	if b.item == symptom.SandboxPauseImage {
		c.Text += " It is the image that the runtime needs for every pod, as its own configuration names it (sandbox image)."
	}
	c.Why = "the runtime says so: " + detect.Said(shorten(b.group[0].Message))
	if !special && b.group[0].Message == "" && b.cause == symptom.PullUnknown {
		c.Text = fmt.Sprintf("The pull from %s fails, and what the runtime said of it is no longer there: its events have gone.", b.what())
		c.Why = "only the back-off is left to see"
	}
	if b.refusalIsAmbiguous() {
		c.Text = fmt.Sprintf("%s refuses to serve %s: the credentials are missing or wrong, or there is no such repository (this registry does not tell the difference).",
			b.image.Registry, b.image.Repository)
		c.Confidence = detect.Medium
	}
	if missing := b.missingSecrets(); len(missing) > 0 {
		c.Text += fmt.Sprintf(" The kubelet cannot retrieve the pull Secret %s.", detect.List(missing, 3))
	} else if b.cause == symptom.PullAuth && len(b.pullSecrets()) == 0 {
		c.Text += " None of the affected pods names an image pull Secret of its own."
	}
	return c
}

func shorten(message string) string {
	r := []rune(message)
	if len(r) <= 160 {
		return message
	}
	return "…" + string(r[len(r)-159:])
}

// missingSecrets are the pull Secrets of affected pods that the kubelet said
// it could not retrieve.
func (b *builder) missingSecrets() []string {
	if b.cause != symptom.PullAuth {
		return nil
	}
	var out []string
	for _, s := range b.pass.Of(symptom.PullSecret) {
		if !slices.Contains(b.tally.Pods, s.Object.Key()) {
			continue
		}
		for _, name := range s.Names {
			out = append(out, s.Object.Namespace+"/"+name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// pullSecrets are the Secrets that the affected pods pull with.
func (b *builder) pullSecrets() []cluster.Ref {
	var out []cluster.Ref
	for _, s := range b.group {
		if s.Pod == nil || s.Pod.Template == nil {
			continue
		}
		for _, name := range s.Pod.Template.PullSecrets {
			out = append(out, cluster.Ref{Kind: "Secret", Namespace: s.Pod.Namespace, Name: name})
		}
	}
	slices.SortFunc(out, cluster.Ref.Compare)
	return slices.Compact(out)
}

// fromRegistry are the running pods, not affected, with images of the same
// registry.
func (b *builder) fromRegistry() []*cluster.Pod {
	affected := map[cluster.Ref]bool{}
	for _, ref := range b.tally.Pods {
		affected[ref] = true
	}
	uses := usesImage(func(i symptom.Image) bool { return i.Registry == b.image.Registry })
	var out []*cluster.Pod
	for i := range b.pass.Pods {
		p := &b.pass.Pods[i]
		if p.Phase == "Running" && uses(p) && !affected[p.Key()] {
			out = append(out, p)
		}
	}
	return out
}

// onlyNew says that the failure meets only new pods: every affected one was
// made after all that run with images of the registry. It is how refused
// credentials look while what runs already has its image.
func (b *builder) onlyNew() (detect.Factor, bool) {
	running := b.fromRegistry()
	var since time.Time
	for _, s := range b.group {
		if s.Pod != nil && (since.IsZero() || s.Pod.Created.Before(since)) {
			since = s.Pod.Created
		}
	}
	if len(running) == 0 || since.IsZero() {
		return detect.Factor{}, false
	}
	for _, p := range running {
		if !p.Created.Before(since) {
			return detect.Factor{}, false
		}
	}
	return detect.Factor{Attribute: "age", Value: "new", Placement: true, Holds: func(p *cluster.Pod) bool {
		return !p.Created.Before(since)
	}}, true
}

// counter names the pods that pulled after the failures began: they speak
// against the registry as a whole.
func (b *builder) counter() []string {
	if b.onNode || b.image.Registry == "" {
		return nil
	}
	since := 0
	for _, p := range b.fromRegistry() {
		if pulledSince(b.pass, p, b.tally) {
			since++
		}
	}
	if since == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s pulled from %s after the first failure: not every pull fails", detect.Count(since, "pod"), b.image.Registry)}
}

func pulledSince(pass *detect.Pass, p *cluster.Pod, t detect.Tally) bool {
	for _, e := range pass.EventsOf(p.Ref) {
		if e.Reason == "Pulled" && strings.HasPrefix(e.Message, "Successfully pulled") && e.Last.After(t.First) {
			return true
		}
	}
	return false
}

func (b *builder) investigation() []detect.Command {
	pod := b.tally.Pods[0]
	out := []detect.Command{{Why: "what the runtime says, in full", Command: detect.Kubectl("describe", "pod", pod.Name, "-n", pod.Namespace)}}
	if b.onNode && b.cause != symptom.PullDiskFull {
		return append(out, detect.Command{Why: "conditions and events of the node", Command: detect.Kubectl("describe", "node", b.node)})
	}
	switch b.cause {
	case symptom.PullAuth:
		for _, s := range atMost(b.pullSecrets(), 4) {
			out = append(out, detect.Command{Why: "whether the pull Secret exists, and since when",
				Command: detect.Kubectl("get", "secret", s.Name, "-n", s.Namespace)})
		}
		out = append(out, detect.Command{Why: "which Secrets the pod and its service account pull with",
			Command: detect.Kubectl("get", "pod", pod.Name, "-n", pod.Namespace, "-o", "jsonpath={.spec.imagePullSecrets} {.spec.serviceAccountName}")})
	case symptom.PullNotFound, symptom.PullInvalidName, symptom.PullPlatform, symptom.PullNever:
		w := b.group[0].Workload
		if w.Kind == "Deployment" {
			out = append(out, detect.Command{Why: "when the image was changed", Command: detect.Kubectl("rollout", "history", "deployment/"+w.Name, "-n", w.Namespace)})
		}
	case symptom.PullDiskFull:
		out = append(out, detect.Command{Why: "conditions and disk of the node", Command: detect.Kubectl("describe", "node", b.node)})
	default:
		out = append(out, detect.Command{Why: "whether other pulls from this registry fail",
			Command: detect.Kubectl("get", "events", "-A", "--field-selector", "reason=Failed")})
	}
	return out
}

func atMost[T any](items []T, n int) []T { return items[:min(n, len(items))] }

func (b *builder) recommendations() []detect.Recommendation {
	if out := b.specialAdvice(); out != nil {
		return out
	}
	switch b.cause {
	case symptom.PullAuth:
		return []detect.Recommendation{{Urgency: detect.Immediate, Text: b.secretAdvice(), Commands: b.secretCommands()}}
	case symptom.PullRateLimited:
		return []detect.Recommendation{
			{Urgency: detect.Immediate, Text: fmt.Sprintf("Pull from %s with an account that has a higher limit.", b.image.Registry)},
			{Urgency: detect.Later, Text: "Mirror the images into a registry of your own, and set imagePullPolicy to IfNotPresent."},
		}
	case symptom.PullNotFound, symptom.PullInvalidName, symptom.PullPlatform:
		return []detect.Recommendation{{Urgency: detect.Immediate, Text: fmt.Sprintf("Correct the image (%s), or go back to the revision before.", detect.List(b.images(), 2)), Commands: b.undo()}}
	case symptom.PullDiskFull:
		return []detect.Recommendation{{Urgency: detect.Immediate, Text: fmt.Sprintf("Free disk space on node %s.", b.node),
			Commands: []string{detect.Kubectl("cordon", b.node)}}}
	case symptom.PullNever:
		return []detect.Recommendation{{Urgency: detect.Soon, Text: "Load the image onto the nodes, or set imagePullPolicy to IfNotPresent."}}
	}
	return []detect.Recommendation{{Urgency: detect.Immediate, Text: fmt.Sprintf("Restore the way from the nodes to %s (DNS, egress, proxy, certificates).", b.image.Registry)}}
}

// secretAdvice is for those who pull with a Secret; where the pods name none,
// the nodes' own credentials count, if there are any.
func (b *builder) secretAdvice() string {
	gone := slices.ContainsFunc(b.group, func(s *symptom.Symptom) bool { return s.Pod == nil || s.Pod.Template == nil })
	if len(b.pullSecrets()) == 0 && !gone {
		return fmt.Sprintf("The pods name no pull Secret: let the nodes pull from %s by their own identity, or name a Secret with credentials in the pods or in their service account.", b.image.Registry)
	}
	if n := len(b.tally.Namespaces); n > 1 {
		return fmt.Sprintf("Renew the pull credentials for %s in %d namespaces (%s).", b.image.Registry, n, detect.List(b.tally.Namespaces, 5))
	}
	return fmt.Sprintf("Renew the pull credentials for %s in %s.", b.image.Registry, b.tally.Namespaces[0])
}

// secretCommands write fresh credentials; user and password are left for
// the reader to fill in, and nothing here reads a Secret.
func (b *builder) secretCommands() []string {
	var out []string
	for _, s := range b.pullSecrets() {
		out = append(out, fmt.Sprintf("%s --docker-username=USER --docker-password=\"$PASSWORD\" --dry-run=client -o yaml | kubectl apply -f -",
			detect.Kubectl("create", "secret", "docker-registry", s.Name, "-n", s.Namespace, "--docker-server="+b.image.Registry)))
	}
	return out
}

func (b *builder) undo() []string {
	var out []string
	for _, w := range b.tally.Workloads {
		if w.Kind == "Deployment" && len(b.pass.RevisionsOf(w)) > 1 {
			out = append(out, detect.Kubectl("rollout", "undo", "deployment/"+w.Name, "-n", w.Namespace))
		}
	}
	return out
}
