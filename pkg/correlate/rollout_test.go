package correlate

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func viewOf(t *testing.T, mend func(*cluster.Parts)) RolloutView {
	t.Helper()
	s, symptoms := shop(t, mend)
	story := Explain(nil, s, detect.Suite{}, symptoms, nil, nil)
	v, ok := ViewRollout(story, deployment("shop", "api"))
	if !ok {
		t.Fatal("api is not known")
	}
	return v
}

func podOf(p *cluster.Parts, app string) *cluster.Pod {
	return &p.Pods[slices.IndexFunc(p.Pods, func(x cluster.Pod) bool { return x.Labels["app"] == app })]
}

func namesOf(ds []Dependant) []string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Workload.Name)
	}
	return out
}

func TestRolloutContrastsRevisions(t *testing.T) {
	v := viewOf(t, func(p *cluster.Parts) {
		now := *podOf(p, "api")
		now.Ref, now.Labels = pod("shop", "api-2-x"), map[string]string{"app": "api", "pod-template-hash": "2"}
		now.Containers, now.Created = slices.Clone(now.Containers), noon
		crash(&now, noon.Add(5*time.Second), "panic: no schema")
		p.Pods = append(p.Pods, now)
		p.Workloads[0].Revision, p.Workloads[0].Progressing = "2", true
	})
	type row struct {
		label, what            string
		current                bool
		pods, healthy, failing int
	}
	var got []row
	for _, r := range v.Revisions {
		got = append(got, row{r.Label, r.What, r.Current, r.Pods, r.Healthy, r.Failing})
	}
	want := []row{{"2", "image api:1 → 2", true, 1, 0, 1}, {"1", "", false, 1, 1, 0}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Error(diff)
	}
	if v.State != InProgress || !v.Began.Equal(noon) || v.First {
		t.Errorf("%s since %s", v.State, v.Began)
	}
	if len(v.Own) != 1 || v.Own[0].Lag != 5*time.Second || !slices.Equal(v.Own[0].Revisions, []string{"2"}) || len(v.Before) != 0 {
		t.Errorf("own failures %+v", v.Own)
	}
}

func TestRolloutTellsLinkedFromUnlinked(t *testing.T) {
	v := viewOf(t, func(p *cluster.Parts) {
		addApp(p, "mailer")
		mailer := podOf(p, "mailer")
		mailer.Template.Endpoints = nil
		crash(mailer, noon.Add(20*time.Second), "smtp says no")
		crash(podOf(p, "search"), noon.Add(15*time.Second), "dial tcp 10.9.9.9:80: connect: connection refused")
		addApp(p, "blog")
	})
	if got := namesOf(v.Dependants); !slices.Equal(got, []string{"cart", "orders"}) {
		t.Errorf("dependants %v", got)
	}
	if got := namesOf(v.Elsewhere); !slices.Equal(got, []string{"search"}) || !v.Elsewhere[0].SaysOther {
		t.Errorf("what names another peer as out of reach: %+v", v.Elsewhere)
	}
	if d := v.Dependants[0]; d.Class != "observed" || d.Lag != 10*time.Second || d.How == "" || d.Pods != 1 || !d.Ongoing {
		t.Errorf("%+v", d)
	}
	if len(v.Unrelated) != 1 || v.Unrelated[0].Workload.Name != "mailer" || v.Unrelated[0].Lag != 20*time.Second {
		t.Errorf("unrelated %+v", v.Unrelated)
	}
	if !slices.Equal(v.Unhurt, []cluster.Ref{deployment("shop", "blog")}) {
		t.Errorf("unhurt %v", v.Unhurt)
	}
}

// TestRolloutAndTime: what failed before does not fail by it, and what failed
// long after is not told of.
func TestRolloutAndTime(t *testing.T) {
	v := viewOf(t, func(p *cluster.Parts) {
		p.At = noon.Add(20 * time.Minute)
		crash(podOf(p, "orders"), noon.Add(-time.Minute), "dial tcp 10.0.0.1:80: connect: connection refused")
		crash(podOf(p, "search"), noon.Add(12*time.Minute), "dial tcp 10.0.0.1:80: connect: connection refused")
	})
	if len(v.Dependants) != 2 || v.Dependants[0].Workload.Name != "orders" || !v.Dependants[0].Earlier || v.Dependants[1].Earlier {
		t.Errorf("dependants %+v", v.Dependants)
	}
}

func TestRolloutOfWhatDependsOnTheFailing(t *testing.T) {
	s, symptoms := shop(t, func(p *cluster.Parts) {
		crash(podOf(p, "api"), noon.Add(3*time.Second), "panic")
		p.Revisions = append(p.Revisions, cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "cart-2"},
			Owner: deployment("shop", "cart"), Created: noon, Number: 2, Hash: "2"})
	})
	v, _ := ViewRollout(Explain(nil, s, detect.Suite{}, symptoms, nil, nil), deployment("shop", "cart"))
	if got := namesOf(v.Upstream); !slices.Equal(got, []string{"api"}) || v.Upstream[0].Lag != 3*time.Second {
		t.Errorf("upstream %+v", v.Upstream)
	}
	if !v.Revisions[0].Unread || v.Revisions[0].What != "" {
		t.Errorf("a template that was not read differs: %+v", v.Revisions[0])
	}
	if _, ok := ViewRollout(&Story{Snapshot: s}, deployment("shop", "nothing")); ok {
		t.Error("a workload that is not there is told of")
	}
}

