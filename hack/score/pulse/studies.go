package pulse

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

const (
	nullRuns  = 1000
	powerRuns = 200
)

// Studies are all that is measured.
func Studies() []Study {
	return append(nulls(), powers()...)
}

// nulls are series in which nothing is planted.
func nulls() []Study {
	strong := func(p *detect.Pattern) bool { return p.Tier == detect.Strong }
	list := []Study{
		{Detector: "burst", Name: "10 to 50 crashes in an hour", Make: func(rng *rand.Rand) cluster.Parts {
			p := past(time.Hour)
			scattered(&p, rng, 0, float64(10+rng.IntN(40)), time.Hour)
			return p
		}},
		{Detector: "burst", Name: "last ends of 60 pods, from monthly to every 4 minutes", Make: func(rng *rand.Rand) cluster.Parts { return restarting(rng, 60) }},
		{Detector: "periodic", Name: "5 workloads, 2 weeks, 10 CronJobs", Make: func(rng *rand.Rand) cluster.Parts {
			p := past(14 * day)
			many(&p, rng, 5, 14*day)
			cronJobs(&p, rng, 10)
			return p
		}},
		{Detector: "time-of-day", Name: "5 workloads, 10 days", Make: func(rng *rand.Rand) cluster.Parts {
			p := past(10 * day)
			many(&p, rng, 5, 10*day)
			return p
		}},
		{Detector: "gradual", Name: "5 workloads, 10 days", Make: func(rng *rand.Rand) cluster.Parts {
			p := past(10 * day)
			many(&p, rng, 5, 10*day)
			return p
		}},
		{Detector: "gradual", Name: "memory without order", Make: func(rng *rand.Rand) cluster.Parts {
			p := past(2 * day)
			for n := range 10 {
				p.Past.Series = append(p.Past.Series, memory(n, 36, 1e9, func(float64, int) float64 { return 4e8 + 1e8*rng.NormFloat64() }))
			}
			return p
		}},
		{Detector: "gradual", Name: "memory that drifts without an aim (random walk), strong claims", Tells: strong, Make: func(rng *rand.Rand) cluster.Parts {
			p := past(2 * day)
			p.Past.Series = append(p.Past.Series, memory(0, 36, 1e9, func(v float64, _ int) float64 { return math.Abs(v + 1e7*rng.NormFloat64()) }))
			return p
		}},
	}
	for i := range list {
		list[i].Null, list[i].Runs = true, nullRuns
	}
	return list
}

// many workloads crash at random, each at a rate of its own: from twice in the
// time to three times a day.
func many(p *cluster.Parts, rng *rand.Rand, workloads int, within time.Duration) {
	for w := range workloads {
		mean := 2 + rng.Float64()*(3*within.Hours()/24-2)
		for range poisson(rng, mean) {
			crash(p, w, ago(rng, within), "Error")
		}
	}
}

