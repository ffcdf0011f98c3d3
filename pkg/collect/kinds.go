package collect

import (
	"context"
	"strings"

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

// wholeList is a list of the API's own kinds that every scan reads whole.
type wholeList struct {
	version  string // of the API: apps/v1
	resource cluster.Resource
	where    func(cluster.Scope) []place
	add      func(b *bucket, item []byte) error
}

// wholeLists are read by every scan. Events are read from core/v1 only: the two
// event APIs return the same objects, and the role view grants only this one.
func wholeLists() []wholeList {
	const apps, batch = "apps/v1", "batch/v1"
	return []wholeList{
		{"v1", cluster.Pods, namespaced, (*bucket).wirePod},
		{"v1", cluster.Events, eventPlaces, object(wantedOfEvent, (*bucket).event)},
		{"v1", cluster.Nodes, clusterWide, object(wire.Whole, (*bucket).node)},
		{apps, cluster.ReplicaSets, namespaced, object(wantedWithoutWrites, (*bucket).replicaSet)},
		{apps, cluster.Deployments, namespaced, object(wire.Whole, (*bucket).deployment)},
		{apps, cluster.StatefulSets, namespaced, object(wire.Whole, (*bucket).statefulSet)},
		{apps, cluster.DaemonSets, namespaced, object(wire.Whole, (*bucket).daemonSet)},
		{batch, cluster.Jobs, namespaced, object(wire.Whole, (*bucket).job)},
		{batch, cluster.CronJobs, namespaced, object(wire.Whole, (*bucket).cronJob)},
		{"v1", cluster.Services, namespaced, object(wire.Whole, (*bucket).service)},
		{"discovery.k8s.io/v1", cluster.EndpointSlices, namespaced, object(wantedWithoutWrites, (*bucket).endpointSlice)},
		{"v1", cluster.PersistentVolumeClaims, namespaced, object(wantedWithoutWrites, (*bucket).claim)},
	}
}

// WholeLists are the paths of the lists that a scan of all namespaces reads
// whole, PageSize objects at a time. Of ControllerRevisions it reads metadata.
func WholeLists() []string {
	var out []string
	for _, w := range wholeLists() {
		out = append(out, listPath(w.version, "", string(w.resource)))
	}
	return out
}

// liveKinds is what every scan lists.
func liveKinds() []kind {
	var out []kind
	for _, w := range wholeLists() {
		group, _, named := strings.Cut(w.version, "/")
		if !named { // "v1" is that of the core, which has no name
			group = ""
		}
		out = append(out, kind{w.resource, group, w.where, streamed(w.version, string(w.resource), w.add)})
	}
	return append(out, kind{cluster.ControllerRevisions, "apps", namespaced, metadataPages("apps", "controllerrevisions", (*bucket).controllerRevision)})
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
