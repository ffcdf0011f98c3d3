package correlate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// town has a Service for each app; needs are "from>to", declared.
func town(apps []string, needs ...string) *cluster.Parts {
	p := &cluster.Parts{At: noon.Add(10 * time.Minute)}
	for _, app := range apps {
		addApp(p, app)
		p.Services = append(p.Services, cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: "shop", Name: app}, Selector: map[string]string{"app": app}})
		appPod(p, app).Template.Endpoints = nil
	}
	for _, n := range needs {
		from, to, _ := strings.Cut(n, ">")
		t := appPod(p, from).Template
		t.Endpoints = append(t.Endpoints, cluster.Endpoint{Host: to, Port: "80", From: "env " + strings.ToUpper(to)})
	}
	return p
}

func appPod(p *cluster.Parts, app string) *cluster.Pod {
	return &p.Pods[slices.IndexFunc(p.Pods, func(x cluster.Pod) bool { return x.Labels["app"] == app })]
}

func story(p *cluster.Parts) *explainer {
	p.Sources = []cluster.Source{{Resource: cluster.Pods, Objects: 1}}
	s := cluster.New(*p)
	return newExplainer(s, symptom.Recognise(s))
}

// about is a pattern of the exits of apps.
func about(e *explainer, detector string, apps ...string) *Pattern {
	p := &Pattern{ID: detector + strings.Join(apps, "")}
	p.Detector, p.Tier = detector, "stated"
	for i := range e.symptoms {
		if s := &e.symptoms[i]; s.Kind == symptom.Exit && slices.Contains(apps, s.Pod.Labels["app"]) {
			p.Symptoms = append(p.Symptoms, s)
			p.Tally.Pods = append(p.Tally.Pods, s.Object.Key())
			p.Tally.Workloads = append(p.Tally.Workloads, s.Workload.Key())
			p.Tally.First, p.Tally.Ongoing = earlier(p.Tally.First, s.First), true
		}
	}
	return p
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func manyApps(n int) []string {
	out := []string{"db", "cart", "web", "orders"}
	for i := range n {
		out = append(out, fmt.Sprintf("other-%d", i))
	}
	return out
}

// TestFollowsOverSeveralHops: web cannot reach cart, cart cannot reach db.
func TestFollowsOverSeveralHops(t *testing.T) {
	for name, c := range map[string]struct {
		cart, web time.Duration
		words     string
		want      bool
	}{
		"each after what it needs": {time.Minute, 2 * time.Minute, "dial tcp: lookup cart: no such host", true},
		"web before cart":          {time.Minute, -5 * time.Minute, "dial tcp: lookup cart: no such host", false},
		"web calls somebody else":  {time.Minute, 2 * time.Minute, "dial tcp: lookup bank: no such host", false},
		"cart before db":           {-5 * time.Minute, 2 * time.Minute, "dial tcp: lookup cart: no such host", false},
	} {
		p := town(manyApps(1))
		crash(appPod(p, "db"), noon, "panic")
		crash(appPod(p, "cart"), noon.Add(c.cart), "dial tcp: lookup db: no such host")
		crash(appPod(p, "web"), noon.Add(c.web), c.words)
		for i := range p.Pods {
			p.Pods[i].Containers[0].Restarts = min(p.Pods[i].Containers[0].Restarts, 1) // dated by its end
		}
		e := story(p)
		db, web := about(e, "exit-code", "db"), about(e, "exit-code", "web")
		if got := followsOver(e, db, web); got != c.want {
			t.Errorf("%s: follows %v, want %v", name, got, c.want)
		}
		if followsOver(e, web, db) || followsOver(e, db, db) {
			t.Errorf("%s: the other way round", name)
		}
	}
}

// TestManifestsAloneNeedContrast: an address in a manifest carries a failure
// only where those that have it fail, and they alone.
func TestManifestsAloneNeedContrast(t *testing.T) {
	needs := []string{"cart>db", "web>db", "orders>db"}
	for name, c := range map[string]struct {
		others int
		mend   func(*cluster.Parts)
		want   bool
	}{
		"all that need it, and they alone": {20, nil, true},
		"too few to compare with":          {2, nil, false},
		"others need it and are well": {20, func(p *cluster.Parts) {
			for i := range 18 {
				pod := appPod(p, fmt.Sprintf("other-%d", i))
				pod.Template.Endpoints = []cluster.Endpoint{{Host: "db", Port: "80", From: "env DB"}}
			}
		}, false},
		"others fail without it": {20, func(p *cluster.Parts) {
			for i := range 18 {
				crash(appPod(p, fmt.Sprintf("other-%d", i)), noon, "")
			}
		}, false},
		"they say why": {20, func(p *cluster.Parts) {
			crash(appPod(p, "web"), noon.Add(time.Minute), "panic: nil pointer")
		}, false},
		"it serves": {20, func(p *cluster.Parts) {
			appPod(p, "db").Conditions = []cluster.Condition{{Type: "Ready", Status: "True"}}
		}, false},
		"it failed after them": {20, func(p *cluster.Parts) {
			crash(appPod(p, "db"), noon.Add(9*time.Minute), "panic")
		}, false},
	} {
		p := town(manyApps(c.others), needs...)
		crash(appPod(p, "db"), noon, "panic")
		for _, app := range []string{"cart", "web", "orders"} {
			crash(appPod(p, app), noon.Add(time.Minute), "")
		}
		if c.mend != nil {
			c.mend(p)
		}
		for i := range p.Pods {
			p.Pods[i].Containers[0].Restarts = min(p.Pods[i].Containers[0].Restarts, 1)
		}
		e := story(p)
		child := about(e, "exit-code", "cart", "web", "orders")
		if got := declaresParent(e, about(e, "oom-like", "db"), child); got != c.want {
			t.Errorf("%s: follows %v, want %v", name, got, c.want)
		}
	}
}

func TestHintsSayNoMoreThanTheyKnow(t *testing.T) {
	p := town(manyApps(1), "cart>db", "web>db")
	crash(appPod(p, "db"), noon, "panic")
	crash(appPod(p, "cart"), noon.Add(time.Minute), "")
	crash(appPod(p, "web"), noon.Add(time.Minute), "")
	e := story(p)
	child := about(e, "exit-code", "cart", "web")
	want := []string{"may be related: shop/db, which 2 of 2 affected workloads name in their manifests, fails too and did not begin later; nothing that fails says so"}
	if diff := cmp.Diff(want, e.hints(child)); diff != "" {
		t.Error(diff)
	}
	child.ExplainedBy = "something"
	if got := e.hints(child); got != nil {
		t.Errorf("it is explained: %q", got)
	}
	if got := e.hints(about(e, "exit-code", "db")); got != nil {
		t.Errorf("db needs nobody: %q", got)
	}
}

// TestChainOfARootWithoutARollout: db fails, cart and web follow.
func TestChainOfARootWithoutARollout(t *testing.T) {
	p := town(manyApps(1), "cart>db")
	crash(appPod(p, "db"), noon, "panic")
	crash(appPod(p, "cart"), noon.Add(time.Minute), "dial tcp: lookup db: no such host")
	crash(appPod(p, "web"), noon.Add(2*time.Minute), "dial tcp: lookup cart: no such host")
	e := story(p)
	db, rest := about(e, "exit-code", "db"), about(e, "network", "cart", "web")
	db.Explains, rest.ExplainedBy = []string{rest.ID}, db.ID
	e.chain([]*Pattern{db, rest})
	want := []Hop{
		{From: deployment("shop", "db"), To: deployment("shop", "cart"), Lag: time.Minute, Class: "observed", How: "its own words name Service shop/db"},
		{From: deployment("shop", "cart"), To: deployment("shop", "web"), Lag: time.Minute, Class: "observed", How: "its own words name Service shop/cart", Hidden: true},
	}
	if diff := cmp.Diff(want, db.Chain); diff != "" {
		t.Error(diff)
	}
	if len(db.Counter) != 1 || !strings.Contains(db.Counter[0], "dependency of shop/web on shop/cart") || rest.Chain != nil {
		t.Errorf("counter-evidence %q", db.Counter)
	}
	db.Chain, db.Explains, rest.ExplainedBy = nil, nil, ""
	if e.chain([]*Pattern{db, rest}); db.Chain != nil {
		t.Errorf("it explains nothing, yet the chain is told: %+v", db.Chain)
	}
}

// TestAddressesInConfigMaps: where values were read they tell of dependencies
// as the template's own do, by the keys that it refers to.
func TestAddressesInConfigMaps(t *testing.T) {
	p := town(manyApps(1))
	p.Configs = []cluster.Config{{Ref: cluster.Ref{Kind: "ConfigMap", Namespace: "shop", Name: "settings"},
		Endpoints: []cluster.Endpoint{{Host: "db", Port: "5432", From: "DB"}, {Host: "orders", Port: "80", From: "ORDERS"}}}}
	appPod(p, "web").Template.ConfigMaps = []cluster.ConfigRef{{Name: "settings", Via: "env", Key: "DB"}, {Name: "absent"}}
	g := story(p).dependencies()
	web := deployment("shop", "web")
	if len(g.needs[web]) != 1 || g.needs[web][0].To != deployment("shop", "db") {
		t.Fatalf("got %+v", g.needs[web])
	}
	if want := "ConfigMap settings key DB names Service shop/db"; g.needs[web][0].How != want || g.needs[web][0].Class != declared {
		t.Errorf("got %+v", g.needs[web][0])
	}
}

// TestFewerEdgesReachNoOneElse: whoever knows fewer addresses and fewer words
// names no cascade and no dependant that was not named before.
func TestFewerEdgesReachNoOneElse(t *testing.T) {
	r := rand.New(rand.NewPCG(20260302, 5))
	named := 0
	for range 60 {
		seed := r.Uint64()
		all, few := cascadeIn(seed, 1), cascadeIn(seed, .5)
		named += len(few)
		for w := range few {
			if !all[w] {
				t.Fatalf("seed %d: %s is named with fewer edges only", seed, w)
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d dependants are named: this tries nothing", named)
	}
}

// cascadeIn are the dependants that cascades name in a town of random calls,
// of whose addresses and words a part is known.
func cascadeIn(seed uint64, recall float64) map[cluster.Ref]bool {
	r, forget := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2))
	apps := manyApps(8)
	p := town(apps)
	for i, app := range apps[1:] {
		to := apps[r.IntN(i+1)]
		words, at := "dial tcp: lookup "+to+": no such host", noon.Add(time.Duration(10+r.IntN(300))*time.Second)
		fails, knows, hears := r.IntN(3) > 0, forget.Float64() < recall, forget.Float64() < recall
		if r.IntN(3) == 0 {
			words = ""
		}
		if knows {
			appPod(p, app).Template.Endpoints = []cluster.Endpoint{{Host: to, Port: "80", From: "env X"}}
		}
		if fails && hears {
			crash(appPod(p, app), at, words)
		} else if fails {
			crash(appPod(p, app), at, "")
		}
	}
	p.Revisions = append(p.Revisions, cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "db-2"},
		Owner: deployment("shop", "db"), Created: noon, Number: 2, Hash: "2", Template: &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "c", Image: "db:2"}}}})
	out := map[cluster.Ref]bool{}
	e := story(p)
	for _, c := range e.cascades(cascadeDetector) {
		for _, s := range c.Symptoms {
			out[s.Workload.Key()] = true
		}
		for _, h := range e.chains[c.ID()] { // those that may belong to it, too
			out[h.To] = true
		}
	}
	return out
}
