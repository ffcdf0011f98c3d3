package main

import (
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
)

// role is a file of hack/deploy/roles.
type role struct {
	file, kind, name, about string
	of                      func(collect.Right) bool
}

// roles are the least that each mode needs. What lets its holder do more than
// is read by it is a role of its own.
var roles = []role{
	{"scan", "ClusterRole", "kubectl-patterns", "A scan of the whole cluster (--no-secrets, or with the role of secrets.yaml beside it).",
		func(r collect.Right) bool { return r.Mode == collect.Scan }},
	{"scan-namespace", "Role", "kubectl-patterns", "A scan of one namespace, which sees no nodes: apply it with -n.",
		func(r collect.Right) bool { return r.Mode == collect.Scan && !r.ClusterWide }},
	{"secrets", "ClusterRole", "kubectl-patterns-secrets", "Names and dates of Secrets.",
		func(r collect.Right) bool { return r.Mode == collect.SecretNames }},
	{"logs", "ClusterRole", "kubectl-patterns-logs", "The last lines of failing containers (--logs).",
		func(r collect.Right) bool { return r.Mode == collect.ContainerLogs }},
	{"metrics", "ClusterRole", "kubectl-patterns-metrics", "What kubelets measure (--metrics).",
		func(r collect.Right) bool { return r.Mode == collect.KubeletMetrics }},
}

// rolePages are beside the pages of docs: what applies them wants files.
func rolePages() []page {
	out := make([]page, len(roles))
	for i, r := range roles {
		rights := slices.DeleteFunc(collect.Rights(), func(x collect.Right) bool { return !r.of(x) })
		text := fmt.Sprintf("# Written by 'make docs', from what the readers ask for. Do not edit.\n# %s\napiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata:\n  name: %s\nrules:\n%s",
			r.about, r.kind, r.name, collect.Rules(rights))
		out[i] = page{"../hack/deploy/roles/" + r.file + ".yaml", []byte(text)}
	}
	return out
}
