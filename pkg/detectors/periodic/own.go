package periodic

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

const (
	// backOff is the longest that the kubelet waits before it tries again,
	// and a little more (pkg/kubelet/kubelet.go: 5 minutes).
	backOff = 310 * time.Second
	// loop is how long a run may take and still be one of a crash loop: after
	// twice the longest back-off the kubelet forgets earlier failures.
	loop = 10 * time.Minute
	// shortest period that is told: the recorder writes what repeats every
	// 300 seconds (client-go's spam filter), controllers resync and retry
	// every few minutes.
	shortest = 10 * time.Minute
)

// again are the kinds that the kubelet tries again by itself.
var again = []symptom.Kind{symptom.Exit, symptom.OOM, symptom.CrashLoop, symptom.Start, symptom.ImagePull, symptom.Network, symptom.Credentials,
	symptom.Environment, symptom.RBAC, symptom.MissingConfig, symptom.Storage}

// keepsTime reports whether a rhythm is that of the machinery itself.
func keepsTime(pass *detect.Pass, s *symptom.Stream, period time.Duration, episodes []symptom.Episode) bool {
	if period < shortest {
		return true
	}
	if slices.Contains(again, s.Kind) && period <= backOff+min(longestRun(episodes), loop) {
		return true
	}
	return s.Kind == symptom.Probe && isOfProbe(pass, s, period)
}

// longestRun of the containers before they ended; what is not told may have
// been as long as a loop's.
func longestRun(episodes []symptom.Episode) time.Duration {
	longest := time.Duration(0)
	for _, e := range episodes {
		if e.Ran == 0 {
			return loop
		}
		longest = max(longest, e.Ran)
	}
	return longest
}

// isOfProbe reports whether a period is what a probe of the workload takes to
// fail, or a small multiple.
func isOfProbe(pass *detect.Pass, s *symptom.Stream, period time.Duration) bool {
	for _, p := range pass.PodsOf(s.Of) {
		if p.Template == nil {
			continue
		}
		for _, c := range p.Template.Containers {
			for _, probe := range []struct{ every, times int32 }{{c.Liveness.Period, c.Liveness.Failures}, {c.Readiness.Period, c.Readiness.Failures}, {c.Startup.Period, c.Startup.Failures}} {
				takes := time.Duration(probe.every*max(probe.times, 1)) * time.Second
				if takes > 0 && period >= takes && period <= takes+loop {
					return true
				}
			}
		}
		return false // its other pods have the same template, or nearly
	}
	return false
}

// ownRhythm says that a container runs for as long as the period each time, where it
// does: then its own start may be the clock.
func ownRhythm(period time.Duration, episodes []symptom.Episode) string {
	fits := 0
	for _, e := range episodes {
		if e.Ran > 0 && (e.Ran-period).Abs() <= period/10+backOff {
			fits++
		}
	}
	if fits*4 < len(episodes)*3 {
		return ""
	}
	return fmt.Sprintf("its container runs for about %s before each of them: its own start may be the clock, by what grows or expires while it runs", detect.Even(period))
}

// intervals are those that something in a cluster is known to keep.
var intervals = []struct {
	period time.Duration
	what   string
}{
	{48 * time.Minute, "the kubelet renews a service account token of an hour at 80 % of its life (pkg/kubelet/token)"},
	{time.Hour, "service account tokens and many cloud credentials are valid for an hour"},
	{12 * time.Hour, "the authorization token of Amazon ECR is valid for 12 hours"},
	{24 * time.Hour, "log rotation, backups and reports run daily"},
	{7 * 24 * time.Hour, "maintenance and full backups run weekly"},
}

// knownInterval is what keeps a period, in words; empty for none.
func knownInterval(period time.Duration) string {
	for _, k := range intervals {
		if (period - k.period).Abs() <= k.period/50 {
			return k.what
		}
	}
	return ""
}
