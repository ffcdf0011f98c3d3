package synthetic_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// valueFaults are those that nothing but comparing tells.
func valueFaults() []synthetic.Fault {
	return slices.DeleteFunc(synthetic.Faults(), func(f synthetic.Fault) bool { return !f.Kind.IsValue() })
}

// tried are clusters of all sorts: null ones, and incidents of each kind.
func tried() []synthetic.Knobs {
	var out []synthetic.Knobs
	for seed := range uint64(12) {
		out = append(out, synthetic.Null(25, seed), synthetic.Null(150, seed))
	}
	for _, fault := range valueFaults() {
		out = append(out, synthetic.Knobs{Workloads: 150, Broken: 4, Pinned: .2, Noise: .005, Fault: fault})
	}
	return out
}

// Ten times the replicas are ten times the same witness: no claim is new by
// them, and none is better founded.
func TestReplicasAreNoWitnesses(t *testing.T) {
	scaled := 0
	for i, k := range tried() {
		before := synthetic.New(uint64(i), k)
		said := tiers(before)
		for _, w := range wholly(before) {
			made := synthetic.New(uint64(i), k)
			made.Scale(w, 10)
			scaled++
			for what, tier := range tiers(made) {
				if was, known := said[what]; !known || was != detect.Strong && tier == detect.Strong {
					t.Errorf("%+v: with ten times the replicas of %s it is claimed that %s is %s, which was %q", k, w, what, tier, was)
				}
			}
		}
	}
	if scaled < 10 {
		t.Errorf("only %d Deployments were scaled", scaled)
	}
}

// tiers are all claims of a cluster, with the best tier of each.
func tiers(made *synthetic.Cluster) map[string]detect.Tier {
	out := map[string]detect.Tier{}
	for _, c := range claims(tell(made.Parts), detect.Suggestive, detect.Strong) {
		if what := fmt.Sprint(c.values); out[what] != detect.Strong {
			out[what] = c.tier
		}
	}
	return out
}

// wholly are the first two Deployments that are broken on their own with all
// of their pods.
func wholly(made *synthetic.Cluster) []cluster.Ref {
	var out []cluster.Ref
	for _, w := range made.Workloads {
		if made.Broken[w.Ref] && w.Ready == 0 && w.Kind == "Deployment" && len(out) < 2 {
			out = append(out, w.Ref)
		}
	}
	return out
}

// Who is well and has nothing to do with it does not take the truth away.
func TestTheHealthyTakeNoTruthAway(t *testing.T) {
	kept := 0
	for i, fault := range valueFaults() {
		k := synthetic.Knobs{Workloads: 150, Broken: 2, Noise: .002, Fault: fault}
		before := tiers(synthetic.New(uint64(i), k))
		made := synthetic.New(uint64(i), k)
		more := synthetic.New(uint64(i), synthetic.Knobs{Workloads: 60})
		elsewhere := strings.NewReplacer("app0", "other0", "team0", "crew0", "node0", "spare0", "registry.example.com", "other.example.com", "ghcr.io", "other.io")
		if err := more.Rewrite(elsewhere.Replace); err != nil {
			t.Fatal(err)
		}
		made.Join(more)
		after := tiers(made)
		truth := fmt.Sprint(made.Guilty)
		if before[truth] != detect.Strong {
			continue
		}
		kept++
		if after[truth] != detect.Strong {
			t.Errorf("%+v: %s was strong, and is %q with 60 healthy workloads more", fault, truth, after[truth])
		}
	}
	t.Logf("%d of %d truths were claimed as strong", kept, len(valueFaults()))
}

// Names mean nothing: with others, the same is told of them.
func TestNamesMeanNothing(t *testing.T) {
	for i, k := range tried() {
		made := synthetic.New(uint64(i), k)
		want := facts(tell(made.Parts), func(text string) string { return text })
		if err := made.Rewrite(synthetic.Rename); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, facts(tell(made.Parts), synthetic.Rename)); diff != "" {
			t.Errorf("%+v: renamed, it tells otherwise:\n%s", k, diff)
		}
	}
}

// facts are what is told, without the order that names decide.
func facts(story *correlate.Story, name func(string) string) []string {
	var out []string
	for _, p := range story.Patterns {
		text := fmt.Sprint(p.Detector, " ", p.Cause, " ", p.Tier, " ", p.Severity, " ", len(p.Tally.Pods), " pods ", len(p.Tally.Workloads), " workloads")
		var shared []string
		for _, f := range p.Shared {
			shared = append(shared, fmt.Sprint(f.Attribute, " ", name(f.Value), " ", f.Tier, " ", f.Affected, "/", f.AffectedOf, " ", f.Healthy, "/", f.HealthyOf))
		}
		slices.Sort(shared)
		out = append(out, text+": "+strings.Join(shared, ", "))
	}
	slices.Sort(out)
	return out
}

// Moved in time, the same is told of other times. The day of the week is
// another too.
func TestClocksMeanNothing(t *testing.T) {
	later := synthetic.Later(1001*time.Hour + 13*time.Minute)
	for i, k := range tried() {
		made := synthetic.New(uint64(i), k)
		want := later(reported(t, made))
		if err := made.Rewrite(later); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(reported(t, made), "\n")); diff != "" {
			t.Errorf("%+v: later, it tells otherwise:\n%s", k, diff)
		}
	}
}

func reported(t *testing.T, made *synthetic.Cluster) string {
	t.Helper()
	var out bytes.Buffer
	if err := report.JSON(&out, report.New(tell(made.Parts))); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The order of what is read and the number of processors mean nothing: all of
// 20 runs give the same bytes.
func TestSameBytes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for i, k := range tried() {
		if i%6 != 0 {
			continue
		}
		first := reported(t, synthetic.New(uint64(i), k))
		for run := range 20 {
			runtime.GOMAXPROCS([]int{1, 2, 8}[run%3])
			made := synthetic.New(uint64(i), k)
			made.Shuffle(uint64(run))
			if got := reported(t, made); got != first {
				t.Fatalf("%+v: run %d tells otherwise:\n%s", k, run, cmp.Diff(strings.Split(first, "\n"), strings.Split(got, "\n")))
			}
		}
	}
}
