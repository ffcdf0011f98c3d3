package synthetic

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// metaOf is the metadata of an object. Its UID comes of its name, so that
// whatever refers to it has the same.
func metaOf(ref cluster.Ref, created time.Time) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: ref.Namespace, Name: ref.Name, UID: uidOf(ref), CreationTimestamp: metav1.NewTime(created)}
}

func uidOf(ref cluster.Ref) types.UID {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s/%s/%s", ref.Kind, ref.Namespace, ref.Name) // a hash takes everything
	sum := h.Sum64()
	return types.UID(fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", sum>>32, sum>>16&0xffff, sum>>4&0xfff, sum&0xfff, sum&0xffffffffffff))
}

func ownedBy(owner cluster.Ref) []metav1.OwnerReference {
	if owner.IsZero() {
		return nil
	}
	yes := true
	return []metav1.OwnerReference{{APIVersion: apiVersionOf(owner.Kind), Kind: owner.Kind, Name: owner.Name, UID: uidOf(owner), Controller: &yes, BlockOwnerDeletion: &yes}}
}

func apiVersionOf(kind string) string {
	switch kind {
	case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet":
		return "apps/v1"
	case "Job", "CronJob":
		return "batch/v1"
	}
	return "v1"
}

// writesOf are managedFields as the API server keeps them: who owns which
// fields, and when they wrote last.
func writesOf(apiVersion string, writes []cluster.Write) []metav1.ManagedFieldsEntry {
	var out []metav1.ManagedFieldsEntry
	for _, w := range writes {
		at := metav1.NewTime(w.Time)
		out = append(out, metav1.ManagedFieldsEntry{Manager: w.Manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: apiVersion,
			Time: &at, FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(fieldsOf(w.Keys)), Subresource: w.Subresource})
	}
	return out
}

// fieldsOf names the keys of data that a manager owns; without any it owns a
// spec.
func fieldsOf(keys []string) string {
	if len(keys) == 0 {
		return `{"f:spec":{"f:template":{}}}`
	}
	owned := map[string]struct{}{".": {}}
	for _, k := range keys {
		owned["f:"+k] = struct{}{}
	}
	raw, _ := json.Marshal(map[string]any{"f:data": owned}) // names alone: cannot fail
	return string(raw)
}

func momentOf(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}
	out := metav1.NewTime(t)
	return &out
}
