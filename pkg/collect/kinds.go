package collect

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
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
	return []kind{
		{cluster.Pods, "", namespaced, pages(func(l *Live, ns string) lister[*corev1.PodList] { return l.typed.CoreV1().Pods(ns) },
			func(b *bucket, list *corev1.PodList) int { return each(list.Items, b.pod) })},
		{cluster.Events, "", eventPlaces, pages(func(l *Live, ns string) lister[*corev1.EventList] { return l.typed.CoreV1().Events(ns) },
			func(b *bucket, list *corev1.EventList) int { return each(list.Items, b.event) })},
		{cluster.Nodes, "", clusterWide, pages(func(l *Live, _ string) lister[*corev1.NodeList] { return l.typed.CoreV1().Nodes() },
			func(b *bucket, list *corev1.NodeList) int { return each(list.Items, b.node) })},
		{cluster.ReplicaSets, "apps", namespaced, pages(func(l *Live, ns string) lister[*appsv1.ReplicaSetList] { return l.typed.AppsV1().ReplicaSets(ns) },
			func(b *bucket, list *appsv1.ReplicaSetList) int { return each(list.Items, b.replicaSet) })},
		{cluster.Deployments, "apps", namespaced, pages(func(l *Live, ns string) lister[*appsv1.DeploymentList] { return l.typed.AppsV1().Deployments(ns) },
			func(b *bucket, list *appsv1.DeploymentList) int { return each(list.Items, b.deployment) })},
		{cluster.StatefulSets, "apps", namespaced, pages(func(l *Live, ns string) lister[*appsv1.StatefulSetList] { return l.typed.AppsV1().StatefulSets(ns) },
			func(b *bucket, list *appsv1.StatefulSetList) int { return each(list.Items, b.statefulSet) })},
		{cluster.DaemonSets, "apps", namespaced, pages(func(l *Live, ns string) lister[*appsv1.DaemonSetList] { return l.typed.AppsV1().DaemonSets(ns) },
			func(b *bucket, list *appsv1.DaemonSetList) int { return each(list.Items, b.daemonSet) })},
		{cluster.Jobs, "batch", namespaced, pages(func(l *Live, ns string) lister[*batchv1.JobList] { return l.typed.BatchV1().Jobs(ns) },
			func(b *bucket, list *batchv1.JobList) int { return each(list.Items, b.job) })},
		{cluster.CronJobs, "batch", namespaced, pages(func(l *Live, ns string) lister[*batchv1.CronJobList] { return l.typed.BatchV1().CronJobs(ns) },
			func(b *bucket, list *batchv1.CronJobList) int { return each(list.Items, b.cronJob) })},
		{cluster.Services, "", namespaced, pages(func(l *Live, ns string) lister[*corev1.ServiceList] { return l.typed.CoreV1().Services(ns) },
			func(b *bucket, list *corev1.ServiceList) int { return each(list.Items, b.service) })},
		{cluster.EndpointSlices, "discovery.k8s.io", namespaced, pages(func(l *Live, ns string) lister[*discoveryv1.EndpointSliceList] {
			return l.typed.DiscoveryV1().EndpointSlices(ns)
		}, func(b *bucket, list *discoveryv1.EndpointSliceList) int { return each(list.Items, b.endpointSlice) })},
		{cluster.PersistentVolumeClaims, "", namespaced, pages(func(l *Live, ns string) lister[*corev1.PersistentVolumeClaimList] {
			return l.typed.CoreV1().PersistentVolumeClaims(ns)
		}, func(b *bucket, list *corev1.PersistentVolumeClaimList) int { return each(list.Items, b.claim) })},
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
		return eachPage(ctx, where, func(opts metav1.ListOptions) (metav1.ListInterface, int, error) {
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
		return eachPage(ctx, where, func(opts metav1.ListOptions) (metav1.ListInterface, int, error) {
			list, err := l.metadata.Resource(gvr).Namespace(where.namespace).List(ctx, opts)
			if err != nil {
				return nil, 0, err
			}
			return list, each(list.Items, func(m *metav1.PartialObjectMetadata) { add(b, &m.ObjectMeta) }), nil
		})
	}
}
