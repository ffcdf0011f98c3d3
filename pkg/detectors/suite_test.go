package detectors_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func TestSuiteKeepsTheContract(t *testing.T) {
	for _, err := range detect.Validate(detectors.Suite()) {
		t.Error(err)
	}
}

func TestEveryFolderIsInTheSuite(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var onDisk, listed []string
	for _, e := range entries {
		if goFiles, _ := filepath.Glob(filepath.Join(e.Name(), "*.go")); e.IsDir() && len(goFiles) > 0 {
			onDisk = append(onDisk, e.Name())
		}
	}
	for _, d := range detectors.Suite() {
		listed = append(listed, folder(d))
	}
	slices.Sort(listed)
	if diff := cmp.Diff(onDisk, listed); diff != "" {
		t.Errorf("folders on disk (-) and detectors in the suite (+) differ:\n%s", diff)
	}
}

// folder of a detector: its name without hyphens, as package names have none.
func folder(d *detect.Detector) string { return strings.ReplaceAll(d.Name, "-", "") }

// TestDetectors reads every file in the testdata of every detector and holds
// what that detector says of it against the comments at the file's head:
//
//	# now: 2026-11-22T20:00:00Z
//	# want: CAUSE pods=N workloads=N "title"
//
// with one want for each pattern, in order. Without any the detector must be
// silent. What kubelets measured lies beside NAME.yaml in a folder NAME, and
// what is known of the time before in NAME.past, a cluster.Past as YAML. The
// order of the documents in a file must not matter.
func TestDetectors(t *testing.T) {
	for _, d := range detectors.Suite() {
		t.Run(d.Name, func(t *testing.T) {
			paths, err := filepath.Glob(filepath.Join(folder(d), "testdata", "*.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			speaks, silent := 0, 0
			for _, path := range paths {
				if len(readCase(t, path).want) > 0 {
					speaks++
				} else {
					silent++
				}
				t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) { testFile(t, d, path) })
			}
			if speaks == 0 || silent == 0 {
				t.Errorf("%d files on which it speaks, %d on which it is silent: each needs one", speaks, silent)
			}
		})
	}
}

// shuffles is in how many orders the documents of a file are tried.
const shuffles = 4

func testFile(t *testing.T, d *detect.Detector, path string) {
	c := readCase(t, path)
	found := c.analyse(t, d, c.documents)
	checkWants(t, c, found)
	for i := range found {
		checkPattern(t, d, &found[i].Pattern)
	}
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, seed))
	for range shuffles {
		documents := slices.Clone(c.documents)
		rng.Shuffle(len(documents), func(i, j int) { documents[i], documents[j] = documents[j], documents[i] })
		if diff := cmp.Diff(tellAll(found), tellAll(c.analyse(t, d, documents))); diff != "" {
			t.Fatalf("another order of the documents (seed %d) changes what is said:\n%s", seed, diff)
		}
	}
}

// want is one line of expectation.
type want struct {
	Cause           string
	Pods, Workloads int
	Title           string
}

// dump is one file of testdata.
type dump struct {
	now       time.Time
	want      []want
	documents [][]byte // one object each
	metrics   []string // folder of what kubelets measured, if there is one
	past      []byte
}

var wantForm = regexp.MustCompile(`^# want: (\S+) pods=(\d+) workloads=(\d+) (".*")$`)

func readCase(t *testing.T, path string) dump {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c dump
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if now, ok := strings.CutPrefix(line, "# now: "); ok {
			if c.now, err = time.Parse(time.RFC3339, now); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		if strings.HasPrefix(line, "# want") {
			c.want = append(c.want, parseWant(t, path, line))
		}
	}
	if c.now.IsZero() {
		t.Fatalf("%s: no comment '# now: TIME'", path)
	}
	c.documents = split(t, path, raw)
	if past, err := os.ReadFile(strings.TrimSuffix(path, ".yaml") + ".past"); err == nil {
		c.past = past
	}
	if folder := strings.TrimSuffix(path, ".yaml"); isFolder(folder) {
		c.metrics = []string{folder}
	}
	return c
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func parseWant(t *testing.T, path, line string) want {
	t.Helper()
	m := wantForm.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("%s: %q is not of the form '# want: CAUSE pods=N workloads=N \"title\"'", path, line)
	}
	w := want{Cause: m[1]}
	w.Pods, _ = strconv.Atoi(m[2])      // digits, by the form
	w.Workloads, _ = strconv.Atoi(m[3]) // likewise
	title, err := strconv.Unquote(m[4])
	if err != nil {
		t.Fatalf("%s: title %s: %v", path, m[4], err)
	}
	w.Title = title
	return w
}

var strict = serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()

// split takes a file apart into its objects, those of Lists one by one, and
// refuses what Kubernetes would: a misspelt field would make a test say
// nothing.
func split(t *testing.T, path string, raw []byte) [][]byte {
	t.Helper()
	var out [][]byte
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(raw)))
	for {
		doc, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, object := range objects(t, path, doc) {
			if _, _, err := strict.Decode(object, nil, nil); err != nil {
				t.Fatalf("%s: %v in\n%s", path, err, object)
			}
			out = append(out, object)
		}
	}
}

func objects(t *testing.T, path string, doc []byte) [][]byte {
	t.Helper()
	var list struct {
		Kind  string `json:"kind"`
		Items []any  `json:"items"`
	}
	if err := sigsyaml.Unmarshal(doc, &list); err != nil {
		t.Fatalf("%s: %v in\n%s", path, err, doc)
	}
	switch {
	case list.Kind == "":
		return nil // comments alone
	case list.Kind != "List":
		return [][]byte{doc}
	}
	var out [][]byte
	for _, item := range list.Items {
		object, err := sigsyaml.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, object)
	}
	return out
}

