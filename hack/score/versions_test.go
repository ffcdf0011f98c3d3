package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

// rewording is how Kubernetes 1.28 said what the recorded versions say.
type rewording struct {
	now  *regexp.Regexp
	then string
}

// rewordings, from the sources of 1.28.15 and of later releases: the kubelet
// (image_manager.go, kuberuntime_container.go, prober.go), the scheduler
// (framework/plugins/tainttoleration, volumebinding, defaultpreemption) and the
// Deployment controller (sync.go).
var rewordings = []rewording{
	{regexp.MustCompile(`^(Back-off pulling image "[^"]+"): (?s:.*)$`), "$1"},
	{regexp.MustCompile(`node\(s\) had untolerated taint\(s\)`), "node(s) had untolerated taint {TAINT}"},
	{regexp.MustCompile(`node\(s\) didn't match PersistentVolume's node affinity`), "node(s) had volume node affinity conflict"},
	{regexp.MustCompile(`^(Scaled (?:up|down) replica set \S+) from \d+ to`), "$1 to"},
	{regexp.MustCompile(`^Created container: (\S+)$`), "Created container $1"},
	{regexp.MustCompile(`^Container created$`), "Created container app"},
	{regexp.MustCompile(`^(\w+ probe errored) and resulted in \w+ state: `), "$1: "},
	{regexp.MustCompile(`^(Successfully pulled image .*) Image size: \d+ bytes\.$`), "$1"},
	{regexp.MustCompile(`^Preempted by pod (\S+) on node`), "Preempted by $1 on node"},
}

// youngFields did not exist in 1.28, or were not written by default: the
// generation that a pod's status is of, what a container was given, what a node
// can do.
var youngFields = []string{"observedGeneration", "allocatedResources", "runtimeHandlers", "declaredFeatures", "terminatingReplicas"}

// youngLabels are put on pods from 1.35 on.
var youngLabels = []string{"topology.kubernetes.io/zone", "topology.kubernetes.io/region"}

// aged is a value of an object as 1.28 would have written it.
type aged struct {
	taint   string // of a node of this cluster, as the old scheduler named one
	changed map[string]int
}

func (a *aged) value(v any) any {
	switch v := v.(type) {
	case string:
		return a.text(v)
	case []any:
		for i := range v {
			v[i] = a.value(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = a.value(v[key])
		}
	}
	return v
}

func (a *aged) text(s string) string {
	for _, r := range rewordings {
		if strings.Contains(r.then, "{TAINT}") && a.taint == "" {
			continue
		}
		if r.now.MatchString(s) {
			a.changed[r.now.String()]++
			s = strings.ReplaceAll(r.now.ReplaceAllString(s, r.then), "{TAINT}", "{"+a.taint+"}")
		}
	}
	return s
}

// pod and others lose what is younger than 1.28.
func (a *aged) object(kind string, o map[string]any) {
	a.value(o)
	if kind != "pods" && kind != "nodes" {
		return
	}
	status, _ := o["status"].(map[string]any)
	withoutFields(status)
	metadata, _ := o["metadata"].(map[string]any)
	if labels, ok := metadata["labels"].(map[string]any); ok && kind == "pods" {
		for _, l := range youngLabels {
			delete(labels, l)
		}
	}
}

func withoutFields(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			withoutFields(x)
		}
	case map[string]any:
		for _, f := range youngFields {
			delete(v, f)
		}
		for _, x := range v {
			withoutFields(x)
		}
	}
}

// taintOf is the first taint of a cluster that keeps pods away.
func taintOf(nodes []map[string]any) string {
	for _, n := range nodes {
		spec, _ := n["spec"].(map[string]any)
		taints, _ := spec["taints"].([]any)
		for _, t := range taints {
			t, _ := t.(map[string]any)
			key, _ := t["key"].(string)
			value, _ := t["value"].(string)
			return key + ": " + value
		}
	}
	return ""
}

// age rewrites the lists of a folder, and tells how often each rewording was used.
func age(t *testing.T, folder string, changed map[string]int) {
	t.Helper()
	a := &aged{taint: taintOf(itemsOf(t, filepath.Join(folder, "nodes.json"))), changed: changed}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		items := itemsOf(t, file)
		for _, o := range items {
			a.object(strings.TrimSuffix(filepath.Base(file), ".json"), o)
		}
		var list map[string]any
		read(t, file, &list)
		list["items"] = items
		raw, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func itemsOf(t *testing.T, file string) []map[string]any {
	t.Helper()
	var list struct {
		Items []map[string]any `json:"items"`
	}
	read(t, file, &list)
	return list.Items
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file) //nolint:gosec // a folder of the test
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(file, err)
	}
}

// TestOldWordings: the recorded incidents, put into the words and fields of
// Kubernetes 1.28, are told as well as they are in those of today.
func TestOldWordings(t *testing.T) {
	folders, err := filepath.Glob("testdata/incidents/*")
	if err != nil || len(folders) < 12 {
		t.Fatalf("found %d recordings, %v", len(folders), err)
	}
	changed := map[string]int{}
	var old []incident
	for _, f := range folders {
		tr, err := truth.Read(f)
		if err != nil {
			t.Fatal(err)
		}
		metrics, err := filepath.Glob(filepath.Join(f, "metrics-*"))
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		before := total(changed)
		unpack(t, filepath.Join(f, "data.tar.gz"), folder, nil)
		age(t, folder, changed)
		if total(changed) == before {
			continue // its words are what they were
		}
		old = append(old, incident{filepath.Base(f), tr, func(string) ([]string, error) { return append([]string{folder}, metrics...), nil }})
	}
	for _, r := range rewordings {
		t.Logf("%4d times %s", changed[r.now.String()], r.now)
	}
	if len(old) < 50 {
		t.Errorf("%d recordings only have words that changed", len(old))
	}
	results, err := scoreAll(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	(&floor{recall: 1, precision: 1}).hold(t, results)
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
