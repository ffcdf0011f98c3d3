package collect

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/wire"
)

// kind is one kind of object that a scan lists.
type kind struct {
	resource cluster.Resource
	group    string // API group, for the RBAC rule that a gap prints
	where    func(cluster.Scope) []place
	list     func(ctx context.Context, l *Live, where place, b *bucket) (int, error)
}

// place is where to list: a namespace, or everywhere.
type place struct {
	namespace string
	fields    string // field selector
	labels    string // label selector
}

func namespaced(s cluster.Scope) []place {
	if s.AllNamespaces || len(s.Namespaces) == 0 {
		return []place{{}}
	}
	out := make([]place, len(s.Namespaces))
	for i, ns := range s.Namespaces {
		out[i] = place{namespace: ns}
	}
	return out
}

func clusterWide(cluster.Scope) []place { return []place{{}} }

// eventPlaces adds to the namespaces in question the events of nodes, which
// lie in the namespace default.
func eventPlaces(s cluster.Scope) []place {
	places := namespaced(s)
	for _, p := range places {
		if p.namespace == "" || p.namespace == metav1.NamespaceDefault {
			return places
		}
	}
	return append(places, place{namespace: metav1.NamespaceDefault, fields: "involvedObject.kind=Node"})
}

// liveKinds is what every scan lists. Events are read from core/v1 only: the
// two event APIs return the same objects, and the role view grants only this
// one.
func liveKinds() []kind {
	const apps, batch = "apps/v1", "batch/v1"
	return []kind{
		{cluster.Pods, "", namespaced, streamed("v1", "pods", (*bucket).wirePod)},
		{cluster.Events, "", eventPlaces, streamed("v1", "events", object(wantedOfEvent, (*bucket).event))},
		{cluster.Nodes, "", clusterWide, streamed("v1", "nodes", object(wire.Whole, (*bucket).node))},
		{cluster.ReplicaSets, "apps", namespaced, streamed(apps, "replicasets", object(wantedWithoutWrites, (*bucket).replicaSet))},
		{cluster.Deployments, "apps", namespaced, streamed(apps, "deployments", object(wire.Whole, (*bucket).deployment))},
		{cluster.StatefulSets, "apps", namespaced, streamed(apps, "statefulsets", object(wire.Whole, (*bucket).statefulSet))},
		{cluster.DaemonSets, "apps", namespaced, streamed(apps, "daemonsets", object(wire.Whole, (*bucket).daemonSet))},
		{cluster.Jobs, "batch", namespaced, streamed(batch, "jobs", object(wire.Whole, (*bucket).job))},
		{cluster.CronJobs, "batch", namespaced, streamed(batch, "cronjobs", object(wire.Whole, (*bucket).cronJob))},
		{cluster.Services, "", namespaced, streamed("v1", "services", object(wire.Whole, (*bucket).service))},
		{cluster.EndpointSlices, "discovery.k8s.io", namespaced, streamed("discovery.k8s.io/v1", "endpointslices",
			object(wantedWithoutWrites, (*bucket).endpointSlice))},
		{cluster.PersistentVolumeClaims, "", namespaced, streamed("v1", "persistentvolumeclaims",
			object(wantedWithoutWrites, (*bucket).claim))},
		{cluster.ControllerRevisions, "apps", namespaced, metadataPages("apps", "controllerrevisions", (*bucket).controllerRevision)},
	}
}

// configKinds are read as metadata only, in the namespaces where something
// that failed refers to one; ConfigMaps with their values where that is asked
// for.
func configKinds(values bool) []kind {
	configMaps := metadataPages("", "configmaps", func(b *bucket, m *metav1.ObjectMeta) { b.config("ConfigMap", m) })
	if values {
		configMaps = pages(func(l *Live, ns string) lister[*corev1.ConfigMapList] { return l.typed.CoreV1().ConfigMaps(ns) },
			func(b *bucket, list *corev1.ConfigMapList) int { return each(list.Items, b.values) })
	}
	return []kind{
		{cluster.ConfigMaps, "", namespaced, configMaps},
		{cluster.Secrets, "", namespaced, metadataPages("", "secrets", func(b *bucket, m *metav1.ObjectMeta) { b.config("Secret", m) })},
	}
}

func each[T any](items []T, add func(*T)) int {
	for i := range items {
		add(&items[i])
	}
	return len(items)
}

// lister is the one method of a typed client that is used.
type lister[L metav1.ListInterface] interface {
	List(ctx context.Context, opts metav1.ListOptions) (L, error)
}

// pages lists through a typed client; a page is trimmed and dropped before
// the next is asked for.
func pages[L metav1.ListInterface](client func(*Live, string) lister[L], add func(*bucket, L) int) func(context.Context, *Live, place, *bucket) (int, error) {
	return func(ctx context.Context, l *Live, where place, b *bucket) (int, error) {
		return eachPage(ctx, where, b, func(opts metav1.ListOptions) (metav1.ListInterface, int, error) {
			list, err := client(l, where.namespace).List(ctx, opts)
			if err != nil {
				return nil, 0, err
			}
			return list, add(b, list), nil
		})
	}
}

// metadataPages lists PartialObjectMetadata: the server leaves spec, data
// and status out, so that they never travel.
func metadataPages(group, resource string, add func(*bucket, *metav1.ObjectMeta)) func(context.Context, *Live, place, *bucket) (int, error) {
	gvr := schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}
	return func(ctx context.Context, l *Live, where place, b *bucket) (int, error) {
		return eachPage(ctx, where, b, func(opts metav1.ListOptions) (metav1.ListInterface, int, error) {
			list, err := l.metadata.Resource(gvr).Namespace(where.namespace).List(ctx, opts)
			if err != nil {
				return nil, 0, err
			}
			return list, each(list.Items, func(m *metav1.PartialObjectMetadata) { add(b, &m.ObjectMeta) }), nil
		})
	}
}