// powers are series with something in them.
func powers() []Study {
	var list []Study
	for _, c := range []struct {
		background int
		planted    int
		name       string
		expected   float64
	}{{10, 5, "5 crashes within 2 minutes among 10 an hour", .49}, {10, 6, "6 crashes within 2 minutes among 10 an hour", 1},
		{20, 8, "8 crashes within 2 minutes among 20 an hour", 1}, {50, 12, "12 crashes within 2 minutes among 50 an hour", 1}} {
		list = append(list, Study{Detector: "burst", Name: c.name, Expected: c.expected, Make: func(rng *rand.Rand) cluster.Parts {
			p := past(time.Hour)
			n := c.background
			for i := range n {
				crash(&p, i, ago(rng, time.Hour), "Error")
			}
			at := ago(rng, 50*time.Minute)
			for i := range c.planted {
				crash(&p, n+i, at.Add(-time.Duration(rng.Float64()*float64(2*time.Minute))), "Error")
			}
			return p
		}})
	}
	for _, c := range []struct {
		days     int
		others   float64
		name     string
		expected float64 // for one zone, and without the least of days
	}{{7, .25, "nightly at 80 %, 7 days, 1 other in 4 days", .90}, {10, .25, "nightly at 80 %, 10 days, 1 other in 4 days", .99}, {14, 2, "nightly at 80 %, 14 days, 2 others a day", .90}} {
		list = append(list, Study{Detector: "time-of-day", Name: c.name, Expected: c.expected, Make: func(rng *rand.Rand) cluster.Parts { return nightly(rng, c.days, c.others) }})
	}
	for _, c := range []struct {
		cycles   int
		missing  float64
		name     string
		expected float64
	}{{8, 0, "8 beats of 2 hours, none missing", 1}, {8, .3, "8 beats of 2 hours, 30 % missing", .70}, {14, .3, "14 beats of 2 hours, 30 % missing", .93}} {
		list = append(list, Study{Detector: "periodic", Name: c.name, Expected: c.expected, Make: func(rng *rand.Rand) cluster.Parts { return beats(rng, c.cycles, c.missing) }})
	}
	list = append(list, Study{Detector: "periodic", Name: "after a daily CronJob among 20, 4 days of 5, 2 others", Expected: math.NaN(), Make: afterCronJob},
		Study{Detector: "gradual", Name: "memory that climbs twice, strong claims", Expected: math.NaN(), Make: leaks,
			Tells: func(p *detect.Pattern) bool { return p.Tier == detect.Strong && p.Timing.Rise.Limit > 0 }},
		Study{Detector: "gradual", Name: "gaps between OOM kills that shrink by a fifth each", Expected: math.NaN(), Make: shrinking})
	for i := range list {
		list[i].Runs = powerRuns
	}
	return list
}

func nightly(rng *rand.Rand, days int, others float64) cluster.Parts {
	within := time.Duration(days) * day
	p := past(within)
	for range poisson(rng, others*float64(days)) {
		crash(&p, 0, ago(rng, within), "Error")
	}
	for d := range days {
		at := now.Add(-time.Duration(d)*day - 17*time.Hour).Add(time.Duration(rng.NormFloat64() * float64(20*time.Minute)))
		if rng.Float64() < .8 {
			crash(&p, 0, at, "Error")
		}
	}
	return p
}

// beats of two hours with a jitter of 3 %.
func beats(rng *rand.Rand, cycles int, missing float64) cluster.Parts {
	const period = 2 * time.Hour
	within := time.Duration(cycles) * period
	p := past(within)
	phase := time.Duration(rng.Float64() * float64(period))
	for k := range cycles {
		if rng.Float64() >= missing {
			crash(&p, 0, now.Add(-time.Duration(k)*period-phase).Add(time.Duration((rng.Float64()-.5)*.06*float64(period))), "Error")
		}
	}
	return p
}

func afterCronJob(rng *rand.Rand) cluster.Parts {
	p := past(6 * day)
	cronJobs(&p, rng, 20)
	p.Workloads[0].Cron.Schedule = "0 3 * * *"
	for d := range 4 {
		crash(&p, 0, now.Add(-time.Duration(d+1)*day+7*time.Hour+time.Duration(rng.Float64()*float64(8*time.Minute))), "Error")
	}
	for range 2 {
		crash(&p, 0, ago(rng, 6*day), "Error")
	}
	return p
}

func leaks(rng *rand.Rand) cluster.Parts {
	p := past(2 * day)
	p.Past.Series = append(p.Past.Series, memory(0, 40, 1e9, func(_ float64, i int) float64 {
		return 2e8 + 1.8e7*float64(i%42) + 8e6*rng.NormFloat64()
	}))
	return p
}

func shrinking(rng *rand.Rand) cluster.Parts {
	p := past(7 * day)
	at, gap := now.Add(-6*day), 24*time.Hour
	for range 9 {
		crash(&p, 0, at, "OOMKilled")
		at = at.Add(gap)
		gap = time.Duration(float64(gap) * .8 * (1 + .1*(rng.Float64()-.5)))
		if at.After(now) {
			break
		}
	}
	return p
}
