package player

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
)

// pods returns the selected pods, oldest first. Count is not looked at.
func (p *Player) pods(ctx context.Context, selection *scenario.Pods) ([]corev1.Pod, error) {
	options := metav1.ListOptions{LabelSelector: selection.Selector}
	if selection.Node != "" {
		options.FieldSelector = fields.OneTermEqualSelector("spec.nodeName", selection.Node).String()
	}
	namespaces := selection.Namespaces
	if len(namespaces) == 0 {
		namespaces = []string{metav1.NamespaceAll}
	}
	var found []corev1.Pod
	for _, namespace := range namespaces {
		list, err := p.client.CoreV1().Pods(namespace).List(ctx, options)
		if err != nil {
			return nil, fmt.Errorf("list pods: %w", err)
		}
		found = append(found, list.Items...)
	}
	if selection.Running {
		found = slices.DeleteFunc(found, func(pod corev1.Pod) bool {
			return pod.Status.Phase != corev1.PodRunning || pod.DeletionTimestamp != nil
		})
	}
	slices.SortFunc(found, func(a, b corev1.Pod) int {
		if c := a.CreationTimestamp.Compare(b.CreationTimestamp.Time); c != 0 {
			return c
		}
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	return found, nil
}

func (p *Player) waitPods(ctx context.Context, want *scenario.PodCount) error {
	return until(ctx, func() (string, error) {
		pods, err := p.pods(ctx, &want.Pods)
		if err != nil {
			return "", err
		}
		count := 0
		for i := range pods {
			if matches(&pods[i], want) {
				count++
			}
		}
		switch {
		case want.Exactly != nil && count != *want.Exactly:
			return fmt.Sprintf("%d of %d pods match, want exactly %d", count, len(pods), *want.Exactly), nil
		case want.AtLeast != nil && count < *want.AtLeast:
			return fmt.Sprintf("%d of %d pods match, want at least %d", count, len(pods), *want.AtLeast), nil
		}
		return "", nil
	})
}

func matches(pod *corev1.Pod, want *scenario.PodCount) bool {
	if want.Reason != "" && pod.Status.Reason != want.Reason {
		return false
	}
	if want.Phase != "" && string(pod.Status.Phase) != want.Phase {
		return false
	}
	if want.Ready != nil && podutil.IsPodReady(pod) != *want.Ready {
		return false
	}
	if len(want.Waiting) == 0 && want.Restarts == nil {
		return true
	}
	return slices.ContainsFunc(pod.Status.ContainerStatuses, func(status corev1.ContainerStatus) bool {
		waiting := status.State.Waiting
		return (len(want.Waiting) == 0 || waiting != nil && slices.Contains(want.Waiting, waiting.Reason)) &&
			(want.Restarts == nil || status.RestartCount >= *want.Restarts)
	})
}

// annotate waits until there are as many objects as wanted, and annotates them.
func (p *Player) annotate(ctx context.Context, a *scenario.Annotate) error {
	set := make(map[string]any, len(a.Set))
	for key, value := range a.Set {
		expanded, err := p.expand(ctx, value)
		if err != nil {
			return err
		}
		set[key] = expanded
	}
	patch := map[string]any{"metadata": map[string]any{"annotations": set}}
	if a.Node != "" {
		return p.patchObject(ctx, &scenario.Object{Kind: "Node", Name: a.Node}, types.MergePatchType, patch)
	}
	chosen, err := p.choose(ctx, a.Pods)
	if err != nil {
		return err
	}
	for _, pod := range chosen {
		target := &scenario.Object{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name}
		if err := p.patchObject(ctx, target, types.MergePatchType, patch); err != nil {
			return fmt.Errorf("annotate pod %s/%s: %w", pod.Namespace, pod.Name, err)
		}
	}
	return nil
}

// choose waits for the selected pods: Count of them, or at least one.
func (p *Player) choose(ctx context.Context, selection *scenario.Pods) ([]corev1.Pod, error) {
	var pods []corev1.Pod
	err := until(ctx, func() (string, error) {
		var err error
		pods, err = p.pods(ctx, selection)
		if err != nil {
			return "", err
		}
		if selection.Count != nil && len(pods) < *selection.Count {
			return fmt.Sprintf("found %d pods, want %d", len(pods), *selection.Count), nil
		}
		if len(pods) == 0 {
			return "found no pod", nil
		}
		return "", nil
	})
	if err == nil && selection.Count != nil {
		pods = pods[:*selection.Count]
	}
	return pods, err
}

// deadNode holds the lease of a node that is to die.
const deadNode = "nobody"

// killNode takes the node's lease away from kwok for good: kwok then leaves the
// node and its pods alone, nobody renews the lease, and the real node
// controller draws its conclusions, as it does when a machine dies.
func (p *Player) killNode(ctx context.Context, name string) error {
	const forever = int32(365 * 24 * time.Hour / time.Second)
	lease := &scenario.Object{APIVersion: "coordination.k8s.io/v1", Kind: "Lease", Namespace: corev1.NamespaceNodeLease, Name: name}
	return p.patchObject(ctx, lease, types.MergePatchType, map[string]any{
		"spec": map[string]any{"holderIdentity": deadNode, "leaseDurationSeconds": forever},
	})
}
