package fill

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// sampled is one of how many pods is measured: encoding takes longer than making.
const sampled = 100

// tally is what a generated cluster amounts to.
type tally struct {
	digest                    string
	kinds                     map[string]int
	refused, evicted, keyless int
	pods, podBytes            int
	namespaces                map[string]bool // of pods that are refused their image
}

func count(t *testing.T, plan Plan) (tally, Planted) {
	t.Helper()
	hash, out := sha256.New(), tally{kinds: map[string]int{}, namespaces: map[string]bool{}}
	keys := map[string]bool{}
	planted, err := Make(plan, func(key string, o runtime.Object) error {
		if keys[key] {
			t.Errorf("%s twice", key)
		}
		keys[key] = true
		stored, err := encode(o)
		fmt.Fprintf(hash, "%s %d ", key, len(stored))
		hash.Write(stored)
		out.kinds[o.GetObjectKind().GroupVersionKind().Kind]++
		if p, ok := o.(*corev1.Pod); ok {
			out.pod(t, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out.digest = fmt.Sprintf("%x", hash.Sum(nil))
	return out, planted
}

func (c *tally) pod(t *testing.T, p *corev1.Pod) {
	t.Helper()
	c.pods++
	if c.pods%sampled == 0 {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		c.podBytes += len(text)
	}
	if p.Status.Reason == "Evicted" {
		c.evicted++
		return
	}
	waiting := p.Status.ContainerStatuses[0].State.Waiting
	switch {
	case waiting == nil:
	case waiting.Reason == "ImagePullBackOff":
		c.refused++
		c.namespaces[p.Namespace] = true
	case waiting.Reason == "CreateContainerConfigError":
		c.keyless++
	}
}

func TestPlantedAndCounted(t *testing.T) {
	for _, pods := range []int{smallest, 10_000, 30_000} {
		c, planted := count(t, Plan{Pods: pods, Seed: 1, Now: now})
		if c.kinds["Pod"] != pods || c.kinds["Event"] != pods || c.kinds["Node"] != nodeCount {
			t.Errorf("%d pods: made %v", pods, c.kinds)
		}
		if got := (Planted{Refused: c.refused, Evicted: c.evicted, Keyless: c.keyless}); got != planted {
			t.Errorf("%d pods: %+v fail, but %+v are said to", pods, got, planted)
		}
		if sum := c.refused + c.evicted + c.keyless; sum != pods/50 || min(c.refused, c.evicted, c.keyless) == 0 {
			t.Errorf("%d pods: %+v fail, not a fiftieth in three incidents", pods, planted)
		}
		if len(c.namespaces) < 2 {
			t.Errorf("%d pods: the registry refuses one namespace only", pods)
		}
		if size := c.podBytes / (pods / sampled); size < 6_000 || size > 11_000 {
			t.Errorf("a pod has %d bytes of JSON", size)
		}
	}
}

func TestSamePlanSameBytes(t *testing.T) {
	plan := Plan{Pods: smallest, Seed: 1, Now: now}
	first, _ := count(t, plan)
	again, _ := count(t, plan)
	plan.Seed = 2
	other, _ := count(t, plan)
	if first.digest != again.digest {
		t.Error("the same plan made other bytes")
	}
	if first.digest == other.digest {
		t.Error("another seed made the same bytes")
	}
}

func TestPodsOfAnAppHaveTheirOwnNames(t *testing.T) {
	g, seen := &generator{random: rand.New(constant{})}, map[string]bool{}
	for slot := range podsPerApp {
		seen[g.podSuffix(slot)] = true
	}
	if len(seen) != podsPerApp {
		t.Errorf("%d pods share %d names where the same is drawn for all", podsPerApp, len(seen))
	}
}

// constant is a source of randomness that has none.
type constant struct{}

func (constant) Uint64() uint64 { return 1 << 63 }

func TestRefusesWhatHasNoIncidents(t *testing.T) {
	for _, plan := range []Plan{{Pods: smallest - 1, Now: now}, {Pods: smallest}} {
		if _, err := Make(plan, func(string, runtime.Object) error { return nil }); err == nil {
			t.Errorf("%+v was made", plan)
		}
	}
}
