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

func watcherOptions(out, errOut *bytes.Buffer, output string) *options {
	flags := newScanFlags(genericiooptions.IOStreams{Out: out, ErrOut: errOut})
	flags.output = output
	return &options{scanFlags: flags, style: report.Style{Width: 60, Zone: time.UTC}}
}

func seenAt(second int, titles ...string) *report.Report {
	r := &report.Report{GeneratedAt: time.Date(2026, 1, 1, 12, 0, second, 0, time.UTC)}
	for _, title := range titles {
		r.Patterns = append(r.Patterns, report.Pattern{ID: title, Severity: "warning", Title: title})
	}
	return r
}

// Into a pipe goes one JSON line a turn, and nothing where nothing turned.
func TestTurnsAsJSONLines(t *testing.T) {
	var out, errOut bytes.Buffer
	l := watcherOptions(&out, &errOut, "json").watcher(&watching{})
	for _, r := range []*report.Report{seenAt(0, "a"), seenAt(1, "a"), seenAt(2, "b")} {
		if err := l.tell(r); err != nil {
			t.Fatal(err)
		}
	}
	l.trouble(errors.New("refused"))
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var turn report.Turn
		if err := json.Unmarshal([]byte(line), &turn); err != nil {
			t.Fatal(err)
		}
		got = append(got, turn.Change+" "+turn.Pattern.ID)
	}
	if strings.Join(got, ", ") != "new a, new b, gone a" || !strings.Contains(errOut.String(), "could not read again: refused") {
		t.Errorf("%v, %q", got, errOut.String())
	}
}

// A terminal is drawn anew only when something is different, and never told
// anything that steers it.
func TestScreenIsCalm(t *testing.T) {
	var out, errOut bytes.Buffer
	s := &screen{o: watcherOptions(&out, &errOut, "text"), interval: "15s", size: func() (int, int, error) { return 70, 20, nil }}
	told := func(r *report.Report) string {
		out.Reset()
		if err := s.tell(r); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if first := told(seenAt(0, "a")); !strings.HasPrefix(first, "\x1b[2J\x1b[H") || !strings.Contains(first, "read at 12:00:00, again every 15s") {
		t.Errorf("%q", first)
	}
	if same := told(seenAt(15, "a")); same != "\r\x1b[Kread at 12:00:15, again every 15s; Ctrl-C ends" {
		t.Errorf("drawn anew for nothing: %q", same)
	}
	if other := told(seenAt(30, "a", "b")); !strings.HasPrefix(other, "\x1b[H") || !strings.Contains(other, "12:00:30  new") {
		t.Errorf("%q", other)
	}
	out.Reset()
	s.trouble(errors.New("bad\n\x1b[31m server"))
	if got := out.String(); got != "\r\x1b[Kbad [31m server; trying again" {
		t.Errorf("%q", got)
	}
}

// An interruption ends the pause at once, whatever is left of it.
func TestInterruptionEndsThePause(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	w := &watching{interval: time.Hour}
	begun := time.Now()
	if err := goOn(ctx, w.pause, nil, nil); !errors.Is(err, context.Canceled) || time.Since(begun) > time.Second {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
}

func TestWhatDoesNotGoWithWatching(t *testing.T) {
	t.Setenv("KUBECONFIG", "/dev/null")
	for _, args := range [][]string{
		{"-f", recording("registry-auth")}, {"-o", "yaml"}, {"--exit-code"}, {"--interval", "1s"}, {"--interval", "soon"},
	} {
		for _, command := range [][]string{nil, {"timeline"}} {
			if out, errOut, code := run(t, "", append(append(command, "--watch"), args...)...); code != exitUsage || out != "" {
				t.Errorf("%v %v: exit code %d, %q", command, args, code, errOut)
			}
		}
	}
}
