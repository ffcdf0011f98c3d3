package integration

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// checkPullsWereNeeded: the pull Secrets went stale outside of the cluster, and
// nobody wrote to them. What is told as a change is what made pulls necessary:
// each of the rollouts, whose old pods run on; never a Secret.
func checkPullsWereNeeded(t *testing.T, p *report.Pattern) {
	t.Helper()
	for workload := range podsByWorkload(p) {
		namespace, name, _ := strings.Cut(workload, "/")
		if !hasChange(p, "Deployment", namespace, name) {
			t.Errorf("the rollout of %s is not among the changes: %+v", workload, p.PrecedingChanges)
		}
	}
	if !slices.ContainsFunc(p.CounterEvidence, func(s report.Sentence) bool {
		return strings.HasPrefix(s.Text, "no change to the 3 pull Secrets in use in the ")
	}) {
		t.Errorf("that the Secrets were left alone is not said: %+v", p.CounterEvidence)
	}
	for _, c := range p.PrecedingChanges {
		switch {
		case c.Kind == "Secret":
			t.Errorf("nobody wrote to it: %+v", c)
		case !strings.Contains(c.Contrast, "old revision: 0 of "):
			t.Errorf("the old pods of %s/%s run, yet the contrast is %q", c.Namespace, c.Name, c.Contrast)
		}
	}
}

// checkChain: both dependants hang on the rollout, by a lag that fits the
// scenario and an edge that is more than weak.
func checkChain(t *testing.T, p *report.Pattern) {
	t.Helper()
	lags := map[string]int{}
	for _, h := range p.Chain {
		if h.From.Namespace+"/"+h.From.Name != "vcs/vcs-service" {
			t.Errorf("a hop from %+v", h.From)
		}
		if h.LagSeconds <= 0 || h.LagSeconds > 120 {
			t.Errorf("%s follows after %d s", h.To.Name, h.LagSeconds)
		}
		if h.Edge.Class != "observed" && h.Edge.Class != "declared" || !strings.Contains(h.Edge.How, "vcs/vcs-service") {
			t.Errorf("%s hangs on it by %+v", h.To.Name, h.Edge)
		}
		lags[h.To.Namespace+"/"+h.To.Name] = h.LagSeconds
	}
	first, second := lags["integrations/integrations-salesforce"], lags["core/backend"]
	if len(p.Chain) != 2 || first == 0 || second < first {
		t.Errorf("chain %+v: want integrations-salesforce, then backend", p.Chain)
	}
}

// checkPeers: eight evictions of four workloads on one of eight nodes are more
// than chance, and only it is short of disk.
func checkPeers(t *testing.T, n *report.Node) {
	t.Helper()
	told := false
	for _, c := range n.Comparisons {
		if c.Class != "removal" || c.With != "all other nodes" {
			continue
		}
		told = true
		if c.Affected != 8 || c.PeersAffected != 0 || c.Workloads != 4 || c.P == nil || *c.P > .001 || (c.Tier != "strong" && c.Tier != "suggestive") {
			t.Errorf("compared: %s, %s", c.Tier, c.Text)
		}
	}
	if !told {
		t.Errorf("evictions are not compared: %+v", n.Comparisons)
	}
	pressed := false
	for _, d := range n.Differs {
		pressed = pressed || (d.Attribute == "condition" && d.Value == "DiskPressure=True" && d.PeersWith == 0 && d.PeersOf == 7)
	}
	if !pressed {
		t.Errorf("differs: %+v", n.Differs)
	}
}
