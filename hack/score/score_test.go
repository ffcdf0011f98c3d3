package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/synth"
	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// floor is what a set of incidents may not fall below. It only rises.
type floor struct {
	recall, precision float64
	falseAlarms       int
}

var (
	recordedFloor  = floor{recall: 0.95, precision: 0.95}
	syntheticFloor = floor{recall: 0.95, precision: 0.95}
)

func TestRecordings(t *testing.T) {
	folders, err := filepath.Glob("testdata/incidents/*")
	if err != nil || len(folders) < 12 {
		t.Fatalf("found %d recordings, %v", len(folders), err)
	}
	results, err := scoreFolders(t.Context(), folders)
	if err != nil {
		t.Fatal(err)
	}
	recordedFloor.hold(t, results)
}

func TestSynthetic(t *testing.T) {
	results, err := scoreAll(t.Context(), generated(synth.Seed))
	if err != nil {
		t.Fatal(err)
	}
	syntheticFloor.hold(t, results)
}

// TestSyntheticCoverTheTaxonomy: each cause of every detector that speaks by
// itself is the root of two incidents at least, and there are healthy
// clusters enough.
func TestSyntheticCoverTheTaxonomy(t *testing.T) {
	stated, healthy := map[string]int{}, 0
	for _, in := range generated(synth.Seed) {
		for _, r := range append(append([]truth.Expected{}, in.truth.Roots...), in.truth.Tolerated...) {
			stated[r.Detector[0]+"/"+r.Cause[0]]++
		}
		if len(in.truth.Roots) == 0 {
			healthy++
		}
	}
	for _, d := range detectors.Suite() {
		for _, c := range d.Causes {
			isOpen := strings.ToUpper(c) == c // an upper-case cause stands for an open set
			if d.Category != "timing" && !isOpen && stated[d.Name+"/"+c] < 2 {
				t.Errorf("%s/%s is the root of %d synthetic incidents", d.Name, c, stated[d.Name+"/"+c])
			}
		}
	}
	if healthy < 20 {
		t.Errorf("%d healthy clusters", healthy)
	}
}

// hold fails when the scores are below the floor, and says what was wrong.
func (f *floor) hold(t *testing.T, results []result) {
	t.Helper()
	s := sum(results)
	if s.recall.share() < f.recall {
		t.Errorf("recall is %s, below %.3f", s.recall.percent(), f.recall)
	}
	if s.precision.share() < f.precision {
		t.Errorf("precision is %s, below %.3f", s.precision.percent(), f.precision)
	}
	if s.falseAlarms > f.falseAlarms {
		t.Errorf("%d false alarms in healthy clusters, more than %d", s.falseAlarms, f.falseAlarms)
	}
	if t.Failed() {
		t.Logf("%s", board(results, nil, nil))
	}
}

func pattern(detector, cause, severity, parent string, affected ...report.Affected) report.Pattern {
	return report.Pattern{Detector: detector, Cause: cause, Severity: severity, ExplainedBy: parent, Affected: affected, Title: detector}
}

func podOf(namespace, workload, node string) report.Affected {
	return report.Affected{Kind: "Pod", Namespace: namespace, Name: workload + "-x", Workload: report.Workload{Kind: "Deployment", Name: workload}, Node: node}
}

