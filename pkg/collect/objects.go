package collect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// savedKind is how a kind of object in a file is trimmed.
type savedKind struct {
	resource cluster.Resource
	decode   func(raw []byte) (saved, error)
}

// savedKinds are the kinds that files may hold, by kind.
var savedKinds = map[string]savedKind{
	"Pod":                   {cluster.Pods, decode((*bucket).pod)},
	"Event":                 {cluster.Events, decode((*bucket).event)},
	"Node":                  {cluster.Nodes, decode((*bucket).node)},
	"ReplicaSet":            {cluster.ReplicaSets, decode((*bucket).replicaSet)},
	"Deployment":            {cluster.Deployments, decode((*bucket).deployment)},
	"StatefulSet":           {cluster.StatefulSets, decode((*bucket).statefulSet)},
	"DaemonSet":             {cluster.DaemonSets, decode((*bucket).daemonSet)},
	"Job":                   {cluster.Jobs, decode((*bucket).job)},
	"CronJob":               {cluster.CronJobs, decode((*bucket).cronJob)},
	"Service":               {cluster.Services, decode((*bucket).service)},
	"EndpointSlice":         {cluster.EndpointSlices, decode((*bucket).endpointSlice)},
	"PersistentVolumeClaim": {cluster.PersistentVolumeClaims, decode((*bucket).claim)},
	"ControllerRevision":    {cluster.ControllerRevisions, decodeMeta((*bucket).controllerRevision)},
	"ConfigMap":             {cluster.ConfigMaps, savedConfigMap},
	"NetworkPolicy":         {cluster.NetworkPolicies, decode((*bucket).networkPolicy)},
	"Ingress":               {cluster.Ingresses, decode((*bucket).ingress)},
	"HTTPRoute":             {cluster.HTTPRoutes, savedRoute("HTTPRoute")},
	"GRPCRoute":             {cluster.GRPCRoutes, savedRoute("GRPCRoute")},
	"ResourceQuota":         {cluster.ResourceQuotas, decodeMeta(func(b *bucket, m *metav1.ObjectMeta) { b.setting("ResourceQuota", m) })},
	"LimitRange":            {cluster.LimitRanges, decodeMeta(func(b *bucket, m *metav1.ObjectMeta) { b.setting("LimitRange", m) })},
	"StorageClass":          {cluster.StorageClasses, decodeMeta(func(b *bucket, m *metav1.ObjectMeta) { b.setting("StorageClass", m) })},
	"ValidatingWebhookConfiguration": {cluster.ValidatingWebhooks,
		decode((*bucket).validatingWebhooks)},
	"MutatingWebhookConfiguration": {cluster.MutatingWebhooks,
		decode((*bucket).mutatingWebhooks)},
	"Role":                     {cluster.Roles, decodeMeta(func(b *bucket, m *metav1.ObjectMeta) { b.role("Role", m) })},
	"ClusterRole":              {cluster.ClusterRoles, decodeMeta(func(b *bucket, m *metav1.ObjectMeta) { b.role("ClusterRole", m) })},
	"RoleBinding":              {cluster.RoleBindings, decode((*bucket).roleBinding)},
	"ClusterRoleBinding":       {cluster.ClusterRoleBindings, decode((*bucket).clusterRoleBinding)},
	"HorizontalPodAutoscaler":  {cluster.Autoscalers, decode((*bucket).autoscaler)},
	"PodDisruptionBudget":      {cluster.DisruptionBudgets, decode((*bucket).budget)},
	"CustomResourceDefinition": {cluster.CustomResources, decodeMeta(func(b *bucket, m *metav1.ObjectMeta) { b.setting("CustomResourceDefinition", m) })},
	"Secret":                   {cluster.Secrets, decodeMeta(func(b *bucket, m *metav1.ObjectMeta) { b.config("Secret", m) })},
}

// savedResources are those whose absence from saved data is worth a word.
var savedResources = []cluster.Resource{
	cluster.Pods, cluster.Events, cluster.Nodes, cluster.ReplicaSets, cluster.Deployments, cluster.StatefulSets,
	cluster.DaemonSets, cluster.Jobs, cluster.CronJobs, cluster.Services, cluster.EndpointSlices,
	cluster.PersistentVolumeClaims, cluster.ControllerRevisions, cluster.ConfigMaps, cluster.Secrets,
}

// saved is an object of a file: which one it is, and what adds it to a bucket.
type saved struct {
	metav1.Object
	add func(*bucket)
}

func decode[T any, P interface {
	*T
	metav1.Object
}](add func(*bucket, P)) func([]byte) (saved, error) {
	return func(raw []byte) (saved, error) {
		obj := P(new(T))
		err := json.Unmarshal(raw, obj)
		return saved{obj, func(b *bucket) {
			add(b, obj)
			b.touch(obj)
		}}, err
	}
}

