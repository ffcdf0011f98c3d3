package correlate

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func pod(namespace, name string) cluster.Ref {
	return cluster.Ref{Kind: "Pod", Namespace: namespace, Name: name}
}

func deployment(namespace, name string) cluster.Ref {
	return cluster.Ref{Kind: "Deployment", Namespace: namespace, Name: name}
}

// patternOf is a pattern of a detector over pods of workloads ("ns/app": pods).
func patternOf(detector, cause string, first time.Time, nodes []string, pods map[cluster.Ref][]string) *Pattern {
	p := &Pattern{Pattern: detect.Pattern{Detector: detector, Cause: cause, Nodes: nodes}}
	for w, names := range pods {
		for _, n := range names {
			p.Symptoms = append(p.Symptoms, &symptom.Symptom{Object: pod(w.Namespace, n), Workload: w, First: first, Last: first, Count: 1, Ongoing: true})
		}
		p.Key += w.String()
	}
	p.Tally = detect.Sum(p.Symptoms)
	p.Tally.Nodes = append(p.Tally.Nodes, nodes...)
	p.ID = p.Pattern.ID()
	return p
}

// endedAt is a pattern that is over.
func endedAt(at time.Time, p *Pattern) *Pattern {
	for _, s := range p.Symptoms {
		s.Ongoing, s.Last = false, at
	}
	p.Tally = detect.Sum(p.Symptoms)
	return p
}

func inContainer(name string, p *Pattern) *Pattern {
	for _, s := range p.Symptoms {
		s.Container = name
	}
	return p
}

