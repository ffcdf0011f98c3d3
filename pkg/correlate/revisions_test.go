package correlate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// twoRevisions is a Deployment of which so many pods of the old and of the new
// revision fail, of three each.
func twoRevisions(change func(*cluster.Template), oldFails, newFails int) *Pattern {
	w := cluster.Workload{Ref: cluster.Ref{Kind: "Deployment", Namespace: "shop", Name: "web"}}
	template := func() *cluster.Template {
		return &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "app", Image: "registry.example.com/web:1"}}}
	}
	parts := cluster.Parts{At: noon, Workloads: []cluster.Workload{w}}
	found := detect.Pattern{Detector: "exit-code", Cause: "1"}
	for n, fails := range []int{oldFails, newFails} {
		made := template()
		if n == 1 {
			change(made)
		}
		hash := fmt.Sprintf("hash%d", n)
		r := cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "web-" + hash}, Owner: w.Ref, Number: int64(6 + n), Hash: hash, Template: made}
		parts.Revisions = append(parts.Revisions, r)
		for i := range 3 {
			ready := "True"
			if i < fails {
				ready = "False"
				found.Symptoms = append(found.Symptoms, &symptom.Symptom{Kind: symptom.Exit, Ongoing: true,
					Object: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: fmt.Sprintf("%s-%d", r.Name, i)}, Workload: w.Ref})
			}
			parts.Pods = append(parts.Pods, cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: fmt.Sprintf("%s-%d", r.Name, i)}, Owner: r.Ref,
				Labels: map[string]string{"pod-template-hash": hash}, Template: made, Phase: "Running", Conditions: []cluster.Condition{{Type: "Ready", Status: ready}}})
		}
	}
	s := cluster.New(parts)
	for _, sym := range found.Symptoms {
		sym.Pod = s.Pod(sym.Object.Namespace, sym.Object.Name)
	}
	var symptoms []symptom.Symptom
	for _, sym := range found.Symptoms {
		symptoms = append(symptoms, *sym)
	}
	return newExplainer(s, symptoms).explain(found)
}

func TestRevisionContrast(t *testing.T) {
	newer := func(t *cluster.Template) {
		t.Containers[0].Image = "registry.example.com/web:2"
		t.ConfigMaps = []cluster.ConfigRef{{Name: "flags", Via: "env"}}
	}
	p := twoRevisions(newer, 0, 3)
	if len(p.Shared) != 1 {
		t.Fatalf("shared: %+v", p.Shared)
	}
	f := p.Shared[0]
	if f.Attribute != "revision" || f.Value != "shop/web@7" || f.Affected != 3 || f.Healthy != 0 || f.HealthyOf != 3 || f.Tier != detect.Observation {
		t.Errorf("factor %+v", f)
	}
	want := []Column{{"image", "registry.example.com/web:2"}, {"tag", "2"}, {"configMap", "shop/flags"}}
	if diff := cmp.Diff(want, f.Aliases); diff != "" {
		t.Errorf("what changed: %s", diff)
	}
	for _, said := range []string{"revision 7 of Deployment shop/web: 3 of 3 pods fail, revision 6: 0 of 3", "image", "ConfigMap flags", "which of them matters cannot be told from this data"} {
		if !strings.Contains(f.Text, said) {
			t.Errorf("%q is not in %q", said, f.Text)
		}
	}
	if one := twoRevisions(func(t *cluster.Template) { t.Containers[0].MemoryLimit = "64Mi" }, 0, 2).Shared; len(one) != 1 || !strings.Contains(one[0].Text, "memory limit none → 64Mi, and nothing else") {
		t.Errorf("one change: %+v", one)
	}
}

// TestRevisionsThatAreNotApart: both fail, or too few of the one do.
func TestRevisionsThatAreNotApart(t *testing.T) {
	for _, c := range [][2]int{{1, 3}, {3, 3}, {0, 1}} {
		p := twoRevisions(func(t *cluster.Template) { t.Containers[0].Image = "registry.example.com/web:2" }, c[0], c[1])
		if len(p.Shared) != 0 {
			t.Errorf("%v fail, and it shares %+v", c, p.Shared)
		}
		if !strings.Contains(p.comparison, "Not enough to compare: 1 failing workload") || !strings.Contains(p.comparison, "at least 1 more") {
			t.Errorf("said of the comparison: %q", p.comparison)
		}
	}
}
