package archive

import (
	"encoding/json"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// notSaved stands where the API demands something that a snapshot does not
// hold.
const notSaved = "(not saved)"

func typeOf(apiVersion, kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: apiVersion, Kind: kind}
}

func metaOf(r cluster.Ref, created time.Time) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: r.Namespace, Name: r.Name, UID: types.UID(r.UID), CreationTimestamp: metav1.NewTime(created)}
}

func moment(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}
	return &metav1.Time{Time: t}
}

// apiVersions are those of the controllers that own objects of Kubernetes' own.
var apiVersions = map[string]string{"ReplicationController": "v1", "Node": "v1", "Deployment": "apps/v1", "ReplicaSet": "apps/v1", "StatefulSet": "apps/v1",
	"DaemonSet": "apps/v1", "Job": "batch/v1", "CronJob": "batch/v1"}

// ownedBy is the controller that made an object.
func ownedBy(owner cluster.Ref) []metav1.OwnerReference {
	if owner.IsZero() {
		return nil
	}
	yes := true
	return []metav1.OwnerReference{{APIVersion: apiVersions[owner.Kind], Kind: owner.Kind, Name: owner.Name, UID: types.UID(owner.UID), Controller: &yes}}
}

// annotate and mark add to maps that may not be there yet.
func annotate(m *metav1.ObjectMeta, key, value string) {
	if value == "" {
		return
	}
	if m.Annotations == nil {
		m.Annotations = map[string]string{}
	}
	m.Annotations[key] = value
}

func mark(m *metav1.ObjectMeta, key, value string) {
	if value == "" {
		return
	}
	if m.Labels == nil {
		m.Labels = map[string]string{}
	}
	m.Labels[key] = value
}

// managed are the writes of an object. Fields of theirs lie below "in": "" for
// the object's own, "spec", "data".
func managed(writes []cluster.Write, in string) []metav1.ManagedFieldsEntry {
	var out []metav1.ManagedFieldsEntry
	for i := range writes {
		w := &writes[i]
		f := metav1.ManagedFieldsEntry{Manager: w.Manager, Operation: metav1.ManagedFieldsOperationUpdate, Subresource: w.Subresource, Time: moment(w.Time)}
		if raw := fieldsOf(w, in); raw != nil {
			f.FieldsType, f.FieldsV1 = "FieldsV1", &metav1.FieldsV1{}
			f.FieldsV1.SetRawBytes(raw)
		}
		out = append(out, f)
	}
	return out
}

func fieldsOf(w *cluster.Write, in string) []byte {
	names := w.Spec
	if in == "data" {
		names = w.Keys
	}
	if len(names) == 0 && (in != "data" || !w.Data) {
		return nil
	}
	owned := map[string]any{}
	for _, name := range names {
		owned["f:"+name] = struct{}{}
	}
	if in != "" {
		owned = map[string]any{"f:" + in: owned}
	}
	raw, err := json.Marshal(owned)
	if err != nil {
		return nil // maps of strings marshal
	}
	return raw
}

func selectorOf(labels map[string]string) *metav1.LabelSelector {
	if labels == nil {
		return nil
	}
	return &metav1.LabelSelector{MatchLabels: labels}
}

func reference[T any](x T) *T { return &x }
