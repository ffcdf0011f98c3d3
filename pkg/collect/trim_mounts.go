package collect

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// trimMounts keeps where the containers find which volumes.
func trimMounts(t *cluster.Template, s *corev1.PodSpec) {
	volumes := map[string]cluster.Mount{}
	for i := range s.Volumes {
		volumes[s.Volumes[i].Name] = mountOf(&s.Volumes[i])
	}
	for _, c := range slices.Concat(s.InitContainers, s.Containers) {
		for _, vm := range c.VolumeMounts {
			m, ok := volumes[vm.Name]
			if !ok || m.Name == serviceAccountToken {
				continue
			}
			m.Container, m.Path, m.SubPath = c.Name, vm.MountPath, vm.SubPath != "" || vm.SubPathExpr != ""
			t.Mounts = append(t.Mounts, m)
		}
	}
}

// serviceAccountToken stands for the volume that admission adds to every pod.
const serviceAccountToken = "kube-api-access"

func mountOf(v *corev1.Volume) cluster.Mount {
	switch {
	case v.PersistentVolumeClaim != nil:
		return cluster.Mount{Kind: "PersistentVolumeClaim", Name: v.PersistentVolumeClaim.ClaimName}
	case v.ConfigMap != nil:
		return cluster.Mount{Kind: "ConfigMap", Name: v.ConfigMap.Name}
	case v.Secret != nil:
		return cluster.Mount{Kind: "Secret", Name: v.Secret.SecretName}
	case v.EmptyDir != nil:
		return cluster.Mount{Kind: "EmptyDir"}
	case v.Projected != nil && isTokenVolume(v.Name):
		return cluster.Mount{Name: serviceAccountToken}
	}
	return cluster.Mount{}
}

func isTokenVolume(name string) bool {
	return len(name) > len(serviceAccountToken) && name[:len(serviceAccountToken)] == serviceAccountToken
}
