package correlate

import (
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/contrast"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// crashes explains one pattern of all crashes of a made cluster.
func crashes(k synthetic.Knobs, seed uint64) (*synthetic.Cluster, *Pattern, *explainer) {
	made := synthetic.New(seed, k)
	s := cluster.New(made.Parts)
	symptoms := symptom.Recognise(s)
	p := detect.Pattern{Detector: "exit-code", Cause: "1"}
	for i := range symptoms {
		if symptoms[i].Kind == symptom.Exit {
			p.Symptoms = append(p.Symptoms, &symptoms[i])
		}
	}
	e := newExplainer(s, symptoms)
	return made, e.explain(p), e
}

// TestContrastsNameTheGuilty looks for what was made guilty, under any of its
// names, in clusters of the first seeds.
func TestContrastsNameTheGuilty(t *testing.T) {
	for _, kind := range []synthetic.FaultKind{synthetic.NodeFault, synthetic.ZoneFault, synthetic.KernelFault, synthetic.ConfigMapFault} {
		right, wrong := 0, 0
		for seed := uint64(1); seed <= 10; seed++ {
			made, p, _ := crashes(synthetic.Knobs{Workloads: 150, Broken: 2, Fault: synthetic.Fault{Kind: kind, Share: 1}}, seed)
			for _, f := range p.Shared {
				hit := isGuilty(&f, made.Guilty)
				switch {
				case hit:
					right++
				case !hit:
					wrong++
				}
				if !strings.Contains(f.Text, "concentrated on") && !strings.Contains(f.Text, "may be related") {
					t.Errorf("%s: text %q", kind, f.Text)
				}
			}
		}
		if right < 8 || wrong > 1 {
			t.Errorf("%s: named in %d of 10 clusters, and %d others named", kind, right, wrong)
		}
	}
}

func isGuilty(f *SharedFactor, guilty []synthetic.Value) bool {
	for _, g := range guilty {
		for _, v := range append([]Column{{f.Attribute, f.Value}}, append(f.With, f.Aliases...)...) {
			if v == Column(g) {
				return true
			}
		}
	}
	return false
}

// TestStatedIsNotSaidAgain: what the failure itself names is not found anew
// by comparing.
func TestStatedIsNotSaidAgain(t *testing.T) {
	made, p, e := crashes(synthetic.Knobs{Workloads: 150, Fault: synthetic.Fault{Kind: synthetic.NodeFault, Share: .9}}, 1)
	if len(p.Shared) == 0 || !isGuilty(&p.Shared[0], made.Guilty) {
		t.Fatalf("shared: %+v", p.Shared)
	}
	again := p.Pattern
	again.Factors = []detect.Factor{detect.OnNode(made.Guilty[0].Value)}
	for _, f := range e.explain(again).Shared {
		if f.Tier != detect.Stated && isGuilty(&f, made.Guilty) {
			t.Errorf("said again: %s", f.Text)
		}
	}
}

// TestSilenceIsExplained says why nothing was found.
func TestSilenceIsExplained(t *testing.T) {
	for _, c := range []struct {
		answer contrast.Answer
		want   string
	}{
		{contrast.Answer{Units: 4, Broken: 4, Struck: 4}, "nothing healthy at risk"},
		{contrast.Answer{Units: 9, Broken: 2, Struck: 2, Tested: 12}, "2 failing workloads and 7 healthy ones are not enough to compare: whatever they share may be chance; it needs at least 2 more."},
		{contrast.Answer{Units: 150, Broken: 8, Struck: 8, Tested: 40}, "None of 40 values"},
	} {
		if got := notCompared(&c.answer); !strings.Contains(got, c.want) {
			t.Errorf("got %q, want %q in it", got, c.want)
		}
	}
	child, root := &Pattern{ExplainedBy: "x", comparison: "why", unfounded: true}, &Pattern{comparison: "why", unfounded: true}
	admitSilence([]*Pattern{child, root})
	if len(child.Counter) != 0 || len(root.Counter) != 1 {
		t.Errorf("told of the child: %v, of the root: %v", child.Counter, root.Counter)
	}
}

func TestSmall(t *testing.T) {
	for q, want := range map[float64]string{0: "< 0.0001", .00009: "< 0.0001", .01: "0.01", .0453: "0.0453", 1: "1"} {
		if got := small(q); got != want {
			t.Errorf("%g: got %s, want %s", q, got, want)
		}
	}
}
