package correlate

import (
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Two that fail on one volume are named, without a claim and without a hop.
func TestSharedVolumesAreWeak(t *testing.T) {
	for name, c := range map[string]struct {
		claim string
		at    time.Duration
		words string
		want  bool
	}{
		"the same claim":       {"data", -time.Second, "", true},
		"another claim":        {"other", -time.Second, "", false},
		"began later":          {"data", 5 * time.Minute, "", false},
		"it says what ails it": {"data", -time.Second, "panic: no table", false},
	} {
		p := town(manyApps(1))
		appPod(p, "web").Template.Claims, appPod(p, "db").Template.Claims = []string{"data"}, []string{c.claim}
		crash(appPod(p, "web"), noon, c.words)
		crash(appPod(p, "db"), noon.Add(c.at), "panic")
		for i := range p.Pods {
			p.Pods[i].Containers[0].Restarts = min(p.Pods[i].Containers[0].Restarts, 1)
		}
		e := story(p)
		got := e.weakly(about(e, "exit-code", "web"))
		if (len(got) == 1) != c.want || (c.want && !strings.HasPrefix(got[0], "may be related, by a weak edge: shop/db, which fails too and did not begin later, uses the same PersistentVolumeClaim shop/data as shop/web")) {
			t.Errorf("%s: %q", name, got)
		}
		if e.dependencies().edges[pair{deployment("shop", "web"), deployment("shop", "db")}] != nil {
			t.Errorf("%s: it is an edge", name)
		}
	}
}

// A policy that certainly keeps a caller out is named where connections time
// out, and no other.
func TestPoliciesThatKeepOut(t *testing.T) {
	policy := func(selector map[string]string, from ...cluster.PolicyPeer) cluster.Setting {
		return cluster.Setting{Ref: cluster.Ref{Kind: "NetworkPolicy", Namespace: "shop", Name: "deny"}, Selector: selector, Policy: &cluster.Policy{Ingress: true, From: from}}
	}
	db := map[string]string{"app": "db"}
	for name, c := range map[string]struct {
		policy cluster.Setting
		cause  string
		mend   func(*cluster.Parts)
		want   bool
	}{
		"lets nobody in":          {policy(db), symptom.NetworkTimeout, nil, true},
		"lets others in":          {policy(db, cluster.PolicyPeer{Pods: map[string]string{"app": "cart"}}, cluster.PolicyPeer{Namespace: "other"}), symptom.NetworkTimeout, nil, true},
		"lets the caller in":      {policy(db, cluster.PolicyPeer{Pods: map[string]string{"app": "web"}}), symptom.NetworkTimeout, nil, false},
		"lets its namespace in":   {policy(db, cluster.PolicyPeer{Namespace: "shop"}), symptom.NetworkTimeout, nil, false},
		"may let the caller in":   {policy(db, cluster.PolicyPeer{Open: true}), symptom.NetworkTimeout, nil, false},
		"is for another":          {policy(map[string]string{"app": "cart"}), symptom.NetworkTimeout, nil, false},
		"the caller was answered": {policy(db), symptom.NetworkRefused, nil, false},
		"not all were read": {policy(db), symptom.NetworkTimeout, func(p *cluster.Parts) {
			p.Gaps = []cluster.Gap{{Resource: cluster.NetworkPolicies, Namespace: "shop", Reason: "forbidden"}}
		}, false},
	} {
		p := town(manyApps(1), "web>db")
		p.Settings = []cluster.Setting{c.policy}
		if c.mend != nil {
			c.mend(p)
		}
		p.Sources = []cluster.Source{{Resource: cluster.Pods, Objects: 1}, {Resource: cluster.NetworkPolicies, Objects: 1}}
		s := cluster.New(*p)
		web := s.Pod("shop", "web-1-x")
		e := newExplainer(s, nil)
		found := &Pattern{}
		found.Symptoms = []*symptom.Symptom{{Kind: symptom.Network, Cause: c.cause, Object: web.Ref, Pod: web, Workload: deployment("shop", "web"), Target: symptom.Connection{Host: "db"}}}
		got := e.keptOut(found)
		const want = "NetworkPolicy shop/deny isolates shop/db, and none of its namespace's policies lets shop/web in: where the network plugin enforces them, such connections time out"
		if (len(got) == 1 && got[0] == want) != c.want || (!c.want && len(got) > 0) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
