package cmd

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// damaged writes a recording with its objects damaged into a folder. So many in a
// hundred of them stay.
func damaged(t *testing.T, name string, seed uint64, d *damage, stay int) string {
	t.Helper()
	folder := t.TempDir()
	for file, list := range listsOf(t, name) {
		r := rand.New(rand.NewPCG(seed, uint64(len(file)))) //nolint:gosec // not for secrets
		all, _ := list["items"].([]any)
		items := []any{}
		for _, item := range all {
			if stay == whole || r.IntN(whole) < stay {
				items = append(items, d.done(r, "", item))
			}
		}
		list["items"] = items
		raw, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path.Join(folder, file), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// whole is a hundred of a hundred.
const whole = 100

// unpackedOnce are the files of recordings that are damaged again and again.
var unpackedOnce sync.Map

func listsOf(t *testing.T, name string) map[string]map[string]any {
	t.Helper()
	files, known := unpackedOnce.Load(name)
	if !known {
		archive, err := os.ReadFile(recording(name))
		if err != nil {
			t.Fatal(err)
		}
		files, _ = unpackedOnce.LoadOrStore(name, filesOf(t, string(archive)))
	}
	out := map[string]map[string]any{}
	for file, text := range files.(map[string]string) { //nolint:forcetypeassert // stored above
		if path.Ext(file) != ".json" {
			continue
		}
		var list map[string]any
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			t.Fatal(file, err)
		}
		out[path.Base(file)] = list
	}
	return out
}

// damagedRecordings have failures of many sorts: of nodes, pulls, rollouts.
var damagedRecordings = []string{"registry-auth", "rollout-crash", "evictions-two-nodes"}

// TestDamagedClusters: whatever is wrong with the objects of a cluster, each
// view of it ends with an answer that holds nothing absurd, and nothing in it
// acts on a terminal, a page or a table. The long form damages other objects each
// time.
func TestDamagedClusters(t *testing.T) {
	seeds := 1
	if os.Getenv("KUBECTL_PATTERNS_HARD") != "" {
		seeds = 10
	}
	for seed := range uint64(seeds) {
		for i := range damages {
			d := &damages[i]
			for _, name := range damagedRecordings {
				t.Run(fmt.Sprintf("%s/%s/%d", d.name, name, seed+1), func(t *testing.T) { looksDamaged(t, damaged(t, name, seed+1, d, whole)) })
			}
		}
	}
}

func looksDamaged(t *testing.T, folder string) {
	t.Helper()
	r := reportOf(t, folder)
	if why := absurd(r); why != "" {
		t.Fatal(why)
	}
	for _, args := range viewsOfDamage(r) {
		look(t, folder, args)
	}
}

// FuzzClusters goes the whole way from objects to a rendering: a part of a
// cluster, with damage of two kinds at once and any text, in one of the views.
func FuzzClusters(f *testing.F) {
	for i, text := range hostileTexts {
		f.Add(uint64(i), uint8(i), uint8(i*3), uint8(i), text) //nolint:gosec // small numbers
	}
	f.Fuzz(func(t *testing.T, seed uint64, first, second, view uint8, text string) {
		a, b := damages[int(first)%len(damages)], damages[int(second)%len(damages)]
		both := damage{"both", func(r *rand.Rand, key string, v any) any {
			if s, ok := v.(string); ok && written.MatchString(key) && r.IntN(5) == 0 {
				v = s + text
			}
			return b.to(r, key, a.to(r, key, v))
		}}
		folder := damaged(t, damagedRecordings[seed%uint64(len(damagedRecordings))], seed, &both, staysInFuzzing)
		views := viewsOfDamage(nil)
		if i := int(view) % (len(views) + 1); i < len(views) {
			look(t, folder, views[i])
			return
		}
		r := reportOf(t, folder)
		if why := absurd(r); why != "" {
			t.Fatal(why)
		}
		if len(r.Patterns) > 0 {
			look(t, folder, explaining(r))
		}
	})
}

// staysInFuzzing is how many objects in a hundred are left, for an input to be
// tried in a moment; and what refers to the others misses them.
const staysInFuzzing = 30

// look looks at a damaged cluster in one way.
func look(t *testing.T, folder string, args []string) {
	t.Helper()
	out, errOut, code := run(t, "", append(args, "-f", folder, "--utc")...)
	if code != 0 && code != exitFailed {
		t.Fatalf("%v: exit code %d: %s", args, code, errOut)
	}
	if strings.Contains(errOut, detect.Mistake) {
		t.Fatalf("%v: %s", args, errOut)
	}
	if why := acts(args, out) + acts(nil, errOut); why != "" {
		t.Fatalf("%v: %s", args, why)
	}
}

// viewsOfDamage are the commands whose output people see, without a report those
// that need to know of none.
func viewsOfDamage(r *report.Report) [][]string {
	out := [][]string{{"-o", "wide"}, {"-o", "markdown"}, {"-o", "html"}, {"-o", "csv", "--table", "patterns"}, {"-o", "csv", "--table", "timeline"},
		{"timeline"}, {"matrix"}, {}}
	if r != nil && len(r.Patterns) > 0 {
		out = append(out, explaining(r))
	}
	return out
}

func explaining(r *report.Report) []string { return []string{"explain", r.Patterns[0].ID} }

func reportOf(t *testing.T, folder string) *report.Report {
	t.Helper()
	out, errOut, code := run(t, "", "-f", folder, "-o", "json")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// absurd names a number or a time of a report that cannot be.
func absurd(r *report.Report) string {
	late := time.Now().Add(48 * time.Hour)
	if r.GeneratedAt.After(late) {
		return fmt.Sprintf("it is %s", r.GeneratedAt)
	}
	if r.Totals.Pods < 0 || r.Totals.FailingPods > r.Totals.Pods {
		return fmt.Sprintf("totals %+v", r.Totals)
	}
	for _, s := range r.Skipped {
		if strings.HasPrefix(s.Why, detect.Mistake) {
			return s.Detector + ": " + s.Why
		}
	}
	for i := range r.Patterns {
		p := &r.Patterns[i]
		if p.FirstSeen != nil && (p.FirstSeen.After(late) || p.FirstSeen.Year() < 1971) {
			return fmt.Sprintf("%s: first seen %s", p.Title, p.FirstSeen)
		}
		for _, f := range p.SharedFactors {
			if f.Affected < 0 || f.Affected > f.AffectedOf || f.Healthy < 0 || f.Healthy > f.HealthyOf {
				return fmt.Sprintf("%s: factor %+v", p.Title, f)
			}
		}
	}
	for i := range r.Timeline {
		if e := &r.Timeline[i]; e.Time.After(late) || e.Time.Year() < 1971 {
			return fmt.Sprintf("timeline: %s %s", e.Time, e.Message)
		}
	}
	return ""
}

// outsideFences is Markdown without its blocks of code.
func outsideFences(text string) string {
	var out strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		opening := strings.TrimSpace(regexp.MustCompile("^ {0,3}`{3,}").FindString(line)) // rules for alerts stand in a list
		switch {
		case fence == "" && opening != "":
			fence = opening
		case fence != "" && strings.TrimSpace(line) == fence:
			fence = ""
		case fence == "":
			out.WriteString(line)
		}
	}
	return out.String()
}

// acts names what would act on who sees an output.
func acts(args []string, out string) string {
	for _, r := range out {
		if r != '\n' && (unicode.In(r, unicode.Cc, unicode.Bidi_Control, unicode.Zl, unicode.Zp) || r == '\ufeff' || r == '\u200b') {
			return fmt.Sprintf("character %U", r)
		}
	}
	switch {
	case slices.Contains(args, "html"):
		if strings.Contains(out, "<script>alert") || strings.Contains(out, `" onmouseover="alert`) || strings.Contains(out, `href="javascript:`) {
			return "a script of the cluster"
		}
	case slices.Contains(args, "markdown"):
		if strings.Contains(outsideFences(out), "[x](") { // escaped it is \[x\](
			return "an image or link of the cluster"
		}
	case slices.Contains(args, "csv"):
		if formula := regexp.MustCompile(`(?m)(^|,)"?[=@+-][^,\n]*[(|!]`).FindString(out); formula != "" {
			return "a formula: " + formula
		}
	}
	return ""
}
