package player

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
)

// restartedAt is what `kubectl rollout restart` sets.
const restartedAt = "kubectl.kubernetes.io/restartedAt"

func (p *Player) apply(ctx context.Context, s *scenario.Scenario, file string) error {
	objects, err := s.Manifests(file)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if err := p.expandAll(ctx, object.Object); err != nil {
			return err
		}
		if err := p.applyObject(ctx, object); err != nil {
			return fmt.Errorf("apply %s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

// applyObject applies one object. It tries again where that helps: a new
// namespace has no default service account in its first moment.
func (p *Player) applyObject(ctx context.Context, object *unstructured.Unstructured) error {
	resource, err := p.resource(object.GroupVersionKind(), object.GetNamespace())
	if err != nil {
		return err
	}
	options := metav1.ApplyOptions{FieldManager: fieldManager, Force: true}
	return until(ctx, func() (string, error) {
		_, err := resource.Apply(ctx, object.GetName(), object, options)
		if apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) {
			return "", &permanentError{err}
		}
		return "", err
	})
}

func (p *Player) resource(gvk schema.GroupVersionKind, namespace string) (dynamic.ResourceInterface, error) {
	mapping, err := p.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, fmt.Errorf("find resource of %s: %w", gvk.Kind, err)
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return p.dynamic.Resource(mapping.Resource), nil
	}
	return p.dynamic.Resource(mapping.Resource).Namespace(namespace), nil
}

// object returns the resource of an object that a scenario names.
func (p *Player) object(o *scenario.Object) (dynamic.ResourceInterface, error) {
	gvk, err := gvkOf(o)
	if err != nil {
		return nil, err
	}
	return p.resource(gvk, o.Namespace)
}

func (p *Player) patchObject(ctx context.Context, o *scenario.Object, kind types.PatchType, patch any, subresources ...string) error {
	resource, err := p.object(o)
	if err != nil {
		return err
	}
	data, err := json.Marshal(patch)
	if err != nil {
		return fmt.Errorf("encode patch: %w", err)
	}
	_, err = resource.Patch(ctx, o.Name, kind, data, metav1.PatchOptions{FieldManager: fieldManager}, subresources...)
	return err
}

func (p *Player) patch(ctx context.Context, patch *scenario.Patch) error {
	if err := p.expandAll(ctx, patch.Merge); err != nil {
		return err
	}
	var subresources []string
	if patch.Subresource != "" {
		subresources = append(subresources, patch.Subresource)
	}
	return p.patchObject(ctx, &patch.Object, types.MergePatchType, patch.Merge, subresources...)
}

func (p *Player) setImage(ctx context.Context, set *scenario.SetImage) error {
	return p.patchObject(ctx, &set.Object, types.JSONPatchType, []map[string]string{{
		"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": set.Image,
	}})
}

func (p *Player) rolloutRestart(ctx context.Context, o *scenario.Object) error {
	return p.patchObject(ctx, o, types.MergePatchType, map[string]any{"spec": map[string]any{"template": map[string]any{
		"metadata": map[string]any{"annotations": map[string]any{restartedAt: time.Now().Format(time.RFC3339)}},
	}}})
}

func (p *Player) remove(ctx context.Context, o *scenario.Object) error {
	resource, err := p.object(o)
	if err != nil {
		return err
	}
	background := metav1.DeletePropagationBackground
	return resource.Delete(ctx, o.Name, metav1.DeleteOptions{PropagationPolicy: &background})
}
