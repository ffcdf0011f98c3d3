package collect

import (
	"context"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// followed is one kind of object that is listed and then watched. The loop is
// our own and no informer: an informer holds every object whole in memory,
// and here a page is trimmed, handed over and dropped.
type followed struct {
	kind
	object string // the kind of its objects
	client func(l *Live, namespace string) watcher
}

// watcher is what of a client is used.
type watcher struct {
	list  func(context.Context, metav1.ListOptions) (runtime.Object, error)
	watch func(context.Context, metav1.ListOptions) (watch.Interface, error)
}

// typedWatcher makes one of a typed client.
func typedWatcher[L runtime.Object](c interface {
	List(context.Context, metav1.ListOptions) (L, error)
	Watch(context.Context, metav1.ListOptions) (watch.Interface, error)
}) watcher {
	return watcher{func(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) { return c.List(ctx, opts) }, c.Watch}
}

// followedKinds are what a recorder follows: those that own others first, so
// that of whatever comes the owner is known. EndpointSlices are left out: they
// change with every pod and say little beside it.
func followedKinds() []followed {
	apps := func(r cluster.Resource) kind { return kind{resource: r, group: "apps", where: namespaced} }
	core := func(r cluster.Resource) kind { return kind{resource: r, where: namespaced} }
	return []followed{
		{kind{resource: cluster.CronJobs, group: "batch", where: namespaced}, "CronJob", func(l *Live, ns string) watcher {
			return typedWatcher[*batchv1.CronJobList](l.typed.BatchV1().CronJobs(ns))
		}},
		{kind{resource: cluster.Jobs, group: "batch", where: namespaced}, "Job", func(l *Live, ns string) watcher { return typedWatcher[*batchv1.JobList](l.typed.BatchV1().Jobs(ns)) }},
		{apps(cluster.Deployments), "Deployment", func(l *Live, ns string) watcher {
			return typedWatcher[*appsv1.DeploymentList](l.typed.AppsV1().Deployments(ns))
		}},
		{apps(cluster.StatefulSets), "StatefulSet", func(l *Live, ns string) watcher {
			return typedWatcher[*appsv1.StatefulSetList](l.typed.AppsV1().StatefulSets(ns))
		}},
		{apps(cluster.DaemonSets), "DaemonSet", func(l *Live, ns string) watcher {
			return typedWatcher[*appsv1.DaemonSetList](l.typed.AppsV1().DaemonSets(ns))
		}},
		{apps(cluster.ReplicaSets), "ReplicaSet", func(l *Live, ns string) watcher {
			return typedWatcher[*appsv1.ReplicaSetList](l.typed.AppsV1().ReplicaSets(ns))
		}},
		{apps(cluster.ControllerRevisions), "ControllerRevision", revisionWatcher},
		{kind{resource: cluster.Nodes, where: clusterWide}, "Node", func(l *Live, _ string) watcher { return typedWatcher[*corev1.NodeList](l.typed.CoreV1().Nodes()) }},
		{core(cluster.Services), "Service", func(l *Live, ns string) watcher {
			return typedWatcher[*corev1.ServiceList](l.typed.CoreV1().Services(ns))
		}},
		{core(cluster.PersistentVolumeClaims), "PersistentVolumeClaim", func(l *Live, ns string) watcher {
			return typedWatcher[*corev1.PersistentVolumeClaimList](l.typed.CoreV1().PersistentVolumeClaims(ns))
		}},
		{core(cluster.Pods), "Pod", func(l *Live, ns string) watcher { return typedWatcher[*corev1.PodList](l.typed.CoreV1().Pods(ns)) }},
		{kind{resource: cluster.Events, where: eventPlaces}, "Event", func(l *Live, ns string) watcher { return typedWatcher[*corev1.EventList](l.typed.CoreV1().Events(ns)) }},
	}
}

// revisionWatcher reads ControllerRevisions as metadata: their data hold the
// values of environments.
func revisionWatcher(l *Live, ns string) watcher {
	c := l.metadata.Resource(schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "controllerrevisions"}).Namespace(ns)
	return watcher{func(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) { return c.List(ctx, opts) }, c.Watch}
}

// sight is one object as it was seen, trimmed.
type sight struct {
	object  any // *cluster.Pod, …; *cluster.Event
	uid     string
	version int64
	gone    bool
}

// sightOf trims an object by the same functions as a scan.
func sightOf(o runtime.Object, gone bool) (sight, bool) {
	m, err := meta.Accessor(o)
	if err != nil {
		return sight{}, false
	}
	s := sight{uid: string(m.GetUID()), gone: gone, object: trimmed(o)}
	// Versions compare as numbers since KEP-5504; one that is none is not compared.
	s.version, _ = strconv.ParseInt(m.GetResourceVersion(), 10, 64)
	return s, s.object != nil
}

func trimmed(o runtime.Object) any {
	b := newBucket()
	switch o := o.(type) {
	case *corev1.Pod:
		b.pod(o)
		return &b.Pods[0]
	case *corev1.Event:
		b.event(o)
		return &b.Events[0]
	case *corev1.Node:
		b.node(o)
		return &b.Nodes[0]
	case *corev1.Service:
		b.service(o)
		return &b.Services[0]
	case *corev1.PersistentVolumeClaim:
		b.claim(o)
		return &b.Claims[0]
	case *appsv1.ReplicaSet:
		b.replicaSet(o)
	case *appsv1.Deployment:
		b.deployment(o)
	case *appsv1.StatefulSet:
		b.statefulSet(o)
	case *appsv1.DaemonSet:
		b.daemonSet(o)
	case *batchv1.Job:
		b.job(o)
	case *batchv1.CronJob:
		b.cronJob(o)
	case *metav1.PartialObjectMetadata:
		b.controllerRevision(&o.ObjectMeta)
	default:
		return nil
	}
	if len(b.Revisions) > 0 {
		return &b.Revisions[0]
	}
	return &b.Workloads[0]
}