func TestOneIncidentHasOneRoot(t *testing.T) {
	api, web := deployment("shop", "api"), deployment("shop", "web")
	apiPods := map[cluster.Ref][]string{api: {"api-1", "api-2"}}
	both := map[cluster.Ref][]string{api: {"api-1", "api-2"}, web: {"web-1"}}
	for name, c := range map[string]struct {
		parent, child *Pattern
		follows       bool
	}{
		"a rollout that cannot pull follows from the pull": {
			patternOf("image-pull", "auth", noon, nil, both), patternOf("rollout-failure", "image", noon, nil, apiPods), true},
		"not when other pods of the workload are meant": {
			patternOf("image-pull", "auth", noon, nil, map[cluster.Ref][]string{api: {"api-9"}}), patternOf("rollout-failure", "image", noon, nil, apiPods), false},
		"not when the cause comes later": {
			patternOf("image-pull", "auth", noon.Add(5*time.Minute), nil, both), patternOf("rollout-failure", "image", noon, nil, apiPods), false},
		"exits follow from an OOM kill of the same pods": {
			patternOf("oom", "container-limit", noon, nil, apiPods), patternOf("exit-code", "1", noon, nil, apiPods), true},
		"nothing follows from what was over hours before": {
			endedAt(noon.Add(-5*time.Hour), patternOf("oom", "container-limit", noon.Add(-6*time.Hour), nil, apiPods)), patternOf("rollout-failure", "crash", noon, nil, apiPods), false},
		"exits of another container of the same pods do not": {
			inContainer("app", patternOf("oom", "container-limit", noon, nil, apiPods)), inContainer("agent", patternOf("exit-code", "1", noon, nil, apiPods)), false},
		"exits of the same container do": {
			inContainer("app", patternOf("oom", "container-limit", noon, nil, apiPods)), inContainer("app", patternOf("exit-code", "1", noon, nil, apiPods)), true},
		"exits of more pods do not": {
			patternOf("oom", "container-limit", noon, nil, apiPods), patternOf("exit-code", "1", noon, nil, both), false},
		"exits follow from a cascade": {
			patternOf("rollout-cascade", "dependants", noon, nil, both), patternOf("exit-code", "1", noon, nil, both), true},
		"full disk follows from pressure on that node": {
			patternOf("node-pressure", "disk-pressure", noon, []string{"n1"}, nil), withNodes(patternOf("image-pull", "disk-full", noon, nil, apiPods), "n1"), true},
		"and not from pressure elsewhere": {
			patternOf("node-pressure", "disk-pressure", noon, []string{"n2"}, nil), withNodes(patternOf("image-pull", "disk-full", noon, nil, apiPods), "n1"), false},
		"a rollout without pods follows from the quota that lets none be made": {
			ofWorkloads(patternOf("admission", "quota", noon, nil, nil), api, web), ofWorkloads(patternOf("rollout-failure", "deadline", noon.Add(10*time.Minute), nil, nil), api), true},
		"not from another workload's quota": {
			ofWorkloads(patternOf("admission", "quota", noon, nil, nil), web), ofWorkloads(patternOf("rollout-failure", "deadline", noon.Add(10*time.Minute), nil, nil), api), false},
		"a Job that gave up follows from the image that its pods could not pull": {
			patternOf("image-pull", "not-found", noon, nil, apiPods), ofWorkloads(patternOf("job-failure", "backoff-limit", noon.Add(-time.Minute), nil, nil), api), true},
		"plain exits follow from the Job that they make give up, though they came first": {
			patternOf("job-failure", "backoff-limit", noon.Add(time.Hour), nil, apiPods), patternOf("exit-code", "1", noon, nil, apiPods), true},
		"pods that find no place follow from the node that lost them": {
			ofWorkloads(patternOf("node-failure", "unreachable", noon, []string{"n1"}, nil), api, web), patternOf("scheduling", "insufficient-cpu", noon.Add(time.Minute), nil, apiPods), true},
		"and not from a node that none of theirs was on": {
			ofWorkloads(patternOf("node-failure", "unreachable", noon, []string{"n1"}, nil), web), patternOf("scheduling", "insufficient-cpu", noon.Add(time.Minute), nil, apiPods), false},
		"a file system that turned read-only follows from the kernel trouble of its node": {
			ofWorkloads(patternOf("node-failure", "kernel", noon, []string{"n1"}, nil)), withNodes(patternOf("storage", "read-only", noon.Add(time.Minute), nil, apiPods), "n1"), true},
		"and not from that of another": {
			ofWorkloads(patternOf("node-failure", "kernel", noon, []string{"n2"}, nil)), withNodes(patternOf("storage", "read-only", noon.Add(time.Minute), nil, apiPods), "n1"), false},
		"stale configuration that nothing suffers from explains nothing": {
			ofTier(patternOf("stale-config", "changed-after-start", noon, nil, apiPods), detect.Observation), patternOf("exit-code", "1", noon, nil, apiPods), false},
		"probes that time out follow from too little CPU": {
			patternOf("cpu-throttling", "cfs-quota", noon, nil, both),
			saying(patternOf("probe", "liveness", noon, nil, apiPods), `Liveness probe failed: Get "http://10.1.0.7:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`), true},
		"and so do commands": {
			patternOf("cpu-throttling", "cfs-quota", noon, nil, both),
			saying(patternOf("probe", "readiness", noon, nil, apiPods), `Readiness probe failed: command timed out: "/bin/check" timed out after 1s`), true},
		"probes that are answered with a failure do not": {
			patternOf("cpu-throttling", "cfs-quota", noon, nil, both),
			saying(patternOf("probe", "readiness", noon, nil, apiPods), "Readiness probe failed: HTTP probe failed with statuscode: 500"), false},
		"refused credentials do not follow from pressure": {
			patternOf("node-pressure", "disk-pressure", noon, []string{"n1"}, nil), withNodes(patternOf("image-pull", "auth", noon, nil, apiPods), "n1"), false},
	} {
		t.Run(name, func(t *testing.T) {
			(&explainer{s: cluster.New(cluster.Parts{})}).nest([]*Pattern{c.child, c.parent})
			if got := c.child.ExplainedBy == c.parent.ID; got != c.follows {
				t.Errorf("explained by %q", c.child.ExplainedBy)
			}
			if c.follows != slices.Contains(c.parent.Explains, c.child.ID) {
				t.Errorf("the parent explains %v", c.parent.Explains)
			}
		})
	}
}

func ofWorkloads(p *Pattern, workloads ...cluster.Ref) *Pattern {
	p.Tally.Workloads = workloads
	p.Tally.First, p.Tally.Ongoing = noon, true
	return p
}

func saying(p *Pattern, message string) *Pattern {
	for _, s := range p.Symptoms {
		s.Message = message
	}
	return p
}

