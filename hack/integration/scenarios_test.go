package integration

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// node is the one that the scenarios put under pressure.
const node = "gke-core-private-pool-abc123"

func TestHealthyClusterGetsSilence(t *testing.T) {
	t.Parallel()
	c := start(t, "healthy")
	r := c.report(t, "-A")
	if len(r.Patterns) != 0 {
		t.Errorf("want nothing, got: %s", r.Patterns[0].Title)
	}
	if r.Totals.Pods < 50 || r.Totals.Nodes != 8 || r.Totals.FailingPods != 0 {
		t.Errorf("totals %+v", r.Totals)
	}
	if r.Cluster.Version == "" || r.Cluster.Server == "" || r.Cluster.Offline {
		t.Errorf("cluster %+v", r.Cluster)
	}
	if !r.Window.To.After(r.Window.From) {
		t.Errorf("window %+v covers nothing", r.Window)
	}
	for _, s := range r.Sources {
		if s.Gap != "" {
			t.Errorf("gap in %s: %s", s.Resource, s.Gap)
		}
	}
	t.Run("by a role that only views", func(t *testing.T) { viewer(t, c) })
	t.Run("metrics that may not be read", func(t *testing.T) { metricsRefused(t, c) })
	t.Run("metrics", func(t *testing.T) { metricsOfKubelet(t, c) })
	t.Run("wrong questions", func(t *testing.T) { wrongQuestions(t, c) })
}

func TestEmptyCluster(t *testing.T) {
	t.Parallel()
	c := start(t, "empty")
	out, _, code := c.run(t, "-A")
	if code != 0 || !strings.Contains(out, "No failure pattern found") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if _, _, code := c.run(t, "-A", "--exit-code"); code != 0 {
		t.Errorf("--exit-code gives %d on an empty cluster", code)
	}
}

func TestRegistryAuth(t *testing.T) {
	t.Parallel()
	c := start(t, "registry-auth")
	r := c.report(t, "-A")
	checkRegistryAuth(t, only(t, r, "image-pull", "auth"))
	for _, p := range r.Patterns {
		if p.Detector == "rollout-failure" && p.ExplainedBy == "" {
			t.Errorf("stands beside its cause: %s", p.Title)
		}
	}
	t.Run("one namespace", func(t *testing.T) {
		p := only(t, c.report(t, "-n", "vcs"), "image-pull", "auth")
		if p.Frequency.Namespaces != 1 || p.Frequency.Pods != podsIn(r, "vcs") {
			t.Errorf("frequency %+v, want the %d pods of vcs", p.Frequency, podsIn(r, "vcs"))
		}
	})
	t.Run("filtered", func(t *testing.T) {
		if got := c.report(t, "-A", "--detector", "oom"); len(got.Patterns) != 0 {
			t.Errorf("--detector oom shows %s", got.Patterns[0].Title)
		}
		if _, _, code := c.run(t, "-A", "--exit-code", "--min-severity", "warning"); code != 3 {
			t.Errorf("--exit-code gives %d, want 3", code)
		}
	})
	t.Run("yaml says the same", func(t *testing.T) {
		out, _, code := c.run(t, "-A", "-o", "yaml")
		if code != 0 || !strings.Contains(out, "kind: PatternReport") || !strings.Contains(out, "detector: image-pull") {
			t.Errorf("exit code %d:\n%.300s", code, out)
		}
	})
	t.Run("completion", func(t *testing.T) { completes(t, c) })
	t.Run("several contexts", func(t *testing.T) { severalContexts(t, c) })
}

func checkRegistryAuth(t *testing.T, p *report.Pattern) {
	t.Helper()
	if p.Frequency.Pods != 12 || p.Frequency.Namespaces != 3 {
		t.Errorf("frequency %+v, want 12 pods in 3 namespaces", p.Frequency)
	}
	if want := "12 pods in 3 namespaces cannot pull from gcr.io: authentication refused"; p.Title != want {
		t.Errorf("title %q, want %q", p.Title, want)
	}
	if !hasFactor(p, "registry", "gcr.io") {
		t.Errorf("factors %+v lack the registry", p.SharedFactors)
	}
	if !p.Ongoing || p.Tier != "stated" || p.Frequency.Occurrences < 12 {
		t.Errorf("ongoing %v, tier %s, %d occurrences", p.Ongoing, p.Tier, p.Frequency.Occurrences)
	}
	checkPullsWereNeeded(t, p)
	commands := strings.Join(p.Recommendations[0].Commands, "\n")
	for _, ns := range []string{"core", "integrations", "vcs"} {
		if !strings.Contains(commands, "gcr-json-key -n "+ns) {
			t.Errorf("no command renews the Secret of %s:\n%s", ns, commands)
		}
	}
}

func podsIn(r *report.Report, namespace string) int {
	n := 0
	for _, p := range roots(r) {
		for workload, pods := range podsByWorkload(p) {
			if strings.HasPrefix(workload, namespace+"/") {
				n += pods
			}
		}
	}
	return n
}

