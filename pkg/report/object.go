package report

import (
	"reflect"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// object is a Kubernetes object, or a part of one, with the names of the API:
// what a scan kept of it. What is empty is left out.
type object map[string]any

// put sets a field unless its value is empty.
func (o object) put(key string, value any) object {
	v := reflect.ValueOf(value)
	switch {
	case !v.IsValid() || v.IsZero():
	case (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.Len() == 0:
	default:
		o[key] = value
	}
	return o
}

// at sets a time, as the API writes it.
func (o object) at(key string, t time.Time) object {
	if !t.IsZero() {
		o[key] = t.UTC().Format(time.RFC3339)
	}
	return o
}

// apiVersions by kind.
var apiVersions = map[string]string{
	"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1", "ControllerRevision": "apps/v1",
	"Job": "batch/v1", "CronJob": "batch/v1", "NetworkPolicy": "networking.k8s.io/v1", "StorageClass": "storage.k8s.io/v1",
	"ValidatingWebhookConfiguration": "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration": "admissionregistration.k8s.io/v1",
	"Role": "rbac.authorization.k8s.io/v1", "RoleBinding": "rbac.authorization.k8s.io/v1", "ClusterRole": "rbac.authorization.k8s.io/v1",
	"ClusterRoleBinding": "rbac.authorization.k8s.io/v1", "HorizontalPodAutoscaler": "autoscaling/v2", "PodDisruptionBudget": "policy/v1",
	"CustomResourceDefinition": "apiextensions.k8s.io/v1",
	"Pod":                      "v1", "Node": "v1", "Service": "v1", "ConfigMap": "v1", "Secret": "v1", "PersistentVolumeClaim": "v1", "ResourceQuota": "v1", "LimitRange": "v1",
}

// newObject is an object without content; its metadata is returned beside it.
func newObject(r cluster.Ref, created time.Time) (o, meta object) {
	meta = object{}.put("name", r.Name).put("namespace", r.Namespace).put("uid", r.UID).at("creationTimestamp", created)
	return object{"kind": r.Kind, "metadata": meta}.put("apiVersion", apiVersions[r.Kind]), meta
}

// metaObject is an object of which a scan keeps when it was written and by
// whom, and never its content.
func metaObject(r cluster.Ref, created time.Time, writes []cluster.Write) object {
	o, meta := newObject(r, created)
	meta.put("managedFields", managed(writes))
	return o
}

func managed(writes []cluster.Write) []object {
	return convert(writes, func(w cluster.Write) object {
		return object{}.put("manager", w.Manager).put("subresource", w.Subresource).at("time", w.Time)
	})
}

func owners(r cluster.Ref) []object {
	if r.IsZero() {
		return nil
	}
	return []object{object{"controller": true}.put("apiVersion", apiVersions[r.Kind]).put("kind", r.Kind).put("name", r.Name).put("uid", r.UID)}
}

func conditions(all []cluster.Condition) []object {
	return convert(all, func(c cluster.Condition) object {
		return object{}.put("type", c.Type).put("status", c.Status).put("reason", c.Reason).put("message", c.Message).
			at("lastTransitionTime", c.Transition).at("lastUpdateTime", c.Updated)
	})
}

func nodeObject(n *cluster.Node) object {
	o, meta := newObject(n.Ref, n.Created)
	meta.put("labels", n.Labels).put("managedFields", managed(n.Writes))
	taints := convert(n.Taints, func(t cluster.Taint) object {
		return object{}.put("key", t.Key).put("value", t.Value).put("effect", t.Effect).at("timeAdded", t.Added)
	})
	info := object{}.put("kernelVersion", n.Info.KernelVersion).put("osImage", n.Info.OSImage).put("containerRuntimeVersion", n.Info.ContainerRuntime).
		put("kubeletVersion", n.Info.KubeletVersion).put("architecture", n.Info.Architecture).put("bootID", n.Info.BootID)
	return o.put("spec", object{}.put("taints", taints).put("unschedulable", n.Unschedulable)).
		put("status", object{}.put("conditions", conditions(n.Conditions)).put("nodeInfo", info).put("allocatable", n.Allocatable))
}

func serviceObject(s *cluster.Service) object {
	o, meta := newObject(s.Ref, s.Created)
	meta.put("managedFields", managed(s.Writes))
	return o.put("spec", object{}.put("type", s.Type).put("clusterIPs", s.ClusterIPs).put("selector", s.Selector).put("externalName", s.ExternalName))
}

func claimObject(c *cluster.Claim) object {
	o, _ := newObject(c.Ref, c.Created)
	return o.put("spec", object{}.put("storageClassName", c.StorageClass).put("volumeName", c.Volume).put("accessModes", c.AccessModes)).
		put("status", object{}.put("phase", c.Phase).put("conditions", conditions(c.Conditions)))
}

func eventObject(e *cluster.Event) object {
	typ, field := "Normal", ""
	if e.Warning {
		typ = "Warning"
	}
	if e.Container != "" {
		field = "spec.containers{" + e.Container + "}"
	}
	of := object{}.put("kind", e.Object.Kind).put("namespace", e.Object.Namespace).put("name", e.Object.Name).put("uid", e.Object.UID).put("fieldPath", field)
	return object{"apiVersion": "v1", "kind": "Event", "metadata": object{}.put("namespace", e.Object.Namespace), "involvedObject": of, "type": typ}.
		put("reason", e.Reason).put("message", e.Message).put("count", e.Count).at("firstTimestamp", e.First).at("lastTimestamp", e.Last).
		put("source", object{}.put("component", e.Component).put("host", e.Host))
}
