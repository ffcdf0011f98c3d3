package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// recording is the saved data of a real cluster.
func recording(name string) string {
	return "../../hack/score/testdata/incidents/" + name + "/data.tar.gz"
}

func run(t *testing.T, stdin string, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), args, genericiooptions.IOStreams{In: strings.NewReader(stdin), Out: &o, ErrOut: &e})
	return o.String(), e.String(), code
}

func scan(t *testing.T, args ...string) *report.Report {
	t.Helper()
	out, errOut, code := run(t, "", append(args, "-o", "json")...)
	if code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, errOut)
	}
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func TestMistakesGetOneClearLine(t *testing.T) {
	t.Setenv("KUBECONFIG", "/dev/null")
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	registry := recording("registry-auth")
	for _, c := range []struct {
		name, stdin string
		args        []string
		code        int
		says        string
	}{
		{"unknown flag", "", []string{"--al-namespaces"}, exitUsage, "unknown flag: --al-namespaces; did you mean --all-namespaces?"},
		{"unknown command", "", []string{"nodes"}, exitUsage, `unknown command "nodes"; did you mean "node"?`},
		{"node without a name", "", []string{"node"}, exitUsage, "node needs the name of one node"},
		{"output", "", []string{"-o", "xml"}, exitUsage, `--output "xml": must be one of`},
		{"severity", "", []string{"--min-severity", "fatal"}, exitUsage, "must be one of info, warning, critical"},
		{"category", "", []string{"--category", "x"}, exitUsage, "must be one of infrastructure"},
		{"detector", "", []string{"--detector", "oom,nonsense"}, exitUsage, `no such detector`},
		{"since", "", []string{"--since", "yesterday"}, exitUsage, "such as 30m, 2h or 3d"},
		{"now without files", "", []string{"--now", "2026-01-01T00:00:00Z"}, exitUsage, "it goes with -f"},
		{"now", "", []string{"-f", registry, "--now", "noon"}, exitUsage, "must be a time such as"},
		{"selector", "", []string{"-f", registry, "-l", "a=(b"}, exitUsage, "--selector"},
		{"no kubeconfig", "", []string{"-A"}, exitFailed, "there is no kubeconfig"},
		{"missing file", "", []string{"-f", "no-such-file.json"}, exitFailed, "no-such-file.json: no such file"},
		{"not JSON", "hello\n", []string{"-f", "-"}, exitFailed, "standard input: document 1 is no Kubernetes object"},
		{"namespace not in the files", "", []string{"-f", registry, "-n", "nope"}, exitFailed, `namespace "nope" is not in the files`},
		{"node not in the files", "", []string{"node", "nope", "-f", registry}, exitFailed, `node "nope" does not exist`},
		{"detector to describe", "", []string{"detectors", "nope"}, exitFailed, `detector "nope" does not exist`},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, errOut, code := run(t, c.stdin, c.args...)
			if code != c.code || !strings.Contains(errOut, c.says) {
				t.Errorf("exit code %d (want %d), standard error: %s", code, c.code, errOut)
			}
			if out != "" {
				t.Errorf("a mistake printed to standard output: %s", out)
			}
			if n := strings.Count(errOut, "\n"); n > 2 {
				t.Errorf("%d lines for one mistake:\n%s", n, errOut)
			}
		})
	}
}

func TestInterruptedEndsWith130(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var o, e bytes.Buffer
	code := Main(ctx, []string{"-f", recording("registry-auth")}, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &o, ErrOut: &e})
	if code != exitInterrupted || o.Len() != 0 {
		t.Errorf("exit code %d, printed %q", code, o.String())
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	for _, format := range []string{"text", "json", "yaml"} {
		first, _, code := run(t, "", "-f", recording("rollout-dependants"), "-o", format, "--utc")
		if code != 0 || first == "" {
			t.Fatalf("%s: exit code %d", format, code)
		}
		for range 5 {
			if again, _, _ := run(t, "", "-f", recording("rollout-dependants"), "-o", format, "--utc"); again != first {
				t.Fatalf("%s differs from run to run", format)
			}
		}
	}
}

