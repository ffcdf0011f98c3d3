package cmd

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// view is what one command prints.
type view struct {
	command string
	render  func(w io.Writer, s report.Style) error
}

// viewsOf are those of all commands on one recording, read and explained once.
func viewsOf(t *testing.T, name string) []view {
	t.Helper()
	flags := newScanFlags(genericiooptions.IOStreams{Out: io.Discard, ErrOut: io.Discard})
	c := &cobra.Command{}
	flags.addTo(c)
	flags.files = []string{recording(name)}
	o, err := flags.options(c)
	if err != nil {
		t.Fatal(err)
	}
	story, symptoms, err := o.analyse(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []view
	add := func(command string, r *report.Report, text textRenderer) {
		out = append(out, view{command, func(w io.Writer, s report.Style) error { return text(w, r, s) }})
	}
	r := report.New(story)
	add("scan", r, report.Text)
	add("scan -o wide", r, report.Wide)
	add("matrix", r, report.MatrixText)
	add("matrix -o wide", r, report.MatrixWide)
	var watch report.Watch
	turns := watch.Turns(r)
	add("--watch", r, func(w io.Writer, r *report.Report, s report.Style) error { return report.TurnLines(w, r, turns, s) })
	add("--watch in a terminal", r, func(w io.Writer, r *report.Report, s report.Style) error {
		return report.Screen(w, r, turns, r.GeneratedAt, s, 40)
	})
	everything := report.New(story)
	everything.SetTimeline(story.Among(correlate.Everything(story, symptoms), true))
	add("timeline", everything, report.TimelineText)
	add("timeline -o wide", everything, report.TimelineWide)
	for _, p := range story.Patterns[:min(len(story.Patterns), 6)] {
		r := report.New(story)
		r.AddExplain(story.Around(p))
		add("explain "+p.ID, r, report.ExplainText)
	}
	for _, ref := range rolledOut(story) {
		v, _ := correlate.ViewRollout(story, ref)
		r := report.New(story.Concerning(ref))
		r.AddRollout(v)
		add("rollout "+ref.String(), r, report.RolloutText)
	}
	for _, name := range nodeNames(story.Snapshot)[:min(2, len(story.Snapshot.Nodes))] {
		v, _ := correlate.ViewNode(story, symptoms, name)
		r := report.New(story.OnNode(name))
		r.AddNode(v)
		add("node "+name, r, report.NodeText)
	}
	return out
}

// rolledOut are a few workloads of which a rollout is known.
func rolledOut(story *correlate.Story) []cluster.Ref {
	var out []cluster.Ref
	for _, c := range story.Snapshot.Changes() {
		if c.Kind == cluster.Rollout && rolloutKind(c.Object.Kind) != "" && !slices.Contains(out, c.Object) && len(out) < 3 {
			out = append(out, c.Object)
		}
	}
	return out
}

// TestNoLineIsWiderThanTheTerminal: a line that the terminal breaks takes the
// columns below it apart.
func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	for _, name := range []string{"registry-auth", "rollout-cascade-refused", "chain-image-callers", "node-unreachable",
		"mixed-three-unplaced", "missing-references", "config-key-map", "healthy-busy-day"} {
		for _, v := range viewsOf(t, name) {
			for _, width := range []int{60, 80, 120, 200} {
				var b bytes.Buffer
				if err := v.render(&b, report.Style{Width: width}); err != nil {
					t.Fatal(err)
				}
				for _, line := range strings.Split(b.String(), "\n") {
					if n := runewidth.StringWidth(line); n > width {
						t.Errorf("%s, %s: %d columns of %d: %s", name, v.command, n, width, line)
					}
				}
			}
		}
	}
}

// TestNoLineOfOtherCommandsIsWider: of those that print no view of one story.
func TestNoLineOfOtherCommandsIsWider(t *testing.T) {
	history := filepath.Join(t.TempDir(), "history.db")
	for _, width := range []int{60, 80, 120, 200} {
		t.Setenv("COLUMNS", strconv.Itoa(width))
		for _, args := range [][]string{
			{"detectors"}, {"detectors", "image-pull"}, {"detectors", "periodic"}, {"version"},
			{"diff", recording("healthy-quiet"), recording("registry-auth")}, {"diff", recording("registry-auth"), recording("registry-auth")},
			{"diff", recording("mixed-three-unplaced"), recording("node-unreachable"), "-o", "wide"}, {"history", "--history", history},
		} {
			out, errOut, _ := run(t, "", args...)
			for _, line := range strings.Split(out+errOut, "\n") {
				if n := runewidth.StringWidth(line); n > width && !strings.Contains(line, history) {
					t.Errorf("%v: %d columns of %d: %s", args, n, width, line)
				}
			}
		}
	}
}
