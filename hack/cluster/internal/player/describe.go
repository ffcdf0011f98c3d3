package player

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
)

// describe says in a few words what a step does.
func describe(step *scenario.Step) string {
	switch {
	case step.Say != "":
		return step.Say
	case step.Apply != "":
		return "apply " + step.Apply
	case step.Delay != nil:
		return "wait " + step.Delay.Duration.String()
	case step.Wait != nil:
		return "wait for " + describeWait(step.Wait)
	case step.SetImage != nil:
		return fmt.Sprintf("set image of %s to %s", describeObject(&step.SetImage.Object), step.SetImage.Image)
	case step.RolloutRestart != nil:
		return "restart " + describeObject(step.RolloutRestart)
	case step.Patch != nil:
		return "patch " + describeObject(&step.Patch.Object)
	case step.Delete != nil:
		return "delete " + describeObject(step.Delete)
	case step.Annotate != nil && step.Annotate.Node != "":
		return "annotate node " + step.Annotate.Node
	case step.Annotate != nil:
		return "annotate pods of " + describePods(step.Annotate.Pods)
	default:
		return "let node " + step.KillNode + " die"
	}
}

func describeWait(w *scenario.Wait) string {
	switch {
	case w.Rollouts != nil && w.Rollouts.Name != "":
		return "the rollout of " + w.Rollouts.Name
	case w.Rollouts != nil:
		return "all rollouts of " + namespaces(w.Rollouts.Namespaces)
	case w.Pods != nil:
		return "pods of " + describePods(&w.Pods.Pods)
	case w.Events != nil:
		return fmt.Sprintf("%d events %s in %s", w.Events.AtLeast, w.Events.Reason, namespaces(w.Events.Namespaces))
	case w.Condition != nil:
		return fmt.Sprintf("condition %s of %s", w.Condition.Type, describeObject(&w.Condition.Object))
	case w.Node.Name == "":
		return "all nodes"
	default:
		return "node " + w.Node.Name
	}
}

func describePods(p *scenario.Pods) string {
	text := namespaces(p.Namespaces)
	if p.Selector != "" {
		text += " with " + p.Selector
	}
	if p.Node != "" {
		text += " on " + p.Node
	}
	return text
}

func namespaces(list []string) string {
	if len(list) == 0 {
		return "all namespaces"
	}
	return strings.Join(list, ", ")
}

func describeObject(o *scenario.Object) string {
	if o.Namespace == "" {
		return kindOf(o) + " " + o.Name
	}
	return kindOf(o) + " " + o.Namespace + "/" + o.Name
}
