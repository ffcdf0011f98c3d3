package collect

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Exists asks the API for one workload. Whoever may list but not get is told
// that it exists: what was listed decides then.
func (l *Live) Exists(ctx context.Context, workload cluster.Ref) (bool, error) {
	var err error
	apps, get := l.typed.AppsV1(), metav1.GetOptions{}
	switch workload.Kind {
	case "Deployment":
		_, err = apps.Deployments(workload.Namespace).Get(ctx, workload.Name, get)
	case "StatefulSet":
		_, err = apps.StatefulSets(workload.Namespace).Get(ctx, workload.Name, get)
	case "DaemonSet":
		_, err = apps.DaemonSets(workload.Namespace).Get(ctx, workload.Name, get)
	}
	switch {
	case err == nil, apierrors.IsForbidden(err):
		return true, nil
	case apierrors.IsNotFound(err):
		return false, nil
	}
	return false, fmt.Errorf("cannot read the cluster at %s: %w", l.identity.Server, err)
}

// Exists leaves it to what was read: saved data are not asked.
func (f *Files) Exists(context.Context, cluster.Ref) (bool, error) { return true, nil }
