package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func TestMarkdownGoldens(t *testing.T) {
	for _, name := range []string{"rollout-dependants", "registry-auth", "healthy-after-start", "evictions-two-nodes"} {
		var out bytes.Buffer
		if err := report.Markdown(&out, read(t, "testdata/"+name+".json"), report.Style{}); err != nil {
			t.Fatal(err)
		}
		compare(t, "testdata/"+name+".markdown.golden", out.String(), 0)
	}
}

func TestCSVGoldens(t *testing.T) {
	for _, table := range report.Tables() {
		var out bytes.Buffer
		if err := report.CSV(&out, read(t, "testdata/rollout-dependants.json"), table); err != nil {
			t.Fatal(err)
		}
		compare(t, "testdata/rollout-dependants."+table+".csv.golden", out.String(), 0)
	}
	if err := report.CSV(&bytes.Buffer{}, &report.Report{}, "pods"); err == nil || !strings.Contains(err.Error(), "affected") {
		t.Errorf("a table that is not there: %v", err)
	}
}

// evil is what an image, a message or a label may hold.
var evil = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</script><script>alert(2)</script>`, `javascript:alert(1)`,
	`{{.Policy}}`, "![x](http://evil.example/p.png)", "[click](http://evil.example)", "```\n# out of the block\n", "www.evil.example",
	"=cmd|'/c calc'!A1", "+1+1", "@SUM(1)", "-2+3", "\x1b[31mred\x1b[0m", "a\u202egnp.exe", "| cell | cell |", "<!-- ", "`code`", "a\r\nb",
	" @torvalds", " me@evil.example", "fixes #1", "`@torvalds`", "(@torvalds|#1)", "\t=1+1", ` "=1+1`, "a; =cmd|'/c calc'!A1", "＝1+1", "it's $(reboot)",
}

// poisoned sets a text behind every text of a report that comes from a
// cluster.
func poisoned(t *testing.T, text string) *report.Report {
	t.Helper()
	return poison(t, "testdata/rollout-dependants.json", func(s string) string { return s + text })
}

// ours are the fields that hold nothing from a cluster.
var ours = regexp.MustCompile(`^(id|explainedBy|explains|severity|tier|detector|category|pattern|patterns|rows|apiVersion|time|until|firstSeen|lastSeen|from|to|generatedAt|since|state|class|urgency|source|unit|bucketSeconds)$`)

// poison changes every text of a recorded report that comes from a cluster.
func poison(t *testing.T, file string, change func(string) string) *report.Report {
	t.Helper()
	raw, err := os.ReadFile(file) //nolint:gosec // our own testdata
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	var walk func(key string, x any) any
	walk = func(key string, x any) any {
		switch v := x.(type) {
		case string:
			if _, err := time.Parse(time.RFC3339, v); err != nil && v != "" && !ours.MatchString(key) {
				return change(v)
			}
		case []any:
			for i := range v {
				v[i] = walk(key, v[i])
			}
		case map[string]any:
			for k := range v {
				v[k] = walk(k, v[k])
			}
		}
		return x
	}
	raw, err = json.Marshal(walk("", tree))
	if err != nil {
		t.Fatal(err)
	}
	var out report.Report
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

func TestThePageLetsNoTextActOnIt(t *testing.T) {
	for _, text := range evil {
		var out bytes.Buffer
		if err := report.HTML(&out, poisoned(t, text), report.Style{}); err != nil {
			t.Fatal(err)
		}
		page := out.String()
		if n := strings.Count(page, "<script"); n != 2 { // the data and the program
			t.Errorf("%q: %d scripts in the page, want 2", text, n)
		}
		for _, tag := range []string{"<img", "<iframe", "<!--", "href=\"javascript", "\x1b", "\u202e"} {
			if i := strings.Index(page, tag); i >= 0 {
				t.Errorf("%q: the page holds %q: …%s…", text, tag, page[max(0, i-60):min(len(page), i+60)])
			}
		}
	}
}

// TestThePageAsksForNothing: no address of anything that a browser would load.
func TestThePageAsksForNothing(t *testing.T) {
	var out bytes.Buffer
	if err := report.HTML(&out, read(t, "testdata/evictions-two-nodes.json"), report.Style{}); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	if loads := regexp.MustCompile(`(?i)(\bsrc=|<link|@import|url\(|fetch\(|XMLHttpRequest|import\()`).FindAllString(page, -1); len(loads) > 0 {
		t.Errorf("the page loads: %q", loads)
	}
	if !strings.Contains(page, "default-src &#39;none&#39;") && !strings.Contains(page, "default-src 'none'") {
		t.Error("no policy that forbids to load anything")
	}
}

// code is a span of code in Markdown, in which nothing acts.
var code = regexp.MustCompile("(^|[^\\\\])`[^`]+`")

func TestMarkdownKeepsTextAsText(t *testing.T) {
	for _, text := range evil {
		var out bytes.Buffer
		if err := report.Markdown(&out, poisoned(t, text), report.Style{}); err != nil {
			t.Fatal(err)
		}
		fence := ""
		for line := range strings.Lines(out.String()) {
			line = strings.TrimRight(line, "\n")
			bare := strings.TrimSpace(line)
			if strings.HasPrefix(bare, "```") {
				ticks := bare[:len(bare)-len(strings.TrimLeft(bare, "`"))]
				switch {
				case fence == "":
					fence = ticks
				case bare == fence:
					fence = ""
				}
				continue
			}
			if fence != "" {
				if strings.HasPrefix(bare, "# ") && strings.ContainsAny(bare, "'\"`$") {
					t.Errorf("%q: a comment that a shell may read: %s", text, line)
				}
				continue
			}
			line = code.ReplaceAllString(line, "$1")
			for _, mark := range []string{"![", "](", "<script", "<img", "<!--", "http://", "www.e", "@t", "@e", "#1", "\x1b", "\u202e"} {
				if i := strings.Index(line, mark); i >= 0 && (i == 0 || line[i-1] != '\\' || strings.ContainsAny(mark[:1], "@#")) { // those act behind a backslash
					t.Errorf("%q: a line holds %q: %s", text, mark, line)
				}
			}
		}
		if fence != "" {
			t.Errorf("%q: a block does not end", text)
		}
	}
}

// formula is how a cell begins that is computed, where semicolons part cells too.
var formula = regexp.MustCompile(`(^|;)[\s"]*([=+@|＝]|-2\+)`)

func TestNoCellIsAFormula(t *testing.T) {
	for _, text := range evil {
		for _, table := range report.Tables() {
			r := poisoned(t, "")
			for i := range r.Patterns {
				r.Patterns[i].Title = text
				for j := range r.Patterns[i].Affected {
					r.Patterns[i].Affected[j].Image = text
				}
			}
			for i := range r.Timeline {
				r.Timeline[i].Message = text
			}
			var out bytes.Buffer
			if err := report.CSV(&out, r, table); err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(&out).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if formula.MatchString(cell) {
						t.Errorf("table %s has the cell %q", table, cell)
					}
				}
			}
		}
	}
}
