package correlate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// grants reports whether a role or binding has to do with a refused request:
// a binding that is for the service account and holds where it asked, or the
// role of one. What a role grants now says nothing of what it did before.
func (e *explainer) grants(x *cluster.Setting, s *symptom.Symptom) bool {
	account, ok := s.Access.ServiceAccount()
	if s.Kind != symptom.RBAC || !ok {
		return false
	}
	if binds(x, account, s.Access.Namespace) {
		return true
	}
	return slices.ContainsFunc(e.bindingsOf(x.Key()), func(b *cluster.Setting) bool {
		return binds(b, account, s.Access.Namespace)
	})
}

// binds reports whether a binding is for an account and holds in a namespace;
// "" is the scope of the cluster, where a RoleBinding holds nothing.
func binds(x *cluster.Setting, account cluster.Ref, namespace string) bool {
	return (x.Namespace == "" || x.Namespace == namespace) && x.Binds(account)
}

// reaches reports whether a role or binding is for the service account of a
// workload.
func (e *explainer) reaches(object cluster.Ref, u *unit) bool {
	account := cluster.Ref{Kind: "ServiceAccount", Namespace: u.workload.Namespace, Name: cmp.Or(u.template.ServiceAccount, "default")}
	if b := e.s.Setting(object); b != nil && b.Binds(account) {
		return true
	}
	return slices.ContainsFunc(e.bindingsOf(object), func(b *cluster.Setting) bool { return b.Binds(account) })
}

// bindingsOf are the RoleBindings and ClusterRoleBindings of a role that were
// read.
func (e *explainer) bindingsOf(role cluster.Ref) []*cluster.Setting {
	if e.bindings == nil {
		e.bindings = map[cluster.Ref][]*cluster.Setting{}
		for i := range e.s.Settings {
			if x := &e.s.Settings[i]; len(x.Subjects) > 0 {
				e.bindings[x.Target] = append(e.bindings[x.Target], x)
			}
		}
	}
	return e.bindings[role]
}

// defines reports whether a CustomResourceDefinition is that of the kind which
// a symptom is about. Its name is the plural and the group; of a kind only the
// beginning of its plural is known.
func defines(x *cluster.Setting, s *symptom.Symptom) bool {
	name, group := symptom.CustomResource(s)
	plural, of, _ := strings.Cut(x.Name, ".")
	return group != "" && of == group && strings.HasPrefix(plural, strings.TrimSuffix(name, "y"))
}

// accessKept says of refused requests that no role or binding of the account
// was written shortly before, where they were read: a binding that was deleted
// leaves no date.
func (e *explainer) accessKept(p *Pattern) string {
	if p.Detector != "rbac" || p.Tally.SinceBefore || p.Tally.First.IsZero() || !e.s.Read(cluster.ClusterRoleBindings) {
		return ""
	}
	if slices.ContainsFunc(p.Changes, func(c LinkedChange) bool { return c.Kind == cluster.AccessWrite }) {
		return ""
	}
	return "no binding of the service account, nor a role that one names, was written in the 10m before; a binding or role that was deleted leaves no date"
}