func ofTier(p *Pattern, t detect.Tier) *Pattern {
	p.Tier = t
	return p
}

// A dependency's rollout is named for a caller that says that it cannot reach
// it, and not for one that says so of another.
func TestADependencysRolloutIsLinked(t *testing.T) {
	s, symptoms := shop(t, nil)
	e := newExplainer(s, symptoms)
	for host, want := range map[string]string{"api": "dependency of 1 of 1 affected workloads", "elsewhere.example": ""} {
		p := patternOf("network", "connection-refused", noon.Add(10*time.Second), nil, map[cluster.Ref][]string{deployment("shop", "cart"): {"cart-1-x"}})
		p.Symptoms[0].Target = symptom.Connection{Class: "refused", Host: host}
		got := ""
		for _, c := range e.linked(p) {
			if c.Object == deployment("shop", "api") {
				got = c.Link
			}
		}
		if got != want {
			t.Errorf("%s: linked by %q, want %q", host, got, want)
		}
	}
}

// Neither a warning that nobody knows nor an old setting makes a pod fail;
// only the latter keeps it from standing for the healthy.
func TestWhoCountsAsFailing(t *testing.T) {
	s, _ := shop(t, nil)
	for kind, want := range map[symptom.Kind][2]int{symptom.Unclassified: {0, 4}, symptom.Stale: {0, 3}, symptom.Throttling: {0, 3}, symptom.Probe: {1, 3}} {
		for i := range s.Pods {
			s.Pods[i].Conditions = []cluster.Condition{{Type: "Ready", Status: "True"}}
		}
		e := newExplainer(s, []symptom.Symptom{{Kind: kind, Object: pod("shop", "search-1-x"), Workload: deployment("shop", "search"), Ongoing: true}})
		if len(e.failing) != want[0] || len(e.healthy) != want[1] {
			t.Errorf("%s: %d failing, %d healthy, want %v", kind, len(e.failing), len(e.healthy), want)
		}
	}
}

// A workload that the API server lets make no pods has what it asks for.
func TestFactorsOfWorkloadsWithoutPods(t *testing.T) {
	s, symptoms := shop(t, func(p *cluster.Parts) {
		p.Workloads = append(p.Workloads, cluster.Workload{Ref: deployment("team", "tiny"), Desired: 2, Template: &cluster.Template{ServiceAccount: "robot"}})
	})
	e := newExplainer(s, symptoms)
	p := ofWorkloads(patternOf("admission", "limit-range", noon, nil, nil), deployment("team", "tiny"))
	for value, want := range map[string]int{"robot": 1, "nobody": 0} {
		f := detect.Factor{Attribute: "serviceAccount", Value: value, Holds: func(p *cluster.Pod) bool {
			return p.Namespace == "team" && p.Template.ServiceAccount == value
		}}
		if got := e.shared(p, f); got.Affected != want || got.AffectedOf != 1 {
			t.Errorf("%s: %d of %d affected", value, got.Affected, got.AffectedOf)
		}
	}
}

// Each of two causes touches a part of what follows: together they explain it,
// alone neither does, and it goes to the one that touches more.
func TestSeveralCausesExplainTogether(t *testing.T) {
	api := deployment("shop", "api")
	child := func() *Pattern {
		return patternOf("rollout-failure", "crash", noon, nil, map[cluster.Ref][]string{api: {"api-1", "api-2", "api-3"}})
	}
	most := patternOf("missing-config", "secret", noon, nil, map[cluster.Ref][]string{api: {"api-1", "api-2"}})
	rest := patternOf("image-pull", "auth", noon, nil, map[cluster.Ref][]string{api: {"api-3"}})
	e := &explainer{s: cluster.New(cluster.Parts{})}
	alone, together := child(), child()
	e.nest([]*Pattern{alone, most})
	e.nest([]*Pattern{rest, together, most})
	if alone.ExplainedBy != "" || together.ExplainedBy != most.ID {
		t.Errorf("alone explained by %q, together by %q", alone.ExplainedBy, together.ExplainedBy)
	}
}

