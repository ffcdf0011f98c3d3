package collect

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// trimTemplate keeps of a pod spec what failures are compared by. Values of
// the environment are looked at for hosts and not kept.
func trimTemplate(annotations map[string]string, s *corev1.PodSpec) *cluster.Template {
	t := &cluster.Template{
		ServiceAccount: s.ServiceAccountName,
		PriorityClass:  s.PriorityClassName,
		RestartPolicy:  string(s.RestartPolicy),
		HostNetwork:    s.HostNetwork,
		RestartedAt:    annotations["kubectl.kubernetes.io/restartedAt"],
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
		HasReadiness:  c.ReadinessProbe != nil,
		HasLiveness:   c.LivenessProbe != nil,
		HasStartup:    c.StartupProbe != nil,
	})
	for _, from := range c.EnvFrom {
		if r := from.ConfigMapRef; r != nil {
			t.ConfigMaps = append(t.ConfigMaps, cluster.ConfigRef{Name: r.Name, Via: "env", Optional: isTrue(r.Optional)})
		}
		if r := from.SecretRef; r != nil {
			t.Secrets = append(t.Secrets, cluster.ConfigRef{Name: r.Name, Via: "env", Optional: isTrue(r.Optional)})
		}
	}
	for _, e := range c.Env {
		addEnv(t, &e)
	}
	for _, a := range slices.Concat(c.Command, c.Args) {
		addEndpoint(t, a, "args")
	}
}

func addEnv(t *cluster.Template, e *corev1.EnvVar) {
	if e.ValueFrom == nil {
		addEndpoint(t, e.Value, "env "+e.Name)
		return
	}
	if r := e.ValueFrom.ConfigMapKeyRef; r != nil {
		t.ConfigMaps = append(t.ConfigMaps, cluster.ConfigRef{Name: r.Name, Via: "env", Optional: isTrue(r.Optional)})
	}
	if r := e.ValueFrom.SecretKeyRef; r != nil {
		t.Secrets = append(t.Secrets, cluster.ConfigRef{Name: r.Name, Via: "env", Optional: isTrue(r.Optional)})
	}
}

func addVolume(t *cluster.Template, v *corev1.Volume) {
	switch {
	case v.ConfigMap != nil:
		t.ConfigMaps = append(t.ConfigMaps, cluster.ConfigRef{Name: v.ConfigMap.Name, Via: "volume", Optional: isTrue(v.ConfigMap.Optional)})
	case v.Secret != nil:
		t.Secrets = append(t.Secrets, cluster.ConfigRef{Name: v.Secret.SecretName, Via: "volume", Optional: isTrue(v.Secret.Optional)})
	case v.PersistentVolumeClaim != nil:
		t.Claims = append(t.Claims, v.PersistentVolumeClaim.ClaimName)
	case v.Projected != nil && !strings.HasPrefix(v.Name, "kube-api-access-"):
		for _, src := range v.Projected.Sources {
			if r := src.ConfigMap; r != nil {
				t.ConfigMaps = append(t.ConfigMaps, cluster.ConfigRef{Name: r.Name, Via: "volume", Optional: isTrue(r.Optional)})
			}
			if r := src.Secret; r != nil {
				t.Secrets = append(t.Secrets, cluster.ConfigRef{Name: r.Name, Via: "volume", Optional: isTrue(r.Optional)})
			}
		}
	}
}

func isTrue(b *bool) bool { return b != nil && *b }
