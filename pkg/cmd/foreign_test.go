package cmd

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// recordedItems are the objects of a recording, by the resource that its file
// is called after.
func recordedItems(t *testing.T, name string) map[string][]map[string]any {
	t.Helper()
	f, err := os.Open(recording(name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	packed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]map[string]any{}
	in := tar.NewReader(packed)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		var list struct{ Items []map[string]any }
		if err == nil {
			err = json.NewDecoder(in).Decode(&list)
		}
		if err != nil {
			t.Fatal(err)
		}
		resource := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(h.Name), ".json"), "-meta")
		out[resource] = append(out[resource], list.Items...)
	}
}

func field(x map[string]any, path ...string) string {
	for _, k := range path[:len(path)-1] {
		x, _ = x[k].(map[string]any)
	}
	s, _ := x[path[len(path)-1]].(string)
	return s
}

// put writes a document of a bundle.
func put(t *testing.T, content any, asYAML bool, path ...string) {
	t.Helper()
	raw, err := json.Marshal(content)
	if text, ok := content.(string); ok {
		raw = []byte(text)
	} else if err == nil && asYAML {
		raw, err = yaml.JSONToYAML(raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// byNamespace are the items of a list apart, as bundles have them.
func byNamespace(items []map[string]any) map[string][]map[string]any {
	out := map[string][]map[string]any{}
	for _, item := range items {
		ns := field(item, "metadata", "namespace")
		out[ns] = append(out[ns], item)
	}
	return out
}

// TestMustGather reads what `oc adm must-gather` leaves: nodes one by one,
// lists of namespaces by group, pods a second time with their logs.
func TestMustGather(t *testing.T) {
	root := filepath.Join(t.TempDir(), "must-gather.local.5462", "quay-io-openshift-release-sha256-0a1b")
	put(t, "2026-11-22 19:38:54.107893 +0000 UTC m=+0.1\n", false, root, "timestamp")
	put(t, "openshift/must-gather\n4.19.0\n", false, root, "version")
	put(t, "<html></html>", false, root, "event-filter.html")
	for resource, items := range recordedItems(t, "exit-code-two-messages") {
		for ns, some := range byNamespace(items) {
			if ns == "" {
				for _, item := range some {
					put(t, item, true, root, "cluster-scoped-resources", "core", resource, field(item, "metadata", "name")+".yaml")
				}
				continue
			}
			list := map[string]any{"apiVersion": field(some[0], "apiVersion"), "kind": field(some[0], "kind") + "List", "items": some}
			group, _, named := strings.Cut(field(some[0], "apiVersion"), "/")
			if !named {
				group = "core"
			}
			put(t, list, true, root, "namespaces", ns, group, resource+".yaml")
			if resource == "pods" {
				for _, pod := range some {
					name := field(pod, "metadata", "name")
					put(t, pod, true, root, "namespaces", ns, "pods", name, name+".yaml")
					put(t, "2026-11-22T19:38:54Z started\n", false, root, "namespaces", ns, "pods", name, "app", "app", "logs", "current.log")
					put(t, "", false, root, "namespaces", ns, "pods", name, "app", "app", "logs", "previous.insecure.log")
				}
			}
		}
	}
	sameRoots(t, "exit-code-two-messages", filepath.Dir(root), "must-gather.local.5462 (must-gather)")
}

// TestSupportBundle reads what troubleshoot.sh collects, its newer lists and
// the arrays that older versions wrote.
func TestSupportBundle(t *testing.T) {
	folders := map[string]string{"persistentvolumeclaims": "pvcs"}
	for _, arrays := range []bool{false, true} {
		root := filepath.Join(t.TempDir(), "support-bundle-2026-11-22T19_38_54")
		put(t, "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: v0.100.0\n", false, root, "version.yaml")
		put(t, []any{map[string]any{"name": "memory", "severity": "error"}}, false, root, "analysis.json")
		put(t, map[string]any{"info": map[string]any{"major": "1"}, "string": "v1.36.0"}, false, root, "cluster-info", "cluster_version.json")
		put(t, []any{"pods is forbidden"}, false, root, "cluster-resources", "pods-errors.json")
		put(t, []any{}, false, root, "cluster-resources", "resources.json")
		put(t, map[string]any{"status": map[string]any{"incomplete": false}}, false, root, "cluster-resources", "auth-cani-list", "shop.json")
		for resource, items := range recordedItems(t, "registry-auth") {
			if folder := folders[resource]; folder != "" {
				resource = folder
			}
			for ns, some := range byNamespace(items) {
				var content any = map[string]any{"apiVersion": field(some[0], "apiVersion"), "kind": field(some[0], "kind") + "List", "metadata": map[string]any{}, "items": some}
				if arrays {
					for _, item := range some {
						delete(item, "kind")
						delete(item, "apiVersion")
					}
					content = some
				}
				if ns == "" {
					put(t, content, false, root, "cluster-resources", resource+".json")
				} else if resource != "secrets" {
					put(t, content, false, root, "cluster-resources", resource, ns+".json")
				}
			}
		}
		put(t, "one line\n", false, root, "cluster-resources", "pods", "logs", "shop", "cart-1", "app-previous.log")
		sameRoots(t, "registry-auth", root, "support-bundle-2026-11-22T19_38_54 (support bundle)")
	}
}

// sameRoots compares the roots of a recording with those of the same objects in
// another form, which is named as their source.
func sameRoots(t *testing.T, name, folder, source string) {
	t.Helper()
	want, got := scan(t, "-f", recording(name)), scan(t, "-f", folder)
	if a, b := rootsOf(want), rootsOf(got); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("roots %v, want %v", b, a)
	}
	for _, s := range got.Sources {
		if s.Objects > 0 && s.From != source && s.Resource != "others" {
			t.Errorf("%d %s from %q, want %q", s.Objects, s.Resource, s.From, source)
		}
		if s.From != source && s.Gap != "" && s.Gap != "not in the files" && s.Resource != "others" {
			t.Errorf("%s: %s", s.Resource, s.Gap)
		}
	}
	if want.GeneratedAt != got.GeneratedAt {
		t.Errorf("judged from %s, want %s", got.GeneratedAt, want.GeneratedAt)
	}
}

func rootsOf(r *report.Report) []string {
	var out []string
	for i := range r.Patterns {
		if p := &r.Patterns[i]; p.ExplainedBy == "" && p.Severity != "info" {
			out = append(out, p.Detector+"/"+p.Cause)
		}
	}
	slices.Sort(out)
	return out
}

// TestTables reads what `kubectl get events -A` and `kubectl get pods -A -o wide`
// print.
func TestTables(t *testing.T) {
	r := scan(t, "-f", "testdata/events.txt", "-f", "testdata/pods.txt", "--now", "2026-11-22T20:00:00Z")
	if got := rootsOf(r); !slices.Equal(got, []string{"image-pull/auth"}) {
		t.Fatalf("roots %v", got)
	}
	p := &r.Patterns[0]
	if p.Frequency.Pods != 2 || p.Frequency.Nodes != 2 || p.Frequency.Occurrences != 10 {
		t.Errorf("%+v", p.Frequency)
	}
	if got := p.FirstSeen; got == nil || !strings.Contains(got.String(), "19:57:5") {
		t.Errorf("first seen %v", got)
	}
	for _, s := range r.Sources {
		if s.Objects > 0 && !strings.Contains(s.Gap, "times are rounded") {
			t.Errorf("%s: %q does not say that times are rounded", s.Resource, s.Gap)
		}
	}
	if _, errOut, code := run(t, "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n1m          Normal Foo      pod/x    y\n", "-f", "-"); code == 0 || !strings.Contains(errOut, "-n says of which namespace") {
		t.Errorf("exit code %d: %s", code, errOut)
	}
	if out, errOut, code := run(t, "NAME   READY   STATUS    RESTARTS   AGE\nweb    1/1     Running   0          5m\nbroken row\n", "-f", "-", "-n", "shop"); code != 0 || !strings.Contains(out, "line 3") {
		t.Errorf("exit code %d: %s%s", code, out, errOut)
	}
}
