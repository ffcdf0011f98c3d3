package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func TestTimeline(t *testing.T) {
	r := scan(t, "timeline", "-f", recording("evictions-recovering"))
	if len(r.Patterns)+len(r.Tree)+len(r.Matrix.Rows) != 0 {
		t.Error("more than the timeline")
	}
	kinds := map[string]int{}
	for i, e := range r.Timeline {
		kinds[e.Kind]++
		if i > 0 && e.Time.Before(r.Timeline[i-1].Time) {
			t.Errorf("out of order: %+v", e)
		}
		if e.Reason == "CgroupV1" {
			t.Errorf("noise: %+v", e)
		}
	}
	if kinds["symptom"] < 5 || kinds["recovery"] < 3 {
		t.Errorf("entries of kinds %v", kinds)
	}
	short := scan(t, "timeline", "-f", recording("evictions-recovering"), "--since", "10s")
	if len(short.Timeline) == 0 || len(short.Timeline) >= len(r.Timeline) {
		t.Errorf("%d entries of the last ten seconds, %d in all", len(short.Timeline), len(r.Timeline))
	}
}

func TestTimelineAsText(t *testing.T) {
	for _, c := range []struct {
		name, says string
		args       []string
	}{
		{"rollout-dependants", "Deployment shop/payments → rollout", nil},
		{"rollout-dependants", "connect: connection refused", []string{"-o", "wide"}},
		{"evictions-recovering", "+  P1", nil},
		{"healthy-quiet", "No failure pattern found", nil},
		{"registry-auth", "the filters hide 4 more", []string{"--detector", "image-pull"}},
	} {
		out, errOut, code := run(t, "", append([]string{"timeline", "-f", recording(c.name), "--utc"}, c.args...)...)
		if code != exitOK || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit code %d, %s, no %q in:\n%s", c.name, code, errOut, c.says, out)
		}
	}
}

func TestTimelineMistakes(t *testing.T) {
	saved := recording("registry-auth")
	for _, args := range [][]string{{"timeline", "--watch", "-f", saved}, {"timeline", "x", "-f", saved}} {
		if out, errOut, code := run(t, "", args...); code != exitUsage || out != "" {
			t.Errorf("%v: exit code %d, %s", args, code, errOut)
		}
	}
}

// Watching tells what is new, gets over a reading that fails, and ends when it
// is interrupted.
func TestWatch(t *testing.T) {
	var out, errOut bytes.Buffer
	flags := newScanFlags(genericiooptions.IOStreams{Out: &out, ErrOut: &errOut})
	flags.output = "json"
	f := &follower{o: &options{scanFlags: flags}}
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	entry := func(i int) report.Entry {
		return report.Entry{Time: start.Add(time.Duration(i) * time.Minute), Kind: "change", Reason: "rollout", Subject: report.Ref{Kind: "Deployment", Name: "api"}}
	}
	ctx, interrupt := context.WithCancel(t.Context())
	readings := 0
	ticks := make(chan time.Time, 4)
	for range 4 {
		ticks <- start
	}
	err := goOn(ctx, func() <-chan time.Time { return ticks }, func(context.Context) (*report.Report, error) {
		readings++
		switch readings {
		case 2:
			return nil, errors.New("connection refused")
		case 4:
			interrupt()
		}
		return &report.Report{Timeline: []report.Entry{entry(0), entry(readings)}}, nil
	}, f)
	if !errors.Is(err, context.Canceled) || readings != 4 {
		t.Fatalf("%v after %d readings", err, readings)
	}
	if !strings.Contains(errOut.String(), "could not read again: connection refused") {
		t.Errorf("standard error: %s", errOut.String())
	}
	var got []report.Entry
	for dec := json.NewDecoder(&out); dec.More(); {
		var e report.Entry
		if err := dec.Decode(&e); err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	if len(got) != 3 || !got[2].Time.Equal(start.Add(3*time.Minute)) {
		t.Errorf("told: %+v", got)
	}
}
