// Package missingconfig detects references to configuration that is not there.
package missingconfig

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups pods by the object, or the key of it, that they miss.
var Detector = &detect.Detector{
	Name:     "missing-config",
	Category: "configuration",
	Doc: `references to a ConfigMap, Secret, key or service account that is not there

Means that pods refer to a ConfigMap, a Secret, a key of one, or a service account
that is not there.

Reads what the kubelet says of containers that cannot be made and volumes that
cannot be mounted, what the API server says to those who make pods, and the names of
ConfigMaps and Secrets as far as they were read.

Groups by the missing object and key, over all pods and workloads that refer to it.

Speaks when a container cannot be made, or a volume not be mounted, because a
ConfigMap, a Secret or a key of one is missing, and when no pod can be made because
its service account is. Says how they refer to it, and whether the object or key
exists under nearly that name, as the other kind or in another namespace.

Silent on optional references, on what was there within two minutes (pods are often
made before what they refer to), on caches that are not yet filled ("failed to sync
configmap cache", "not registered"), on pods that are being deleted, and on image
pull Secrets, which belong to image-pull.

What to do: create what is missing, or correct the reference to what there is.`,
	Causes: []string{symptom.MissingConfigMap, symptom.MissingSecret, symptom.MissingKey, symptom.MissingServiceAccount},
	Needs:  []cluster.Resource{cluster.Pods, cluster.Events},
	Any:    true,
	Run:    run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.MissingConfig), key) {
		b := &builder{pass: pass, group: g.Symptoms, tally: detect.Sum(g.Symptoms),
			cause: g.Symptoms[0].Cause, about: g.Symptoms[0].About, key: g.Symptoms[0].Item}
		pass.Report(b.pattern(g.Key))
	}
}

func key(s *symptom.Symptom) string {
	if s.Item == "" {
		return s.About.String()
	}
	return s.About.String() + " key " + s.Item
}

// builder makes the pattern of one missing object or key.
type builder struct {
	pass  *detect.Pass
	group []*symptom.Symptom
	tally detect.Tally
	cause string
	about cluster.Ref
	key   string
}

func (b *builder) pattern(key string) detect.Pattern {
	return detect.Pattern{
		Cause:           b.cause,
		Key:             key,
		Symptoms:        b.group,
		Title:           b.title(),
		Factors:         []detect.Factor{b.factor()},
		Probable:        b.probable(),
		Counter:         b.counter(),
		Investigation:   b.investigation(),
		Recommendations: b.recommendations(),
	}
}

func (b *builder) title() string {
	who, verb := b.tally.Who(), "cannot start"
	switch {
	case len(b.tally.Pods) == 0 && !b.tally.Ongoing:
		verb = "got no pods"
	case len(b.tally.Pods) == 0:
		verb = b.pick("gets no pods", "get no pods", len(b.tally.Workloads))
	case !b.tally.Ongoing:
		verb = "could not start"
	case b.run():
		verb = b.pick("runs, and will not start again", "run, and will not start again", len(b.tally.Pods))
	}
	is := "is"
	if !b.tally.Ongoing {
		is = "was"
	}
	return fmt.Sprintf("%s %s: %s %s missing", who, verb, b.what(), is)
}

func (b *builder) pick(one, many string, n int) string {
	if n == 1 {
		return one
	}
	return many
}

// run reports whether all of the affected pods run all the same: what they
// refer to was deleted later.
func (b *builder) run() bool {
	for _, s := range b.group {
		if s.Pod == nil || !s.Pod.Ready() {
			return false
		}
	}
	return len(b.group) > 0
}

// what is missing, in words.
func (b *builder) what() string {
	if b.key != "" {
		return fmt.Sprintf("key %s of %s", b.key, b.about)
	}
	return b.about.String()
}

var attributes = map[string]string{"ConfigMap": "configMap", "Secret": "secret", "ServiceAccount": "serviceAccount"}

func (b *builder) factor() detect.Factor {
	return detect.Factor{Attribute: attributes[b.about.Kind], Value: b.about.Path(), Holds: func(p *cluster.Pod) bool {
		return p.Namespace == b.about.Namespace && p.Template != nil && len(ways(p.Template, b.about, "")) > 0
	}}
}