// decodeMeta decodes metadata alone: the data of a Secret in a file is never
// looked at.
func decodeMeta(add func(*bucket, *metav1.ObjectMeta)) func([]byte) (saved, error) {
	return func(raw []byte) (saved, error) {
		var obj struct {
			Metadata metav1.ObjectMeta `json:"metadata"`
		}
		err := json.Unmarshal(raw, &obj)
		return saved{&obj.Metadata, func(b *bucket) { add(b, &obj.Metadata) }}, err
	}
}

// head is what of an object tells which one it is.
type head struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
		UID       string `json:"uid"`
	} `json:"metadata"`
}

// headOf reads the head of an object. One without loses nothing else: it is
// noted as broken.
func (r *reading) headOf(file string, raw []byte) (*head, error) {
	h := &head{}
	err := json.Unmarshal(raw, h)
	if err != nil {
		r.fail(file, fmt.Errorf("an object without a readable kind and name: %w", err))
	}
	return h, err
}

// kindOf reads as much of an object as tells its kind, which mostly is at its
// beginning; the head of any other is read whole.
func (r *reading) kindOf(file string, raw []byte) (*head, error) {
	h := &head{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if token, err := dec.Token(); err != nil || token != json.Delim('{') {
		return r.headOf(file, raw)
	}
	for h.Kind == "" || h.APIVersion == "" {
		key, err := dec.Token()
		if err != nil {
			return r.headOf(file, raw)
		}
		var into any = &json.RawMessage{}
		switch key {
		case "kind":
			into = &h.Kind
		case "apiVersion":
			into = &h.APIVersion
		}
		if dec.Decode(into) != nil {
			return r.headOf(file, raw)
		}
	}
	return h, nil
}

// object trims one object. listKind names its kind when it does not itself.
func (r *reading) object(file string, raw []byte, listKind string) {
	if h, err := r.kindOf(file, raw); err == nil {
		r.headed(file, raw, h, listKind)
	}
}

// headed trims an object whose kind was read.
func (r *reading) headed(file string, raw []byte, h *head, listKind string) {
	kind := firstOf(h.Kind, listKind)
	known, ok := savedKinds[kind]
	if kind == "Event" && h.APIVersion == "events.k8s.io/v1" {
		known.decode = decode((*bucket).newEvent)
	}
	if !ok {
		r.skipped[firstOf(kind, "objects without a kind")]++
		return
	}
	o, err := known.decode(raw)
	if err != nil {
		r.undecoded(file, raw, kind, known.resource, err)
		return
	}
	if (kind == "Pod" || kind == "Event") && o.GetNamespace() == "" {
		o.SetNamespace(metav1.NamespaceDefault) // where kubectl puts what does not say
	}
	if kind == "Pod" && o.GetName() == "" {
		r.fail(file, fmt.Errorf("a Pod of namespace %s has no name", o.GetNamespace()))
		return
	}
	if r.repeated(known.resource, file, o.GetNamespace()+"/"+o.GetName(), string(o.GetUID())) {
		r.count(known.resource, file, 0)
		return
	}
	o.add(r.b)
	r.count(known.resource, file, 1)
}

// undecoded notes an object that is none of its kind, by its name, unless another
// one of that name counts already. One bad object loses nothing else.
func (r *reading) undecoded(file string, raw []byte, kind string, resource cluster.Resource, why error) {
	h, err := r.headOf(file, raw)
	switch {
	case err != nil:
	case r.repeated(resource, file, h.Metadata.Namespace+"/"+h.Metadata.Name, h.Metadata.UID):
		r.count(resource, file, 0)
	default:
		r.fail(file, fmt.Errorf("%s %s/%s: %w", kind, h.Metadata.Namespace, h.Metadata.Name, why))
	}
}

// listRead notes that a list was read even if it holds nothing: an empty
// PodList says that there are no pods. An empty List does not say of what;
// its file's name does if it begins with a resource, as in pods.json.
func (r *reading) listRead(file, kind string) {
	r.lists++
	r.noteDump(file)
	if known, ok := savedKinds[kind]; ok {
		r.count(known.resource, file, 0)
		return
	}
	base := strings.FieldsFunc(filepath.Base(file), func(c rune) bool { return c == '.' || c == '-' || c == '_' })
	if len(base) > 0 && slices.Contains(savedResources, cluster.Resource(base[0])) {
		r.count(cluster.Resource(base[0]), file, 0)
	}
}

// repeated reports whether an object was in the files before: dumps overlap,
// the same Event is served by two APIs, and of two dumps of different days both
// hold a StatefulSet's pod. A snapshot has one object of a name; the first
// counts, and that another one does not is noted of the file.
func (r *reading) repeated(resource cluster.Resource, file, name, uid string) bool {
	byName, byUID := string(resource)+" "+name, string(resource)+" "+uid
	before, seen := r.seen[byName]
	seen = seen && name != "/"
	if seen && uid != "" && before != "" && uid != before {
		r.others[cluster.Source{Resource: resource, From: r.source(file)}]++
	}
	if !seen {
		r.seen[byName] = uid
	}
	if uid != "" {
		_, known := r.seen[byUID]
		seen, r.seen[byUID] = seen || known, uid
	}
	return seen
}
