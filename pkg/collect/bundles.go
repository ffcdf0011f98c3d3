package collect

import (
	"encoding/json"
	"path"
	"path/filepath"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// The bundles that other tools save, known by the folders in them.
//
// OpenShift's must-gather, and `oc adm inspect` which it calls, write
// cluster-scoped-resources/GROUP/RESOURCE/NAME.yaml,
// namespaces/NS/GROUP/RESOURCE.yaml and logs below namespaces/NS/pods
// (github.com/openshift/must-gather; oc/pkg/cli/admin/inspect).
//
// Replicated's troubleshoot.sh writes cluster-resources/RESOURCE/NS.json,
// cluster-resources/RESOURCE.json for what has no namespace, and logs in
// cluster-resources/pods/logs/NS/POD/CONTAINER.log; CONTAINER-logs-errors.log
// says why there is none (troubleshoot/pkg/collect/cluster_resources.go, pkg/constants).
var (
	mustGather    = lazyregexp.New(`(?:^|/)(?:cluster-scoped-resources/|namespaces/[^/]+/[^/]+/.*\.(?:ya?ml|log)$)`)
	supportBundle = lazyregexp.New(`(?:^|/)cluster-resources/([a-z-]+)(?:/|\.json)`)
	bundledLog    = lazyregexp.New(`(?:^|/)cluster-resources/pods/logs/([^/]+)/([^/]+)/([^/]+?)(-previous)?\.log$`)
)

// bundledKinds are the kinds of a support bundle's folders. Older bundles hold
// plain arrays, of objects that do not name their kind.
var bundledKinds = map[string]string{
	"pods": "Pod", "events": "Event", "nodes": "Node", "deployments": "Deployment", "replicasets": "ReplicaSet",
	"statefulsets": "StatefulSet", "daemonsets": "DaemonSet", "jobs": "Job", "cronjobs": "CronJob", "services": "Service",
	"endpointslices": "EndpointSlice", "pvcs": "PersistentVolumeClaim", "ingress": "Ingress", "network-policy": "NetworkPolicy",
	"resource-quota": "ResourceQuota", "limitranges": "LimitRange", "storage-classes": "StorageClass", "configmaps": "ConfigMap",
	"custom-resource-definitions": "CustomResourceDefinition", "pod-disruption-budgets": "PodDisruptionBudget",
	"roles": "Role", "rolebindings": "RoleBinding", "clusterroles": "ClusterRole", "clusterrolebindings": "ClusterRoleBinding",
}

// bundledKind is the kind that a file of a support bundle holds, if its place
// says so.
func bundledKind(name string) string {
	m := supportBundle.FindStringSubmatch(filepath.ToSlash(name))
	if m == nil {
		return ""
	}
	return bundledKinds[m[1]]
}

// source is what a file is called as a source: bundles have hundreds of files,
// and are one source each.
func (r *reading) source(name string) string {
	place, whole := filepath.ToSlash(name), filepath.Base(r.file)
	switch {
	case supportBundle.MatchString(place):
		return whole + " (support bundle)"
	case mustGather.MatchString(place):
		return whole + " (must-gather)"
	}
	return name
}

// bundledLogOf is whose log a file of a support bundle is.
func bundledLogOf(path string) (cluster.LogRef, bool) {
	m := bundledLog.FindStringSubmatch(path)
	if m == nil || strings.HasSuffix(m[3], "-logs-errors") { // why there is no log
		return cluster.LogRef{}, false
	}
	return cluster.LogRef{Pod: cluster.Ref{Kind: "Pod", Namespace: m[1], Name: m[2]}, Container: m[3], Previous: m[4] != ""}, true
}

// array reads a list without anything around it, whose "[" was read: what jq
// makes of a list, and old support bundles. What in it is no object is of no
// concern.
func (r *reading) array(name string, dec *json.Decoder) error {
	kind := bundledKind(name)
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return unexpected(err)
		}
		r.budget.renew()
		if raw[0] != '{' {
			continue
		}
		r.object(name, raw, kind)
	}
	if _, err := dec.Token(); err != nil {
		return unexpected(err)
	}
	if kind != "" {
		r.listRead(name, kind)
	}
	return nil
}

// isForeign reports whether a file of a bundle is none of those that hold
// objects: lists of errors, and what the tools note for themselves.
func isForeign(name string) bool {
	path := filepath.ToSlash(name)
	if supportBundle.MatchString(path) {
		return bundledKind(path) == "" || strings.HasSuffix(path, "-errors.json")
	}
	return false
}

// dumpedFile matches the lists that `kubectl cluster-info dump` writes of
// nodes, and of each namespace
// (kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go).
var dumpedFile = lazyregexp.New(`^(?:nodes|events|replication-controllers|services|daemonsets|deployments|replicasets|pods)\.(?:json|yaml)$`)

// noteDump notes the folder of a dump, which is known by the one file that
// nobody else calls so.
func (r *reading) noteDump(file string) {
	name := filepath.ToSlash(file)
	if strings.HasPrefix(path.Base(name), "replication-controllers.") {
		r.dumps[path.Dir(path.Dir(name))] = filepath.Base(r.file) + " (cluster-info dump)"
	}
}

// joinDumps makes the files of a dump, some for each namespace, one source.
func (r *reading) joinDumps() {
	order, counts := r.order, r.objects
	r.order, r.objects = nil, map[cluster.Source]int{}
	for _, key := range order {
		n := counts[key]
		key.From = r.dumpOf(filepath.ToSlash(key.From))
		if _, ok := r.objects[key]; !ok {
			r.order = append(r.order, key)
		}
		r.objects[key] += n
	}
}

// dumpOf is the dump that a file belongs to, or its own name.
func (r *reading) dumpOf(file string) string {
	if base := path.Base(file); dumpedFile.MatchString(base) {
		root := path.Dir(path.Dir(file))
		if strings.HasPrefix(base, "nodes.") {
			root = path.Dir(file)
		}
		return firstOf(r.dumps[root], file)
	}
	return file
}
