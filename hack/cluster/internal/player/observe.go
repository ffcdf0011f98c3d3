package player

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
)

func (p *Player) waitEvents(ctx context.Context, want *scenario.Events) error {
	return until(ctx, func() (string, error) {
		count := 0
		for _, namespace := range want.Namespaces {
			list, err := p.client.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "reason=" + want.Reason})
			if err != nil {
				return "", fmt.Errorf("list events: %w", err)
			}
			count += len(list.Items)
		}
		if count < want.AtLeast {
			return fmt.Sprintf("there are %d events %s, want at least %d", count, want.Reason, want.AtLeast), nil
		}
		return "", nil
	})
}

func (p *Player) waitCondition(ctx context.Context, want *scenario.Condition) error {
	resource, err := p.object(&want.Object)
	if err != nil {
		return err
	}
	return until(ctx, func() (string, error) {
		object, err := resource.Get(ctx, want.Name, metav1.GetOptions{})
		if err != nil {
			return "", fmt.Errorf("get %s: %w", want.Name, err)
		}
		if !hasCondition(object, want) {
			return fmt.Sprintf("condition %s of %s is not %s yet", want.Type, want.Name, want.Status), nil
		}
		return "", nil
	})
}

func hasCondition(object *unstructured.Unstructured, want *scenario.Condition) bool {
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, item := range conditions {
		condition, _ := item.(map[string]any)
		if condition["type"] == want.Type && condition["status"] == want.Status && (want.Reason == "" || condition["reason"] == want.Reason) {
			return true
		}
	}
	return false
}