// What follows began on one workload later than on the other, and so did its
// cause there.
func TestEachCauseExplainsItsPart(t *testing.T) {
	api, web := deployment("shop", "api"), deployment("shop", "web")
	later := noon.Add(20 * time.Minute)
	early := patternOf("network", "tls", noon, nil, map[cluster.Ref][]string{api: {"api-1"}})
	late := patternOf("network", "tls", later, nil, map[cluster.Ref][]string{web: {"web-1"}})
	child := patternOf("exit-code", "1", noon, nil, map[cluster.Ref][]string{api: {"api-1"}, web: {"web-1"}})
	for _, s := range child.Symptoms {
		if s.Workload == web {
			s.First = later
		}
	}
	(&explainer{s: cluster.New(cluster.Parts{})}).nest([]*Pattern{child, late, early})
	if child.ExplainedBy == "" {
		t.Error("not explained")
	}
}

// Two dependencies fail; what each's callers say goes to the one that they
// name, and a peer that no pattern is about explains nothing.
func TestCallersFollowFromWhatTheyCannotReach(t *testing.T) {
	s, _ := shop(t, func(p *cluster.Parts) { p.Pods[0].IP = "10.1.0.9" }) // of api: what a headless Service answers with
	e := &explainer{s: s}
	down := patternOf("oom", "container-limit", noon, nil, map[cluster.Ref][]string{deployment("shop", "api"): {"api-1-x"}})
	other := patternOf("oom", "container-limit", noon, nil, map[cluster.Ref][]string{deployment("shop", "search"): {"search-1-x"}})
	calls := func(host string) *Pattern {
		p := patternOf("network", "connection-refused", noon.Add(time.Minute), nil, map[cluster.Ref][]string{deployment("shop", "cart"): {"cart-1-x"}})
		p.Symptoms[0].Target = symptom.Connection{Class: "refused", Host: host, Port: "80"}
		return p
	}
	for host, want := range map[string]string{"api": down.ID, "10.0.0.1": down.ID, "api.shop.svc": down.ID, "10.1.0.9": down.ID, "10.1.0.7": "", "db.elsewhere.example": ""} {
		caller := calls(host)
		down.Explains, other.Explains = nil, nil
		e.nest([]*Pattern{other, caller, down})
		if caller.ExplainedBy != want {
			t.Errorf("%s: explained by %q, want %q", host, caller.ExplainedBy, want)
		}
	}
}

// Pods without a network follow from the plugin's agent on their own node.
func TestSandboxesFollowFromTheirAgent(t *testing.T) {
	agent := func(name, node string) *Pattern {
		p := patternOf("exit-code", "1", noon, nil, map[cluster.Ref][]string{{Kind: "DaemonSet", Namespace: "kube-system", Name: name}: {name + "-x"}})
		p.Symptoms[0].Node = node
		return p
	}
	for _, c := range []struct {
		agent, on, driver string
		follows           bool
	}{
		{"calico-node", "w-1", "calico", true},
		{"aws-node", "w-1", "aws-cni", true},
		{"ebs-csi-node", "w-1", "ebs.csi.aws.com", true},
		{"calico-node", "w-2", "calico", false}, // another node
		{"log-shipper", "w-1", "calico", false},
		{"node-exporter", "w-1", "", false},
	} {
		child := patternOf("network", "sandbox", noon.Add(time.Minute), nil, map[cluster.Ref][]string{deployment("shop", "api"): {"api-1"}})
		child.Symptoms[0].Node, child.Symptoms[0].Driver = "w-1", c.driver
		(&explainer{s: cluster.New(cluster.Parts{})}).nest([]*Pattern{child, agent(c.agent, c.on)})
		if (child.ExplainedBy != "") != c.follows {
			t.Errorf("%+v: explained by %q", c, child.ExplainedBy)
		}
	}
}