func TestNarrowing(t *testing.T) {
	registry := recording("registry-auth")
	whole := scan(t, "-f", registry)
	if got := len(workloads(whole)); got != 4 {
		t.Fatalf("the whole recording names %d workloads, want 4", got)
	}
	one := scan(t, "-f", registry, "-n", "crm")
	if got := workloads(one); !slices.Equal(got, []string{"crm/contacts"}) {
		t.Errorf("-n crm reports %v", got)
	}
	if a, b := healthyOf(t, whole), healthyOf(t, one); b < a {
		t.Errorf("narrowed to a namespace it compares with %d healthy workloads, with %d before: the healthy stay", b, a)
	}
	if all := scan(t, "-f", registry, "-A"); len(all.Patterns) != len(whole.Patterns) {
		t.Error("-A changes what is told of saved data")
	}
	if got := scan(t, "-f", registry, "-l", "app=bidder"); !slices.Equal(workloads(got), []string{"ads/bidder"}) {
		t.Errorf("-l app=bidder reports %v", workloads(got))
	}
}

// What fails in a namespace for a reason that lies in another has its root
// there, whichever of the namespaces is asked about.
func TestRootsLieWhereTheyLie(t *testing.T) {
	roots := func(args ...string) []string {
		var out []string
		for _, p := range scan(t, append([]string{"-f", recording("rollout-cascade-refused")}, args...)...).Patterns {
			if p.ExplainedBy == "" {
				out = append(out, p.ID)
			}
		}
		return out
	}
	whole := roots()
	if len(whole) != 1 {
		t.Fatalf("the recording has the roots %v, want one", whole)
	}
	for _, ns := range []string{"policies-production", "search"} {
		if got := roots("-n", ns); !slices.Equal(got, whole) {
			t.Errorf("-n %s: roots %v, want %v", ns, got, whole)
		}
	}
}

func workloads(r *report.Report) []string {
	var out []string
	for _, p := range r.Patterns {
		for _, a := range p.Affected {
			if a.Kind == "Pod" && !slices.Contains(out, a.Namespace+"/"+a.Workload.Name) {
				out = append(out, a.Namespace+"/"+a.Workload.Name)
			}
		}
	}
	slices.Sort(out)
	return out
}

func healthyOf(t *testing.T, r *report.Report) int {
	t.Helper()
	for _, p := range r.Patterns {
		for _, f := range p.SharedFactors {
			if f.Attribute == "registry" {
				return f.HealthyOf
			}
		}
	}
	t.Fatal("no registry among the factors")
	return 0
}

func TestFiltersHideButStillExplain(t *testing.T) {
	registry := recording("registry-auth")
	only := scan(t, "-f", registry, "--detector", "rollout-failure")
	if len(only.Patterns) != 4 {
		t.Fatalf("got %d patterns, want the 4 rollouts", len(only.Patterns))
	}
	for _, p := range only.Patterns {
		if p.Detector != "rollout-failure" || !strings.HasPrefix(p.ExplainedBy, "image-pull-") {
			t.Errorf("%s is explained by %q", p.Title, p.ExplainedBy)
		}
	}
	if got := scan(t, "-f", registry, "--min-severity", "critical"); len(got.Patterns) != 0 {
		t.Errorf("nothing is critical there, yet: %s", got.Patterns[0].Title)
	}
	if got := scan(t, "-f", registry, "--category", "deployment"); len(got.Patterns) != 4 {
		t.Errorf("--category deployment shows %d patterns", len(got.Patterns))
	}
}

