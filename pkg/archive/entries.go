package archive

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// entry is one object of a list, made when it is written.
type entry struct {
	namespace string
	resource  cluster.Resource
	object    func() any
}

// resources are the lists that workloads, settings and the like stand in, by
// kind.
var resources = map[string]cluster.Resource{
	"Deployment": cluster.Deployments, "StatefulSet": cluster.StatefulSets, "DaemonSet": cluster.DaemonSets,
	"ReplicaSet": cluster.ReplicaSets, "Job": cluster.Jobs, "CronJob": cluster.CronJobs,
	"ControllerRevision": cluster.ControllerRevisions, "ConfigMap": cluster.ConfigMaps, "Secret": cluster.Secrets,
	"NetworkPolicy": cluster.NetworkPolicies, "ResourceQuota": cluster.ResourceQuotas, "LimitRange": cluster.LimitRanges,
	"ValidatingWebhookConfiguration": cluster.ValidatingWebhooks, "MutatingWebhookConfiguration": cluster.MutatingWebhooks,
	"StorageClass": cluster.StorageClasses, "Role": cluster.Roles, "RoleBinding": cluster.RoleBindings,
	"ClusterRole": cluster.ClusterRoles, "ClusterRoleBinding": cluster.ClusterRoleBindings,
	"HorizontalPodAutoscaler": cluster.Autoscalers, "PodDisruptionBudget": cluster.DisruptionBudgets,
	"CustomResourceDefinition": cluster.CustomResources,
	"Ingress":                  cluster.Ingresses, "HTTPRoute": cluster.HTTPRoutes, "GRPCRoute": cluster.GRPCRoutes,
}

// entries are all objects of a snapshot, those of one list beside each other.
func entries(s *cluster.Snapshot) []entry {
	l := &lister{templates: newTemplates(s)}
	l.core(s)
	l.rest(s)
	slices.SortStableFunc(l.all, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.resource, b.resource))
	})
	return l.all
}

// lister gathers objects.
type lister struct {
	templates *templates
	all       []entry
}

func (l *lister) add(namespace string, r cluster.Resource, object func() any) {
	if r != "" && isFolder(namespace) {
		l.all = append(l.all, entry{namespace, r, object})
	}
}

// isFolder refuses names by which a file would land elsewhere, or that act on a
// terminal on which the archive is listed: the API has none of them, hand-made
// files may.
func isFolder(name string) bool {
	return name != "." && name != ".." && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == '/' || r == '\\' })
}

func (l *lister) core(s *cluster.Snapshot) {
	for i := range s.Nodes {
		l.add("", cluster.Nodes, func() any { return nodeOf(&s.Nodes[i]) })
	}
	for i := range s.Pods {
		p := &s.Pods[i]
		l.add(p.Namespace, cluster.Pods, func() any { return l.templates.pod(p) })
	}
	for i := range s.Events {
		e := &s.Events[i]
		l.add(eventNamespace(e), cluster.Events, func() any { return eventOf(e, i) })
	}
	for i := range s.Workloads {
		w := &s.Workloads[i]
		l.add(w.Namespace, resources[w.Kind], func() any { return l.templates.workload(w) })
	}
	for i := range s.Revisions {
		r := &s.Revisions[i]
		l.add(r.Namespace, resources[r.Kind], func() any { return l.templates.revision(r) })
	}
}

func (l *lister) rest(s *cluster.Snapshot) {
	for i := range s.Services {
		svc := &s.Services[i]
		l.add(svc.Namespace, cluster.Services, func() any { return serviceOf(svc) })
		for _, slice := range slicesOf(svc) {
			l.add(svc.Namespace, cluster.EndpointSlices, func() any { return slice })
		}
	}
	for i := range s.Claims {
		c := &s.Claims[i]
		l.add(c.Namespace, cluster.PersistentVolumeClaims, func() any { return claimOf(c) })
	}
	for i := range s.Configs {
		c := &s.Configs[i]
		l.add(c.Namespace, resources[c.Kind], func() any { return configOf(c) })
	}
	for i := range s.Settings {
		x := &s.Settings[i]
		l.add(x.Namespace, resources[x.Kind], func() any { return settingOf(x) })
	}
	for i := range s.Routes {
		r := &s.Routes[i]
		l.add(r.Namespace, resources[r.Kind], func() any { return routeOf(r) })
	}
}
