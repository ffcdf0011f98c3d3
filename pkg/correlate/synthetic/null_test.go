package synthetic_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate/synthetic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// tell analyses what was read as the plugin does.
func tell(parts cluster.Parts) *correlate.Story {
	s := cluster.New(parts)
	symptoms := symptom.Recognise(s)
	suite := detectors.Suite()
	found, skipped := detect.Run(suite, s, symptoms)
	return correlate.Explain(nil, s, suite, symptoms, found, skipped)
}

// seedsVariable names the variable of the environment that says how many
// clusters of each size are tried. make test tries 300, make score-full 3,000.
const seedsVariable = "SYNTHETIC_SEEDS"

// seeds is how many clusters of a size are tried: the first ones, never
// chosen. Where nobody says, those of the largest size are few, so that the
// test takes seconds.
func seeds(t *testing.T, size int) uint64 {
	text := os.Getenv(seedsVariable)
	switch {
	case text == "" && size > 1000:
		return 50
	case text == "":
		return 300
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n == 0 {
		t.Fatalf("%s=%q is no number of seeds", seedsVariable, text)
	}
	return n
}

// each calls a function for every seed from 1, on all processors.
func each(n uint64, do func(seed uint64)) {
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for seed := uint64(1); seed <= n; seed++ {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			do(seed)
		})
	}
	all.Wait()
}

// claim is something that the affected are said to share.
type claim struct {
	pattern *correlate.Pattern
	values  []synthetic.Value // one, or the two of a pair
	tier    detect.Tier
}

// claims are what a story says by comparing alone: factors that are
// concentrated, and the patterns made of them. What a failure itself names is
// stated, and no claim.
func claims(story *correlate.Story, tiers ...detect.Tier) []claim {
	var out []claim
	for _, p := range story.Patterns {
		for _, f := range p.Shared {
			for _, tier := range tiers {
				if f.Tier == tier {
					out = append(out, claim{p, valuesOf(f), tier})
				}
			}
		}
	}
	return out
}

func valuesOf(f correlate.SharedFactor) []synthetic.Value {
	out := []synthetic.Value{{Attribute: f.Attribute, Value: f.Value}}
	for _, with := range f.With {
		out = append(out, synthetic.Value{Attribute: with.Attribute, Value: with.Value})
	}
	return out
}

// In a null cluster nothing that the failing share is to blame. A strong claim
// is false there, and may be made in 2 % of them in a run of 300, so that a
// true rate of 1 % passes, and in 1 % of a run of 3,000.
func TestNullClustersGetNoStrongClaims(t *testing.T) {
	tried, claimed := 0, 0
	for _, size := range synthetic.NullSizes {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			n := seeds(t, size)
			allowed := int(n / 50)
			if n >= 3000 {
				allowed = int(n / 100)
			}
			var mu sync.Mutex
			strong, any, done := 0, 0, uint64(0)
			said := map[string]int{}
			each(n, func(seed uint64) {
				made := synthetic.New(seed, synthetic.Null(size, seed))
				story := tell(made.Parts)
				if len(made.Broken) > 0 && len(story.Patterns) == 0 {
					t.Errorf("seed %d: %d workloads are broken, and nothing is told", seed, len(made.Broken))
				}
				s, a := claims(story, detect.Strong), claims(story, detect.Strong, detect.Suggestive)
				mu.Lock()
				defer mu.Unlock()
				for _, c := range s {
					said[c.values[0].Attribute]++
				}
				strong += min(len(s), 1)
				any += min(len(a), 1)
				if done++; done%300 == 0 && done < n {
					t.Logf("%d of %d: %d strong, %d any", done, n, strong, any)
				}
			})
			t.Logf("of %d null clusters with %d workloads %d got a strong claim, %d any claim: %v", n, size, strong, any, said)
			if strong > allowed {
				t.Errorf("%d got a strong claim, %d are allowed", strong, allowed)
			}
			tried, claimed = tried+int(n), claimed+any
		})
	}
	if claimed > tried/20 {
		t.Errorf("%d of %d got a claim, one in 20 may", claimed, tried)
	}
}
