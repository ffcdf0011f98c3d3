package periodic

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func patterns(pass *detect.Pass, found []rhythm) []detect.Pattern {
	var out []detect.Pattern
	for i := range found {
		out = append(out, pattern(pass, &found[i]))
	}
	return out
}

func pattern(pass *detect.Pass, r *rhythm) detect.Pattern {
	streams := []*symptom.Stream{r.stream}
	p := detect.Pattern{
		Cause: "interval", Key: r.stream.Of.String(), Tier: tier(r), Timing: r.timing(pass), Symptoms: pass.Affected(streams), Nodes: detect.Nodes(streams),
		Title: r.title(),
		Probable: detect.Cause{Confidence: detect.Low, Text: r.cause(),
			Why: fmt.Sprintf("%s; with all that was tried the chance that incidents which fall at random look so is %s (%s)", r.numbers(), detect.Chance(r.p), r.test)},
		Investigation: []detect.Command{{Why: "what runs by the clock, and when", Command: detect.Kubectl("get", "cronjobs", "-A")}},
		Recommendations: []detect.Recommendation{{Urgency: detect.Soon,
			Text: fmt.Sprintf("See what happens in the cluster when the %s of %s begin.", detect.Failures(2, streams), r.stream.Of.Path())}},
	}
	if r.cron != nil {
		c := r.cron
		p.Investigation = append(p.Investigation, detect.Command{Why: "what the CronJob of the same rhythm runs", Command: detect.Kubectl("describe", "cronjob", c.Name, "-n", c.Namespace)})
		p.Recommendations[0].Text = fmt.Sprintf("Move or suspend CronJob %s for one start, and see whether the %s of %s go with it.", c.Path(), detect.Failures(2, streams), r.stream.Of.Path())
	}
	if r.own != "" {
		p.Counter = append(p.Counter, r.own)
	}
	if missing := r.of - r.count; missing > 0 {
		p.Counter = append(p.Counter, fmt.Sprintf("%s of it do not fit the rhythm", detect.Count(missing, "incident")))
	}
	return p
}

// tier: a rhythm of one workload is one witness, heard several times; that a
// CronJob keeps the same is another.
func tier(r *rhythm) detect.Tier {
	if r.cron != nil && r.count >= 5 && r.p <= certain/10 {
		return detect.Strong
	}
	return detect.Suggestive
}

func (r *rhythm) title() string {
	what := detect.Failures(2, []*symptom.Stream{r.stream})
	if r.cron != nil {
		return fmt.Sprintf("%d of %d %s of %s began within 10m after CronJob %s had started", r.count, r.of, what, r.stream.Of.Path(), r.cron.Path())
	}
	return fmt.Sprintf("%d of %d %s of %s began every %s", r.count, r.of, what, r.stream.Of.Path(), r.every())
}

// every is the period, rounded to what the gaps allow to say.
func (r *rhythm) every() string { return detect.Even(r.period.Round(r.unit())) }

func (r *rhythm) unit() time.Duration {
	if r.period > 2*time.Hour {
		return time.Minute
	}
	return time.Second
}

func (r *rhythm) cause() string {
	if r.cron != nil {
		return fmt.Sprintf("The failures may be related to what CronJob %s %s does: they follow its start, most of them by %s.", r.cron.Path(), clock(r.cron), detect.Span(r.phase))
	}
	if k := knownInterval(r.period); k != "" {
		return "Something fails by a clock of its own. Of this length is known that " + k + "."
	}
	return "Something fails by a clock: no CronJob that was read keeps it."
}

func (r *rhythm) numbers() string {
	first, last := r.episodes[0].From, r.episodes[len(r.episodes)-1].From
	return fmt.Sprintf("%d of %s between %s and %s fit", r.count, detect.Count(r.of, "incident"), minuteOf(first), minuteOf(last))
}

func (r *rhythm) timing(pass *detect.Pass) *detect.Timing {
	watched := pass.Watched()
	t := &detect.Timing{Test: r.test, From: watched[0].From, To: watched[len(watched)-1].To, Watched: detect.TotalOf(watched), Count: r.count, Of: r.of, Units: 1,
		P: r.p, Period: r.period, Phase: r.phase}
	if r.cron != nil {
		t.Clock = "CronJob " + r.cron.Path() + " " + clock(r.cron)
		t.Period, t.Phase = period(r.cron, pass.At)
	} else {
		t.Clock = knownInterval(r.period)
	}
	var times []time.Time
	for _, e := range r.episodes {
		times = append(times, e.From)
	}
	slices.SortFunc(times, time.Time.Compare)
	t.Bucket, t.Buckets = bucketsOf(t.From, t.To, times)
	return t
}
