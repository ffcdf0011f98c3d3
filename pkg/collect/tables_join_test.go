package collect

import (
	"path/filepath"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestRowsBesideObjects: an object tells more than its row, whichever comes
// first; a row of two tables counts once; and a pod of one container gets the
// name that its events tell, if they tell one.
func TestRowsBesideObjects(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.txt"), "NAMESPACE   NAME   READY   STATUS             RESTARTS   AGE\nshop        a      0/1     ImagePullBackOff   0          5m\nshop        b      0/1     ImagePullBackOff   0          5m\nshop        c      0/1     ImagePullBackOff   0          5m\nshop        d      0/2     ImagePullBackOff   0          5m\n")
	head := "NAMESPACE   LAST SEEN   TYPE      REASON   OBJECT   SUBOBJECT               SOURCE    MESSAGE   FIRST SEEN   COUNT   NAME\n"
	row := func(pod, container string) string {
		return "shop        1m          Warning   Failed   pod/" + pod + "    spec.containers{" + container + "}      kubelet   denied    1m           1       " + pod + "." + container + "\n"
	}
	write(t, filepath.Join(dir, "b.txt"), head+row("b", "x")+row("c", "x")+row("c", "y")+row("c", "x")+row("d", "x"))
	write(t, filepath.Join(dir, "c.txt"), head+row("b", "x"))
	write(t, filepath.Join(dir, "d.json"), podJSON) // the pod a
	parts, err := (&Files{Paths: []string{dir}}).Read(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, p := range parts.Pods {
		for _, c := range p.Containers {
			names[p.Name] += c.Name
		}
	}
	if len(parts.Pods) != 4 || names["a"] != "" || names["b"] != "x" || names["c"] != cluster.ContainerUntold || names["d"] != cluster.ContainerUntold {
		t.Errorf("%d pods, containers %v", len(parts.Pods), names)
	}
	if len(parts.Events) != 5 {
		t.Errorf("%d events, want 5: the one of two tables once", len(parts.Events))
	}
	for _, s := range parts.Sources {
		if s.Resource == cluster.Pods && s.From[len(s.From)-5:] == "a.txt" && s.Objects != 3 {
			t.Errorf("%+v, want three rows that counted", s)
		}
	}
}
