package collect

import (
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// accessKinds are read where the API server refuses a service account: roles
// as metadata, and bindings with whom they are for, which metadata do not tell.
func accessKinds() []kind {
	const group = rbacv1.GroupName
	role := func(name string) func(*bucket, *metav1.ObjectMeta) {
		return func(b *bucket, m *metav1.ObjectMeta) { b.role(name, m) }
	}
	return []kind{
		{cluster.Roles, group, namespaced, metadataPages(group, "roles", role("Role"))},
		{cluster.ClusterRoles, group, clusterWide, metadataPages(group, "clusterroles", role("ClusterRole"))},
		{cluster.RoleBindings, group, namespaced, pages(func(l *Live, ns string) lister[*rbacv1.RoleBindingList] { return l.typed.RbacV1().RoleBindings(ns) },
			func(b *bucket, list *rbacv1.RoleBindingList) int { return each(list.Items, b.roleBinding) })},
		{cluster.ClusterRoleBindings, group, clusterWide, pages(func(l *Live, _ string) lister[*rbacv1.ClusterRoleBindingList] {
			return l.typed.RbacV1().ClusterRoleBindings()
		},
			func(b *bucket, list *rbacv1.ClusterRoleBindingList) int {
				return each(list.Items, b.clusterRoleBinding)
			})},
	}
}

func (b *bucket) role(kind string, m *metav1.ObjectMeta) {
	b.Settings = append(b.Settings, cluster.Setting{Ref: ref(kind, m), Created: m.CreationTimestamp.Time, Writes: accessWrites(m)})
}

func (b *bucket) roleBinding(r *rbacv1.RoleBinding) {
	b.binding("RoleBinding", &r.ObjectMeta, &r.RoleRef, r.Subjects)
}

func (b *bucket) clusterRoleBinding(r *rbacv1.ClusterRoleBinding) {
	b.binding("ClusterRoleBinding", &r.ObjectMeta, &r.RoleRef, r.Subjects)
}

// binding keeps whom of the programs it is for; users are no concern here.
func (b *bucket) binding(kind string, m *metav1.ObjectMeta, role *rbacv1.RoleRef, subjects []rbacv1.Subject) {
	x := cluster.Setting{Ref: ref(kind, m), Created: m.CreationTimestamp.Time, Writes: accessWrites(m), Target: cluster.Ref{Kind: role.Kind, Name: role.Name}}
	if role.Kind == "Role" {
		x.Target.Namespace = m.Namespace
	}
	for _, s := range subjects {
		switch s.Kind {
		case rbacv1.ServiceAccountKind:
			x.Subjects = append(x.Subjects, cluster.Ref{Kind: s.Kind, Namespace: firstOf(s.Namespace, m.Namespace), Name: s.Name})
		case rbacv1.GroupKind:
			x.Subjects = append(x.Subjects, cluster.Ref{Kind: s.Kind, Name: s.Name})
		}
	}
	b.Settings = append(b.Settings, x)
}

// accessWrites keeps which of the fields that grant something a manager owns.
func accessWrites(m *metav1.ObjectMeta) []cluster.Write {
	return eachWrite(m, func(w *cluster.Write, f *metav1.FieldsV1) {
		for _, field := range topFields(f) {
			switch field {
			case "aggregationRule", "roleRef", "rules", "subjects":
				w.Spec = append(w.Spec, field)
			}
		}
	})
}
