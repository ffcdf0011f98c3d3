package collect

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// restartedAtNote is what `kubectl rollout restart` writes.
const restartedAtNote = "kubectl.kubernetes.io/restartedAt"

// trimTemplate keeps of a pod spec what failures are compared by. Values of
// the environment are looked at for hosts and not kept.
func trimTemplate(annotations map[string]string, s *corev1.PodSpec) *cluster.Template {
	t := &cluster.Template{
		ServiceAccount: s.ServiceAccountName,
		PriorityClass:  s.PriorityClassName,
		RestartPolicy:  string(s.RestartPolicy),
		HostNetwork:    s.HostNetwork,
		RestartedAt:    annotations[restartedAtNote],
		Security:       podSecurityOf(s.SecurityContext),
	}
	if s.Resources != nil {
		t.MemoryLimit = memory(s.Resources.Limits)
	}
	for _, ps := range s.ImagePullSecrets {
		t.PullSecrets = append(t.PullSecrets, ps.Name)
	}
	for i := range s.InitContainers {
		role := cluster.Init
		if isSidecar(&s.InitContainers[i]) {
			role = cluster.Sidecar
		}
		addContainer(t, &s.InitContainers[i], role)
	}
	for i := range s.Containers {
		addContainer(t, &s.Containers[i], cluster.Regular)
	}
	for i := range s.Volumes {
		addVolume(t, &s.Volumes[i])
	}
	trimMounts(t, s)
	trimPlacement(t, s)
	subPaths(t, s)
	t.ConfigMaps = slices.Compact(t.ConfigMaps)
	t.Secrets = slices.Compact(t.Secrets)
	return t
}

func addContainer(t *cluster.Template, c *corev1.Container, role cluster.Role) {
	t.Containers = append(t.Containers, cluster.ContainerSpec{
		Name: c.Name, Role: role, Image: c.Image, PullPolicy: string(c.ImagePullPolicy),
		MemoryLimit:   memory(c.Resources.Limits),
		MemoryRequest: memory(c.Resources.Requests),
		CPULimit:      quantity(c.Resources.Limits, corev1.ResourceCPU),
		CPURequest:    quantity(c.Resources.Requests, corev1.ResourceCPU),
		Extended:      extended(c.Resources.Requests),
		Security:      securityOf(c.SecurityContext),
		Readiness:     trimProbe(c.ReadinessProbe),
		Liveness:      trimProbe(c.LivenessProbe),
		Startup:       trimProbe(c.StartupProbe),
		Command:       sum(slices.Concat(c.Command, []string{""}, c.Args)...),
	})
	for _, p := range c.Ports {
		if p.HostPort > 0 {
			t.HostPorts = append(t.HostPorts, fmt.Sprintf("%d/%s", p.HostPort, p.Protocol))
		}
	}
	for _, from := range c.EnvFrom {
		if r := from.ConfigMapRef; r != nil {
			t.ConfigMaps = append(t.ConfigMaps, cluster.ConfigRef{Name: r.Name, Via: "env", Optional: isTrue(r.Optional)})
		}
		if r := from.SecretRef; r != nil {
			t.Secrets = append(t.Secrets, cluster.ConfigRef{Name: r.Name, Via: "env", Optional: isTrue(r.Optional)})
		}
	}
	for _, e := range c.Env {
		addEnv(t, c.Name, &e)
	}
	if role == cluster.Init {
		addWaits(t, c)
		return
	}
	name := "" // of a flag before its value
	for _, a := range slices.Concat(c.Command, c.Args) {
		addEndpoint(t, name, a, "args")
		name = a
	}
}

func addEnv(t *cluster.Template, container string, e *corev1.EnvVar) {
	v := cluster.EnvVar{Container: container, Name: e.Name}
	switch {
	case e.ValueFrom == nil:
		addEndpoint(t, e.Name, e.Value, "env "+e.Name)
		v.Sum = sum(e.Value)
	case e.ValueFrom.ConfigMapKeyRef != nil:
		r := e.ValueFrom.ConfigMapKeyRef
		t.ConfigMaps = append(t.ConfigMaps, cluster.ConfigRef{Name: r.Name, Via: "env", Optional: isTrue(r.Optional), Key: r.Key})
		v.From = "ConfigMap " + r.Name + "/" + r.Key
	case e.ValueFrom.SecretKeyRef != nil:
		r := e.ValueFrom.SecretKeyRef
		t.Secrets = append(t.Secrets, cluster.ConfigRef{Name: r.Name, Via: "env", Optional: isTrue(r.Optional), Key: r.Key})
		v.From = "Secret " + r.Name + "/" + r.Key
	case e.ValueFrom.FieldRef != nil:
		v.From = "field " + e.ValueFrom.FieldRef.FieldPath
	}
	t.Env = append(t.Env, v)
}

