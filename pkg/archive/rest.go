package archive

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func serviceOf(s *cluster.Service) *corev1.Service {
	out := &corev1.Service{TypeMeta: typeOf("v1", "Service"), ObjectMeta: metaOf(s.Ref, s.Created)}
	out.ManagedFields = managed(s.Writes, "spec")
	out.Spec = corev1.ServiceSpec{Type: corev1.ServiceType(s.Type), ClusterIPs: s.ClusterIPs, Selector: s.Selector, ExternalName: s.ExternalName}
	return out
}

// managedByOther marks EndpointSlices that another than Kubernetes' own
// controller wrote.
const (
	byTheSelector  = "endpointslice-controller.k8s.io"
	managedByOther = "other"
)

// slicesOf are the backends of a Service as EndpointSlices: so many of them as
// were counted, and those by name that somebody wrote down. Other addresses are
// not kept.
func slicesOf(s *cluster.Service) []*discoveryv1.EndpointSlice {
	if s.Ready < 0 {
		return nil // not read
	}
	written := writtenEndpoints(s)
	counted := make([]discoveryv1.Endpoint, max(s.Ready+s.NotReady-len(written), 0))
	ready := s.Ready
	for _, list := range [][]discoveryv1.Endpoint{written, counted} {
		for i := range list {
			list[i].Conditions.Ready = reference(ready > 0)
			if list[i].Addresses == nil {
				list[i].Addresses = []string{}
			}
			ready--
		}
	}
	var out []*discoveryv1.EndpointSlice
	if len(written) > 0 {
		out = append(out, sliceOf(s, managedByOther, written))
	}
	if len(counted) > 0 || len(written) == 0 {
		out = append(out, sliceOf(s, byTheSelector, counted))
	}
	return out
}

func sliceOf(s *cluster.Service, by string, endpoints []discoveryv1.Endpoint) *discoveryv1.EndpointSlice {
	out := &discoveryv1.EndpointSlice{TypeMeta: typeOf("discovery.k8s.io/v1", "EndpointSlice"), AddressType: discoveryv1.AddressTypeIPv4, Endpoints: endpoints,
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: s.Name + "-" + strings.TrimSuffix(by, "-controller.k8s.io")}}
	mark(&out.ObjectMeta, discoveryv1.LabelServiceName, s.Name)
	mark(&out.ObjectMeta, discoveryv1.LabelManagedBy, by)
	return out
}

// writtenEndpoints has one endpoint for each pod and address, as far as so
// many were counted; the last holds what is left.
func writtenEndpoints(s *cluster.Service) []discoveryv1.Endpoint {
	var out []discoveryv1.Endpoint
	for _, pod := range s.TargetPods {
		out = append(out, discoveryv1.Endpoint{TargetRef: &corev1.ObjectReference{Kind: "Pod", Namespace: s.Namespace, Name: pod}})
	}
	for i, address := range s.Addresses {
		if i > 0 && len(out) >= s.Ready+s.NotReady {
			last := &out[len(out)-1]
			last.Addresses = append(last.Addresses, address)
			continue
		}
		out = append(out, discoveryv1.Endpoint{Addresses: []string{address}})
	}
	return out
}

func claimOf(c *cluster.Claim) *corev1.PersistentVolumeClaim {
	out := &corev1.PersistentVolumeClaim{TypeMeta: typeOf("v1", "PersistentVolumeClaim"), ObjectMeta: metaOf(c.Ref, c.Created)}
	annotate(&out.ObjectMeta, "volume.kubernetes.io/storage-provisioner", c.Provisioner)
	out.Spec.VolumeName = c.Volume
	if c.StorageClass != "" {
		out.Spec.StorageClassName = &c.StorageClass
	}
	for _, m := range c.AccessModes {
		out.Spec.AccessModes = append(out.Spec.AccessModes, corev1.PersistentVolumeAccessMode(m))
	}
	out.Status.Phase = corev1.PersistentVolumeClaimPhase(c.Phase)
	for _, x := range c.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, corev1.PersistentVolumeClaimCondition{Type: corev1.PersistentVolumeClaimConditionType(x.Type),
			Status: corev1.ConditionStatus(x.Status), Reason: x.Reason, Message: x.Message, LastTransitionTime: metav1.NewTime(x.Transition)})
	}
	return out
}

// config is a ConfigMap or Secret: its metadata, and of a ConfigMap the hosts
// that its values name, where these were read.
type config struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Data              map[string]string `json:"data,omitempty"`
}

func configOf(c *cluster.Config) *config {
	out := &config{TypeMeta: typeOf("v1", c.Kind), ObjectMeta: metaOf(c.Ref, c.Created)}
	out.ManagedFields = managed(c.Writes, "data")
	if r := c.Release; r != nil {
		mark(&out.ObjectMeta, "owner", "helm")
		mark(&out.ObjectMeta, "name", r.Name)
		mark(&out.ObjectMeta, "version", strconv.FormatInt(r.Version, 10))
		mark(&out.ObjectMeta, "status", r.Status)
		if !r.Modified.IsZero() {
			mark(&out.ObjectMeta, "modifiedAt", strconv.FormatInt(r.Modified.Unix(), 10))
		}
	}
	for _, e := range c.Endpoints {
		if out.Data == nil {
			out.Data = map[string]string{}
		}
		out.Data[e.From] += address(e) + "\n"
	}
	return out
}

// logs are the ends of logs, each in a file of its own, at the place where
// OpenShift's must-gather puts them.
func logs(s *cluster.Snapshot) []file {
	var out []file
	for i := range s.Logs {
		l := &s.Logs[i]
		name := "current"
		if l.Previous {
			name = "previous"
		}
		if !isFolder(l.Pod.Namespace) || !isFolder(l.Pod.Name) || !isFolder(l.Container) {
			continue
		}
		out = append(out, file{fmt.Sprintf("namespaces/%s/pods/%s/%s/%s/logs/%s.log", l.Pod.Namespace, l.Pod.Name, l.Container, l.Container, name),
			[]byte(strings.Join(l.Lines, "\n") + "\n")})
	}
	return out
}

// file is one that is no list of objects.
type file struct {
	name    string
	content []byte
}
