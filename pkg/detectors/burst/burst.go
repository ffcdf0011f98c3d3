// Package burst recognises that failures of several workloads began at once.
package burst

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/stats"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector looks for one burst in the last hour.
var Detector = &detect.Detector{
	Name:     "burst",
	Category: "timing",
	Doc: `failures of several workloads that began within minutes

Means that failures of workloads which have nothing else to do with one another
began at once: something that they share failed at that moment.

Reads when each failure of the last hour began, or of as much of it as events reach
back: from symptoms, from the ends that containers tell of, and from history where
there is one.

Groups what befell one workload less than 10 minutes apart as one incident, however
many pods it has and however often it was told.

Speaks of the most incidents within 1, 2, 5 or 10 minutes, if they are of 4 workloads
or more and incidents which fall at random would make such a peak anywhere in the
period with a chance of 1 % at most (scan statistic, by a union bound over all
windows and widths). The last end of a container is placed by how often it restarts:
of one that restarts every few minutes it is always recent, which is no burst.

Silent on fewer than 4 workloads, however often they fail: within one workload it
is a count; on times that are known less exactly than the window is wide; and where
events reach back less than 20 minutes.

What to do: look for what all of them need and what changed in that minute. Where
another pattern touches the same workloads, the burst is merely its beginning.`,
	Causes: []string{"spike"},
	Needs:  []cluster.Resource{cluster.Pods, cluster.Events},
	Any:    true,
	Run:    run,
}

const (
	lookBack  = time.Hour
	shortest  = 20 * time.Minute
	gap       = 10 * time.Minute // between incidents of one workload
	workloads = 4                // at least
	certain   = 0.01
	bucket    = 5 * time.Minute
)

// widths of the windows, in seconds.
var widths = []float64{60, 120, 300, 600}

// onset is the beginning of one incident of one workload.
type onset struct {
	at      float64 // in the look-back, seconds from its beginning
	real    time.Time
	within  float64
	streams []*symptom.Stream
}

func run(pass *detect.Pass) {
	from := begin(pass)
	length := pass.At.Sub(from).Seconds()
	if length < shortest.Seconds() || !mayHold(pass) {
		return
	}
	onsets := begun(pass, from, length)
	points := make([]float64, len(onsets))
	vague := 0.0
	for i, o := range onsets {
		points[i], vague = o.at, max(vague, o.within)
	}
	usable := slices.DeleteFunc(slices.Clone(widths), func(w float64) bool { return w < vague })
	peak := stats.Scan(points, length, usable)
	if peak.P > certain {
		return
	}
	members := onsets[peak.First : peak.First+peak.Count]
	if len(distinct(members)) < workloads {
		return
	}
	pass.Report(pattern(pass, from, onsets, members, peak))
}

// begin of the look-back.
func begin(pass *detect.Pass) time.Time {
	spans := pass.Watched()
	from := pass.At
	if n := len(spans); n > 0 && spans[n-1].To.Equal(pass.At) {
		from = spans[n-1].From
	}
	if least := pass.At.Add(-lookBack); from.Before(least) {
		from = least
	}
	return from
}

// mayHold reports cheaply whether there are enough that fail at all.
func mayHold(pass *detect.Pass) bool {
	if len(pass.Past.Events)+len(pass.Past.Ends)+len(pass.Past.Turns) > 0 {
		return true
	}
	seen := map[cluster.Ref]bool{}
	for _, s := range pass.All() {
		if s.Kind != symptom.Unclassified {
			seen[cmp.Or(s.Workload.Key(), s.Object.Key())] = true
		}
		if len(seen) >= workloads {
			return true
		}
	}
	return false
}

