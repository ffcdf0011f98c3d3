package imagepull

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// own parts in a key what is of the kubelet alone from what is of the way to
// the registries.
var own = map[string]string{symptom.PullOwnLimit: "limit of pulls"}

// isOfNode reports whether a failed pull is its node's problem.
func isOfNode(s *symptom.Symptom, cutOff []string) bool {
	if s.Item == symptom.PullOwnLimit {
		return s.Node != ""
	}
	return (s.Cause == symptom.PullDNS || s.Cause == symptom.PullUnreachable) && slices.Contains(cutOff, s.Node)
}

// nodesCutOff are the nodes that alone cannot reach several registries, while
// there are other nodes on which pods run: the way from the node is broken,
// not every registry at one time.
func nodesCutOff(pass *detect.Pass, all []*symptom.Symptom) []string {
	var lost []*symptom.Symptom
	for _, s := range all {
		if s.Node != "" && s.Image.Registry != "" && (s.Cause == symptom.PullDNS || s.Cause == symptom.PullUnreachable) {
			lost = append(lost, s)
		}
	}
	var out []string
	for _, g := range detect.GroupBy(lost, func(s *symptom.Symptom) string { return s.Node }) {
		registries := detect.Values(g.Symptoms, func(s *symptom.Symptom) string { return s.Image.Registry })
		elsewhere := slices.ContainsFunc(lost, func(s *symptom.Symptom) bool {
			return s.Node != g.Key && slices.Contains(registries, s.Image.Registry)
		})
		if len(registries) > 1 && !elsewhere && othersRun(pass, g.Key) {
			out = append(out, g.Key)
		}
	}
	return out
}

func othersRun(pass *detect.Pass, node string) bool {
	return slices.ContainsFunc(pass.Pods, func(p cluster.Pod) bool { return p.Node != "" && p.Node != node && p.Ready() })
}

// itemOf is what all of a group say beyond their cause.
func itemOf(group []*symptom.Symptom) string {
	for _, s := range group {
		if s.Item != group[0].Item {
			return ""
		}
	}
	return group[0].Item
}

// special is what the title says where there is more to say than the cause.
func (b *builder) special() string {
	switch {
	case b.item == symptom.PullOwnLimit:
		return fmt.Sprintf("cannot pull on node %s: the kubelet's own limit of pulls is reached", b.node)
	case b.onNode && b.cause == symptom.PullDNS:
		return fmt.Sprintf("cannot pull on node %s: the names of %s do not resolve there", b.node, detect.Count(len(b.registries()), "registry"))
	case b.onNode && b.cause == symptom.PullUnreachable:
		return fmt.Sprintf("cannot pull on node %s: it cannot reach %s", b.node, detect.Count(len(b.registries()), "registry"))
	}
	switch b.item {
	case symptom.PullByPolicy:
		return fmt.Sprintf("cannot pull %s: a policy refuses the image", detect.List(b.images(), 2))
	case symptom.PullOldFormat:
		return fmt.Sprintf("cannot pull %s: its format is no longer supported", detect.List(b.images(), 2))
	case symptom.PullDamaged:
		return fmt.Sprintf("cannot pull from %s: a layer is missing there, or damaged", b.image.Registry)
	case symptom.PullServerError:
		return fmt.Sprintf("cannot pull from %s: the registry answers with server errors", b.image.Registry)
	case symptom.SandboxPauseImage:
		return "cannot start, for the pause image: " + fmt.Sprintf(titles[b.cause], b.what())
	}
	return ""
}

func (b *builder) registries() []string {
	return detect.Values(b.group, func(s *symptom.Symptom) string { return s.Image.Registry })
}

// specialCause is the probable cause where there is more to say than the cause
// of the taxonomy.
func (b *builder) specialCause() (detect.Cause, bool) {
	switch {
	case b.item == symptom.PullOwnLimit:
		return detect.Cause{Text: fmt.Sprintf("The kubelet of node %s pulls no more often than registryPullQPS and registryBurst allow: many pods started there at one time. It tries again by itself.", b.node), Confidence: detect.High}, true
	case b.onNode && b.cause != symptom.PullDiskFull:
		return detect.Cause{Text: fmt.Sprintf("Node %s alone cannot reach %s; pods run on other nodes: its DNS, route, proxy or firewall.", b.node, detect.List(b.registries(), 4)), Confidence: detect.Medium}, true
	case b.item == symptom.PullByPolicy:
		return detect.Cause{Text: "A policy of the node's runtime or of the registry refuses the image: its signature, its registry, or what a scan found in it.", Confidence: detect.High}, true
	case b.item == symptom.PullOldFormat:
		return detect.Cause{Text: "The image has a manifest of the old schema 1, which the runtime no longer supports: it has to be built or pushed anew.", Confidence: detect.High}, true
	case b.item == symptom.PullDamaged:
		return detect.Cause{Text: fmt.Sprintf("%s has the manifest, and not all of the layers that it names, or others: garbage collection, a mirror or proxy that is not whole, or damage.", b.image.Registry), Confidence: detect.Medium}, true
	case b.item == symptom.PullServerError:
		return detect.Cause{Text: fmt.Sprintf("%s, or what stands before it, answers with server errors: the registry is down or overloaded.", b.image.Registry), Confidence: detect.High}, true
	}
	return detect.Cause{}, false
}

// specialAdvice is what to do where the cause of the taxonomy does not say it.
func (b *builder) specialAdvice() []detect.Recommendation {
	say := func(urgency detect.Urgency, text string) []detect.Recommendation {
		return []detect.Recommendation{{Urgency: urgency, Text: text}}
	}
	switch {
	case b.item == symptom.PullOwnLimit:
		return say(detect.Later, "Raise registryPullQPS and registryBurst of the kubelet if many pods start on a node at one time as a rule.")
	case b.onNode && b.cause != symptom.PullDiskFull:
		return []detect.Recommendation{{Urgency: detect.Immediate, Text: fmt.Sprintf("Keep new pods off node %s, and restore its way to the registries.", b.node),
			Commands: []string{detect.Kubectl("cordon", b.node)}}}
	case b.item == symptom.PullByPolicy:
		return say(detect.Immediate, "Sign or correct the image as the policy wants it, or go back to one that it lets pass.")
	case b.item == symptom.PullOldFormat, b.item == symptom.PullDamaged:
		return say(detect.Immediate, fmt.Sprintf("Push the image anew: %s.", detect.List(b.images(), 2)))
	}
	return nil
}
