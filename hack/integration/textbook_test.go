package integration

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// lesson is one incident of the scenario textbook: what must be told of it, as
// a root, and of whom.
type lesson struct {
	detector, cause string
	workloads       []string
}

// lessons are refusals and failures that the real admission chain, authorizer
// and controllers make, and a few that kubelets report.
var lessons = []lesson{
	{"image-pull", "auth", []string{"pulls/auth"}},
	{"image-pull", "not-found", []string{"pulls/typo"}},
	{"image-pull", "rate-limited", []string{"pulls/limited"}},
	{"image-pull", "dns", []string{"pulls/nowhere"}},
	{"missing-config", "configmap", []string{"config/no-map"}},
	{"missing-config", "secret", []string{"config/no-secret"}},
	{"missing-config", "key", []string{"config/no-key"}},
	{"missing-config", "service-account", []string{"config/no-account"}},
	{"admission", "quota", []string{"quota/greedy"}},
	{"admission", "limit-range", []string{"bounds/large"}},
	{"admission", "pod-security", []string{"strict/privileged"}},
	{"admission", "webhook-down", []string{"guarded/blocked"}},
	{"rbac", "forbidden", []string{"rights/reader"}},
	{"job-failure", "backoff-limit", []string{"batch/import"}},
	{"job-failure", "backoff-limit", []string{"batch/nightly"}},
}

// deadline is what the real Deployment controller says at first; when it has
// lasted for minutes, that the pods do not get ready says more.
var (
	deadline = lesson{"rollout-failure", "deadline", []string{"rollout/stuck"}}
	unready  = lesson{"rollout-failure", "not-ready", []string{"rollout/stuck"}}
)

// placed are those of the real scheduler. A pod that no node takes is given
// time while all nodes are new, so these are looked at some minutes later.
var placed = []lesson{
	{"scheduling", "insufficient-cpu", []string{"placement/cpu"}},
	{"scheduling", "insufficient-memory", []string{"placement/memory"}},
	{"scheduling", "insufficient-other", []string{"placement/gpu"}},
	{"scheduling", "affinity", []string{"placement/selector"}},
	{"scheduling", "volume", []string{"placement/claim"}},
}

func TestTextbook(t *testing.T) {
	t.Parallel()
	c := start(t, "textbook")
	learn(t, c.report(t, "-A"), append(slices.Clone(lessons), deadline))
	t.Run("minutes later", func(t *testing.T) {
		r := c.later(t, 5*time.Minute)
		want := slices.Concat(lessons, placed, []lesson{unready})
		learn(t, r, want)
		for _, p := range roots(r) {
			if !slices.ContainsFunc(want, func(l lesson) bool { return l.tells(p) }) {
				t.Errorf("a root that is none: %s/%s, %s", p.Detector, p.Cause, p.Title)
			}
		}
	})
}

func learn(t *testing.T, r *report.Report, want []lesson) {
	t.Helper()
	for _, l := range want {
		if !slices.ContainsFunc(roots(r), l.tells) {
			t.Errorf("no root %s/%s of %v among: %s", l.detector, l.cause, l.workloads, titles(roots(r)))
		}
	}
}

func (l lesson) tells(p *report.Pattern) bool {
	if p.Detector != l.detector || p.Cause != l.cause {
		return false
	}
	for _, w := range l.workloads {
		if !slices.ContainsFunc(p.Affected, func(a report.Affected) bool {
			return a.Namespace+"/"+a.Workload.Name == w || a.Namespace+"/"+a.Name == w
		}) {
			return false
		}
	}
	return true
}

// later saves what the cluster says now, and judges it as if nothing had changed
// for some time.
func (r *real) later(t *testing.T, d time.Duration) *report.Report {
	t.Helper()
	folder := t.TempDir()
	for resource, group := range map[string]string{
		"pods": "", "events": "", "nodes": "", "services": "", "configmaps": "", "persistentvolumeclaims": "",
		"deployments": "apps", "replicasets": "apps", "jobs": "batch", "cronjobs": "batch",
	} {
		r.save(t, folder, schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource})
	}
	return r.report(t, "-f", folder, "--now", time.Now().Add(d).UTC().Format(time.RFC3339))
}

func (r *real) save(t *testing.T, folder string, resource schema.GroupVersionResource) {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", r.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	list, err := dynamic.NewForConfigOrDie(config).Resource(resource).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, resource.Resource+".json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
