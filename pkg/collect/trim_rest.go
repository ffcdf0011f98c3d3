package collect

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func (b *bucket) service(s *corev1.Service) {
	out := cluster.Service{Ref: b.ref("Service", &s.ObjectMeta), Created: s.CreationTimestamp.Time,
		Type: b.one(string(s.Spec.Type)), Selector: b.pairs(s.Spec.Selector), ExternalName: b.one(s.Spec.ExternalName), Writes: b.writes(specWrites(&s.ObjectMeta))}
	for _, ip := range s.Spec.ClusterIPs {
		if ip != "" && ip != corev1.ClusterIPNone {
			out.ClusterIPs = append(out.ClusterIPs, b.names.keep(ip))
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
	if s.Labels[discoveryv1.LabelManagedBy] != byTheSelector {
		found.keep(s.Endpoints)
	}
	for _, e := range s.Endpoints {
		if e.Conditions.Ready == nil || *e.Conditions.Ready {
			found.add(1, 0)
		} else {
			found.add(0, 1)
		}
	}
}

func (b *bucket) claim(c *corev1.PersistentVolumeClaim) {
	out := cluster.Claim{Ref: b.ref("PersistentVolumeClaim", &c.ObjectMeta), Created: c.CreationTimestamp.Time,
		Phase: string(c.Status.Phase), Volume: c.Spec.VolumeName}
	out.Provisioner = firstOf(c.Annotations["volume.kubernetes.io/storage-provisioner"], c.Annotations["volume.beta.kubernetes.io/storage-provisioner"])
	for _, m := range c.Spec.AccessModes {
		out.AccessModes = append(out.AccessModes, string(m))
	}
	if c.Spec.StorageClassName != nil {
		out.StorageClass = *c.Spec.StorageClassName
	}
	for _, cond := range c.Status.Conditions {
		out.Conditions = append(out.Conditions, b.condition(string(cond.Type), string(cond.Status), cond.Reason, cond.Message, cond.LastTransitionTime))
	}
	b.Claims = append(b.Claims, out)
}

// config keeps the metadata of a ConfigMap or Secret: dates, writers and the
// names of keys. Annotations are dropped: an applied Secret has its data in
// one.
func (b *bucket) config(kind string, m *metav1.ObjectMeta) {
	b.Configs = append(b.Configs, cluster.Config{Ref: ref(kind, m), Created: m.CreationTimestamp.Time, Writes: writes(m, true), Release: release(m)})
}
