package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// kept scans with --evidence-dir and returns what lies in the folder then.
func kept(t *testing.T, dir string, args ...string) map[string]string {
	t.Helper()
	if out, errOut, code := run(t, "", append(args, "--evidence-dir", dir)...); code != 0 {
		t.Fatalf("%v: exit code %d: %s%s", args, code, out, errOut)
	}
	return contents(t, dir)
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out[e.Name()] = ""
		if e.Type().IsRegular() {
			raw, err := os.ReadFile(filepath.Join(dir, e.Name())) //nolint:gosec // the test's own folder
			if err != nil {
				t.Fatal(err)
			}
			out[e.Name()] = string(raw)
		}
	}
	return out
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// keptPattern is a pattern's file.
type keptPattern struct {
	Kind    string
	Pattern report.Pattern
	Objects struct {
		Kind  string
		Items []json.RawMessage
	}
	Logs []struct{ Lines []string }
}

func TestEvidenceHoldsWhatTheReportTells(t *testing.T) {
	for _, name := range []string{"registry-auth", "evictions-two-nodes", "rollout-cascade-refused", "oom-one-limit"} {
		dir := filepath.Join(t.TempDir(), "new", "folder")
		r := scan(t, "-f", recording(name), "--evidence-dir", dir)
		files := contents(t, dir)
		for i := range r.Patterns {
			p := &r.Patterns[i]
			if filepath.Dir(p.EvidenceFile) != dir || filepath.Base(p.EvidenceFile) != p.ID+".json" {
				t.Errorf("%s: evidence file %q", p.ID, p.EvidenceFile)
			}
			p.EvidenceFile = filepath.Base(p.EvidenceFile)
			var k keptPattern
			decode(t, files[p.EvidenceFile], &k)
			if diff := cmp.Diff(*p, k.Pattern); diff != "" || k.Kind != "PatternEvidence" || k.Objects.Kind != "List" {
				t.Errorf("%s is not what is told: %s", p.ID, diff)
			}
			holdsAffected(t, p, &k)
		}
		var whole report.Report
		decode(t, files["report.json"], &whole)
		if diff := cmp.Diff(r, &whole); diff != "" {
			t.Errorf("report.json differs from what is printed: %s", diff)
		}
		indexed(t, files)
	}
}

// holdsAffected: every affected pod and node is among the objects, and each
// object is one as the API has it.
func holdsAffected(t *testing.T, p *report.Pattern, k *keptPattern) {
	t.Helper()
	there := map[string]bool{}
	for _, raw := range k.Objects.Items {
		var o struct {
			Kind     string
			Metadata struct{ Namespace, Name string }
		}
		decode(t, string(raw), &o)
		there[o.Kind+" "+o.Metadata.Namespace+"/"+o.Metadata.Name] = true
		into := map[string]any{"Pod": &corev1.Pod{}, "Node": &corev1.Node{}, "Event": &corev1.Event{}, "Service": &corev1.Service{}, "Secret": &corev1.Secret{},
			"ConfigMap": &corev1.ConfigMap{}, "PersistentVolumeClaim": &corev1.PersistentVolumeClaim{}, "Deployment": &appsv1.Deployment{}, "StatefulSet": &appsv1.StatefulSet{},
			"DaemonSet": &appsv1.DaemonSet{}, "ReplicaSet": &appsv1.ReplicaSet{}, "ControllerRevision": &appsv1.ControllerRevision{}, "Job": &batchv1.Job{}, "CronJob": &batchv1.CronJob{}}[o.Kind]
		if into == nil {
			t.Errorf("%s: kind %q", p.ID, o.Kind)
			continue
		}
		strict := json.NewDecoder(bytes.NewReader(raw))
		strict.DisallowUnknownFields()
		if err := strict.Decode(into); err != nil {
			t.Errorf("%s: %v in %s", p.ID, err, raw)
		}
	}
	found := 0
	for _, a := range p.Affected {
		if there[a.Kind+" "+a.Namespace+"/"+a.Name] {
			found++
		}
	}
	if found == 0 {
		t.Errorf("%s: none of the %d affected is among the objects", p.ID, len(p.Affected))
	}
}

// indexed: the index lists every file that there is, with its sum.
func indexed(t *testing.T, files map[string]string) {
	t.Helper()
	var x evidenceIndex
	decode(t, files[indexName], &x)
	if len(x.Files)+1 != len(files) {
		t.Errorf("the index lists %d of %d files", len(x.Files), len(files)-1)
	}
	for _, e := range x.Files {
		if int64(len(files[e.Name])) != e.Bytes || e.Bytes == 0 {
			t.Errorf("%s has %d bytes, the index says %d", e.Name, len(files[e.Name]), e.Bytes)
		}
	}
	for _, name := range []string{"report.json", "timeline.json", "matrix.json", "exit-codes.json", "event-windows.json", "index.md"} {
		if files[name] == "" {
			t.Errorf("no %s", name)
		}
	}
}