// Names that are not resolved follow from the name server's own trouble where
// it does not answer, and not where it answers that there is no such name.
func TestNamesFollowFromTheirServer(t *testing.T) {
	s, _ := shop(t, func(p *cluster.Parts) {
		p.Services[0].Selector = map[string]string{"k8s-app": "kube-dns", "app": "api"}
		for i := range p.Pods {
			p.Pods[i].Labels["k8s-app"] = "kube-dns"
		}
	})
	down := patternOf("exit-code", "1", noon, nil, map[cluster.Ref][]string{deployment("shop", "api"): {"api-1-x"}})
	for server, want := range map[string]string{"10.0.0.1:53": down.ID, "169.254.20.10:53": down.ID, symptom.UnnamedNameServer: down.ID, "": ""} {
		p := patternOf("network", "dns", noon.Add(time.Minute), nil, map[cluster.Ref][]string{deployment("shop", "cart"): {"cart-1-x"}})
		p.Symptoms[0].Cause, p.Symptoms[0].Item = symptom.NetworkDNS, server
		p.Symptoms[0].Target = symptom.Connection{Class: "dns", Host: "mail.example"}
		down.Explains = nil
		(&explainer{s: s}).nest([]*Pattern{p, down})
		if p.ExplainedBy != want {
			t.Errorf("server %q: explained by %q, want %q", server, p.ExplainedBy, want)
		}
	}
}

func withNodes(p *Pattern, nodes ...string) *Pattern {
	p.Tally.Nodes = nodes
	return p
}

func TestContrastDecidesWhatCrashesFollowFrom(t *testing.T) {
	pods := map[cluster.Ref][]string{deployment("shop", "api"): {"api-1"}}
	for _, contrast := range []bool{true, false} {
		rollout, exit := patternOf("rollout-failure", "crash", noon, nil, pods), patternOf("exit-code", "1", noon, nil, pods)
		rollout.Contrast = contrast
		(&explainer{s: cluster.New(cluster.Parts{})}).nest([]*Pattern{exit, rollout})
		root := exit
		if contrast { // the old revision is well: the rollout is what differs
			root = rollout
		}
		if root.ExplainedBy != "" || len(root.Explains) != 1 {
			t.Errorf("contrast %v: rollout explained by %q, exit by %q", contrast, rollout.ExplainedBy, exit.ExplainedBy)
		}
	}
}

func TestNothingExplainsItself(t *testing.T) {
	pods := map[cluster.Ref][]string{deployment("shop", "api"): {"api-1"}}
	ps := []*Pattern{patternOf("rollout-failure", "crash", noon, nil, pods), patternOf("exit-code", "1", noon, nil, pods),
		patternOf("rollout-cascade", "dependants", noon, nil, pods), patternOf("oom", "container-limit", noon, nil, pods)}
	ps[0].Contrast = true
	ps[2].Change = &cluster.Change{Object: deployment("shop", "api")}
	(&explainer{s: cluster.New(cluster.Parts{})}).nest(ps)
	byID := map[string]*Pattern{}
	for _, p := range ps {
		byID[p.ID] = p
	}
	for _, p := range ps {
		steps := 0
		for q := p; q != nil; q = byID[q.ExplainedBy] {
			if steps++; steps > len(ps) {
				t.Fatalf("%s explains itself", p.ID)
			}
		}
	}
	if got := ordered(ps); len(got) != len(ps) {
		t.Errorf("%d of %d patterns are left after ordering", len(got), len(ps))
	}
}

func TestOrderPutsRootsFirstAndWorstFirst(t *testing.T) {
	w := map[cluster.Ref][]string{deployment("a", "b"): {"p"}}
	info, critical, warning := patternOf("oom", "x", noon, nil, w), patternOf("oom", "y", noon, nil, w), patternOf("oom", "z", noon, nil, w)
	child := patternOf("exit-code", "1", noon, nil, w)
	info.Severity, critical.Severity, warning.Severity, child.Severity = Info, Critical, Warning, Critical
	child.ExplainedBy = warning.ID
	want := []*Pattern{critical, warning, child, info}
	for range 10 {
		got := ordered([]*Pattern{child, info, warning, critical})
		if !slices.Equal(got, want) {
			t.Fatalf("got %v", ids(got))
		}
	}
}

func ids(ps []*Pattern) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Cause)
	}
	return out
}