// sum is a hash by which texts are compared without being kept.
func sum(texts ...string) uint64 {
	h := fnv.New64a()
	for _, s := range texts {
		_, _ = h.Write([]byte(s)) // a hash does not fail
		_, _ = h.Write([]byte{0})
	}
	return h.Sum64()
}

func trimProbe(p *corev1.Probe) cluster.Probe {
	if p == nil {
		return cluster.Probe{}
	}
	out := cluster.Probe{Delay: p.InitialDelaySeconds, Period: p.PeriodSeconds, Timeout: p.TimeoutSeconds, Failures: p.FailureThreshold}
	switch {
	case p.HTTPGet != nil:
		out.Handler = "http :" + p.HTTPGet.Port.String() + maskText(p.HTTPGet.Path)
	case p.TCPSocket != nil:
		out.Handler = "tcp :" + p.TCPSocket.Port.String()
	case p.GRPC != nil:
		out.Handler = fmt.Sprintf("grpc :%d", p.GRPC.Port)
	default:
		out.Handler = "exec"
	}
	return out
}

// extended writes the resources beyond cpu and memory as "name=amount".
func extended(list corev1.ResourceList) string {
	var parts []string
	for name, q := range list {
		if name != corev1.ResourceCPU && name != corev1.ResourceMemory {
			parts = append(parts, string(name)+"="+q.String())
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// subPaths marks the references by volumes that are mounted with a subPath:
// such files never change while the container runs.
func subPaths(t *cluster.Template, s *corev1.PodSpec) {
	fixed := map[string]bool{} // volumes that some container mounts by subPath
	for _, list := range [][]corev1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			for _, m := range list[i].VolumeMounts {
				if m.SubPath != "" || m.SubPathExpr != "" {
					fixed[m.Name] = true
				}
			}
		}
	}
	for i := range s.Volumes {
		v := &s.Volumes[i]
		if !fixed[v.Name] {
			continue
		}
		if v.ConfigMap != nil {
			markSubPath(t.ConfigMaps, v.ConfigMap.Name)
		}
		if v.Secret != nil {
			markSubPath(t.Secrets, v.Secret.SecretName)
		}
	}
}

func markSubPath(refs []cluster.ConfigRef, name string) {
	for i := range refs {
		if refs[i].Name == name && refs[i].Via == "volume" {
			refs[i].Via = "subPath"
		}
	}
}

func addVolume(t *cluster.Template, v *corev1.Volume) {
	ref := cluster.ConfigRef{Via: "volume", Volume: v.Name}
	switch {
	case v.ConfigMap != nil:
		ref.Name, ref.Optional = v.ConfigMap.Name, isTrue(v.ConfigMap.Optional)
		t.ConfigMaps = append(t.ConfigMaps, withKeys(ref, v.ConfigMap.Items)...)
	case v.Secret != nil:
		ref.Name, ref.Optional = v.Secret.SecretName, isTrue(v.Secret.Optional)
		t.Secrets = append(t.Secrets, withKeys(ref, v.Secret.Items)...)
	case v.PersistentVolumeClaim != nil:
		t.Claims = append(t.Claims, v.PersistentVolumeClaim.ClaimName)
	case v.Projected != nil && !strings.HasPrefix(v.Name, "kube-api-access-"):
		for _, src := range v.Projected.Sources {
			if r := src.ConfigMap; r != nil {
				ref.Name, ref.Optional = r.Name, isTrue(r.Optional)
				t.ConfigMaps = append(t.ConfigMaps, withKeys(ref, r.Items)...)
			}
			if r := src.Secret; r != nil {
				ref.Name, ref.Optional = r.Name, isTrue(r.Optional)
				t.Secrets = append(t.Secrets, withKeys(ref, r.Items)...)
			}
		}
	}
}

// withKeys is one reference for each key that a volume picks, or one for all.
func withKeys(ref cluster.ConfigRef, items []corev1.KeyToPath) []cluster.ConfigRef {
	if len(items) == 0 {
		return []cluster.ConfigRef{ref}
	}
	out := make([]cluster.ConfigRef, 0, len(items))
	for _, item := range items {
		ref.Key = item.Key
		out = append(out, ref)
	}
	return out
}

func isTrue(b *bool) bool { return b != nil && *b }
