package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func recorded(t *testing.T, name string) *report.Report {
	t.Helper()
	raw, err := os.ReadFile("../../pkg/report/testdata/" + name + ".json") //nolint:gosec // our own testdata
	if err != nil {
		t.Fatal(err)
	}
	var r report.Report
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func TestThePageLoadsWithoutTroubleOrRequests(t *testing.T) {
	for _, name := range []string{"rollout-dependants", "evictions-two-nodes", "registry-auth", "healthy-after-start"} {
		x := opened(t, recorded(t, name), 1280, 900)
		x.picture(name + "-light")
		x.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
		x.picture(name + "-dark")
		x.mu.Lock()
		if len(x.trouble) > 0 {
			t.Errorf("%s: %q", name, x.trouble)
		}
		for _, url := range x.requests {
			if !strings.HasPrefix(url, "file://") {
				t.Errorf("%s asks for %s", name, url)
			}
		}
		if len(x.requests) != 1 {
			t.Errorf("%s: %d requests, want that of the page alone", name, len(x.requests))
		}
		x.mu.Unlock()
	}
}

func TestTheTimelineZoomsAndFilters(t *testing.T) {
	r := recorded(t, "evictions-two-nodes")
	x := opened(t, r, 1280, 900)
	all := fmt.Sprintf(": %d of %d entries", len(r.Timeline), len(r.Timeline))
	period := `document.getElementById('period').textContent`
	if got := value[string](x, period); !strings.HasSuffix(got, all) {
		t.Fatalf("the whole period says %q, want …%q", got, all)
	}
	x.do(chromedp.Focus("#overview"), chromedp.KeyEvent("+"), chromedp.KeyEvent("+"))
	zoomed := value[string](x, period)
	if strings.HasSuffix(zoomed, all) {
		t.Errorf("zoomed in by keyboard, but the period still says %q", zoomed)
	}
	rows := value[int](x, `document.querySelectorAll('#entries tbody tr').length`)
	if !strings.Contains(zoomed, fmt.Sprintf(": %d of ", rows)) {
		t.Errorf("%d rows below %q", rows, zoomed)
	}
	x.do(chromedp.KeyEvent(kb.Home))
	if got := value[string](x, period); !strings.HasSuffix(got, all) {
		t.Errorf("Home shows %q, want everything", got)
	}
	x.do(chromedp.Click(`#filters input[value=symptom]`))
	left := 0
	for _, e := range r.Timeline {
		if e.Kind != "symptom" {
			left++
		}
	}
	if got := value[string](x, period); !strings.Contains(got, fmt.Sprintf(": %d of ", left)) {
		t.Errorf("without symptoms %q, want %d", got, left)
	}
	x.do(chromedp.Click(`#filters input[value=symptom]`), chromedp.SetValue("#by-pattern", "0"), chromedp.Evaluate(`document.getElementById('filters').dispatchEvent(new Event('change'))`, nil))
	of := 0
	for _, e := range r.Timeline {
		if e.Pattern == r.Patterns[0].ID {
			of++
		}
	}
	if got := value[string](x, period); !strings.Contains(got, fmt.Sprintf(": %d of ", of)) {
		t.Errorf("of the first pattern %q, want %d", got, of)
	}
}

func TestTheMatrixShowsTheNumbersOfTheReport(t *testing.T) {
	r := recorded(t, "registry-auth")
	x := opened(t, r, 1280, 900)
	cells := value[[][]string](x, `[...document.querySelectorAll('.heat tbody tr')].map(r => [...r.querySelectorAll('td')].map(c => [...c.children].map(s => s.textContent).join(' ')))`)
	if len(cells) != len(r.Matrix.Columns) || len(cells) == 0 {
		t.Fatalf("%d rows, want %d", len(cells), len(r.Matrix.Columns))
	}
	for j := range r.Matrix.Columns {
		for i := range r.Matrix.Rows {
			c, want := r.Matrix.Cells[i][j], "·"
			if c.Of > 0 {
				want = fmt.Sprintf("%d/%d %d/%d", c.Affected, c.Of, c.Healthy, c.HealthyOf)
			}
			if cells[j][i] != want {
				t.Errorf("factor %v of %s: %q, want %q", r.Matrix.Columns[j], r.Matrix.Rows[i], cells[j][i], want)
			}
		}
	}
}

func TestSearchAndCopy(t *testing.T) {
	r := recorded(t, "rollout-dependants")
	x := opened(t, r, 1280, 900)
	x.do(chromedp.SendKeys("#search", "no such text anywhere"), chromedp.Sleep(300*time.Millisecond))
	if got := value[string](x, `document.getElementById('found').textContent`); !strings.HasPrefix(got, "0 of ") {
		t.Errorf("searching for what is not there says %q", got)
	}
	x.do(chromedp.Evaluate(`document.getElementById('search').value = ''; document.getElementById('search').dispatchEvent(new Event('input'))`, nil),
		chromedp.Sleep(300*time.Millisecond), chromedp.Click("details[open] .copy"), chromedp.Sleep(200*time.Millisecond))
	if got := value[string](x, `document.querySelector('details[open] .copy').textContent`); got != "Copied" {
		t.Errorf("the button says %q after a click", got)
	}
}

// TestEverythingHasAName: what can be used or is a picture has a name for
// those who do not see it.
func TestEverythingHasAName(t *testing.T) {
	x := opened(t, recorded(t, "rollout-dependants"), 1280, 900)
	var nodes []*accessibility.Node
	x.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		nodes, err = accessibility.GetFullAXTree().Do(ctx)
		return err
	}))
	named, roles := 0, []string{"button", "link", "textbox", "searchbox", "combobox", "checkbox", "image", "img", "heading"}
	for _, n := range nodes {
		if n.Ignored || n.Role == nil || !slices.Contains(roles, strings.Trim(string(n.Role.Value), `"`)) {
			continue
		}
		if n.Name == nil || len(strings.Trim(string(n.Name.Value), `" `)) == 0 {
			t.Errorf("a %s has no name", n.Role.Value)
		}
		named++
	}
	if named < 20 {
		t.Errorf("only %d things with a role in the tree", named)
	}
}