// shop is a small cluster: api is rolled out at noon, and three others name
// its Service; two of these crash ten seconds later.
func shop(t *testing.T, mend func(*cluster.Parts)) (*cluster.Snapshot, []symptom.Symptom) {
	t.Helper()
	p := cluster.Parts{At: noon.Add(2 * time.Minute)}
	p.Services = []cluster.Service{{Ref: cluster.Ref{Kind: "Service", Namespace: "shop", Name: "api"}, ClusterIPs: []string{"10.0.0.1"}, Selector: map[string]string{"app": "api"}}}
	for _, app := range []string{"api", "cart", "orders", "search"} {
		addApp(&p, app)
	}
	p.Revisions = append(p.Revisions, cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "api-2"},
		Owner: deployment("shop", "api"), Created: noon, Number: 2, Hash: "2", Template: &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "c", Image: "api:2"}}}})
	for i := range p.Pods {
		if name := p.Pods[i].Labels["app"]; name == "cart" || name == "orders" {
			crash(&p.Pods[i], noon.Add(10*time.Second), "dial tcp 10.0.0.1:80: connect: connection refused")
		}
	}
	if mend != nil {
		mend(&p)
	}
	p.Sources = []cluster.Source{{Resource: cluster.Pods, Objects: 1}, {Resource: cluster.Services, Objects: 1},
		{Resource: cluster.Deployments, Objects: 1}, {Resource: cluster.ReplicaSets, Objects: 1}}
	s := cluster.New(p)
	return s, symptom.Recognise(s)
}

func addApp(p *cluster.Parts, app string) {
	tpl := &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "c", Image: app + ":1"}}}
	if app != "api" {
		tpl.Endpoints = []cluster.Endpoint{{Host: "api.shop", Port: "80", From: "env API"}}
	}
	p.Workloads = append(p.Workloads, cluster.Workload{Ref: deployment("shop", app), Desired: 1, Ready: 1, Created: noon.Add(-24 * time.Hour)})
	p.Revisions = append(p.Revisions, cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: app + "-1"},
		Owner: deployment("shop", app), Created: noon.Add(-24 * time.Hour), Number: 1, Hash: "1", Template: tpl})
	p.Pods = append(p.Pods, cluster.Pod{Ref: pod("shop", app+"-1-x"), Created: noon.Add(-24 * time.Hour),
		Owner: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: app + "-1"}, Template: tpl, Phase: "Running",
		Labels:     map[string]string{"app": app, "pod-template-hash": "1"},
		Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}},
		Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "c", Role: cluster.Regular}, Ready: true, State: cluster.State{Phase: cluster.Running}}}})
}

func crash(p *cluster.Pod, at time.Time, message string) {
	p.Conditions = []cluster.Condition{{Type: "Ready", Status: "False", Reason: "ContainersNotReady"}}
	p.Containers[0].Ready, p.Containers[0].Restarts = false, 3
	p.Containers[0].State = cluster.State{Phase: cluster.Waiting, Reason: "CrashLoopBackOff"}
	p.Containers[0].Ended = &cluster.State{Phase: cluster.Terminated, Reason: "Error", ExitCode: 1, FinishedAt: at, Message: message}
}

var cascadeDetector = &detect.Detector{Name: "rollout-cascade", Category: "deployment", Needs: []cluster.Resource{cluster.Pods}}

