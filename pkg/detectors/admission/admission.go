// Package admission detects pods that the API server refuses to create.
package admission

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups workloads that get no pods by what refuses them.
var Detector = &detect.Detector{
	Name:     "admission",
	Category: "configuration",
	Doc: `pods that the API server refuses to create

Means that the API server refuses to create pods: none exists then, and the
workloads are affected.

Reads the events FailedCreate and ReplicaSetCreateError of controllers, and the
conditions of ReplicaSets and Deployments, which outlive events.

Groups by quota and resource, by rule of a LimitRange and namespace, by Pod Security
level and reasons, by webhook over all namespaces, by policy and binding.

Speaks when a pod, or what makes pods, was refused by a quota, a LimitRange, Pod
Security (or OpenShift's security context constraints), a webhook that denies or
cannot be called, or a policy (ValidatingAdmissionPolicy, a PriorityClass that does
not exist, a pod that validation calls invalid, other admission plugins), and says
how many pods are wanting.

Silent on refusals that were over within two minutes (a webhook or quota made
together with its pods), on namespaces that are being deleted, and on a workload
that got its pods. What is refused for want of rights belongs to rbac, a missing
service account to missing-config.

What to do: raise the quota or ask for less, set what the rule or the policy asks
for, or get the webhook's Service to answer.`,
	Causes: []string{
		symptom.RefusedQuota, symptom.RefusedLimitRange, symptom.RefusedPodSecurity,
		symptom.WebhookDenied, symptom.WebhookDown, symptom.RefusedPolicy,
	},
	Needs: []cluster.Resource{cluster.Events, cluster.ReplicaSets, cluster.Deployments},
	Any:   true,
	Run:   run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.Admission), key) {
		b := &builder{pass: pass, group: g.Symptoms, tally: detect.Sum(g.Symptoms), first: g.Symptoms[0], cause: g.Symptoms[0].Cause}
		b.want, b.have = b.replicas()
		pass.Report(b.pattern(keyWithoutCause(b.first)))
	}
}

func key(s *symptom.Symptom) string { return s.Cause + " " + keyWithoutCause(s) }

// keyWithoutCause is what makes refusals of one cause one problem.
func keyWithoutCause(s *symptom.Symptom) string {
	switch s.Cause {
	case symptom.RefusedPodSecurity:
		return s.Item
	case symptom.WebhookDown:
		return s.About.Name
	case symptom.RefusedPolicy:
		if s.About.Kind == "Namespace" {
			return s.Item
		}
	}
	return s.About.String() + " " + s.Item
}

// builder makes the pattern of one group.
type builder struct {
	pass  *detect.Pass
	group []*symptom.Symptom
	first *symptom.Symptom
	tally detect.Tally
	cause string
	// want and have count the pods of the affected workloads; want is 0 when
	// none of them was read.
	want, have int
}

func (b *builder) pattern(key string) detect.Pattern {
	return detect.Pattern{
		Cause:           b.cause,
		Key:             key,
		Symptoms:        b.group,
		Title:           b.title(),
		Factors:         b.factors(),
		Probable:        b.probable(),
		Counter:         b.counter(),
		Investigation:   b.investigation(),
		Recommendations: b.recommendations(),
	}
}

// replicas counts what the affected workloads want and have. A Job wants at
// least one pod.
func (b *builder) replicas() (want, have int) {
	for _, ref := range b.tally.Workloads {
		w := b.pass.Workload(ref)
		if w == nil {
			continue
		}
		switch w.Kind {
		case "Job", "CronJob":
			want++
			continue
		}
		want += int(w.Desired)
		have += min(b.existing(ref), int(w.Desired))
	}
	return want, have
}

func (b *builder) existing(workload cluster.Ref) int {
	n := 0
	for _, p := range b.pass.PodsOf(workload) {
		if !p.Finished() && p.Deleting.IsZero() {
			n++
		}
	}
	return n
}

func (b *builder) factors() []detect.Factor {
	if b.first.About.Kind == "PriorityClass" {
		class := b.first.About.Name
		return []detect.Factor{{Attribute: "priorityClass", Value: class, Holds: func(p *cluster.Pod) bool {
			return p.Template != nil && p.Template.PriorityClass == class
		}}}
	}
	if len(b.tally.Namespaces) != 1 {
		return nil
	}
	ns := b.tally.Namespaces[0]
	return []detect.Factor{{Attribute: "namespace", Value: ns, Holds: func(p *cluster.Pod) bool { return p.Namespace == ns }}}
}