func TestJudge(t *testing.T) {
	oom := truth.Expected{Detector: []string{"oom"}, Cause: []string{"container-limit"}, Workloads: []string{"a/x", "a/y"},
		Factor: &truth.Factor{Attribute: "memoryLimit", Value: "1Gi"}, Change: &truth.Change{Namespace: "a", Name: "x"}}
	stated := truth.Truth{Roots: []truth.Expected{oom}, Tolerated: []truth.Expected{{Detector: []string{"burst"}}}}
	whole := pattern("oom", "container-limit", "warning", "", podOf("a", "x", "n1"), podOf("a", "y", "n2"))
	half := pattern("oom", "container-limit", "warning", "", podOf("a", "x", "n1"))
	for name, c := range map[string]struct {
		patterns    []report.Pattern
		found       string
		right       string
		first       bool
		factors     string
		falseAlarms int
	}{
		"found":                 {[]report.Pattern{whole}, "1/1", "1/1", true, "0/1", 0},
		"quiet":                 {nil, "0/1", "0/0", false, "0/1", 0},
		"a part is no root":     {[]report.Pattern{half}, "0/1", "0/1", false, "0/1", 0},
		"a duplicate is wrong":  {[]report.Pattern{whole, half}, "1/1", "1/2", true, "0/1", 0},
		"explained is not root": {[]report.Pattern{pattern("oom", "container-limit", "warning", "p1", whole.Affected...)}, "0/1", "0/0", false, "0/1", 0},
		"info is not root":      {[]report.Pattern{pattern("oom", "container-limit", "info", "", whole.Affected...)}, "0/1", "0/0", false, "0/1", 0},
		"another cause":         {[]report.Pattern{pattern("oom", "node-oom", "critical", "", whole.Affected...)}, "0/1", "0/1", false, "0/1", 0},
		"tolerated comes first": {[]report.Pattern{pattern("burst", "spike", "warning", ""), whole}, "1/1", "2/2", false, "0/1", 0},
		"info does not count":   {[]report.Pattern{whole, pattern("unclassified", "Odd", "info", "")}, "1/1", "1/1", true, "0/1", 0},
	} {
		got := judge(name, &stated, &report.Report{Patterns: c.patterns})
		if got.found().String() != c.found || (fraction{got.right, got.told}).String() != c.right || got.first != c.first ||
			got.factors.String() != c.factors || len(got.falseAlarms) != c.falseAlarms {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestJudgeHealthyCluster(t *testing.T) {
	healthy := truth.Truth{Tolerated: []truth.Expected{{Detector: []string{"cpu-throttling"}}}}
	r := report.Report{Patterns: []report.Pattern{
		pattern("cpu-throttling", "cfs-quota", "warning", ""),
		pattern("oom", "container-limit", "info", ""),
		pattern("exit-code", "1", "warning", ""),
		pattern("rollout-failure", "crash", "warning", "exit-code-1"),
	}}
	got := judge("healthy", &healthy, &r)
	if len(got.falseAlarms) != 2 { // explained ones count too
		t.Errorf("false alarms %q", got.falseAlarms)
	}
	if s := sum([]result{got}); s.healthy != 1 || s.falselyAlarms != 1 || s.first.of != 0 {
		t.Errorf("totals %+v", s)
	}
}

func TestFactorAndChangeOfAnyFittingRoot(t *testing.T) {
	e := truth.Expected{Detector: []string{"oom"}, Factor: &truth.Factor{Attribute: "node", Value: "n1"},
		Change: &truth.Change{Kind: "ConfigMap", Namespace: "a", Name: "c"}}
	first, second := pattern("oom", "x", "warning", ""), pattern("oom", "y", "warning", "")
	second.SharedFactors = []report.SharedFactor{{Attribute: "node", Value: "n2"}, {Attribute: "node", Value: "n1"}}
	second.PrecedingChanges = []report.PrecedingChange{{Kind: "ConfigMap", Namespace: "a", Name: "c"}}
	got := judge("x", &truth.Truth{Roots: []truth.Expected{e}}, &report.Report{Patterns: []report.Pattern{first, second}})
	if got.factors.String() != "1/1" || got.changes.String() != "1/1" || len(got.undetermined) != 0 {
		t.Errorf("%+v", got)
	}
	second.PrecedingChanges[0].Kind = "Secret"
	got = judge("x", &truth.Truth{Roots: []truth.Expected{e}}, &report.Report{Patterns: []report.Pattern{second}})
	if got.changes.String() != "0/1" || len(got.undetermined) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAffectedNodesAndWorkloads(t *testing.T) {
	p := pattern("node-pressure", "disk-pressure", "critical", "",
		report.Affected{Kind: "Node", Name: "n1", Node: "n1"}, podOf("a", "x", "n2"),
		report.Affected{Kind: "Pod", Namespace: "a", Name: "bare"}, report.Affected{Kind: "Job", Namespace: "a", Name: "j"})
	for want, e := range map[bool]truth.Expected{
		true:  {Nodes: []string{"n1"}, Workloads: []string{"a/x", "a/bare", "a/j"}},
		false: {Nodes: []string{"n2"}}, // a pod of it runs there; the node itself is not affected
	} {
		if matches(&e, &p) != want {
			t.Errorf("%+v matches: %v", e, !want)
		}
	}
}

func TestBoardNamesWhatIsMissed(t *testing.T) {
	missed := result{name: "x", hasRoots: true, told: 2, right: 1, wrong: []string{"a title"}, factors: fraction{0, 1}, undetermined: []string{"factor a b"},
		roots: []rootResult{{"oom", "container-limit", true, ""}, {"oom", "node-oom", false, "oom/node-oom of a/x"}}}
	alarm := result{name: "h", falseAlarms: []string{"z"}}
	out := string(board([]result{missed}, []result{alarm}, nil))
	for _, want := range []string{
		"| recall       | 0.500 (1/2)",
		"| false alarms | 0, in 0 of 0",
		"| 1, in 1 of 1",
		"| oom      | container-limit | 1/1 ",
		"| oom      | node-oom        | 0/1 ",
		"* missed: oom/node-oom of a/x\n* wrong: a title\n* not told: factor a b",
		"* false alarm: z",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q in:\n%s", want, out)
		}
	}
}