// told is a pattern and what it counts.
type told struct {
	detect.Pattern
	detect.Tally
}

// analyse makes one detector's patterns of documents. The patterns of a
// detector without a function are made when those of all are explained.
func (c *dump) analyse(t *testing.T, d *detect.Detector, documents [][]byte) []told {
	t.Helper()
	files := collect.Files{Paths: append(c.metrics, "-"), Now: c.now, Stdin: bytes.NewReader(bytes.Join(documents, []byte("\n---\n")))}
	parts, err := files.Read(t.Context(), cluster.Scope{AllNamespaces: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range parts.Sources {
		if source.Resource == "" || source.Resource == "others" {
			t.Fatalf("%s is not read whole: %s", source.From, source.Gap)
		}
	}
	if err := sigsyaml.UnmarshalStrict(c.past, &parts.Past); err != nil {
		t.Fatal(err)
	}
	s := cluster.New(parts)
	if why := detect.Unmet(d, s); why != "" {
		t.Fatalf("the detector would be skipped: %s", why)
	}
	symptoms := symptom.Recognise(s)
	var out []told
	add := func(p detect.Pattern) {
		tally := detect.Sum(p.Symptoms)
		tally.AddPods(s, p.Also)
		out = append(out, told{p, tally})
	}
	if d.Run != nil {
		found, _ := detect.Run(detect.Suite{d}, s, symptoms)
		for _, p := range found {
			add(p)
		}
		return out
	}
	suite := detectors.Suite()
	found, skipped := detect.Run(suite, s, symptoms)
	for _, p := range correlate.Explain(nil, s, suite, symptoms, found, skipped).Patterns {
		if p.Detector == d.Name {
			add(p.Pattern)
		}
	}
	return out
}

func checkWants(t *testing.T, c dump, found []told) {
	t.Helper()
	var got []want
	for i := range found {
		p := &found[i]
		got = append(got, want{Cause: p.Cause, Pods: len(p.Pods), Workloads: len(p.Workloads), Title: p.Title})
	}
	if diff := cmp.Diff(c.want, got); diff != "" {
		t.Errorf("wanted (-), found (+):\n%s", diff)
		for _, g := range got {
			t.Logf("found: # want: %s pods=%d workloads=%d %q", g.Cause, g.Pods, g.Workloads, g.Title)
		}
	}
}

// printsSecret matches commands that would show the data of a Secret.
var printsSecret = regexp.MustCompile(`\bget\s+secrets?\b.*\s(-o|--output)|\bsecret.*\{\.data`)

// checkPattern holds a pattern against what every pattern owes its reader.
func checkPattern(t *testing.T, d *detect.Detector, p *detect.Pattern) {
	t.Helper()
	openSet := func(cause string) bool { return strings.ToUpper(cause) == cause }
	if !slices.Contains(d.Causes, p.Cause) && !slices.ContainsFunc(d.Causes, openSet) {
		t.Errorf("cause %q is none of %q", p.Cause, d.Causes)
	}
	if p.Detector != d.Name || p.Category != d.Category {
		t.Errorf("pattern of %s (%s), detector %s (%s)", p.Detector, p.Category, d.Name, d.Category)
	}
	if p.Title == "" || strings.ContainsFunc(p.Title, unicode.IsControl) {
		t.Errorf("title %q", p.Title)
	}
	if p.Key == "" || p.Tier == "" || len(p.Symptoms) == 0 {
		t.Errorf("%s: key %q, tier %q, %d symptoms", p.Title, p.Key, p.Tier, len(p.Symptoms))
	}
	if p.Probable.Text == "" || p.Probable.Why == "" || p.Probable.Confidence == "" || strings.Contains(p.Probable.Text, "%!") {
		t.Errorf("%s: probable cause %+v", p.Title, p.Probable)
	}
	kubectl := 0
	for _, c := range p.Investigation {
		if strings.HasPrefix(c.Command, "kubectl ") {
			kubectl++
		}
		checkCommand(t, c.Command)
	}
	if kubectl == 0 {
		t.Errorf("%s: no kubectl command to investigate with", p.Title)
	}
	for _, r := range p.Recommendations {
		if r.Text == "" || r.Urgency == "" {
			t.Errorf("%s: recommendation %+v", p.Title, r)
		}
		for _, c := range r.Commands {
			checkCommand(t, c)
		}
	}
}

func checkCommand(t *testing.T, command string) {
	t.Helper()
	if printsSecret.MatchString(command) {
		t.Errorf("prints the data of a Secret: %s", command)
	}
	if strings.ContainsFunc(command, unicode.IsControl) || strings.HasSuffix(command, " ") || strings.Contains(command, "''") {
		t.Errorf("command %q", command)
	}
}

// tellAll puts everything that is said into words, to be compared.
func tellAll(found []told) []string {
	var out []string
	for i := range found {
		p := &found[i]
		text := fmt.Sprintln(p.ID(), p.Title, p.Tier, p.Contrast, p.Pods, p.Workloads, p.Pattern.Nodes, p.First, p.Last, p.Ongoing, p.Occurrences)
		text += fmt.Sprintln(p.Probable, p.Counter, p.Investigation, p.Recommendations)
		for _, f := range p.Factors {
			text += fmt.Sprintln(f.Attribute, f.Value, f.Note, f.Placement)
		}
		if p.Change != nil {
			text += fmt.Sprintln(*p.Change)
		}
		out = append(out, text)
	}
	return out
}