func TestTabWalksThroughThePage(t *testing.T) {
	x := opened(t, recorded(t, "registry-auth"), 1280, 900)
	seen := map[string]bool{}
	for range 60 {
		x.do(chromedp.KeyEvent(kb.Tab))
		seen[value[string](x, `document.activeElement.id || document.activeElement.className || document.activeElement.tagName`)] = true
	}
	for _, want := range []string{"skip", "search", "copy", "SUMMARY"} {
		if !seen[want] {
			t.Errorf("the tabulator does not reach %s; it reaches %v", want, seen)
		}
	}
}

// TestTenThousandEntries: the page stays usable; how fast is written down, not
// asserted, for machines differ.
func TestTenThousandEntries(t *testing.T) {
	r := recorded(t, "evictions-two-nodes")
	base := r.Timeline
	for i := range 10_000 - len(base) {
		e := base[i%len(base)]
		e.Time = e.Time.Add(time.Duration(i) * time.Second)
		e.Until = nil
		e.Subject.Name = fmt.Sprintf("%s-%d", e.Subject.Name, i%300)
		r.Timeline = append(r.Timeline, e)
	}
	x := opened(t, r, 1280, 900)
	t.Logf("loaded and drawn %.0f ms after navigation began", value[float64](x, `performance.getEntriesByType('navigation')[0].loadEventEnd`))
	t.Logf("zooming takes %.0f ms", value[float64](x, `(() => { const t = performance.now(); document.querySelector('[data-zoom=in]').click(); return performance.now() - t; })()`))
	if rows := value[int](x, `document.querySelectorAll('#entries tbody tr').length`); rows != 200 {
		t.Errorf("%d rows in the table, want the first 200", rows)
	}
	x.do(chromedp.Click("#more-entries"))
	if rows := value[int](x, `document.querySelectorAll('#entries tbody tr').length`); rows != 400 {
		t.Errorf("%d rows after asking for more, want 400", rows)
	}
	x.picture("ten-thousand")
}
