// Package rbac detects requests that the API server refuses to the service
// accounts of programs.
package rbac

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups refusals by who asked for what.
var Detector = &detect.Detector{
	Name:     "rbac",
	Category: "configuration",
	Doc: `programs whose service account lacks a right

Means that a program asks the API server for what its service account may not do.

Reads the sentence of the API server's authorizer wherever it is repeated, by a
program or an event: ‘forbidden: User "system:serviceaccount:…" cannot VERB resource
…’.

Groups by service account, verb and resource, over pods and namespaces.

Speaks when a program ends, or does not serve, with that sentence, or an event has
it. The recommendation has the rule that is missing and the command that checks it.

Silent on the words forbidden and denied alone, which quotas, policies, webhooks and
other servers say too; on refusals of users, nodes and anonymous requests; and on
refusals that a program only mentions and goes on.

What to do: grant the rule to the service account, or run the program with the one
that was meant.`,
	Causes: []string{symptom.Forbidden},
	Needs:  []cluster.Resource{cluster.Pods, cluster.Events},
	Any:    true,
	Run:    run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.RBAC), key) {
		b := &builder{group: g.Symptoms, tally: detect.Sum(g.Symptoms), access: g.Symptoms[0].Access, account: account(g.Symptoms[0])}
		pass.Report(b.pattern(g.Key))
	}
}

func key(s *symptom.Symptom) string {
	a := s.Access
	if a.User == "" {
		return ""
	}
	return a.User + "|" + a.Verb + "|" + a.Group + "/" + a.Resource
}

func account(s *symptom.Symptom) cluster.Ref {
	ref, _ := s.Access.ServiceAccount()
	return ref
}

// builder makes the pattern of one group.
type builder struct {
	group   []*symptom.Symptom
	tally   detect.Tally
	access  symptom.Access
	account cluster.Ref // zero when the user is no service account
}

func (b *builder) pattern(key string) detect.Pattern {
	return detect.Pattern{
		Cause:    symptom.Forbidden,
		Key:      key,
		Symptoms: b.group,
		Title:    b.title(),
		Factors:  b.factors(),
		Probable: detect.Cause{
			Text:       fmt.Sprintf("No role that is bound to %s allows it to %s %s %s.%s", b.who(), b.access.Verb, b.resource(), b.where(), b.dangling()),
			Confidence: detect.High,
			Why:        "the API server's authorizer says so: " + detect.Said(detect.Clip(b.group[0].Message, 220)),
		},
		Investigation:   b.investigation(),
		Recommendations: b.recommendations(),
	}
}

func (b *builder) title() string {
	verb := "may not"
	if !b.tally.Ongoing {
		verb = "were refused to"
	}
	who := b.who()
	if len(b.tally.Pods)+len(b.tally.Workloads) > 0 {
		return fmt.Sprintf("%s %s %s %s %s: %s lacks the right", b.tally.Who(), verb, b.access.Verb, b.resource(), b.where(), who)
	}
	return fmt.Sprintf("%s lacks the right to %s %s %s, as %s say", who, b.access.Verb, b.resource(), b.where(), detect.Count(b.tally.Occurrences, "event"))
}

func (b *builder) who() string {
	if b.account.IsZero() {
		return "user " + b.access.User
	}
	return "service account " + b.account.Path()
}

// resource as kubectl names it: deployments.apps, pods/log.
func (b *builder) resource() string {
	name, sub, _ := strings.Cut(b.access.Resource, "/")
	if b.access.Group != "" {
		name += "." + b.access.Group
	}
	if sub != "" && name != "" {
		name += "/" + sub
	}
	if name == "" { // a path such as /metrics
		return b.access.Resource
	}
	return name
}

func (b *builder) isPath() bool { return strings.HasPrefix(b.access.Resource, "/") }

// namespaces in which the right is missing; empty at the cluster scope.
func (b *builder) namespaces() []string {
	return detect.Values(b.group, func(s *symptom.Symptom) string { return s.Access.Namespace })
}

func (b *builder) clusterScope() bool {
	return slices.ContainsFunc(b.group, func(s *symptom.Symptom) bool { return s.Access.Namespace == "" })
}

func (b *builder) where() string {
	if b.clusterScope() {
		return "at the cluster scope"
	}
	return "in " + detect.List(b.namespaces(), 3)
}

// dangling tells of a binding whose role is not there.
func (b *builder) dangling() string {
	for _, s := range b.group {
		if _, rest, ok := strings.Cut(s.Message, `role.rbac.authorization.k8s.io "`); ok {
			if name, after, ok := strings.Cut(rest, `"`); ok && strings.HasPrefix(after, " not found") {
				return fmt.Sprintf(" A binding of it names the role %s, which does not exist.", name)
			}
		}
	}
	return ""
}

func (b *builder) factors() []detect.Factor {
	if b.account.IsZero() {
		return nil
	}
	return []detect.Factor{{Attribute: "serviceAccount", Value: b.account.Path(), Holds: func(p *cluster.Pod) bool {
		return p.Namespace == b.account.Namespace && accountOf(p) == b.account.Name
	}}}
}

func accountOf(p *cluster.Pod) string {
	if p.Template == nil || p.Template.ServiceAccount == "" {
		return "default"
	}
	return p.Template.ServiceAccount
}

func (b *builder) investigation() []detect.Command {
	canI := []string{"auth", "can-i", b.access.Verb, b.access.Resource, "--as=" + b.access.User}
	if !b.isPath() {
		name, sub, _ := strings.Cut(b.access.Resource, "/")
		if b.access.Group != "" {
			name += "." + b.access.Group
		}
		canI[3] = name
		if sub != "" {
			canI = append(canI, "--subresource="+sub)
		}
		if b.clusterScope() {
			canI = append(canI, "--all-namespaces")
		} else {
			canI = append(canI, "-n", b.namespaces()[0])
		}
	}
	out := []detect.Command{{Why: "whether the right is still missing", Command: detect.Kubectl(canI...)}}
	if b.clusterScope() {
		return append(out, detect.Command{Why: "what is bound to whom in the whole cluster", Command: detect.Kubectl("get", "clusterrolebindings", "-o", "wide")})
	}
	return append(out, detect.Command{Why: "what is bound to whom there", Command: detect.Kubectl("get", "rolebindings", "-n", b.namespaces()[0], "-o", "wide")})
}

// rule is the missing rule, as it stands in a Role.
func (b *builder) rule() string {
	if b.isPath() {
		return fmt.Sprintf(`{nonResourceURLs: [%q], verbs: [%q]}`, b.access.Resource, b.access.Verb)
	}
	return fmt.Sprintf(`{apiGroups: [%q], resources: [%q], verbs: [%q]}`, b.access.Group, b.access.Resource, b.access.Verb)
}

func (b *builder) recommendations() []detect.Recommendation {
	kind := "a Role in " + detect.List(b.namespaces(), 3)
	if b.clusterScope() {
		kind = "a ClusterRole"
	}
	urgency := detect.Immediate
	if !b.tally.Ongoing {
		urgency = detect.Soon
	}
	return []detect.Recommendation{{Urgency: urgency,
		Text: fmt.Sprintf("If %s is meant to have it, add the rule %s to %s that is bound to it; else change what the program asks for.", b.who(), b.rule(), kind)}}
}
