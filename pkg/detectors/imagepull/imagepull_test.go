package imagepull

import (
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// What to do about refused credentials depends on whether the pods name any;
// of pods that are gone that is not known.
func TestAdviceOnCredentials(t *testing.T) {
	ref := cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-1"}
	for name, c := range map[string]struct {
		pod  *cluster.Pod
		want string
	}{
		"with a Secret": {&cluster.Pod{Ref: ref, Template: &cluster.Template{PullSecrets: []string{"regcred"}}}, "Renew the pull credentials for r.example in shop."},
		"without one":   {&cluster.Pod{Ref: ref, Template: &cluster.Template{}}, "The pods name no pull Secret"},
		"gone":          {nil, "Renew the pull credentials"},
	} {
		group := []*symptom.Symptom{{Object: ref, Workload: ref, Pod: c.pod}}
		b := &builder{group: group, tally: detect.Sum(group), image: symptom.ParseImage("r.example/web:1")}
		if got := b.secretAdvice(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
