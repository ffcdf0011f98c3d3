package pulse

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// allowed is what is lost to counting both time zones: at seven days a night
// that is missing is missed.
var allowed = map[string]float64{"nightly at 80 %, 7 days, 1 other in 4 days": .08}

// TestFigures: of what falls at random at most one series in a hundred is
// told; of what is planted as many as the tests are known to find, within .05,
// or what is lost to counting everything that is tried.
func TestFigures(t *testing.T) {
	if testing.Short() {
		t.Skip("many series")
	}
	for _, f := range Measure(Studies(), 1) {
		t.Logf("%-12s %-70s %.3f", f.Detector, f.Name, f.Share())
		switch {
		case f.Null:
			if f.Share() > .01 {
				t.Errorf("%s, %s: told of %.3f of random series", f.Detector, f.Name, f.Share())
			}
		case math.IsNaN(f.Expected):
			if f.Share() < .9 {
				t.Errorf("%s, %s: told of %.3f", f.Detector, f.Name, f.Share())
			}
		case f.Share() < f.Expected-allowed[f.Name]-.05:
			t.Errorf("%s, %s: told of %.3f, expected %.2f", f.Detector, f.Name, f.Share(), f.Expected)
		}
	}
}

// TestCountsMakeNoBurst: an event's count says how often, never how close.
func TestCountsMakeNoBurst(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for range 200 {
		once := cluster.Parts{At: now, Scope: cluster.Scope{AllNamespaces: true}, Sources: []cluster.Source{{Resource: cluster.Pods}, {Resource: cluster.Events}}}
		for n := range 12 {
			w := workload(n)
			first := ago(rng, time.Hour)
			once.Events = append(once.Events, cluster.Event{Object: cluster.Ref{Kind: "Pod", Namespace: w.Namespace, Name: w.Name + "-7c9f8d6b5-x2k4w"}, Warning: true,
				Reason: "BackOff", Message: "Back-off restarting failed container", First: first, Last: now.Add(-time.Second), Count: 3})
		}
		often := once
		often.Events = append([]cluster.Event(nil), once.Events...)
		for i := range often.Events {
			often.Events[i].Count *= 100
		}
		if a, b := bursts(once), bursts(often); a != b {
			t.Fatalf("%d bursts became %d when every count grew", a, b)
		}
	}
}

func bursts(p cluster.Parts) int {
	s := cluster.New(p)
	found, _ := detect.Run(detect.Suite{detectors.Suite().Named("burst")}, s, symptom.Recognise(s))
	return len(found)
}