func TestRolloutState(t *testing.T) {
	failing := []RevisionView{{Revision: &cluster.Revision{}, Label: "2", Pods: 2, Failing: 2}}
	for name, c := range map[string]struct {
		w    *cluster.Workload
		revs []RevisionView
		want RolloutState
	}{
		"not read": {nil, nil, NotKnown},
		"paused":   {&cluster.Workload{Paused: true, Progressing: true}, nil, Paused},
		"deadline": {&cluster.Workload{Progressing: true, Conditions: []cluster.Condition{{Type: "Progressing", Status: "False", Reason: "ProgressDeadlineExceeded"}}}, failing, Stuck},
		"waits":    {&cluster.Workload{Ref: cluster.Ref{Kind: "StatefulSet"}, Progressing: true}, failing, Stuck},
		"goes on":  {&cluster.Workload{Ref: cluster.Ref{Kind: "Deployment"}, Progressing: true}, failing, InProgress},
		"unready":  {&cluster.Workload{Desired: 2, Updated: 2}, failing, NotReady},
		"complete": {&cluster.Workload{Desired: 2, Updated: 2, Ready: 2}, nil, RolledOut},
	} {
		if got, why := rolloutState(c.w, c.revs); got != c.want || why == "" {
			t.Errorf("%s: %s, %q", name, got, why)
		}
	}
}

// TestRolloutLeavesOtherIncidents: what depends on it and fails by something
// else is told apart, and carries nothing further.
func TestRolloutLeavesOtherIncidents(t *testing.T) {
	v := viewOf(t, func(p *cluster.Parts) {
		orders := podOf(p, "orders")
		orders.Phase, orders.Created = "Pending", noon.Add(20*time.Second)
		orders.Containers[0].State = cluster.State{Phase: cluster.Waiting, Reason: "ImagePullBackOff", Message: "pull access denied"}
		orders.Containers[0].Ended = nil
		p.Services = append(p.Services, cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: "shop", Name: "cart"}, Selector: map[string]string{"app": "cart"}})
		addApp(p, "front")
		front := podOf(p, "front") // it names cart, and nothing says that it misses it
		front.Template.Endpoints = []cluster.Endpoint{{Host: "cart.shop", Port: "80", From: "env CART"}}
		crash(front, noon.Add(30*time.Second), "panic: no config")
	})
	if got := namesOf(v.Dependants); !slices.Equal(got, []string{"cart"}) {
		t.Errorf("told as following: %v", got)
	}
	if got := namesOf(v.Elsewhere); !slices.Equal(got, []string{"orders"}) {
		t.Errorf("elsewhere %v", got)
	}
	if len(v.Unrelated) != 1 || v.Unrelated[0].Workload.Name != "front" {
		t.Errorf("a manifest alone carries a failure two hops: %+v", v.Unrelated)
	}
}

// TestIncidents: a symptom of which a pattern says that it follows from
// something else is that incident's, unless another pattern ties it to the
// workload.
func TestIncidents(t *testing.T) {
	api, cart := deployment("shop", "api"), deployment("shop", "cart")
	s := &symptom.Symptom{Kind: symptom.Exit, Workload: cart}
	pattern := func(id, parent string, workload cluster.Ref) *Pattern {
		return &Pattern{ID: id, ExplainedBy: parent, Tally: detect.Tally{Workloads: []cluster.Ref{workload}},
			Pattern: detect.Pattern{Symptoms: []*symptom.Symptom{s}}}
	}
	root := &Pattern{ID: "node", Tally: detect.Tally{Workloads: []cluster.Ref{cart}}}
	for name, c := range map[string]struct {
		patterns []*Pattern
		ours     bool
		of       string
	}{
		"nobody's":               {nil, true, ""},
		"a root of its own":      {[]*Pattern{pattern("exit", "", cart)}, true, "exit"},
		"follows from a node":    {[]*Pattern{root, pattern("exit", "node", cart)}, false, "exit"},
		"and from the workload":  {[]*Pattern{root, pattern("exit", "node", cart), pattern("refused", "", api)}, true, "exit"},
		"the first of its names": {[]*Pattern{pattern("b", "", cart), pattern("a", "", cart)}, true, "a"},
	} {
		in := (&Story{Patterns: c.patterns}).incidents(api)
		if got, of := in.ours(s), in.of([]*symptom.Symptom{s}); got != c.ours || of != c.of {
			t.Errorf("%s: ours %v, of %q", name, got, of)
		}
	}
}
