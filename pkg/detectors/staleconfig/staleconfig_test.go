package staleconfig

import (
	"fmt"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

var (
	now     = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	written = now.Add(-30 * time.Minute)
)

// clusterOf is a workload of which some pods started before a ConfigMap was
// written and some after it; those on one side fail.
func clusterOf(old, young int, oldFail bool, since time.Time) (*cluster.Snapshot, []symptom.Symptom) {
	template := &cluster.Template{ConfigMaps: []cluster.ConfigRef{{Name: "c", Via: "env"}}}
	parts := cluster.Parts{At: now, Scope: cluster.Scope{AllNamespaces: true}, Sources: []cluster.Source{{Resource: cluster.Pods}},
		Configs: []cluster.Config{{Ref: cluster.Ref{Kind: "ConfigMap", Namespace: "ns", Name: "c"}, Created: now.Add(-1000 * time.Hour),
			Writes: []cluster.Write{{Manager: "kubectl-edit", Time: written, Data: true, Keys: []string{"k"}}}}}}
	failing := map[string]bool{}
	for i := range old + young {
		started, fails := written.Add(-time.Hour), oldFail
		if i >= old {
			started, fails = written.Add(time.Minute), !oldFail
		}
		p := cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "ns", Name: fmt.Sprint("p", i)}, Created: started, Phase: "Running", Template: template,
			Owner:      cluster.Ref{Kind: "StatefulSet", Namespace: "ns", Name: "w"},
			Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "app", Role: cluster.Regular}, Ready: !fails, State: cluster.State{Phase: cluster.Running, StartedAt: started}}}}
		if failing[p.Name] = fails; !fails {
			p.Conditions = []cluster.Condition{{Type: "Ready", Status: "True"}}
		}
		parts.Pods = append(parts.Pods, p)
	}
	s := cluster.New(parts)
	var symptoms []symptom.Symptom
	for i := range s.Pods {
		if p := &s.Pods[i]; failing[p.Name] {
			symptoms = append(symptoms, symptom.Symptom{Kind: symptom.Unready, Object: p.Key(), Pod: p, Workload: s.WorkloadOf(p), First: since, Last: now, Ongoing: true})
		}
	}
	return s, symptoms
}

// TestHowWellFounded: how many pods are parted, and when they began to fail,
// decides what may be said.
func TestHowWellFounded(t *testing.T) {
	after := written.Add(2 * time.Minute)
	for name, c := range map[string]struct {
		old, young int
		oldFail    bool
		since      time.Time
		want       detect.Tier
	}{
		"one and one":                           {1, 1, false, after, detect.Suggestive},
		"three and three":                       {3, 3, false, after, detect.Strong},
		"three and three, the old ones":         {3, 3, true, after, detect.Strong},
		"all are old, since about the write":    {3, 0, true, after, detect.Suggestive},
		"all are old, since before the write":   {3, 0, true, written.Add(-time.Hour), ""},
		"all are young":                         {0, 3, false, after, ""},
		"young ones fail since before":          {3, 3, false, written.Add(-time.Hour), ""},
		"young ones fail long after they start": {3, 3, false, written.Add(29 * time.Minute), ""},
	} {
		s, symptoms := clusterOf(c.old, c.young, c.oldFail, c.since)
		found, _ := detect.Run(detect.Suite{Detector}, s, symptoms)
		var got detect.Tier
		if len(found) > 0 {
			got = found[0].Tier
		}
		if got != c.want || len(found) > 1 {
			t.Errorf("%s: %d patterns, tier %q, want %q", name, len(found), got, c.want)
		}
	}
}
