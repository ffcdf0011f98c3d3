package symptom

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// SettingsWanted are the settings whose writes could have to do with what
// failed, with the namespaces to look in: NetworkPolicies where a peer is out
// of reach, quotas and webhooks where one refuses, classes of storage where a
// volume is not made. "" means everywhere.
func SettingsWanted(s *cluster.Snapshot, symptoms []Symptom) map[cluster.Resource][]string {
	out := map[cluster.Resource][]string{}
	add := func(r cluster.Resource, namespace string) { out[r] = append(out[r], namespace) }
	for i := range symptoms {
		sym := &symptoms[i]
		settingsOf(s, sym, add)
		if HurtByNumbers(sym) {
			add(cluster.Autoscalers, sym.Workload.Namespace)
		}
		if _, group := CustomResource(sym); group != "" {
			add(cluster.CustomResources, "")
		}
	}
	routesWanted(s, symptoms, add)
	addReleases(s, symptoms, add)
	for r, namespaces := range out {
		out[r] = sorted(namespaces)
		if s.Scope.AllNamespaces && len(out[r]) > manyNamespaces {
			out[r] = []string{""}
		}
	}
	return out
}

// settingsOf asks for what one symptom points at.
func settingsOf(s *cluster.Snapshot, sym *Symptom, add func(cluster.Resource, string)) {
	switch {
	case sym.Kind == Network && sym.Object.Namespace != "":
		add(cluster.NetworkPolicies, sym.Object.Namespace)
		if svc := s.ServiceNamed(sym.Target.Host, sym.Object.Namespace); sym.Target.Host != "" && svc != nil {
			add(cluster.NetworkPolicies, svc.Namespace)
		}
	case sym.About.Kind == "ResourceQuota":
		add(cluster.ResourceQuotas, sym.About.Namespace)
	case sym.About.Kind == "LimitRange":
		add(cluster.LimitRanges, sym.About.Namespace)
	case sym.About.Kind == "Webhook":
		add(cluster.ValidatingWebhooks, "")
		add(cluster.MutatingWebhooks, "")
	case sym.Kind == Storage && sym.Class != "":
		add(cluster.StorageClasses, "")
	case sym.Kind == RBAC:
		addAccess(sym, add)
	case sym.Kind == Eviction && sym.Cause == EvictedAPI:
		add(cluster.DisruptionBudgets, sym.Object.Namespace)
	}
}

// manyNamespaces is how many of them are asked for one by one, rather than
// all in one list.
const manyNamespaces = 10

// addAccess asks for what grants something to a service account: bound in the
// namespace of the request, or in the whole cluster.
func addAccess(sym *Symptom, add func(cluster.Resource, string)) {
	if sym.Access.Namespace != "" {
		add(cluster.Roles, sym.Access.Namespace)
		add(cluster.RoleBindings, sym.Access.Namespace)
	}
	add(cluster.ClusterRoles, "")
	add(cluster.ClusterRoleBindings, "")
}

// HurtByNumbers reports whether more or fewer replicas could have to do with a
// symptom: no room or no quota for more, or too much to do for fewer.
func HurtByNumbers(sym *Symptom) bool {
	if sym.Workload.Kind != "Deployment" && sym.Workload.Kind != "StatefulSet" {
		return false
	}
	switch sym.Kind {
	case Scheduling, OOM, Probe, Throttling:
		return true
	}
	return sym.About.Kind == "ResourceQuota"
}

// addReleases asks for Helm's records in the namespaces of what Helm delivers
// and fails, but for those whose Secrets are read anyhow.
func addReleases(s *cluster.Snapshot, symptoms []Symptom, add func(cluster.Resource, string)) {
	configMaps, secrets := ConfigNamespaces(s, symptoms)
	ask := func(r cluster.Resource, namespace string, read []string) {
		if !slices.Contains(read, namespace) && !slices.Contains(read, "") {
			add(r, namespace)
		}
	}
	for i := range symptoms {
		w := s.Workload(symptoms[i].Workload)
		if w == nil || !strings.HasPrefix(w.Delivery, cluster.HelmDelivery) {
			continue
		}
		ask(cluster.HelmSecrets, w.Namespace, secrets)
		ask(cluster.HelmConfigMaps, w.Namespace, configMaps)
	}
}

// unknownKinds are the words of client libraries for a kind that the API
// server does not know, or not in that version.
var unknownKinds = []*lazyregexp.Regexp{
	lazyregexp.New(`no matches for kind "([A-Za-z0-9]{1,63})" in version "([a-z0-9.-]{1,253})/v[a-z0-9]{1,20}"`),
	lazyregexp.New(`could not find the requested resource \((?:get|list|watch|post|put|patch|delete) ([a-z0-9]{1,63})\.([a-z0-9.-]{1,253})\)`),
}

// CustomResource is the kind of custom resource that a symptom is about, as a
// refused request or an unknown kind name it: the kind or plural in lower case,
// and the API group. Both are empty where it is about none.
func CustomResource(sym *Symptom) (name, group string) {
	name, group = sym.Access.Resource, sym.Access.Group
	for _, r := range unknownKinds {
		if m := r.FindStringSubmatch(sym.Message); m != nil && group == "" {
			name, group = strings.ToLower(m[1]), m[2]
		}
	}
	if !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") {
		return "", ""
	}
	name, _, _ = strings.Cut(name, "/")
	return name, group
}
