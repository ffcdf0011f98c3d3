package archive

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

const restartedAt = "kubectl.kubernetes.io/restartedAt"

// templates writes pod specs back from what was kept of them. Of values of
// the environment and of commands nothing was kept but the hosts that they
// name and a sum: equal values get the same stand-in, "(value 7)", all over
// the archive.
type templates struct {
	values standIns
}

func newTemplates(s *cluster.Snapshot) *templates {
	t := &templates{values: newStandIns()}
	for i := range s.Workloads {
		t.values.learn(s.Workloads[i].Template)
	}
	for i := range s.Revisions {
		t.values.learn(s.Revisions[i].Template)
	}
	var last *cluster.Template
	for i := range s.Pods {
		if p := s.Pods[i].Template; p != last { // pods of one revision share theirs
			t.values.learn(p)
			last = p
		}
	}
	return t
}

// template is what a workload makes pods of.
func (t *templates) template(in *cluster.Template) corev1.PodTemplateSpec {
	var out corev1.PodTemplateSpec
	out.Spec = t.spec(in, &out.ObjectMeta)
	return out
}

// spec is what a template asks for. What of it stands in annotations goes into
// those of the object.
func (t *templates) spec(in *cluster.Template, meta *metav1.ObjectMeta) corev1.PodSpec {
	if in == nil {
		return corev1.PodSpec{}
	}
	out := corev1.PodSpec{ServiceAccountName: in.ServiceAccount, PriorityClassName: in.PriorityClass,
		RestartPolicy: corev1.RestartPolicy(in.RestartPolicy), HostNetwork: in.HostNetwork, SecurityContext: podSecurity(in.Security)}
	annotate(meta, restartedAt, in.RestartedAt)
	if limits := withAmount(nil, corev1.ResourceMemory, in.MemoryLimit); limits != nil {
		out.Resources = &corev1.ResourceRequirements{Limits: limits}
	}
	for _, name := range in.PullSecrets {
		out.ImagePullSecrets = append(out.ImagePullSecrets, corev1.LocalObjectReference{Name: name})
	}
	containers := make([]corev1.Container, len(in.Containers))
	for i := range in.Containers {
		containers[i] = containerOf(&in.Containers[i])
	}
	t.values.fill(containers, in)
	refer(containers, in)
	hostPorts(containers, in.HostPorts)
	out.Volumes = mount(containers, in)
	place(&out, in)
	for i := range containers {
		if in.Containers[i].Role == cluster.Regular {
			out.Containers = append(out.Containers, containers[i])
		} else {
			out.InitContainers = append(out.InitContainers, containers[i])
		}
	}
	return out
}

func containerOf(c *cluster.ContainerSpec) corev1.Container {
	out := corev1.Container{Name: c.Name, Image: c.Image, ImagePullPolicy: corev1.PullPolicy(c.PullPolicy), SecurityContext: security(c.Security),
		ReadinessProbe: probeOf(c.Readiness), LivenessProbe: probeOf(c.Liveness), StartupProbe: probeOf(c.Startup)}
	if c.Role == cluster.Sidecar {
		out.RestartPolicy = reference(corev1.ContainerRestartPolicyAlways)
	}
	out.Resources.Limits = amounts(corev1.ResourceCPU, c.CPULimit, corev1.ResourceMemory, c.MemoryLimit)
	out.Resources.Requests = amounts(corev1.ResourceCPU, c.CPURequest, corev1.ResourceMemory, c.MemoryRequest)
	for part := range strings.SplitSeq(c.Extended, ",") {
		if i := strings.LastIndexByte(part, '='); i > 0 {
			out.Resources.Requests = withAmount(out.Resources.Requests, corev1.ResourceName(part[:i]), part[i+1:])
		}
	}
	return out
}

// probeOf reads what cluster.Probe.Handler says: "http :8080/ready",
// "tcp :5432", "grpc :9000", "exec".
func probeOf(p cluster.Probe) *corev1.Probe {
	if !p.Exists() {
		return nil
	}
	out := &corev1.Probe{InitialDelaySeconds: p.Delay, PeriodSeconds: p.Period, TimeoutSeconds: p.Timeout, FailureThreshold: p.Failures}
	how, where, _ := strings.Cut(p.Handler, " :")
	switch how {
	case "http":
		port, path := where, ""
		if i := strings.IndexByte(where, '/'); i >= 0 {
			port, path = where[:i], where[i:]
		}
		out.HTTPGet = &corev1.HTTPGetAction{Port: intstr.Parse(port), Path: path}
	case "tcp":
		out.TCPSocket = &corev1.TCPSocketAction{Port: intstr.Parse(where)}
	case "grpc":
		port, _ := strconv.ParseInt(where, 10, 32)
		out.GRPC = &corev1.GRPCAction{Port: int32(port)} //nolint:gosec // of 32 bits
	default:
		out.Exec = &corev1.ExecAction{Command: []string{notSaved}}
	}
	return out
}