func TestCascade(t *testing.T) {
	find := func(p *cluster.Parts, app string) *cluster.Pod {
		i := slices.IndexFunc(p.Pods, func(x cluster.Pod) bool { return x.Labels["app"] == app })
		return &p.Pods[i]
	}
	for name, c := range map[string]struct {
		mend func(*cluster.Parts)
		want int
		tier detect.Tier
	}{
		"two dependants say so themselves": {nil, 1, detect.Strong},
		"one of them only by its environment": {func(p *cluster.Parts) {
			crash(find(p, "orders"), noon.Add(10*time.Second), "")
		}, 1, detect.Suggestive},
		"nobody says so": {func(p *cluster.Parts) {
			crash(find(p, "orders"), noon.Add(10*time.Second), "")
			crash(find(p, "cart"), noon.Add(10*time.Second), "")
		}, 0, ""},
		"a single dependant": {func(p *cluster.Parts) {
			crash(find(p, "orders"), noon.Add(10*time.Second), "dial tcp 10.9.9.9:80: connect: connection refused")
		}, 0, ""},
		"failed before the rollout": {func(p *cluster.Parts) {
			crash(find(p, "orders"), noon.Add(-time.Minute), "dial tcp 10.0.0.1:80: connect: connection refused")
		}, 0, ""},
		"long after the rollout": {func(p *cluster.Parts) {
			p.At = noon.Add(time.Hour)
			crash(find(p, "orders"), noon.Add(50*time.Minute), "dial tcp 10.0.0.1:80: connect: connection refused")
		}, 0, ""},
		"restarted too often to have begun after the rollout": {func(p *cluster.Parts) {
			find(p, "orders").Containers[0].Restarts = 900
		}, 0, ""},
		"no rollout": {func(p *cluster.Parts) { p.Revisions = p.Revisions[:4] }, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, symptoms := shop(t, c.mend)
			got := newExplainer(s, symptoms).cascades(cascadeDetector)
			if len(got) != c.want {
				t.Fatalf("got %d cascades, want %d", len(got), c.want)
			}
			if c.want == 0 {
				return
			}
			p := got[0]
			if p.Tier != c.tier || p.Change == nil || p.Change.Object != deployment("shop", "api") {
				t.Errorf("tier %s, change %+v", p.Tier, p.Change)
			}
			if want := "2 workloads that depend on shop/api are failing, first 10s after its rollout"; p.Title != want {
				t.Errorf("title %q", p.Title)
			}
			if want := []string{"1 workload with the same dependency did not fail"}; !slices.Equal(p.Counter, want) {
				t.Errorf("counter-evidence %q: search names it too and is well", p.Counter)
			}
		})
	}
}

func TestStoryCountsTheHealthyBeside(t *testing.T) {
	s, symptoms := shop(t, nil)
	suite := detect.Suite{cascadeDetector}
	story := Explain(nil, s, suite, symptoms, nil, nil)
	if len(story.Patterns) != 1 || len(story.Failing) != 2 {
		t.Fatalf("%d patterns, %d failing", len(story.Patterns), len(story.Failing))
	}
	f := story.Patterns[0].Shared[0]
	if f.Affected != 2 || f.AffectedOf != 2 || f.Healthy != 1 || f.HealthyOf != 2 {
		t.Errorf("factor %+v: cart and orders fail, search is well and names it, api does not", f)
	}
	m := story.Matrix
	want := [][]Cell{{{Unit: "workloads", Affected: 2, Of: 2, Healthy: 1, HealthyOf: 2}}}
	if diff := cmp.Diff(want, m.Cells); diff != "" {
		t.Error(diff)
	}
	if hidden := story.Only(func(*Pattern) bool { return false }); len(hidden.Patterns)+len(hidden.Matrix.Rows)+len(hidden.Tree) != 0 {
		t.Errorf("what is hidden still shows: %+v", hidden)
	}
}

func TestChanceOfAChangeInTheWindowAnyway(t *testing.T) {
	s, symptoms := shop(t, nil)
	story := Explain(nil, s, detect.Suite{cascadeDetector}, symptoms, nil, nil)
	c := story.Patterns[0].Changes
	if len(c) != 1 || c[0].Lead != 10*time.Second {
		t.Fatalf("changes %+v", c)
	}
	// One linked change in 24 hours, a window of ten minutes.
	if want := 10.0 / (24 * 60); math.Abs(c[0].Chance-want) > 1e-3 {
		t.Errorf("chance %.4f, want %.4f", c[0].Chance, want)
	}
}

func TestShuffledInputTellsTheSameStory(t *testing.T) {
	var first string
	for i := range 8 {
		s, symptoms := shop(t, func(p *cluster.Parts) {
			for range i {
				p.Pods = append(p.Pods[1:], p.Pods[0])
				p.Workloads = append(p.Workloads[1:], p.Workloads[0])
				p.Revisions = append(p.Revisions[1:], p.Revisions[0])
			}
		})
		story := Explain(nil, s, detect.Suite{cascadeDetector}, symptoms, nil, nil)
		text := fmt.Sprintf("%+v %+v %+v", story.Patterns[0].Title, story.Tree, story.Timeline)
		if first == "" {
			first = text
		}
		if text != first {
			t.Fatalf("order of input shows:\n%s\n%s", first, text)
		}
	}
}

