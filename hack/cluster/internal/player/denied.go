package player

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// denied asks as a service account for what it has no right to, in its own
// namespace, and returns what the authorizer answers.
func (p *Player) denied(ctx context.Context, namespace, account, verb, resource string) (string, error) {
	config := rest.CopyConfig(p.config)
	config.Impersonate = rest.ImpersonationConfig{
		UserName: "system:serviceaccount:" + namespace + ":" + account,
		Groups:   []string{"system:serviceaccounts", "system:authenticated"},
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return "", fmt.Errorf("make client: %w", err)
	}
	of := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: resource}).Namespace(namespace)
	switch verb {
	case "list":
		_, err = of.List(ctx, metav1.ListOptions{})
	case "watch":
		_, err = of.Watch(ctx, metav1.ListOptions{})
	case "get":
		_, err = of.Get(ctx, account, metav1.GetOptions{})
	default:
		return "", fmt.Errorf("cannot ask with verb %q: want list, watch or get", verb)
	}
	if !apierrors.IsForbidden(err) {
		return "", fmt.Errorf("%s of %s as %s/%s was not refused: %w", verb, resource, namespace, account, err)
	}
	return err.Error(), nil
}
