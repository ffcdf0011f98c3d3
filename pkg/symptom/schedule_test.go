package symptom

import (
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestMissedStarts(t *testing.T) {
	at := func(s string) time.Time {
		t.Helper()
		out, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, c := range map[string]struct {
		schedule, zone, last, until string
		missed                      int
		known                       bool
	}{
		"none is due":                      {"0 * * * *", "", "2026-11-22T19:00:00Z", "2026-11-22T19:59:00Z", 0, true},
		"three are due":                    {"*/15 * * * *", "", "2026-11-22T19:00:00Z", "2026-11-22T19:50:00Z", 3, true},
		"in its own zone":                  {"30 2 * * *", "Asia/Kolkata", "2026-11-20T21:00:00Z", "2026-11-22T20:59:00Z", 1, true},
		"over the end of summer time":      {"0 12 * * *", "Europe/Berlin", "2026-10-24T10:00:00Z", "2026-10-25T11:30:00Z", 1, true},
		"a macro":                          {"@daily", "", "2026-11-20T00:00:00Z", "2026-11-22T20:00:00Z", 2, true},
		"the last start is no start of it": {"0 15 * * *", "", "2026-11-21T23:00:00Z", "2026-11-23T00:00:00Z", 0, false},
		"never started":                    {"0 * * * *", "", "0001-01-01T00:00:00Z", "2026-11-22T20:00:00Z", 0, false},
		"no such zone":                     {"0 * * * *", "Europa/Berlin", "2026-11-22T15:00:00Z", "2026-11-22T20:00:00Z", 0, false},
		"a zone of the machine":            {"0 * * * *", "Local", "2026-11-22T15:00:00Z", "2026-11-22T20:00:00Z", 0, false},
		"an interval":                      {"@every 1h", "", "2026-11-22T15:00:00Z", "2026-11-22T20:00:00Z", 0, false},
		"a zone within":                    {"TZ=UTC 0 * * * *", "", "2026-11-22T15:00:00Z", "2026-11-22T20:00:00Z", 0, false},
		"what the library panics on":       {"TZ=UTC", "", "2026-11-22T15:00:00Z", "2026-11-22T20:00:00Z", 0, false},
		"not a schedule":                   {"every day", "", "2026-11-22T15:00:00Z", "2026-11-22T20:00:00Z", 0, false},
		"a day that never comes":           {"0 0 30 2 *", "", "2026-11-22T15:00:00Z", "2026-11-22T20:00:00Z", 0, false},
		"counting ends":                    {"* * * * *", "", "2026-01-01T00:00:00Z", "2026-11-22T20:00:00Z", mostMissed, true},
	} {
		n, first, known := missedStarts(&cluster.CronState{Schedule: c.schedule, TimeZone: c.zone, LastStart: at(c.last)}, at(c.until))
		if n != c.missed || known != c.known || (n > 0) == first.IsZero() {
			t.Errorf("%s: missed %d from %s, known %t; want %d, %t", name, n, first, known, c.missed, c.known)
		}
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, spec := range []string{"* * * * *", "@daily", "@every 1h", "TZ=UTC", "CRON_TZ=Asia/Tokyo 0 0 * * *", "*/0 * * * *", "0-59/7,3 1-2 ? jan-feb sun", "@", "99 * * * *"} {
		f.Add(spec, "")
		f.Add(spec, "../../etc/passwd")
	}
	start := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, spec, zone string) {
		c := &cluster.CronState{Schedule: spec, TimeZone: zone, LastStart: start}
		n, first, known := missedStarts(c, start.Add(time.Hour))
		if n > 0 && (!known || !first.After(start)) {
			t.Errorf("%q in %q: %d missed from %s", spec, zone, n, first)
		}
	})
}
