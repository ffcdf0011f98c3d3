package collect

import (
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (b *bucket) service(s *corev1.Service) {
	out := cluster.Service{Ref: ref("Service", &s.ObjectMeta), Created: s.CreationTimestamp.Time,
		Type: string(s.Spec.Type), Selector: s.Spec.Selector, Writes: writes(&s.ObjectMeta, false)}
	for _, ip := range s.Spec.ClusterIPs {
		if ip != "" && ip != corev1.ClusterIPNone {
			out.ClusterIPs = append(out.ClusterIPs, ip)
		}
	}
	b.Services = append(b.Services, out)
}

// endpointSlice counts addresses. A nil Ready means ready (discovery/v1).
func (b *bucket) endpointSlice(s *discoveryv1.EndpointSlice) {
	name := s.Labels[discoveryv1.LabelServiceName]
	if name == "" || s.AddressType == discoveryv1.AddressTypeIPv6 {
		return // a dual-stack Service has each backend in two slices
	}
	found := b.backends(cluster.Ref{Kind: "Service", Namespace: s.Namespace, Name: name})
	for _, e := range s.Endpoints {
		if e.Conditions.Ready == nil || *e.Conditions.Ready {
			found.add(1, 0)
		} else {
			found.add(0, 1)
		}
	}
}

func (b *bucket) claim(c *corev1.PersistentVolumeClaim) {
	out := cluster.Claim{Ref: ref("PersistentVolumeClaim", &c.ObjectMeta), Created: c.CreationTimestamp.Time,
		Phase: string(c.Status.Phase), Volume: c.Spec.VolumeName}
	out.Provisioner = firstOf(c.Annotations["volume.kubernetes.io/storage-provisioner"], c.Annotations["volume.beta.kubernetes.io/storage-provisioner"])
	for _, m := range c.Spec.AccessModes {
		out.AccessModes = append(out.AccessModes, string(m))
	}
	if c.Spec.StorageClassName != nil {
		out.StorageClass = *c.Spec.StorageClassName
	}
	for _, cond := range c.Status.Conditions {
		out.Conditions = append(out.Conditions, cluster.Condition{Type: string(cond.Type), Status: string(cond.Status),
			Reason: cond.Reason, Message: maskText(cond.Message), Transition: cond.LastTransitionTime.Time})
	}
	b.Claims = append(b.Claims, out)
}

// config keeps the metadata of a ConfigMap or Secret: dates, writers and the
// names of keys. Annotations are dropped: an applied Secret has its data in
// one.
func (b *bucket) config(kind string, m *metav1.ObjectMeta) {
	b.Configs = append(b.Configs, cluster.Config{Ref: ref(kind, m), Created: m.CreationTimestamp.Time, Writes: writes(m, true)})
}

// writes reads managedFields: who wrote last, and when. Creation and status
// are kept apart by the reader.
func writes(m *metav1.ObjectMeta, keys bool) []cluster.Write {
	var out []cluster.Write
	for i := range m.ManagedFields {
		f := &m.ManagedFields[i]
		if f.Time == nil || f.Subresource == "status" {
			continue
		}
		w := cluster.Write{Manager: f.Manager, Subresource: f.Subresource, Time: f.Time.Time}
		if keys && f.FieldsV1 != nil {
			w.Keys, w.Data = dataKeys(f.FieldsV1)
		}
		out = append(out, w)
	}
	return out
}

// dataKeys are the names of the data keys that a manager owns, and whether it
// owns any data at all.
func dataKeys(fields *metav1.FieldsV1) (keys []string, data bool) {
	var owned map[string]map[string]json.RawMessage
	if json.Unmarshal(fields.GetRawBytes(), &owned) != nil {
		return nil, false // fields of a form that this version does not know date the write all the same
	}
	var out []string
	for _, part := range []string{"f:data", "f:binaryData", "f:stringData"} {
		_, owns := owned[part]
		data = data || owns
		for k := range owned[part] {
			if name, ok := strings.CutPrefix(k, "f:"); ok {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out, data
}