func TestDiskPressure(t *testing.T) {
	t.Parallel()
	c := start(t, "disk-pressure")
	r := c.report(t, "-A")
	checkDiskPressure(t, only(t, r, "node-pressure", "disk-pressure"))
	t.Run("node", func(t *testing.T) {
		r := c.report(t, "node", node)
		if r.Node == nil || r.Node.Name != node || len(r.Node.Peers) == 0 || r.Node.FailedPods < 8 {
			t.Fatalf("node %+v", r.Node)
		}
		failed := map[string]int{}
		for _, s := range r.Node.Services {
			if s.Failed > 0 {
				failed[s.Namespace+"/"+s.Workload.Name] = s.Failed
			}
		}
		if !maps.Equal(failed, evicted) {
			t.Errorf("impact by service %v, want %v", failed, evicted)
		}
		checkPeers(t, r.Node)
		out, _, code := c.run(t, "node", node)
		if code != 0 || !strings.Contains(out, "DiskPressure is True") || !strings.Contains(out, "Compared with its peers") || !strings.Contains(out, "Evicted or lost: 8 of ") {
			t.Errorf("exit code %d:\n%s", code, out)
		}
	})
}

// evicted are the pods that the scenario evicts, by workload.
var evicted = map[string]int{"vcs/vcs-storage": 2, "integrations/integrations-salesforce": 1, "core/backend": 3, "core/frontend": 2}

func checkDiskPressure(t *testing.T, p *report.Pattern) {
	t.Helper()
	if got := podsByWorkload(p); !maps.Equal(got, evicted) {
		t.Errorf("evicted %v, want %v", got, evicted)
	}
	if !hasFactor(p, "node", node) || p.Frequency.Nodes != 1 || !p.Ongoing {
		t.Errorf("factors %+v, frequency %+v, ongoing %v", p.SharedFactors, p.Frequency, p.Ongoing)
	}
	for _, im := range p.Impact {
		if im.Ready < im.Desired {
			t.Errorf("%s/%s has %d of %d ready: its pods were to come back elsewhere", im.Namespace, im.Workload.Name, im.Ready, im.Desired)
		}
	}
}

func TestRolloutCascade(t *testing.T) {
	t.Parallel()
	c := start(t, "rollout-cascade")
	r := c.report(t, "-A")
	checkCascade(t, only(t, r, "rollout-cascade", "dependants"))
	for _, p := range r.Patterns {
		if p.Detector == "exit-code" && p.ExplainedBy == "" {
			t.Errorf("stands beside its cause: %s", p.Title)
		}
	}
}

func checkCascade(t *testing.T, p *report.Pattern) {
	t.Helper()
	got := slices.Sorted(maps.Keys(podsByWorkload(p)))
	if want := []string{"core/backend", "integrations/integrations-salesforce"}; !slices.Equal(got, want) {
		t.Errorf("dependants %v, want %v", got, want)
	}
	checkChain(t, p)
	if !hasChange(p, "Deployment", "vcs", "vcs-service") || !hasFactor(p, "dependency", "vcs/vcs-service") {
		t.Errorf("changes %+v, factors %+v", p.PrecedingChanges, p.SharedFactors)
	}
	for _, word := range []string{"caused", "root cause", "brought down"} {
		if strings.Contains(strings.ToLower(p.ProbableCause.Text+p.Title), word) {
			t.Errorf("timing and a link are no proof, yet it says %q: %s", word, p.ProbableCause.Text)
		}
	}
}

func TestThreeIncidentsAtOnce(t *testing.T) {
	t.Parallel()
	c := start(t, "demo")
	r := c.report(t, "-A")
	if all := roots(r); len(all) != 3 {
		t.Fatalf("want three roots, got %d: %s", len(all), titles(all))
	}
	checkRegistryAuth(t, find(t, r, "image-pull", "auth"))
	checkDiskPressure(t, find(t, r, "node-pressure", "disk-pressure"))
	checkCascade(t, find(t, r, "rollout-cascade", "dependants"))
	again := c.report(t, "-A")
	for i := range r.Patterns {
		if again.Patterns[i].ID != r.Patterns[i].ID {
			t.Errorf("the second run says %s where the first said %s", again.Patterns[i].ID, r.Patterns[i].ID)
		}
	}
	t.Run("text", func(t *testing.T) {
		out, _, _ := c.run(t, "-A", "-o", "wide")
		for _, want := range []string{"3 problems", "Registry issues", "Node issues", "Deployment impact", "Correlation matrix", "Recommendations"} {
			if !strings.Contains(out, want) {
				t.Errorf("the text lacks %q", want)
			}
		}
		if strings.Contains(out, "\x1b[") {
			t.Error("escape sequences in a pipe")
		}
	})
}

func TestCrashes(t *testing.T) {
	t.Parallel()
	c := start(t, "crashes")
	r := c.report(t, "-A")
	exit := find(t, r, "exit-code", "78")
	if exit.Frequency.Workloads != 3 || exit.Frequency.Pods != 6 {
		t.Errorf("exit code 78: %+v, want 6 pods of 3 workloads", exit.Frequency)
	}
	oom := find(t, r, "oom", "container-limit")
	if !hasFactor(oom, "memoryLimit", "128Mi") || !maps.Equal(podsByWorkload(oom), map[string]int{"data/etl": 4}) {
		t.Errorf("oom: factors %+v of %v", oom.SharedFactors, podsByWorkload(oom))
	}
	lost := find(t, r, "node-failure", "unreachable")
	if lost.Frequency.Nodes != 1 || lost.Frequency.Pods == 0 || lost.Severity != "critical" {
		t.Errorf("node failure: %+v, %s", lost.Frequency, lost.Severity)
	}
	if all := roots(r); len(all) != 3 {
		t.Errorf("want three roots, got: %s", titles(all))
	}
	t.Run("logs", func(t *testing.T) { logsOfKubelet(t, c) })
}
