package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

// incident is one recording to be made.
type incident struct {
	name string
	play func(s *set)
}

// set is where an incident is played. After the first error it does nothing
// more, so that a play reads without error handling.
type set struct {
	names
	ctx          context.Context
	c            *cluster
	err          error
	show         bool
	truth        truth.Truth
	hosts        []string
	namespaces   []string
	trash        []object // of no namespace, to be deleted in the end
	first, began time.Time
	span, age    time.Duration
	at           time.Time
	old          bool // texts of Kubernetes 1.28 to 1.31
	kubelet      string
	seed         uint64
}

func newSet(ctx context.Context, c *cluster, name string, seed uint64, show bool) *set {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	s := &set{ctx: ctx, c: c, show: show, first: time.Now().UTC(), seed: seed ^ h.Sum64()}
	s.names = names{r: rand.New(rand.NewPCG(seed, h.Sum64())), used: map[string]bool{}} //nolint:gosec // the same each time, on purpose
	s.span = time.Duration(s.between(5, 25)) * time.Minute
	s.age = time.Duration(s.between(20, 600)) * time.Hour
	s.at = time.Date(2026, 10, s.between(1, 58), s.between(0, 23), s.between(0, 59), s.between(0, 59), 0, time.UTC)
	if strings.HasPrefix(name, "healthy-") {
		s.span = time.Duration(s.between(3, 8)) * time.Minute // ordinary life is not stretched that much
	}
	s.old = s.chance(40)
	s.kubelet = fmt.Sprintf("v1.%d.%d", s.between(33, 36), s.between(0, 6))
	if s.old {
		s.kubelet = fmt.Sprintf("v1.%d.%d", s.between(28, 31), s.between(1, 12))
	}
	return s
}

// clock tells the set's times, seen from the moment of the recording.
func (s *set) clock(end time.Time) *clock {
	c := &clock{began: s.began, end: end, at: s.at, span: s.span, age: s.age, seed: s.seed}
	if c.began.IsZero() {
		c.began = s.first
	}
	return c
}

// do does a step, unless one before it failed.
func (s *set) do(what string, step func() error) {
	if s.err != nil {
		return
	}
	began := time.Now()
	if err := step(); err != nil {
		s.err = fmt.Errorf("%s: %w", what, err)
	}
	if s.show {
		fmt.Fprintf(os.Stderr, "      %6s %s\n", time.Since(began).Round(10*time.Millisecond), what)
	}
}

// put applies objects.
func (s *set) put(objects ...object) {
	for _, o := range objects {
		s.do(fmt.Sprintf("put %s %s", o["kind"], text(o, "metadata", "name")), func() error {
			if text(o, "metadata", "namespace") == "" {
				s.trash = append(s.trash, o)
			}
			return s.c.apply(s.ctx, o)
		})
	}
}

// nodes makes nodes over two or three zones, and waits for them.
func (s *set) nodes(count int, more ...map[string]string) {
	zones := []string{"eu-1a", "eu-1b", "eu-1c"}
	s.hosts = s.names.nodes(count)
	for i, name := range s.hosts {
		annotations := object{prefix + "address": fmt.Sprintf("10.20.%d.%d", i/4, 10+i), prefix + "cpu": "8", prefix + "memory": "32Gi", prefix + "kubelet-version": s.kubelet}
		labels := object{
			"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
			"topology.kubernetes.io/region": "eu-1", "topology.kubernetes.io/zone": zones[i%len(zones)],
			"node.kubernetes.io/instance-type": "m6.xlarge",
		}
		for _, m := range more {
			for key, value := range m {
				annotations[prefix+key] = value
			}
		}
		s.put(object{"apiVersion": "v1", "kind": "Node", "metadata": object{"name": name, "labels": labels, "annotations": annotations}})
	}
	s.until("nodes are Ready", 30*time.Second, func() (bool, error) {
		list, err := s.c.client.CoreV1().Nodes().List(s.ctx, metav1.ListOptions{})
		ready := 0
		for i := range list.Items {
			for _, condition := range list.Items[i].Status.Conditions {
				if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
					ready++
				}
			}
		}
		return ready >= count, err
	})
}

// namespace makes one, with labels.
func (s *set) namespace(labels ...string) string {
	name := s.names.namespace()
	return s.namespaceCalled(name, labels...)
}

func (s *set) namespaceCalled(name string, labels ...string) string {
	meta := object{"name": name}
	if len(labels) > 0 {
		set := object{}
		for i := 0; i+1 < len(labels); i += 2 {
			set[labels[i]] = labels[i+1]
		}
		meta["labels"] = set
	}
	s.namespaces = append(s.namespaces, name)
	s.put(object{"apiVersion": "v1", "kind": "Namespace", "metadata": meta})
	return name
}

// app thinks of a workload in a namespace; deploy makes it.
func (s *set) app(ns string) *app {
	name := s.names.app()
	return &app{
		kind: "Deployment", ns: ns, name: name, image: s.registry() + "/" + name + ":" + s.version(), replicas: s.between(2, 4),
		container: object{}, pod: object{}, spec: object{}, labels: map[string]string{}, play: map[string]string{}, service: s.chance(60),
	}
}

// apps thinks of several.
func (s *set) apps(ns string, count int) []*app {
	out := make([]*app, count)
	for i := range out {
		out[i] = s.app(ns)
	}
	return out
}

// deploy applies workloads and their Services.
func (s *set) deploy(apps ...*app) {
	for _, a := range apps {
		if a.service && a.kind != "Job" && a.kind != "CronJob" {
			s.put(a.serviceObject())
		}
		s.put(a.manifest())
	}
}

// begins says that all before was ordinary life, and lets it settle first.
func (s *set) begins() {
	s.settled()
	s.do("pause", func() error { return pause(s.ctx, 1200*time.Millisecond) })
	s.began = time.Now().UTC()
}

// rest lets time pass in which nothing happens.
func (s *set) rest(d time.Duration) {
	s.do("rest", func() error { return pause(s.ctx, d) })
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
