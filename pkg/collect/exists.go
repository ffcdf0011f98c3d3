package collect

import (
	"context"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

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
	return false, l.unreachable(err)
}

// Like names workloads that may be meant by one that is not there: those of its
// name in other namespaces and of other kinds, and those of its namespace, 500 at most. What may
// not be listed is left out.
func (l *Live) Like(ctx context.Context, workload cluster.Ref) []cluster.Ref {
	var out []cluster.Ref
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet"} {
		out = append(out, l.workloads(ctx, kind, "", metav1.ListOptions{FieldSelector: "metadata.name=" + workload.Name})...)
	}
	return append(out, l.workloads(ctx, workload.Kind, workload.Namespace, metav1.ListOptions{Limit: 500})...)
}

// workloads lists those of a kind by their names alone.
func (l *Live) workloads(ctx context.Context, kind, namespace string, o metav1.ListOptions) []cluster.Ref {
	resource := schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: strings.ToLower(kind) + "s"}
	list, err := l.metadata.Resource(resource).Namespace(namespace).List(ctx, o)
	if err != nil {
		return nil
	}
	out := make([]cluster.Ref, 0, len(list.Items))
	for i := range list.Items {
		out = append(out, cluster.Ref{Kind: kind, Namespace: list.Items[i].Namespace, Name: list.Items[i].Name})
	}
	return out
}

// Like leaves it to what was read: saved data are not asked.
func (f *Files) Like(context.Context, cluster.Ref) []cluster.Ref { return nil }

// Exists leaves it to what was read: saved data are not asked.
func (f *Files) Exists(context.Context, cluster.Ref) (bool, error) { return true, nil }
