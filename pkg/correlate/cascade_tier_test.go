package correlate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// probeFails lets the readiness probe of an app fail from a time on.
func probeFails(p *cluster.Parts, app string, at time.Duration, message string) {
	pod := appPod(p, app)
	pod.Conditions = []cluster.Condition{{Type: "Ready", Status: "False", Reason: "ContainersNotReady", Transition: noon.Add(at)}}
	pod.Containers[0].Ready = false
	pod.Template.Containers[0].Readiness = cluster.Probe{Handler: "http :8080/ready", Period: 10, Failures: 3}
	p.Events = append(p.Events, cluster.Event{Object: pod.Ref, Container: "c", Warning: true, Reason: "Unhealthy", Component: "kubelet",
		Message: "Readiness probe failed: " + message, First: noon.Add(at), Last: p.At, Count: 9})
}

const unavailable = "HTTP probe failed with statuscode: 503"

// What is sure of a cascade is what most of those that failed say themselves.
func TestTierOfACascade(t *testing.T) {
	for name, c := range map[string]struct {
		mend func(*cluster.Parts)
		tier detect.Tier
	}{
		"as many fail without a word": {func(p *cluster.Parts) {
			for _, app := range []string{"x", "y"} {
				addApp(p, app)
				appPod(p, app).Template.Endpoints = nil
				crash(appPod(p, app), noon.Add(time.Minute), "")
			}
		}, detect.Suggestive},
		"one fails without a word": {func(p *cluster.Parts) {
			addApp(p, "x")
			appPod(p, "x").Template.Endpoints = nil
			crash(appPod(p, "x"), noon.Add(time.Minute), "")
		}, detect.Strong},
		"as many fail long before": {func(p *cluster.Parts) {
			for _, app := range []string{"x", "y"} {
				addApp(p, app)
				crash(appPod(p, app), noon.Add(-time.Hour), "")
			}
		}, detect.Strong},
		"what was rolled out fails without a word, after another": {func(p *cluster.Parts) {
			addApp(p, "x")
			crash(appPod(p, "x"), noon, "")
			crash(appPod(p, "api"), noon.Add(5*time.Second), "")
		}, detect.Suggestive},
		"what was rolled out fails by its own words, after another": {func(p *cluster.Parts) {
			addApp(p, "x")
			crash(appPod(p, "x"), noon, "")
			crash(appPod(p, "api"), noon.Add(5*time.Second), "panic: no table orders")
		}, detect.Strong},
		"what was rolled out fails without a word, before all others": {func(p *cluster.Parts) {
			crash(appPod(p, "api"), noon.Add(time.Second), "")
		}, detect.Strong},
	} {
		s, symptoms := shop(t, c.mend)
		got := newExplainer(s, symptoms).cascades(cascadeDetector)
		if len(got) != 1 || got[0].Tier != c.tier {
			t.Errorf("%s: want %s, got %+v", name, c.tier, got)
		}
	}
}

// A dependant whose probe alone fails belongs to the chain by the address that
// it was given; one that has none, failed before, or says what else is wrong
// does not.
func TestProbesJoinACascade(t *testing.T) {
	search := deployment("shop", "search")
	for name, c := range map[string]struct {
		mend func(*cluster.Parts)
		want bool
	}{
		"names it and answers 503": {func(p *cluster.Parts) { probeFails(p, "search", 40*time.Second, unavailable) }, true},
		"does not name it": {func(p *cluster.Parts) {
			probeFails(p, "search", 40*time.Second, unavailable)
			appPod(p, "search").Template.Endpoints = nil
		}, false},
		"failed before": {func(p *cluster.Parts) { probeFails(p, "search", -time.Minute, unavailable) }, false},
		"says what else is missing": {func(p *cluster.Parts) {
			probeFails(p, "search", 40*time.Second, "HTTP probe failed with statuscode: 404")
		}, false},
	} {
		s, symptoms := shop(t, c.mend)
		e := newExplainer(s, symptoms)
		got := e.cascades(cascadeDetector)
		if len(got) != 1 || got[0].Tier != detect.Strong || slices.ContainsFunc(got[0].Symptoms, func(s *symptom.Symptom) bool { return s.Kind == symptom.Probe }) {
			t.Fatalf("%s: got %+v", name, got)
		}
		at := slices.IndexFunc(e.chains[got[0].ID()], func(h Hop) bool { return h.To == search })
		if (at >= 0) != c.want {
			t.Errorf("%s: chain %+v", name, e.chains[got[0].ID()])
		}
		const may = "may be related: shop/search, which only its manifest ties to it (env API names Service shop/api), began to fail in the same window and does not say why"
		if slices.Contains(got[0].Counter, may) != c.want || strings.Contains(got[0].Factors[0].Note, "search") {
			t.Errorf("%s: counter-evidence %q, factor %q", name, got[0].Counter, got[0].Factors[0].Note)
		}
		if h := e.chains[got[0].ID()]; c.want && (h[at].Class != "declared" || h[at].Lag != 40*time.Second) {
			t.Errorf("%s: hop %+v", name, h[at])
		}
	}
}

// Where one alone says it, another by its probe makes a cascade that may be.
func TestOneWordAndAProbe(t *testing.T) {
	s, symptoms := shop(t, func(p *cluster.Parts) {
		p.Pods[2].Conditions, p.Pods[2].Containers[0] = p.Pods[0].Conditions, p.Pods[0].Containers[0] // orders is well
		probeFails(p, "search", 40*time.Second, unavailable)
	})
	got := newExplainer(s, symptoms).cascades(cascadeDetector)
	if len(got) != 1 || got[0].Tier != detect.Suggestive || len(detect.Sum(got[0].Symptoms).Workloads) != 2 {
		t.Errorf("got %+v", got)
	}
}

// What fails on a node that is down is seen to fail up to 50 seconds late.
func TestFailuresOnANodeThatIsDown(t *testing.T) {
	for _, down := range []bool{true, false} {
		w := deployment("shop", "db")
		symptoms := []symptom.Symptom{{Kind: symptom.Unready, Object: pod("shop", "db"), Workload: w, Node: "n1", First: noon, Ongoing: true}}
		if down {
			symptoms = append(symptoms, symptom.Symptom{Kind: symptom.NodeDown, Object: cluster.Ref{Kind: "Node", Name: "n1"}, Node: "n1", First: noon})
		}
		e := newExplainer(cluster.New(cluster.Parts{At: noon.Add(time.Minute)}), symptoms)
		if got := e.failures()[w].delay; (got == notReadyAfter) != down {
			t.Errorf("node down %v: the delay is %s", down, got)
		}
	}
}
