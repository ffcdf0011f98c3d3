package correlate

import (
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func TestPullSecretsThatWereLeftAlone(t *testing.T) {
	secret := func(name string, written time.Time) cluster.Config {
		return cluster.Config{Ref: cluster.Ref{Kind: "Secret", Namespace: "shop", Name: name}, Created: noon.Add(-72 * time.Hour),
			Writes: []cluster.Write{{Manager: "kubectl", Time: written, Data: true}}}
	}
	old, after := noon.Add(-72*time.Hour), noon.Add(time.Minute)
	for name, c := range map[string]struct {
		configs []cluster.Config
		cause   string
		want    string
	}{
		"both are old":                     {[]cluster.Config{secret("a", old), secret("b", noon.Add(-50*time.Hour))}, symptom.PullAuth, "no change to the 2 pull Secrets in use in the 2d before"},
		"one was written after":            {[]cluster.Config{secret("a", old), secret("b", after)}, symptom.PullAuth, ""},
		"one is not there, or not read":    {[]cluster.Config{secret("a", old)}, symptom.PullAuth, ""},
		"the failure is of another nature": {[]cluster.Config{secret("a", old), secret("b", old)}, symptom.PullNotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, symptoms := shop(t, func(p *cluster.Parts) {
				p.Configs = c.configs
				for i := range p.Pods {
					template := *p.Pods[i].Template
					template.PullSecrets = []string{"a", "b"}
					p.Pods[i].Template = &template
				}
			})
			p := patternOf("image-pull", c.cause, noon, nil, map[cluster.Ref][]string{deployment("shop", "cart"): {"cart-1-x"}})
			if got := newExplainer(s, symptoms).pullSecretsKept(p); (got == "") != (c.want == "") || !strings.HasPrefix(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