// hostPorts puts the ports of the node, "8080/TCP", on the first container: on
// which they were is not kept.
func hostPorts(containers []corev1.Container, ports []string) {
	if len(containers) == 0 {
		return
	}
	for _, p := range ports {
		number, protocol, _ := strings.Cut(p, "/")
		n, _ := strconv.ParseInt(number, 10, 32)
		containers[0].Ports = append(containers[0].Ports, corev1.ContainerPort{ContainerPort: int32(n), HostPort: int32(n), Protocol: corev1.Protocol(protocol)}) //nolint:gosec // of 32 bits
	}
}

// refer makes the references by the environment to ConfigMaps and Secrets:
// whole ones stand before those of single keys, container by container.
func refer(containers []corev1.Container, t *cluster.Template) {
	maps, secrets := &references{refs: t.ConfigMaps}, &references{refs: t.Secrets}
	for i := range containers {
		c := &containers[i]
		for _, r := range maps.whole() {
			c.EnvFrom = append(c.EnvFrom, corev1.EnvFromSource{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: named(r.Name), Optional: orNil(r.Optional)}})
		}
		for _, r := range secrets.whole() {
			c.EnvFrom = append(c.EnvFrom, corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: named(r.Name), Optional: orNil(r.Optional)}})
		}
		for j := range c.Env {
			from := c.Env[j].ValueFrom
			switch {
			case from == nil:
			case from.ConfigMapKeyRef != nil:
				from.ConfigMapKeyRef.Optional = maps.key(from.ConfigMapKeyRef.Name, from.ConfigMapKeyRef.Key)
			case from.SecretKeyRef != nil:
				from.SecretKeyRef.Optional = secrets.key(from.SecretKeyRef.Name, from.SecretKeyRef.Key)
			}
		}
	}
}

// references walks the references of a template in their order.
type references struct {
	refs []cluster.ConfigRef
	next int
}

// whole are the next ones by envFrom.
func (r *references) whole() []cluster.ConfigRef {
	from := r.next
	for r.next < len(r.refs) && r.refs[r.next].Via == viaEnv && r.refs[r.next].Key == "" {
		r.next++
	}
	return r.refs[from:r.next]
}

// key is whether the next reference to a key is optional. The same one twice
// in a row is kept once.
func (r *references) key(name, key string) *bool {
	is := func(i int) bool {
		return i >= 0 && i < len(r.refs) && r.refs[i].Via == viaEnv && r.refs[i].Name == name && r.refs[i].Key == key
	}
	switch {
	case is(r.next):
		r.next++
		return orNil(r.refs[r.next-1].Optional)
	case is(r.next - 1):
		return orNil(r.refs[r.next-1].Optional)
	}
	return nil
}

const viaEnv = "env"

func named(name string) corev1.LocalObjectReference {
	return corev1.LocalObjectReference{Name: name}
}

func orNil(yes bool) *bool {
	if !yes {
		return nil
	}
	return &yes
}

// keyOf splits "name/key" of cluster.EnvVar.From; keys have no slash.
func keyOf(from string) (name, key string) {
	i := strings.LastIndexByte(from, '/')
	if i < 0 {
		return from, ""
	}
	return from[:i], from[i+1:]
}

// podSecurity and security read what was written of a security context:
// "runAsUser=1000 readOnlyRootFilesystem=true +NET_ADMIN -ALL".
func podSecurity(text string) *corev1.PodSecurityContext {
	if text == "" {
		return nil
	}
	out := &corev1.PodSecurityContext{}
	for part := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "runAsUser":
			out.RunAsUser = number(value)
		case "runAsGroup":
			out.RunAsGroup = number(value)
		case "runAsNonRoot":
			out.RunAsNonRoot = reference(value == "true")
		case "fsGroup":
			out.FSGroup = number(value)
		case "seccomp":
			out.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileType(value)}
		}
	}
	return out
}

func security(text string) *corev1.SecurityContext {
	if text == "" {
		return nil
	}
	out := &corev1.SecurityContext{}
	caps := &corev1.Capabilities{}
	for part := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(part, "=")
		yes := value == "true"
		switch {
		case name[0] == '+':
			caps.Add = append(caps.Add, corev1.Capability(name[1:]))
		case name[0] == '-':
			caps.Drop = append(caps.Drop, corev1.Capability(name[1:]))
		case name == "privileged":
			out.Privileged = &yes
		case name == "readOnlyRootFilesystem":
			out.ReadOnlyRootFilesystem = &yes
		case name == "allowPrivilegeEscalation":
			out.AllowPrivilegeEscalation = &yes
		}
	}
	if pod := podSecurity(text); pod != nil {
		out.RunAsUser, out.RunAsGroup, out.RunAsNonRoot, out.SeccompProfile = pod.RunAsUser, pod.RunAsGroup, pod.RunAsNonRoot, pod.SeccompProfile
	}
	if len(caps.Add)+len(caps.Drop) > 0 {
		out.Capabilities = caps
	}
	return out
}

func number(text string) *int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}
