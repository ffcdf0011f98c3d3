package integration

import (
	"archive/tar"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// planted is the scenario that has secrets in all places. Each holds the mark.
const (
	planted = "testdata/planted"
	mark    = "zq7"
)

// wholly are the flags with which a scan reads all that it ever reads.
var wholly = []string{"-A", "--logs", "--config-values", "--no-history"}

// noSecretIsWritten looks for what was planted in all that is written, in
// every mode.
func noSecretIsWritten(t *testing.T, c *real) {
	dir := t.TempDir()
	everythingWritten(t, c, dir)
	secrets := plantedSecrets(t)
	masked := map[string]bool{}
	for name, content := range written(t, dir) {
		lower := strings.ToLower(name + content)
		if i := strings.Index(lower, mark); i >= 0 {
			t.Errorf("%s: …%s…", name, lower[max(0, i-60):min(len(lower), i+60)])
		}
		for _, s := range secrets {
			if strings.Contains(content, s) {
				t.Errorf("%s holds %s", name, s)
			}
		}
		if strings.Contains(content, "***") {
			masked[filepath.Base(name)] = true
		}
	}
	for _, name := range []string{"events.json", "pods.json", "previous.log", "replicasets.json", "report.json", "wide", "html", "markdown"} {
		if !masked[name] {
			t.Errorf("nothing is masked in %s: was anything planted?", name)
		}
	}
}

// everythingWritten has the plugin write in all ways that it has.
func everythingWritten(t *testing.T, c *real, dir string) {
	t.Helper()
	at := func(name string) string { return filepath.Join(dir, name) }
	first := c.report(t, wholly...).Patterns[0].ID
	for name, args := range map[string][]string{
		"html":      {"-o", "html", "--save", at("save.tar.gz"), "--evidence-dir", at("evidence")},
		"json":      {"-o", "json", "--save", at("redacted.tar.gz"), "--redact", "--evidence-dir", at("evidence-beside-redacted")},
		"wide":      {"-o", "wide"},
		"markdown":  {"-o", "markdown"},
		"csv":       {"-o", "csv", "--table", "timeline"},
		"affected":  {"-o", "csv", "--table", "affected"},
		"snapshot":  {"snapshot", at("snapshot.tar.gz")},
		"redacted":  {"snapshot", at("snapshot-redacted.tar.gz"), "--redact"},
		"timeline":  {"timeline", "-o", "wide"},
		"matrix":    {"matrix", "-o", "yaml"},
		"explained": {"explain", first},
		"rollout":   {"rollout", "deploy/tidewheel", "--namespace", "zenithbank"},
		"node":      {"node", node},
		"contexts":  {"--all-contexts"},
	} {
		if args = append(args, wholly...); args[0] == "rollout" {
			args = slices.DeleteFunc(args, func(a string) bool { return a == "-A" })
		}
		out, errOut, code := c.run(t, args...)
		if code != 0 {
			t.Errorf("%v: exit code %d: %s", args, code, errOut)
		}
		if err := os.WriteFile(at(name), []byte(out+errOut), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	recorded(t, c, at("history.db"), at("recorded.tar.gz"))
}

// recorded keeps a history, and saves what it gives back: on disk it is
// compressed.
func recorded(t *testing.T, c *real, history, saved string) {
	t.Helper()
	for _, args := range [][]string{{"record", "--once", "-A", "--history", history}, {"snapshot", saved, "-A", "--history", history}} {
		if _, errOut, code := c.run(t, args...); code != 0 {
			t.Errorf("%v: exit code %d: %s", args, code, errOut)
		}
	}
}

// plantedSecrets are the values, and what they are in base64.
func plantedSecrets(t *testing.T) []string {
	t.Helper()
	var out []string
	manifests, err := filepath.Glob(planted + "/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range manifests {
		raw, err := os.ReadFile(path) //nolint:gosec // testdata
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range regexp.MustCompile(`(?i)[\w.+/-]*`+mark+`[\w.+/-]*`).FindAllString(string(raw), -1) {
			out = append(out, word, strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(word)), "="))
		}
	}
	if len(out) < 100 {
		t.Fatalf("%d secrets are planted", len(out)/2)
	}
	return out
}

// written is what is in the files of a folder, and in the archives among them.
func written(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path) //nolint:gosec // of the test
		out[path] = string(raw)
		if strings.HasSuffix(path, ".tar.gz") {
			for name, content := range unpacked(t, path) {
				out[path+"/"+name] = content
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func unpacked(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path) //nolint:gosec // of the test
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	packed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for in := tar.NewReader(packed); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out[h.Name] = string(raw)
	}
}

// otherNames: a redacted archive gives the same patterns, and no name of the
// cluster is in it.
func otherNames(t *testing.T, c *real) {
	dir := t.TempDir()
	plain, redacted := filepath.Join(dir, "plain.tar.gz"), filepath.Join(dir, "redacted.tar.gz")
	for _, args := range [][]string{append([]string{"snapshot", plain}, wholly...), {"snapshot", redacted, "--redact", "-f", plain}} {
		if _, errOut, code := c.run(t, args...); code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, errOut)
		}
	}
	want, got := shapes(c.report(t, "-f", plain)), shapes(c.report(t, "-f", redacted))
	if !slices.Equal(want, got) {
		t.Errorf("under other names it is\n%s\nand was\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	names := namesOf(t, c)
	for file, content := range unpacked(t, redacted) {
		for name, found := range names {
			if found.MatchString(file) || found.MatchString(content) {
				t.Errorf("%s holds %s", file, name)
			}
		}
	}
}

// shapes are the patterns of a report without names. Which of two equals explains
// a third is decided by names.
func shapes(r *report.Report) []string {
	var out []string
	for i := range r.Patterns {
		p := &r.Patterns[i]
		factors := map[string]int{}
		for _, f := range p.SharedFactors {
			factors[f.Attribute]++
		}
		out = append(out, fmt.Sprint(p.Detector, "/", p.Cause, " ", p.Category, " ", p.Severity, " ", p.Tier, " ", p.Frequency, " ", p.FirstSeen.UTC(), " ", p.LastSeen.UTC(), " ", p.Ongoing, " ",
			p.ExplainedBy == "", " ", len(p.Affected), " ", len(p.Impact), " ", len(p.PrecedingChanges), " ", len(p.Evidence), " ", factors))
	}
	slices.Sort(out)
	return out
}

// namesOf matches the names of a cluster: those that are made of several words
// wherever they stand, others as whole strings of JSON and parts of paths.
func namesOf(t *testing.T, c *real) map[string]*regexp.Regexp {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", c.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client := kubernetes.NewForConfigOrDie(config)
	pods, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*regexp.Regexp{}
	anywhere := func(name string) { out[name] = regexp.MustCompile(regexp.QuoteMeta(name)) }
	for _, word := range []string{"zenithbank", "ledgerwolf", "tidewheel", "vaultdb", "strongroom", "nightowl", "turnstile", "bouncer", "acme"} {
		anywhere(word)
	}
	for i := range nodes.Items {
		anywhere(nodes.Items[i].Name)
	}
	for i := range pods.Items {
		addNamesOfPod(out, &pods.Items[i])
	}
	if len(out) < 60 {
		t.Fatalf("%d names", len(out))
	}
	return out
}

// everybodys are words that say nothing of a cluster as names: they stay.
var everybodys = map[string]bool{"default": true, "kube": true, "batch": true, "cpu": true, "memory": true, "gpu": true}

func addNamesOfPod(out map[string]*regexp.Regexp, p *corev1.Pod) {
	for _, name := range []string{p.Name, p.Status.PodIP, p.Spec.Containers[0].Image} {
		if first, _, _ := strings.Cut(name, "-"); name != "" && !everybodys[first] {
			out[name] = regexp.MustCompile(regexp.QuoteMeta(name))
		}
	}
	if !everybodys[p.Namespace] {
		n := regexp.QuoteMeta(p.Namespace)
		out["namespace "+p.Namespace] = regexp.MustCompile(`"namespace":"` + n + `"|namespaces/` + n + `/|in namespace ` + n + `\b`)
	}
}

// savedIsTheSame: what a live scan writes, and what comes of its archive, is the
// same but for where it is from: the report, and each file of evidence.
func savedIsTheSame(t *testing.T, c *real, flags []string) {
	dir := t.TempDir()
	saved, before, after := filepath.Join(dir, "saved.tar.gz"), filepath.Join(dir, "before"), filepath.Join(dir, "after")
	live, errOut, code := c.run(t, append(slices.Clone(flags), "--no-history", "--save", saved, "--evidence-dir", before, "-o", "json")...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	back, errOut, code := c.run(t, "-f", saved, "--evidence-dir", after, "-o", "json")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	if want, got := withoutSource(live, before), withoutSource(back, after); want != got {
		t.Errorf("the report is another one:\n%s\n%s", live, back)
	}
	files := written(t, after)
	was := written(t, before)
	if len(files) != len(was) || len(files) < 7 {
		t.Errorf("%d files of evidence, and %d", len(was), len(files))
	}
	for path, content := range was {
		name := strings.TrimPrefix(path, before)
		if name == "/index.json" {
			continue // checksums of files with the source in them
		}
		if want, got := withoutSource(content, before), withoutSource(files[after+name], after); want != got {
			t.Errorf("%s is another one:\n%s\n%s", name, want, got)
		}
	}
	if !json.Valid([]byte(files[filepath.Join(after, "report.json")])) {
		t.Error("there is no report among the files")
	}
}

var sources = regexp.MustCompile(`"(from": "(live|[^"]*\.tar\.gz)"|offline": (true|false))`)

func withoutSource(text, folder string) string {
	return strings.ReplaceAll(sources.ReplaceAllString(text, ""), folder, "")
}
