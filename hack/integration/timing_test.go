package integration

import "testing"

// TestFailingCronJob: a CronJob of every minute, whose every run fails, is one
// incident: its failed Jobs, with what starts them.
func TestFailingCronJob(t *testing.T) {
	t.Parallel()
	c := start(t, "failing-cronjob")
	r := c.report(t, "-A")
	root := only(t, r, "job-failure", "backoff-limit")
	clock := lastOf(r, "periodic")
	if clock == nil {
		t.Fatalf("no pattern in time beside %s", root.Title)
	}
	if clock.ExplainedBy != root.ID || clock.Tier != "stated" {
		t.Errorf("explained by %q, tier %s", clock.ExplainedBy, clock.Tier)
	}
	w := clock.Timing
	if w == nil || w.PeriodSeconds != 60 || w.Clock != `CronJob ops/report ("* * * * *", Europe/Berlin)` || w.Count < 4 || w.P != nil {
		t.Errorf("timing %+v", w)
	}
	if a := clock.Affected; len(a) == 0 || a[0].Workload.Name != "report" {
		t.Errorf("affected %+v", a)
	}
}
