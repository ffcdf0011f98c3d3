package collect

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

const podJSON = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"shop","creationTimestamp":"2026-01-02T03:04:05Z"},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"nginx:1"}]},"status":{"phase":"Running"}}`

const podYAML = `apiVersion: v1
kind: Pod
metadata: {name: b, namespace: shop, creationTimestamp: "2026-01-02T03:04:06Z"}
spec: {containers: [{name: c, image: "nginx:1"}]}
`

// podNamed is the pod of another name.
func podNamed(name string) string {
	return strings.Replace(podJSON, `"name":"a"`, fmt.Sprintf(`"name":%q`, name), 1)
}

func readText(t *testing.T, text string) (cluster.Parts, error) {
	t.Helper()
	f := &Files{Paths: []string{"-"}, Stdin: strings.NewReader(text)}
	return f.Read(t.Context(), cluster.Scope{})
}

func list(kind string, items ...string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","items":[%s],"kind":%q,"metadata":{"resourceVersion":""}}`, strings.Join(items, ","), kind)
}

func TestFormsOfInput(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		pods int
	}{
		"single object":           {podJSON, 1},
		"list":                    {list("List", podJSON, podNamed("z")), 2},
		"typed list, bare items":  {`{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a"}}]}`, 1},
		"documents in a row":      {podJSON + "\n" + list("List", podNamed("z")) + "\n", 2},
		"yaml":                    {podYAML, 1},
		"yaml documents":          {"# a comment\n---\n" + podYAML + "---\n" + strings.Replace(podYAML, "name: b", "name: z", 1) + "---\n", 2},
		"yaml list":               {"apiVersion: v1\nkind: List\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(podYAML), "\n", "\n  "), 1},
		"yaml, kind after items":  {"apiVersion: v1\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\nkind: PodList\n", 2},
		"byte order mark":         {"\xef\xbb\xbf" + podJSON, 1},
		"empty list of pods":      {list("PodList"), 0},
		"cluster-info dump":       {list("PodList", podJSON) + "\n==== START logs for container c of pod shop/a ====\n{\"log\": not json\n==== END logs for container c of pod shop/a ====\n" + podNamed("z"), 2},
		"items are null":          {`{"kind":"PodList","apiVersion":"v1","items":null}`, 0},
		"unknown kinds beside it": {podJSON + `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"}}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			parts, err := readText(t, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if len(parts.Pods) != c.pods {
				t.Errorf("got %d pods, want %d", len(parts.Pods), c.pods)
			}
			if !parts.Identity.Offline {
				t.Error("not marked as offline")
			}
		})
	}
}

func TestBrokenInputNamesItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain text":    {"hello world\n", "standard input: document 1 is no Kubernetes object"},
		"truncated":     {podJSON[:len(podJSON)-10], fmt.Sprintf("line 1, column %d: the file ends in the middle of an object", len(podJSON)-9)},
		"syntax":        {"{\n \"kind\": \"Pod\",\n oops\n}", "line 3, column 2: invalid character 'o'"},
		"nothing of us": {`{"apiVersion":"v1","kind":"Widget","metadata":{}}`, "only objects of other kinds (Widget)"},
		"array":         {`[1,2]`, "no Kubernetes objects in it"},
		"empty":         {"", "no Kubernetes objects in it"},
		"binary":        {"\x00\x01\x02", "no text but binary data"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readText(t, c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestBrokenPartLosesNothingElse(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "good.json"), podJSON)
	write(t, filepath.Join(dir, "broken.json"), podNamed("y")+"\n{\"kind\": ")
	write(t, filepath.Join(dir, "sub", "mixed.json"), list("List",
		`{"kind":"Pod","metadata":{"name":"odd","namespace":"shop"},"status":{"phase":7}}`, podNamed("z"),
		`{"kind":"Pod","metadata":{"namespace":"nobody"}}`))
	write(t, filepath.Join(dir, "logs.txt"), "not ours")
	parts, err := (&Files{Paths: []string{dir}}).Read(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Pods) != 3 {
		t.Errorf("got %d pods, want the 3 good ones", len(parts.Pods))
	}
	var reasons []string
	for _, g := range parts.Gaps {
		if g.Resource == "" {
			reasons = append(reasons, g.Reason)
		}
	}
	text := strings.Join(reasons, "\n")
	for _, want := range []string{"broken.json: line 2, column", "sub/mixed.json: Pod shop/odd:", "a Pod of namespace nobody has no name"} {
		if !strings.Contains(text, want) {
			t.Errorf("no gap says %q:\n%s", want, text)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestArchives(t *testing.T) {
	var buf bytes.Buffer
	gz := gzip.NewWriter(&buf)
	tw := tar.NewWriter(gz)
	for name, text := range map[string]string{"pods.json": list("List", podJSON), "notes.txt": "skip me", "nodes.json": list("List")} {
		if err := tw.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "dump.tar.gz")
	write(t, path, buf.String())
	parts, err := (&Files{Paths: []string{path}}).Read(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Pods) != 1 {
		t.Errorf("got %d pods, want 1", len(parts.Pods))
	}
	s := cluster.New(parts)
	if !s.Read(cluster.Nodes) {
		t.Error("an empty nodes.json was read: there are no nodes, which is not a gap")
	}
	if s.Read(cluster.Events) {
		t.Error("events were not among the files, yet count as read")
	}
}

func TestSecretDataIsNeverKept(t *testing.T) {
	secret := `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"password\":\"aHVudGVyMg==\"}}"},
	 "managedFields":[{"manager":"kubectl","operation":"Update","time":"2026-01-02T03:04:05Z","fieldsV1":{"f:data":{".":{},"f:password":{}}}}]},
	 "data":{"password":"aHVudGVyMg=="},"stringData":{"other":"hunter2"}}`
	parts, err := readText(t, secret)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%+v", parts)
	for _, leak := range []string{"aHVudGVyMg", "hunter2", "last-applied"} {
		if strings.Contains(text, leak) {
			t.Errorf("%q was kept: %s", leak, text)
		}
	}
	if len(parts.Configs) != 1 || len(parts.Configs[0].Writes) != 1 || parts.Configs[0].Writes[0].Keys[0] != "password" {
		t.Errorf("dates and key names are to be kept: %+v", parts.Configs)
	}
}

// Dumps overlap; what lies in two of them is there once.
func TestRepeatedObjectsCountOnce(t *testing.T) {
	withUID := strings.Replace(podJSON, `"name":"a"`, `"name":"a","uid":"11111111-2222-3333-4444-555555555555"`, 1)
	event := `{"apiVersion":"%s","kind":"Event","metadata":{"name":"e","uid":"e-1"},"reason":"Failed",%s}`
	old := fmt.Sprintf(event, "v1", `"involvedObject":{"kind":"Pod","name":"a"},"message":"m","count":3`)
	renamed := fmt.Sprintf(event, "events.k8s.io/v1", `"regarding":{"kind":"Pod","name":"a"},"note":"m","deprecatedCount":3`)
	parts, err := readText(t, list("List", withUID, withUID, old, renamed))
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Pods) != 1 || len(parts.Events) != 1 || hasGap(parts, "not counted") {
		t.Errorf("%d pods, %d events, want one of each", len(parts.Pods), len(parts.Events))
	}
	another := strings.Replace(withUID, "11111111", "99999999", 1) // a day later, made anew
	parts, err = readText(t, list("List", withUID, podJSON, another))
	if err != nil || len(parts.Pods) != 1 {
		t.Errorf("%d pods of one name, want one, %v", len(parts.Pods), err)
	}
	if !hasGap(parts, "1 not counted: objects of these names were read before") {
		t.Errorf("that there is another pod of this name is not told: %+v", parts.Gaps)
	}
	parts, err = readText(t, list("List", renamed))
	if err != nil || len(parts.Events) != 1 || parts.Events[0].Message != "m" || parts.Events[0].Count != 3 || parts.Events[0].Object.Name != "a" {
		t.Errorf("an Event of events.k8s.io is read as %+v, %v", parts.Events, err)
	}
}

func TestUnreadableTimeLosesOneObject(t *testing.T) {
	bad := `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"bad","creationTimestamp":"yesterday"}}`
	parts, err := readText(t, list("List", bad, podJSON))
	if err != nil || len(parts.Pods) != 1 {
		t.Fatalf("%d pods, %v", len(parts.Pods), err)
	}
	if len(parts.Gaps) == 0 || !strings.Contains(parts.Gaps[0].Reason, "Pod /bad") {
		t.Errorf("the gap does not name the object: %+v", parts.Gaps)
	}
}

// A stream that never ends is left at once.
func TestInterruptedInMidStream(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in := &endless{then: cancel}
	_, err := (&Files{Paths: []string{"-"}, Stdin: in}).Read(ctx, cluster.Scope{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// endless repeats a pod for ever and interrupts after a while.
type endless struct {
	reads int
	then  func()
}

func (e *endless) Read(p []byte) (int, error) {
	if e.reads++; e.reads == 10 {
		e.then()
	}
	return copy(p, podJSON+"\n"), nil
}

func TestMomentOfSavedData(t *testing.T) {
	pod := func(name, created string) string {
		return fmt.Sprintf(`{"kind":"Pod","apiVersion":"v1","metadata":{"name":%q,"creationTimestamp":%q}}`, name, created)
	}
	event := func(name, last string) string {
		return fmt.Sprintf(`{"kind":"Event","apiVersion":"v1","metadata":{"name":%q},"involvedObject":{"kind":"Pod","name":%q},"lastTimestamp":%q}`, name, name, last)
	}
	for name, c := range map[string]struct {
		items []string
		want  string
	}{
		"newest creation":           {[]string{pod("a", "2026-01-01T00:00:00Z"), pod("b", "2026-01-02T00:00:00Z")}, "2026-01-02T00:00:00Z"},
		"newest event":              {[]string{pod("a", "2026-01-01T00:00:00Z"), event("a", "2026-01-01T05:00:00Z")}, "2026-01-01T05:00:00Z"},
		"a lone absurd time":        {[]string{pod("a", "2026-01-01T00:00:00Z"), pod("b", "2026-01-01T01:00:00Z"), event("z", "2099-01-01T00:00:00Z")}, "2026-01-01T01:00:00Z"},
		"two lone absurd times":     {[]string{pod("a", "2026-01-01T00:00:00Z"), event("y", "2050-01-01T00:00:00Z"), event("z", "2099-01-01T00:00:00Z")}, "2026-01-01T00:00:00Z"},
		"a single object":           {[]string{pod("a", "2026-01-01T00:00:00Z")}, "2026-01-01T00:00:00Z"},
		"a status that was written": {[]string{pod("a", "2026-01-01T00:00:00Z"), `{"kind":"Node","apiVersion":"v1","metadata":{"name":"n","creationTimestamp":"2026-01-01T00:00:00Z","managedFields":[{"manager":"kubelet","operation":"Update","subresource":"status","time":"2026-01-01T03:00:00Z"}]}}`}, "2026-01-01T03:00:00Z"},
		"a node's heartbeat":        {[]string{pod("a", "2026-01-01T00:00:00Z"), `{"kind":"Node","apiVersion":"v1","metadata":{"name":"n","creationTimestamp":"2026-01-01T00:00:00Z"},"status":{"conditions":[{"type":"Ready","status":"True","lastHeartbeatTime":"2026-01-01T04:00:00Z"}]}}`}, "2026-01-01T04:00:00Z"},
		"an absurd time twice": {[]string{pod("a", "2026-01-01T00:00:00Z"), pod("b", "2026-01-01T01:00:00Z"),
			`{"kind":"Pod","apiVersion":"v1","metadata":{"name":"z","creationTimestamp":"2099-01-01T00:00:00Z","managedFields":[{"manager":"m","operation":"Update","time":"2099-01-01T00:00:00Z"}]}}`}, "2026-01-01T01:00:00Z"},
		"deletion is the future": {[]string{`{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:00Z","deletionTimestamp":"2026-01-01T09:00:00Z"}}`}, "2026-01-01T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			parts, err := readText(t, list("List", c.items...))
			if err != nil {
				t.Fatal(err)
			}
			if got := parts.At.UTC().Format(time.RFC3339); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	parts, err := (&Files{Paths: []string{"-"}, Stdin: strings.NewReader(podJSON), Now: now}).Read(t.Context(), cluster.Scope{})
	if err != nil || !parts.At.Equal(now) {
		t.Errorf("--now is not taken: %v, %v", parts.At, err)
	}
}

func FuzzDocuments(f *testing.F) {
	for _, seed := range []string{podJSON, podYAML, list("PodList", podJSON), "==== START logs", "{", "[", "---\n---\n", "\x1f\x8b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts, err := (&Files{Paths: []string{"-"}, Stdin: strings.NewReader(text)}).Read(t.Context(), cluster.Scope{})
		if err == nil && len(parts.Sources) == 0 {
			t.Error("neither data nor an error")
		}
	})
}
