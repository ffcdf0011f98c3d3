package integration

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// severalContexts scans two namespaces of one cluster by two contexts, and a
// port that nobody listens on: the others are told, it is a gap, and one cluster
// has nothing in common with itself.
func severalContexts(t *testing.T, c *real) {
	config, err := clientcmd.LoadFromFile(c.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	one := config.Contexts[config.CurrentContext]
	config.Clusters["nowhere"] = &api.Cluster{Server: "https://127.0.0.1:9", InsecureSkipTLSVerify: true}
	config.Contexts = map[string]*api.Context{
		"core": {Cluster: one.Cluster, AuthInfo: one.AuthInfo, Namespace: "core"},
		"vcs":  {Cluster: one.Cluster, AuthInfo: one.AuthInfo, Namespace: "vcs"},
		"gone": {Cluster: "nowhere", AuthInfo: one.AuthInfo},
	}
	config.CurrentContext = "left-behind" // by whoever deleted it; no context is current
	several := &real{plugin: c.plugin, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	if err := clientcmd.WriteToFile(*config, several.kubeconfig); err != nil {
		t.Fatal(err)
	}
	r := readSeveral(t, several)
	for i, want := range []string{"core", "gone", "vcs"} {
		if row := r.Clusters[i]; row.Context != want || (row.Gap != "") != (want == "gone") || row.Server == "" {
			t.Errorf("%+v", row)
		}
	}
	if r.Clusters[2].SameClusterAs != "core" || len(r.Across) != 0 {
		t.Errorf("one cluster is told as two: %+v, %+v", r.Clusters[2], r.Across)
	}
	for _, p := range roots(r) {
		is(t, p, "image-pull", "auth")
		for workload := range podsByWorkload(p) {
			if namespace, _, _ := strings.Cut(workload, "/"); namespace != p.Cluster {
				t.Errorf("context %s tells of %s", p.Cluster, workload)
			}
		}
	}
	if len(roots(r)) != 2 {
		t.Errorf("want a root of each namespace, got %s", titles(roots(r)))
	}
	out, errOut, code := several.run(t, "--all-contexts")
	if code != 0 || !strings.Contains(out, "Not read: gone: cannot read the cluster at https://127.0.0.1:9") || !strings.Contains(errOut, "gone could not be read") {
		t.Errorf("exit code %d, %s\n%s", code, errOut, out)
	}
	if _, _, code := several.run(t, "--contexts", "core,vcs", "--exit-code"); code != 3 {
		t.Errorf("--exit-code gives %d, want 3", code)
	}
	if out, errOut, code := several.run(t, "--contexts", "gone"); code != 1 || out != "" || !strings.Contains(errOut, "none of 1 context could be read: gone: cannot read") {
		t.Errorf("exit code %d, %s%s", code, errOut, out)
	}
}

func readSeveral(t *testing.T, c *real) *report.Report {
	t.Helper()
	out, errOut, code := c.run(t, "--all-contexts", "-o", "json")
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 || len(r.Clusters) != 3 {
		t.Fatalf("exit code %d, %v, %s", code, err, errOut)
	}
	return &r
}
