package collect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Mode is what somebody runs, as far as rights are concerned: each takes its
// own, and nobody needs those of a mode that they do not use.
type Mode string

// The modes. All but Scan and Record add to a scan.
const (
	// Scan is a scan as it is by default, but for the names of Secrets.
	Scan Mode = "scan"
	// SecretNames is what a scan adds unless --no-secrets is given.
	SecretNames Mode = "secrets"
	// ContainerLogs is --logs.
	ContainerLogs Mode = "logs"
	// KubeletMetrics is --metrics.
	KubeletMetrics Mode = "metrics"
	// Record is the recorder, by itself.
	Record Mode = "record"
)

// Modes are all modes, the default one first.
func Modes() []Mode { return []Mode{Scan, SecretNames, ContainerLogs, KubeletMetrics, Record} }

// Right is one thing that a reader asks an API server for, in the terms of a
// rule of RBAC (rbac.authorization.k8s.io/v1).
type Right struct {
	Mode Mode
	// Resource is what is read by it, as gaps and detectors name it.
	Resource cluster.Resource
	Group    string   // API group, "" for the core
	Name     string   // resource, with its subresource if any: "pods/log"
	Verbs    []string // get, list, watch
	Names    []string // only the objects of these names; empty: all
	// ClusterWide is set on what lies in no namespace.
	ClusterWide bool
	// Risk is what the right gives away beyond what is read by it; empty for
	// most.
	Risk string
}

// What RBAC cannot part: see "Restrict access to Secrets" in
// kubernetes.io/docs/concepts/security/rbac-good-practices, and
// kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz.
const (
	secretsRisk = "it lets its holder read the data of every Secret that it covers; kubectl patterns asks for names and dates alone, but RBAC cannot grant these alone"
	proxyRisk   = "it lets its holder run commands in every container of the nodes, for nodes/proxy reaches the kubelet's exec; prefer --prometheus, which needs no right to the kubelets"
)

// Rights are all that the modes ask for, mode by mode, from the tables that
// the readers go by.
func Rights() []Right {
	var out []Right
	for _, k := range slices.Concat(liveKinds(), configKinds(false), settingKinds(), accessKinds(), routeKinds()) {
		if k.plural() != string(k.resource) {
			continue // a selection of what is there in whole
		}
		out = append(out, k.right(scanVerbs(k.resource)...))
	}
	out = append(out,
		Right{Mode: Scan, Name: "namespaces", Resource: "namespaces", ClusterWide: true, Verbs: []string{"get", "list"}},
		logRight(),
		Right{Mode: KubeletMetrics, Name: "nodes/proxy", Resource: cluster.Metrics, Verbs: []string{"get"}, ClusterWide: true, Risk: proxyRisk})
	for _, f := range followedKinds() {
		r := f.right("list", "watch")
		r.Mode = Record
		out = append(out, r)
	}
	return append(out, Right{Mode: Record, Name: "namespaces", Resource: "namespaces", Verbs: []string{"get"}, Names: []string{"kube-system"}, ClusterWide: true})
}

// logRight is what a log needs beside the lists of a scan.
func logRight() Right {
	return Right{Mode: ContainerLogs, Name: "pods/log", Resource: cluster.PodLogs, Verbs: []string{"get"}}
}

// scanVerbs: `rollout` asks for one workload by its name, to tell one that
// does not exist from one that does well.
func scanVerbs(r cluster.Resource) []string {
	switch r {
	case cluster.Deployments, cluster.StatefulSets, cluster.DaemonSets:
		return []string{"get", "list"}
	}
	return []string{"list"}
}

// right is what listing a kind needs.
func (k kind) right(verbs ...string) Right {
	out := Right{Mode: Scan, Resource: k.resource, Group: k.group, Name: k.plural(), Verbs: verbs, ClusterWide: k.isClusterWide()}
	if out.Name == "secrets" {
		out.Mode, out.Risk = SecretNames, secretsRisk
	}
	return out
}

// isClusterWide reports whether the objects of a kind lie in no namespace.
func (k kind) isClusterWide() bool {
	return k.where(cluster.Scope{Namespaces: []string{"any"}})[0].namespace == ""
}

// plural is the resource by its name in the API: "secrets (owner=helm)" are
// secrets.
func (k kind) plural() string {
	name, _, _ := strings.Cut(string(k.resource), " ")
	return name
}

// rule is what a role would have to hold, in one line, its risk beside it.
func (r Right) rule() string {
	out := fmt.Sprintf("{apiGroups: [%q], resources: [%q], verbs: [%s]}", r.Group, r.Name, quoted(r.Verbs))
	if r.Risk != "" {
		out += "; " + r.Risk
	}
	return out
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strconv.Quote(w)
	}
	return strings.Join(out, ", ")
}