func TestExitCode(t *testing.T) {
	registry := recording("registry-auth")
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"-f", registry}, exitOK},
		{[]string{"-f", registry, "--exit-code"}, exitFound},
		{[]string{"-f", registry, "--exit-code", "--min-severity", "critical"}, exitOK},
		{[]string{"-f", recording("healthy-after-start"), "--exit-code"}, exitOK},
	} {
		out, errOut, code := run(t, "", c.args...)
		if code != c.code || out == "" || strings.Contains(errOut, "error") {
			t.Errorf("%v: exit code %d (want %d), %q", c.args, code, c.code, errOut)
		}
	}
}

// --since bounds what is over, never what still stands.
func TestSince(t *testing.T) {
	if got := scan(t, "-f", recording("evictions-recovering"), "--since", "2s"); len(got.Patterns) != 0 {
		t.Errorf("over for longer than 2s, yet told: %s", got.Patterns[0].Title)
	}
	if got := scan(t, "-f", recording("oom-one-limit"), "--since", "1s"); len(got.Patterns) == 0 {
		t.Error("a crash loop that stands is left out")
	}
}

// A pattern is over for longer when judged from later.
func TestNow(t *testing.T) {
	r := scan(t, "-f", recording("evictions-recovering"), "--now", "2026-11-23T20:15:31Z")
	if got := r.GeneratedAt.Format("2006-01-02"); got != "2026-11-23" {
		t.Errorf("judged from %s", got)
	}
	for _, p := range r.Patterns {
		if p.Severity != "info" {
			t.Errorf("a day after it healed it is still %s: %s", p.Severity, p.Title)
		}
	}
}

func TestNode(t *testing.T) {
	r := scan(t, "node", "node-1", "-f", recording("evictions-two-nodes"))
	if r.Node == nil || r.Node.FailedPods != 6 || len(r.Node.Peers) == 0 || r.Scope.Node != "node-1" {
		t.Fatalf("node %+v, scope %+v", r.Node, r.Scope)
	}
	for _, p := range r.Patterns {
		if p.Cause != "disk-pressure" && p.Cause != "ephemeral-storage-limit" {
			t.Errorf("of another node: %s", p.Title)
		}
	}
	for _, e := range r.Timeline {
		if e.Subject.Kind == "Node" && e.Subject.Name != "node-1" {
			t.Errorf("on another node: %+v", e)
		}
	}
}

func TestDetectorsAreListed(t *testing.T) {
	out, _, code := run(t, "", "detectors", "-o", "json")
	var docs []detectorDoc
	if err := json.Unmarshal([]byte(out), &docs); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v", code, err)
	}
	suite := detectors.Suite()
	if len(docs) != len(suite) {
		t.Fatalf("%d of %d detectors listed", len(docs), len(suite))
	}
	for i, d := range docs {
		if d.Name != suite[i].Name || d.Category == "" || len(d.Causes) == 0 || len(d.Needs) == 0 || d.Doc == "" {
			t.Errorf("incomplete: %+v", d)
		}
	}
	text, _, _ := run(t, "", "detectors", "oom")
	for _, want := range append([]string{"container-limit", "Needs:  pods"}, detect.Openings...) {
		if !strings.Contains(text, want) {
			t.Errorf("without %q:\n%s", want, text)
		}
	}
}

func TestColourIsAskedFor(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	always, _, _ := run(t, "", "-f", recording("oom-one-limit"), "--color", "always")
	auto, _, _ := run(t, "", "-f", recording("oom-one-limit"))
	if !strings.Contains(always, "\x1b[") || strings.Contains(auto, "\x1b[") {
		t.Errorf("always %v, auto %v", strings.Contains(always, "\x1b["), strings.Contains(auto, "\x1b["))
	}
}

func TestVersionAndHelp(t *testing.T) {
	out, _, code := run(t, "", "version")
	if code != 0 || !strings.Contains(out, "client-go") {
		t.Errorf("exit code %d: %s", code, out)
	}
	help, _, code := run(t, "", "--help")
	if code != 0 || !strings.Contains(help, "kubectl patterns node worker-3") || strings.Contains(help, "kubectl-patterns ") {
		t.Errorf("exit code %d:\n%s", code, help)
	}
}
