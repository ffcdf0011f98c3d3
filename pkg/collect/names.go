package collect

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// namesAtMost is how many names are read: what is asked for while somebody
// types must not cost the server much.
const namesAtMost = 500

// Names lists the names of objects of a kind (Node, Namespace, Deployment,
// StatefulSet or DaemonSet), 500 at most, and nothing where they may not be
// listed.
func (l *Live) Names(ctx context.Context, kind, namespace string) []string {
	resource := map[string]schema.GroupVersionResource{
		"Node":        {Version: "v1", Resource: "nodes"},
		"Namespace":   {Version: "v1", Resource: "namespaces"},
		"Deployment":  {Group: "apps", Version: "v1", Resource: "deployments"},
		"StatefulSet": {Group: "apps", Version: "v1", Resource: "statefulsets"},
		"DaemonSet":   {Group: "apps", Version: "v1", Resource: "daemonsets"},
	}[kind]
	list, err := l.metadata.Resource(resource).Namespace(namespace).List(ctx, metav1.ListOptions{Limit: namesAtMost})
	if err != nil {
		return nil
	}
	out := make([]string, len(list.Items))
	for i := range list.Items {
		out[i] = list.Items[i].Name
	}
	return out
}