// What no detector knows must not pass for healthy.
func TestFailingPodsThatNothingExplainsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		mend func(*cluster.Pod)
		want bool
	}{
		"ready":               {func(*cluster.Pod) {}, false},
		"unready for long":    {unready(noon.Add(-time.Hour)), true},
		"still starting":      {unready(noon.Add(time.Minute)), false},
		"cannot be scheduled": {func(p *cluster.Pod) { unschedulable(p) }, true},
		"finished":            {func(p *cluster.Pod) { unready(noon.Add(-time.Hour))(p); p.Phase = "Succeeded" }, false},
		"being deleted":       {func(p *cluster.Pod) { unready(noon.Add(-time.Hour))(p); p.Deleting = noon }, false},
		"refused by the kubelet": {func(p *cluster.Pod) {
			unready(noon.Add(time.Minute))(p)
			p.Containers[0].State = cluster.State{Phase: cluster.Waiting, Reason: "CreateContainerConfigError"}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, symptoms := shop(t, func(p *cluster.Parts) {
				for i := range p.Pods {
					unready(time.Time{})(&p.Pods[i])
					p.Pods[i].Conditions[0].Status = "True"
					p.Pods[i].Containers[0] = cluster.Container{ContainerIdentity: &cluster.ContainerIdentity{Name: "c", Role: cluster.Regular}, Ready: true, State: cluster.State{Phase: cluster.Running}}
				}
				c.mend(&p.Pods[0])
			})
			story := Explain(nil, s, nil, symptoms, nil, nil)
			if got := len(story.Unexplained) == 1; got != c.want {
				t.Errorf("unexplained %v of %d", story.Unexplained, story.Looked)
			}
			if story.Looked != 4 {
				t.Errorf("looked at %d pods", story.Looked)
			}
		})
	}
}

func unready(since time.Time) func(*cluster.Pod) {
	return func(p *cluster.Pod) {
		p.Created = noon.Add(-2 * time.Hour)
		p.Conditions = []cluster.Condition{{Type: "Ready", Status: "False", Reason: "ContainersNotReady", Transition: since}}
	}
}

func unschedulable(p *cluster.Pod) {
	unready(noon.Add(time.Minute))(p)
	p.Conditions = append(p.Conditions, cluster.Condition{Type: "PodScheduled", Status: "False", Reason: "Unschedulable"})
}

func TestAnIncidentIsAsBadAsWhatFollows(t *testing.T) {
	pods := map[cluster.Ref][]string{deployment("shop", "api"): {"api-1"}}
	parent, child := patternOf("oom", "container-limit", noon, nil, pods), patternOf("exit-code", "1", noon, nil, pods)
	parent.Severity, child.Severity = Warning, Critical
	(&explainer{s: cluster.New(cluster.Parts{})}).nest([]*Pattern{parent, child})
	if parent.Severity != Critical {
		t.Errorf("the root is %s, what follows from it critical", parent.Severity)
	}
}

// A remedy is no cause: a restart after the failure is not named before it.
func TestChangesAfterTheFirstFailureAreNotNamed(t *testing.T) {
	s, symptoms := shop(t, func(p *cluster.Parts) {
		p.Revisions = append(p.Revisions, cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "cart-2"},
			Owner: deployment("shop", "cart"), Created: noon.Add(14 * time.Second), Number: 2, Hash: "2",
			Template: &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "c", Image: "cart:1"}}, RestartedAt: "now"}})
	})
	for _, c := range Explain(nil, s, detect.Suite{cascadeDetector}, symptoms, nil, nil).Patterns[0].Changes {
		if c.Object != deployment("shop", "api") {
			t.Errorf("named before the failure: %+v", c.Change)
		}
	}
}

func TestHiddenPatternsAreCounted(t *testing.T) {
	s, symptoms := shop(t, nil)
	story := Explain(nil, s, detect.Suite{cascadeDetector}, symptoms, nil, nil)
	if got := story.Only(func(*Pattern) bool { return false }).Hidden; got != 1 {
		t.Errorf("%d hidden, want 1", got)
	}
}