// What a pattern's file holds is enough to find the pattern again.
func TestEvidenceCanBeReadBack(t *testing.T) {
	for recorded, id := range map[string]string{"registry-auth": "image-pull-auth", "oom-one-limit": "oom-container-limit", "evictions-two-nodes": "node-pressure-disk-pressure"} {
		found := false
		for name, text := range kept(t, t.TempDir(), "-f", recording(recorded)) {
			if !strings.HasPrefix(name, id) {
				continue
			}
			found = true
			var k struct{ Objects json.RawMessage }
			decode(t, text, &k)
			out, errOut, code := run(t, string(k.Objects), "-f", "-", "-o", "json")
			if code != 0 || !strings.Contains(out, strings.TrimSuffix(name, ".json")) {
				t.Errorf("%s read back: exit code %d, %s", name, code, errOut)
			}
		}
		if !found {
			t.Errorf("%s has no %s", recorded, id)
		}
	}
}

func TestEvidenceIsTheSameEveryTime(t *testing.T) {
	want := kept(t, t.TempDir(), "-f", recording("rollout-cascade-refused"))
	for range 3 {
		if diff := cmp.Diff(want, kept(t, t.TempDir(), "-f", recording("rollout-cascade-refused"))); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestExitCodesAndEventsWithoutAnyPattern(t *testing.T) {
	files := kept(t, t.TempDir(), "-f", recording("rollout-cascade-refused"), "--min-severity", "critical", "--detector", "oom")
	var codes struct {
		ExitCodes []struct {
			ExitCode   int
			Meaning    string
			Ends, Pods int
			Reasons    map[string]int
			Of         []struct{ Pod, Container string }
			Workloads  int
		}
	}
	decode(t, files["exit-codes.json"], &codes)
	if len(codes.ExitCodes) == 0 || codes.ExitCodes[0].ExitCode != 1 || codes.ExitCodes[0].Pods != 6 || codes.ExitCodes[0].Workloads != 2 ||
		codes.ExitCodes[0].Ends != len(codes.ExitCodes[0].Of) || codes.ExitCodes[0].Meaning == "" || codes.ExitCodes[0].Reasons["Error"] == 0 {
		t.Errorf("exit codes %+v", codes)
	}
	var events struct {
		Window             struct{ From, To string }
		FiveMinutes, Hours []struct {
			From, To    string
			Occurrences int
			Reasons     []struct{ Occurrences int }
		}
	}
	decode(t, files["event-windows.json"], &events)
	if len(events.Hours) == 0 || len(events.FiveMinutes) < len(events.Hours) || events.Window.From == "" {
		t.Fatalf("events %+v", events)
	}
	for _, w := range slices.Concat(events.FiveMinutes, events.Hours) {
		sum := 0
		for _, r := range w.Reasons {
			sum += r.Occurrences
		}
		if sum != w.Occurrences || sum == 0 {
			t.Errorf("window %s: %d occurrences, of reasons %d", w.From, w.Occurrences, sum)
		}
	}
	if _, some := files["alert-rules.yaml"]; some {
		t.Error("an alert rule of nothing")
	}
}

func TestTextSaysWhereTheEvidenceIs(t *testing.T) {
	dir := t.TempDir()
	out, _, _ := run(t, "", "-f", recording("registry-auth"), "--evidence-dir", dir)
	if want := "Evidence: 14 files in " + dir + "; index.md there says what each holds.\n"; !strings.HasSuffix(out, want) {
		t.Errorf("ends in %q", out[max(0, len(out)-200):])
	}
	if out, _, _ := run(t, "", "-f", recording("registry-auth")); strings.Contains(out, "Evidence: ") {
		t.Error("evidence where none was asked for")
	}
	if _, errOut, code := run(t, "", "-A", "--watch", "--evidence-dir", dir); code != exitUsage || !strings.Contains(errOut, "leave --watch out") {
		t.Errorf("with --watch: exit code %d, %s", code, errOut)
	}
}

// secretive is a pod that fails and tells what it should not.
const secretive = `{"apiVersion":"v1","kind":"List","items":[
{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"shop","uid":"u1","creationTimestamp":"2026-11-22T10:00:00Z",
  "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"password\":\"planted-annotation-1\"}"}},
 "spec":{"nodeName":"node-1","containers":[{"name":"app","image":"registry.example/app:1","args":["--token=planted-argument-2"],
  "env":[{"name":"DB_PASSWORD","value":"planted-env-3"},{"name":"PLAIN","value":"planted-plain-4"},{"name":"URL","value":"postgres://u:planted-url-5@db.shop:5432/x"}]}]},
 "status":{"phase":"Running","containerStatuses":[{"name":"app","ready":false,"restartCount":7,"image":"registry.example/app:1","state":{"waiting":{"reason":"CrashLoopBackOff"}},
  "lastState":{"terminated":{"exitCode":1,"reason":"Error","message":"login failed: password=planted-message-6 Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoiNyJ9.c2lnbmF0dXJlLXBsYW50ZWQ","startedAt":"2026-11-22T10:09:00Z","finishedAt":"2026-11-22T10:09:30Z"}}}]}},
{"apiVersion":"v1","kind":"Event","metadata":{"name":"e1","namespace":"shop"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"web-0"},"type":"Warning","reason":"BackOff","count":9,
 "message":"Back-off restarting failed container; env API_KEY=planted-event-8","firstTimestamp":"2026-11-22T10:05:00Z","lastTimestamp":"2026-11-22T10:10:00Z"},
{"apiVersion":"v1","kind":"Event","metadata":{"name":"e2","namespace":"shop"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"web-0"},"type":"Warning","reason":"../../../etc/Evil\u202e <script>","count":40,
 "message":"{{ evil }} [x](http://evil.example)","firstTimestamp":"2026-11-22T10:05:00Z","lastTimestamp":"2026-11-22T10:10:00Z"},
{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"shop"},"data":{"password":"cGxhbnRlZC1zZWNyZXQtOQ=="},"stringData":{"p":"planted-secret-9"}}
]}
==== START logs for container app of pod shop/web-0 ====
connecting with password=planted-log-10
FATAL: password authentication failed for user "app"
==== END logs for container app of pod shop/web-0 ====
`

func TestEvidenceHoldsNoSecretAndNoNameOfTheClustersMaking(t *testing.T) {
	dir := t.TempDir()
	dump := filepath.Join(t.TempDir(), "dump.json")
	if err := os.WriteFile(dump, []byte(secretive), 0o600); err != nil {
		t.Fatal(err)
	}
	patterns, logs := 0, false
	for name, text := range kept(t, dir, "-f", dump) {
		if !regexp.MustCompile(`^[a-z0-9_-]+\.(json|md|yaml)$`).MatchString(name) {
			t.Errorf("a file is called %q", name)
		}
		for _, secret := range []string{"planted", "cGxhbnRlZC1", "eyJhbGciOiJIUzI1NiJ9"} {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s tells a secret: …%s…", name, text[max(0, i-80):min(len(text), i+60)])
			}
		}
		if strings.Contains(text, `"kind": "PatternEvidence"`) {
			patterns++
		}
		logs = logs || strings.Contains(text, `"FATAL: password authentication failed`)
	}
	if patterns < 2 || !logs || contents(t, dir)["exit-codes.json"] == "" {
		t.Errorf("%d patterns, logs: %v", patterns, logs)
	}
}

// Every root has its alert, or says why there is none, and the rules look at
// the pods that failed.
func TestRootsHaveAlerts(t *testing.T) {
	pods := regexp.MustCompile(`pod=~"([^"]*)"`)
	for _, name := range []string{"registry-auth", "oom-one-limit", "rollout-cascade-refused", "evictions-two-nodes"} {
		for _, p := range scan(t, "-f", recording(name)).Patterns {
			last := p.Recommendations[len(p.Recommendations)-1]
			if has := last.Urgency == "monitoring"; has != (p.ExplainedBy == "") {
				t.Errorf("%s %s explained by %q: last recommendation %s", name, p.ID, p.ExplainedBy, last.Urgency)
			}
			m := pods.FindStringSubmatch(last.AlertRule)
			if last.AlertRule == "" || m == nil {
				continue
			}
			re := regexp.MustCompile("^(?:" + strings.ReplaceAll(m[1], `\\`, `\`) + ")$")
			for _, a := range p.Affected {
				if a.Kind == "Pod" && !re.MatchString(a.Name) {
					t.Errorf("%s: the rule looks at %s, not at %s", p.ID, re, a.Name)
				}
			}
		}
	}
	var rules map[string]any
	files := kept(t, t.TempDir(), "-f", recording("registry-auth"))
	if err := yaml.UnmarshalStrict([]byte(files["alert-rules.yaml"]), &rules); err != nil || rules["kind"] != "PrometheusRule" {
		t.Errorf("alert-rules.yaml: %v, %v", rules["kind"], err)
	}
}
