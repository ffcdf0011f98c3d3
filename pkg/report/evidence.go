package report

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/alert"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/archive"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
)

// File is one of the files of --evidence-dir. Its name is safe on any file
// system, whatever the cluster's text holds.
type File struct {
	Name    string
	About   string // what it holds, in words
	Pattern string // the ID of the pattern that it is of; empty for the others
	Write   func(io.Writer) error
}

// about is what stands above every file of one report.
type about struct {
	APIVersion  string    `json:"apiVersion"`
	Kind        string    `json:"kind"`
	GeneratedAt time.Time `json:"generatedAt"`
	Cluster     Cluster   `json:"cluster"`
	Window      Window    `json:"window"`
}

func (r *Report) about(kind string) about {
	return about{APIVersion: APIVersion, Kind: kind, GeneratedAt: r.GeneratedAt, Cluster: r.Cluster, Window: r.Window}
}

// patternEvidence is all that is known of one pattern.
type patternEvidence struct {
	about
	Pattern Pattern `json:"pattern"`
	// Objects are those that the pattern is about, as a snapshot holds them:
	// trimmed and masked, with stand-ins for values of environment variables.
	Objects objectList `json:"objects"`
	Logs    []logEnd   `json:"logs"`
}

// logEnd is the end of a container's log, where it was read.
type logEnd struct {
	Pod       Ref      `json:"pod"`
	Container string   `json:"container"`
	Previous  bool     `json:"previous"`
	Lines     []string `json:"lines"`
}

// objectList is what kubectl prints of several objects: other tools read it.
type objectList struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Items      []any  `json:"items"`
}

// Files makes the files of --evidence-dir of a story and its report, and sets in the report
// which pattern's evidence is in which of them.
func Files(story *correlate.Story, r *Report) []File {
	var out []File
	taken := map[string]bool{}
	made := archive.ObjectsOf(story.Snapshot)
	for i := range r.Patterns {
		name := fileName(r.Patterns[i].ID, taken)
		r.Patterns[i].EvidenceFile = name
		out = append(out, File{Name: name, Pattern: r.Patterns[i].ID, About: escape(r.Patterns[i].Title), Write: func(w io.Writer) error {
			p := story.Patterns[i]
			objects, logs := objectsOf(story.Snapshot, made, p)
			return encode(w, patternEvidence{r.about("PatternEvidence"), r.Patterns[i], objectList{"v1", "List", objects}, logs})
		}})
	}
	add := func(name, about string, write func(io.Writer) error) {
		out = append(out, File{Name: name, About: about, Write: write})
	}
	add("report.json", "the whole report", func(w io.Writer) error { return JSON(w, r) })
	add("timeline.json", "changes, failures and recoveries in the order of time", func(w io.Writer) error {
		return encode(w, struct {
			about
			Timeline []Entry `json:"timeline"`
		}{r.about("Timeline"), r.Timeline})
	})
	add("matrix.json", "patterns against the factors that they share, and against each other", func(w io.Writer) error {
		return encode(w, struct {
			about
			Matrix Matrix `json:"matrix"`
		}{r.about("Matrix"), r.Matrix})
	})
	add("exit-codes.json", "every exit code of every container, pattern or not", func(w io.Writer) error {
		return encode(w, exitCodes(story.Snapshot, r))
	})
	add("event-windows.json", "how many events there were in each five minutes and each hour", func(w io.Writer) error {
		return encode(w, eventWindows(story.Snapshot, r))
	})
	if rules := alertRules(story.Patterns); len(rules) > 0 {
		add("alert-rules.yaml", "a PrometheusRule that tells of every root", func(w io.Writer) error {
			_, err := io.WriteString(w, alert.Manifest(rules, "kubectl-patterns"))
			return err
		})
	}
	files := out
	add("index.md", "this list", func(w io.Writer) error { return index(w, r, files) })
	return out
}

func alertRules(ps []*correlate.Pattern) []alert.Rule {
	var out []alert.Rule
	for _, p := range ps {
		if rule, _ := alertOf(p); rule.Alert != "" {
			out = append(out, rule)
		}
	}
	return out
}

// encode writes JSON as the report is written.
func encode(w io.Writer, v any) error { return Encode(w, "json", v) }

var unsafe = regexp.MustCompile(`[^a-z0-9-]+`)

// longestName keeps names of files below what any file system takes.
const longestName = 120

// fileName is a pattern's ID with ".json", made of letters, digits and hyphens
// alone: a cause may be the reason of an event, which is anybody's text. IDs
// end in a hash of what they are of, which is kept; what would be the same all
// the same gets a number.
func fileName(id string, taken map[string]bool) string {
	name := strings.Trim(unsafe.ReplaceAllString(strings.ToLower(id), "_"), "-")
	name = cmp.Or(name[max(0, len(name)-longestName):], "pattern")
	out := name + ".json"
	for n := 2; taken[out]; n++ {
		out = name + "-" + strconv.Itoa(n) + ".json"
	}
	taken[out] = true
	return out
}

// index says in Markdown what each file holds.
func index(w io.Writer, r *Report, files []File) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Evidence, judged at %s\n\n", r.GeneratedAt.Format(time.RFC3339))
	b.WriteString("Written by `kubectl patterns --evidence-dir`; index.json has the checksums, by which the next\nrun knows what it may replace. The objects in a pattern's file are those that a scan keeps of\nwhat it read: `jq .objects FILE` is a list as kubectl prints it.\n\n| File | What it holds |\n|---|---|\n")
	for _, f := range files {
		fmt.Fprintf(&b, "| [%s](%s) | %s |\n", f.Name, f.Name, inline(f.About))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// logsOf are the logs of a pod that were read.
func logsOf(s *cluster.Snapshot, p *cluster.Pod) []logEnd {
	var out []logEnd
	for _, c := range p.Containers {
		if l := s.Log(p.Ref, c.Name); l != nil {
			out = append(out, logEnd{Pod: ref(p.Ref), Container: c.Name, Previous: l.Previous, Lines: orEmpty(l.Lines)})
		}
	}
	return out
}
