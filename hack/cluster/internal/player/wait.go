package player

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
)

func (p *Player) wait(ctx context.Context, w *scenario.Wait) error {
	switch {
	case w.Rollouts != nil:
		return p.waitRollouts(ctx, w.Rollouts)
	case w.Pods != nil:
		return p.waitPods(ctx, w.Pods)
	case w.Events != nil:
		return p.waitEvents(ctx, w.Events)
	case w.Condition != nil:
		return p.waitCondition(ctx, w.Condition)
	default:
		return p.waitNode(ctx, w.Node)
	}
}

func (p *Player) waitRollouts(ctx context.Context, r *scenario.Rollouts) error {
	namespaces := r.Namespaces
	if len(namespaces) == 0 {
		namespaces = []string{metav1.NamespaceAll}
	}
	return until(ctx, func() (string, error) {
		for _, namespace := range namespaces {
			if missing, err := p.unfinished(ctx, namespace, r.Name); missing != "" || err != nil {
				return missing, err
			}
		}
		return "", nil
	})
}

// unfinished names a workload whose rollout is not complete.
func (p *Player) unfinished(ctx context.Context, namespace, name string) (string, error) {
	var options metav1.ListOptions
	if name != "" {
		options.FieldSelector = "metadata.name=" + name
	}
	apps := p.client.AppsV1()
	deployments, err := apps.Deployments(namespace).List(ctx, options)
	if err != nil {
		return "", err
	}
	for i := range deployments.Items {
		if d := &deployments.Items[i]; !deployed(d) {
			return fmt.Sprintf("Deployment %s/%s has %d of %d pods available", d.Namespace, d.Name, d.Status.AvailableReplicas, *d.Spec.Replicas), nil
		}
	}
	sets, err := apps.StatefulSets(namespace).List(ctx, options)
	if err != nil {
		return "", err
	}
	for i := range sets.Items {
		if s := &sets.Items[i]; s.Status.ObservedGeneration < s.Generation || s.Status.AvailableReplicas != *s.Spec.Replicas || s.Status.UpdatedReplicas != *s.Spec.Replicas {
			return fmt.Sprintf("StatefulSet %s/%s has %d of %d pods available", s.Namespace, s.Name, s.Status.AvailableReplicas, *s.Spec.Replicas), nil
		}
	}
	daemons, err := apps.DaemonSets(namespace).List(ctx, options)
	if err != nil {
		return "", err
	}
	for i := range daemons.Items {
		if d := &daemons.Items[i]; d.Status.ObservedGeneration < d.Generation || d.Status.NumberAvailable != d.Status.DesiredNumberScheduled {
			return fmt.Sprintf("DaemonSet %s/%s has %d of %d pods available", d.Namespace, d.Name, d.Status.NumberAvailable, d.Status.DesiredNumberScheduled), nil
		}
	}
	return "", nil
}

func deployed(d *appsv1.Deployment) bool {
	s, want := d.Status, *d.Spec.Replicas
	return s.ObservedGeneration >= d.Generation && s.UpdatedReplicas == want && s.Replicas == want && s.AvailableReplicas == want
}

func (p *Player) waitNode(ctx context.Context, want *scenario.NodeIs) error {
	return until(ctx, func() (string, error) {
		nodes, err := p.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return "", err
		}
		seen := 0
		for i := range nodes.Items {
			node := &nodes.Items[i]
			if want.Name != "" && node.Name != want.Name {
				continue
			}
			seen++
			if !nodeIs(node, want) {
				return fmt.Sprintf("node %s is not so yet", node.Name), nil
			}
		}
		if seen == 0 {
			return "there is no such node", nil
		}
		return "", nil
	})
}

func nodeIs(node *corev1.Node, want *scenario.NodeIs) bool {
	if want.Taint != "" && !slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.Key == want.Taint }) {
		return false
	}
	return want.Condition == "" || slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return string(c.Type) == want.Condition && string(c.Status) == want.Status
	})
}