// begun are the incidents that began in the look-back, oldest first.
func begun(pass *detect.Pass, from time.Time, length float64) []onset {
	var out []onset
	for _, group := range detect.ByWorkload(pass.Streams()) {
		for _, e := range symptom.Together(group, gap) {
			o := onset{at: e.From.Sub(from).Seconds(), real: e.From, within: e.Within.Seconds(), streams: group}
			if e.Newest {
				o.at = length - placed(pass, group[0].Of, e.From, length)*length
			}
			if o.at >= 0 && !e.From.Before(from) && !e.From.After(pass.At) {
				out = append(out, o)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b onset) int { return cmp.Compare(a.at, b.at) })
	return out
}

// placed is where in the look-back the last end of a workload's containers
// lies, on the scale on which ends at random are uniform.
func placed(pass *detect.Pass, workload cluster.Ref, last time.Time, length float64) float64 {
	rate := 0.0 // ends a second of all its pods together
	for _, p := range pass.PodsOf(workload) {
		age := pass.At.Sub(p.Created).Seconds()
		if p.Created.IsZero() || age <= 0 {
			continue
		}
		for i := range p.Containers {
			if n := p.Containers[i].Restarts; n > 0 {
				rate += float64(n+1) / age
			}
		}
	}
	return stats.Recency(pass.At.Sub(last).Seconds(), rate, length)
}

func distinct(members []onset) []cluster.Ref {
	var out []cluster.Ref
	for _, m := range members {
		if of := m.streams[0].Of; !slices.Contains(out, of) {
			out = append(out, of)
		}
	}
	return out
}

func pattern(pass *detect.Pass, from time.Time, all, members []onset, peak stats.Peak) detect.Pattern {
	first, last := members[0].real, members[0].real
	var streams []*symptom.Stream
	for _, m := range members {
		if m.real.Before(first) {
			first = m.real
		}
		if m.real.After(last) {
			last = m.real
		}
		streams = append(streams, striking(m)...)
	}
	sortStreams(streams)
	streams = slices.Compact(streams)
	width := time.Duration(peak.Width) * time.Second
	usual := float64(len(all)-len(members)) / (pass.At.Sub(from).Seconds() - peak.Width) * peak.Width
	what := detect.Failures(2, streams)
	t := &detect.Timing{Test: "scan statistic", From: from, To: pass.At, Watched: pass.At.Sub(from), Count: len(members), Of: len(all),
		Units: len(distinct(members)), P: peak.P, Bucket: bucket, Buckets: buckets(from, pass.At, all)}
	return detect.Pattern{
		Cause: "spike", Key: "spike", Tier: tier(len(members), len(all), peak.Width, pass.At.Sub(from).Seconds()), Timing: t,
		Symptoms: pass.Affected(streams), Nodes: detect.Nodes(streams),
		Title: fmt.Sprintf("%s of %s began within %s (%s-%s UTC); usual are %s", capital(what), detect.Whom(streams), detect.Even(width),
			detect.Minute(first), detect.Minute(last), usually(usual)),
		Probable: detect.Cause{Confidence: detect.Low,
			Text: fmt.Sprintf("Something that these %s share happened at about %s; what it was, their timing alone does not say.", detect.Whom(streams), detect.Minute(first)),
			Why: fmt.Sprintf("%d of the %s of the last %s began within %s; at random that happens with a chance of %s (scan statistic over windows of 1, 2, 5 and 10 minutes)",
				len(members), detect.Count(len(all), "incident"), detect.Even(pass.At.Sub(from).Round(time.Minute)), detect.Even(width), detect.Chance(peak.P))},
		Investigation: []detect.Command{
			{Why: "everything that was written in that minute", Command: detect.Kubectl("get", "events", "-A", "--sort-by=.lastTimestamp")},
			{Why: "what changed before it", Command: detect.Kubectl("patterns", "timeline", "-A")},
		},
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon, Text: "Look for what all of them need (a node, a Service, a Secret, a registry) and what changed just before " + detect.Minute(first) + " UTC."}},
	}
}

// usually writes how many are usual.
func usually(n float64) string {
	if n < 1 {
		return fmt.Sprintf("%.1g", n)
	}
	return fmt.Sprintf("%.1f", n)
}

// striking are the streams of a member that have an incident of their own
// there: a workload may fail in other ways at other times.
func striking(m onset) []*symptom.Stream {
	var out []*symptom.Stream
	for _, s := range m.streams {
		if slices.ContainsFunc(s.Episodes(gap), func(e symptom.Episode) bool {
			return !e.From.Before(m.real) && e.From.Sub(m.real) < gap || e.From.Before(m.real) && !e.Until.Before(m.real)
		}) {
			out = append(out, s)
		}
	}
	return out
}

func sortStreams(streams []*symptom.Stream) {
	slices.SortFunc(streams, func(a, b *symptom.Stream) int {
		return cmp.Or(a.Of.Compare(b.Of), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.ExitCode, b.ExitCode))
	})
}

// tier by the ratio of the rates in and out of the window: strong where it is
// at least 5, and 2 by the lower end of its 95 % interval.
func tier(in, all int, width, length float64) detect.Tier {
	a, b := float64(in)+.5, float64(all-in)+.5
	ratio := a / b * (length - width) / width
	if ratio >= 5 && ratio*math.Exp(-1.96*math.Sqrt(1/a+1/b)) >= 2 {
		return detect.Strong
	}
	return detect.Suggestive
}

// buckets count the incidents by five minutes of the clock.
func buckets(from, to time.Time, all []onset) []detect.Bucket {
	var out []detect.Bucket
	for at := from.Truncate(bucket); at.Before(to); at = at.Add(bucket) {
		b := detect.Bucket{From: at.UTC()}
		for _, o := range all {
			if !o.real.Before(at) && o.real.Before(at.Add(bucket)) {
				b.Count++
			}
		}
		out = append(out, b)
	}
	return out
}

func capital(text string) string {
	if text[0] >= 'a' && text[0] <= 'z' {
		return string(text[0]-'a'+'A') + text[1:]
	}
	return text
}
