package correlate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// deep lets web, which calls cart, fail after cart did.
func deep(p *cluster.Parts) {
	p.Services = append(p.Services, cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: "shop", Name: "cart"}, Selector: map[string]string{"app": "cart"}})
	addApp(p, "web")
	web := &p.Pods[len(p.Pods)-1]
	web.Template.Endpoints = []cluster.Endpoint{{Host: "cart", Port: "80", From: "env CART"}}
	crash(web, noon.Add(40*time.Second), "dial tcp: lookup cart on 10.0.0.10:53: no such host")
}

func TestCascadeOverSeveralHops(t *testing.T) {
	s, symptoms := shop(t, func(p *cluster.Parts) {
		deep(p)
		for i := range p.Pods {
			if p.Pods[i].Labels["app"] == "orders" {
				p.Pods[i].Template.Endpoints = nil
			}
		}
	})
	story := Explain(nil, s, detect.Suite{cascadeDetector}, symptoms, nil, nil)
	if len(story.Patterns) != 1 {
		t.Fatalf("%d patterns", len(story.Patterns))
	}
	p := story.Patterns[0]
	api, cart, orders, web := deployment("shop", "api"), deployment("shop", "cart"), deployment("shop", "orders"), deployment("shop", "web")
	want := []Hop{
		{From: api, To: cart, Lag: 10 * time.Second, Class: "observed", How: "its own words name Service shop/api"},
		{From: cart, To: web, Lag: 30 * time.Second, Class: "observed", How: "its own words name Service shop/cart"},
		{From: api, To: orders, Lag: 10 * time.Second, Class: "observed", How: "its own words name Service shop/api", Hidden: true},
	}
	if diff := cmp.Diff(want, p.Chain); diff != "" {
		t.Error(diff)
	}
	if p.Tier != detect.Strong || !slices.Equal(p.Tally.Workloads, []cluster.Ref{cart, orders, web}) {
		t.Errorf("tier %s, workloads %v", p.Tier, p.Tally.Workloads)
	}
	if want := "no manifest that was read declares the dependency of shop/orders on shop/api: only their words tell of it"; !slices.Contains(p.Counter, want) {
		t.Errorf("counter-evidence %q", p.Counter)
	}
	if note := p.Shared[0].Text; !strings.Contains(note, "shop/web by way of shop/cart") {
		t.Errorf("factor %q", note)
	}
}

// TestFurtherHopsNeedWords: an address alone carries no failure on.
func TestFurtherHopsNeedWords(t *testing.T) {
	for name, at := range map[string]struct {
		after   time.Duration
		message string
	}{
		"without words":              {40 * time.Second, "exit"},
		"before what it depends on":  {2 * time.Second, "dial tcp: lookup cart on 10.0.0.10:53: no such host"},
		"about somebody else":        {40 * time.Second, "dial tcp: lookup bank on 10.0.0.10:53: no such host"},
		"long before the rollout":    {-time.Hour, "dial tcp: lookup cart on 10.0.0.10:53: no such host"},
		"after the window is closed": {11 * time.Minute, "dial tcp: lookup cart on 10.0.0.10:53: no such host"},
	} {
		s, symptoms := shop(t, func(p *cluster.Parts) {
			deep(p)
			p.At = noon.Add(12 * time.Minute)
			crash(&p.Pods[len(p.Pods)-1], noon.Add(at.after), at.message)
		})
		got := newExplainer(s, symptoms).cascades(cascadeDetector)
		if len(got) != 1 || slices.Contains(detect.Sum(got[0].Symptoms).Workloads, deployment("shop", "web")) {
			t.Errorf("%s: web is taken along: %+v", name, got)
		}
	}
}

// TestNamedWithoutAnAddress: a declared dependency that the last words name
// says itself what fails.
func TestNamedWithoutAnAddress(t *testing.T) {
	s, symptoms := shop(t, func(p *cluster.Parts) {
		for i := range p.Pods {
			if app := p.Pods[i].Labels["app"]; app == "cart" || app == "orders" {
				crash(&p.Pods[i], noon.Add(10*time.Second), "api: rpc error: code = Unimplemented desc = unknown method Get")
			}
		}
	})
	got := newExplainer(s, symptoms).cascades(cascadeDetector)
	if len(got) != 1 || got[0].Tier != detect.Strong {
		t.Fatalf("got %+v", got)
	}
	if text := got[0].Probable.Text + got[0].Probable.Why; strings.Contains(text, "connect") {
		t.Errorf("nobody said that it could not connect: %s", text)
	}
}
