package synth

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const rfc3339 = time.RFC3339

// world is a cluster at one moment.
type world struct {
	r        *rand.Rand
	now      time.Time
	minor    int    // of the Kubernetes version 1.minor
	runtime  string // containerd, cri-o or docker
	names    *names
	company  string
	registry string // where this company's images come from
	platform []string

	nodes    []*corev1.Node
	apps     []*app
	pods     []*pod
	events   []corev1.Event
	services []*corev1.Service
	claims   []*corev1.PersistentVolumeClaim
	configs  []corev1.ConfigMap
	secrets  []corev1.Secret
	jobs     []*batchv1.Job
	cronJobs []*batchv1.CronJob
	metrics  []map[string]string // samples of the kubelets' metrics, by file
	ips      int
	shift    int      // so that incidents that meet are not of one node
	unread   []string // kinds that were not asked for, or not allowed
}

// Versions and runtimes, by variant: even variants are older clusters, odd
// ones newer.
var (
	minors   = []int{28, 34, 31, 37, 29, 35, 30, 36}
	runtimes = []string{"containerd", "containerd", "cri-o", "containerd", "docker", "cri-o"}
)

func newWorld(name string, variant int, seed uint64) *world {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	r := rand.New(rand.NewPCG(seed, h.Sum64())) //nolint:gosec // a fixed seed is the point
	w := &world{r: r, names: newNames(r), minor: minors[variant%len(minors)], runtime: runtimes[(variant+r.IntN(2))%len(runtimes)]}
	w.now = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(200*24*3600)) * time.Second)
	w.company = w.names.word(companies)
	w.registry = fmt.Sprintf(w.names.word(registryHosts), w.company)
	w.addNodes(3 + r.IntN(5))
	w.addSystem()
	w.addPopulation(8 + r.IntN(14))
	return w
}

// isOld reports whether the cluster is of a version whose wordings are the
// older ones.
func (w *world) isOld() bool { return w.minor <= 31 }

func (w *world) ago(d time.Duration) metav1.Time { return metav1.NewTime(w.now.Add(-d)) }

// between draws a duration.
func (w *world) between(a, b time.Duration) time.Duration {
	return a + time.Duration(w.r.Int64N(int64(b-a)/int64(time.Second)+1))*time.Second
}

func (w *world) chance(percent int) bool { return w.r.IntN(100) < percent }

func (w *world) ip() string {
	w.ips++
	return fmt.Sprintf("10.%d.%d.%d", 244, w.ips/250, w.ips%250+2)
}

func (w *world) clusterIP() string {
	w.ips++
	return fmt.Sprintf("10.97.%d.%d", w.ips/250, w.ips%250+2)
}

// meta is the metadata of an object that was created some time ago.
func (w *world) meta(namespace, name string, age time.Duration) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID(w.names.uid()), CreationTimestamp: w.ago(age),
		ResourceVersion: fmt.Sprint(1000 + w.r.IntN(9_000_000))}
}

// wrote adds to managedFields that a manager wrote some time ago.
func (w *world) wrote(m *metav1.ObjectMeta, manager, apiVersion string, ago time.Duration, fields string) {
	at := w.ago(ago)
	m.ManagedFields = append(m.ManagedFields, metav1.ManagedFieldsEntry{Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate,
		APIVersion: apiVersion, Time: &at, FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(fields)})
}

func (w *world) node(i int) *corev1.Node { return w.nodes[(i+w.shift)%len(w.nodes)] }

// open are the nodes that the scheduler would use: all of them when it would
// use none.
func (w *world) open() []*corev1.Node {
	var out []*corev1.Node
	for _, n := range w.nodes {
		if len(n.Spec.Taints) == 0 && !n.Spec.Unschedulable {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		return w.nodes
	}
	return out
}

func (w *world) anyNode() *corev1.Node {
	open := w.open()
	return open[w.r.IntN(len(open))]
}
