package fill

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// service is headless: an address would have to be allocated, and the API
// server repairs what is not.
func (g *generator) service(a *app, pods []*corev1.Pod) {
	created, single := a.rolled.AddDate(0, -3, 0), corev1.IPFamilyPolicySingleStack
	s := &corev1.Service{TypeMeta: typeOf("v1", "Service"), ObjectMeta: g.meta(a.namespace(), a.name(), created)}
	s.Labels = a.labels()
	s.ManagedFields = []metav1.ManagedFieldsEntry{wrote("helm", "v1", "", configFields, created)}
	s.Spec = corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, Selector: a.selector(), ClusterIP: corev1.ClusterIPNone, ClusterIPs: []string{corev1.ClusterIPNone},
		IPFamilies: []corev1.IPFamily{corev1.IPv4Protocol}, IPFamilyPolicy: &single, SessionAffinity: corev1.ServiceAffinityNone,
		Ports: []corev1.ServicePort{{Name: "http", Port: 80, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString("http")}}}
	g.put("services/specs", s)
	g.put("endpointslices", g.endpointSlice(s, pods))
}

func (g *generator) endpointSlice(s *corev1.Service, pods []*corev1.Pod) *discoveryv1.EndpointSlice {
	e := &discoveryv1.EndpointSlice{TypeMeta: typeOf("discovery.k8s.io/v1", "EndpointSlice"), AddressType: discoveryv1.AddressTypeIPv4,
		ObjectMeta: g.meta(s.Namespace, s.Name+"-"+g.suffix(5), s.CreationTimestamp.Time)}
	e.GenerateName = s.Name + "-"
	e.Labels = map[string]string{discoveryv1.LabelServiceName: s.Name, discoveryv1.LabelManagedBy: "endpointslice-controller.k8s.io", corev1.IsHeadlessService: ""}
	e.OwnerReferences = ownedBy("Service", &s.ObjectMeta)
	e.OwnerReferences[0].APIVersion = "v1"
	name, port, protocol, no := "http", int32(8080), corev1.ProtocolTCP, false
	e.Ports = []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}}
	for _, p := range pods {
		if p.Status.Phase == corev1.PodFailed {
			continue
		}
		ready := p.Status.Phase == corev1.PodRunning
		e.Endpoints = append(e.Endpoints, discoveryv1.Endpoint{Addresses: []string{p.Status.PodIP}, NodeName: &p.Spec.NodeName,
			Conditions: discoveryv1.EndpointConditions{Ready: &ready, Serving: &ready, Terminating: &no},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID}})
	}
	return e
}
