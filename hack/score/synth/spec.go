package synth

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// podSpec is what an ordinary workload asks for.
func (w *world) podSpec(a *app) corev1.PodSpec {
	c := corev1.Container{Name: "app", Image: w.image(a.namespace, a.name), ImagePullPolicy: corev1.PullIfNotPresent,
		Ports:                  []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: "TCP"}},
		TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile}
	if w.chance(50) {
		c.Name = a.name
	}
	if w.chance(80) {
		c.Resources = resources("100m", "128Mi", "", w.names.word([]string{"256Mi", "512Mi", "1Gi"}))
	}
	if w.chance(70) {
		c.ReadinessProbe = httpProbe("/ready")
	}
	if w.chance(50) {
		c.LivenessProbe = httpProbe("/live")
	}
	spec := corev1.PodSpec{RestartPolicy: corev1.RestartPolicyAlways, ServiceAccountName: "default", SchedulerName: "default-scheduler",
		DNSPolicy: corev1.DNSClusterFirst, TerminationGracePeriodSeconds: new(int64(30)), Containers: []corev1.Container{c},
		Tolerations: []corev1.Toleration{{Key: corev1.TaintNodeNotReady, Operator: "Exists", Effect: "NoExecute", TolerationSeconds: new(int64(300))},
			{Key: corev1.TaintNodeUnreachable, Operator: "Exists", Effect: "NoExecute", TolerationSeconds: new(int64(300))}}}
	if w.chance(40) {
		envFrom(w.addConfigMap(a.namespace, a.name+"-config", a.age+time.Minute, "LOG_LEVEL", "MODE"))(&spec)
	}
	return spec
}

func (w *world) image(namespace, name string) string {
	return fmt.Sprintf("%s/%s/%s:%s", w.registry, namespace, name, w.names.version())
}

// retag gives an image another version.
func (w *world) retag(image string) string {
	return image[:strings.LastIndex(image, ":")+1] + w.names.version()
}

func resources(cpuRequest, memoryRequest, cpuLimit, memoryLimit string) corev1.ResourceRequirements {
	out := corev1.ResourceRequirements{Requests: corev1.ResourceList{}, Limits: corev1.ResourceList{}}
	for _, q := range []struct {
		list corev1.ResourceList
		name corev1.ResourceName
		text string
	}{{out.Requests, "cpu", cpuRequest}, {out.Requests, "memory", memoryRequest}, {out.Limits, "cpu", cpuLimit}, {out.Limits, "memory", memoryLimit}} {
		if q.text != "" {
			q.list[q.name] = resource.MustParse(q.text)
		}
	}
	return out
}

func httpProbe(path string) *corev1.Probe {
	return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(8080), Scheme: "HTTP"}},
		TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3}
}

// The edits of a pod spec that incidents are made of.

func memoryLimit(limit string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) { s.Containers[0].Resources = resources("100m", "64Mi", "", limit) }
}

func image(name string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) { s.Containers[0].Image = name }
}

func env(name, value string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.Containers[0].Env = append(s.Containers[0].Env, corev1.EnvVar{Name: name, Value: value})
	}
}

func envFrom(configMap string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.Containers[0].EnvFrom = append(s.Containers[0].EnvFrom, corev1.EnvFromSource{
			ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: configMap}}})
	}
}

func envKey(name, configMap, key string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.Containers[0].Env = append(s.Containers[0].Env, corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{
			ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: configMap}, Key: key}}})
	}
}

func envSecret(name, secret, key string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.Containers[0].Env = append(s.Containers[0].Env, corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{
			SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: key}}})
	}
}

func pullSecret(name string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) { s.ImagePullSecrets = []corev1.LocalObjectReference{{Name: name}} }
}

func serviceAccount(name string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) { s.ServiceAccountName, s.DeprecatedServiceAccount = name, name }
}

func volume(name, mount string, source corev1.VolumeSource) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.Volumes = append(s.Volumes, corev1.Volume{Name: name, VolumeSource: source})
		s.Containers[0].VolumeMounts = append(s.Containers[0].VolumeMounts, corev1.VolumeMount{Name: name, MountPath: mount})
	}
}

func secretVolume(name, secret string) func(*corev1.PodSpec) {
	return volume(name, "/etc/"+name, corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: secret}})
}

func configMapVolume(name, configMap string) func(*corev1.PodSpec) {
	return volume(name, "/etc/"+name, corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: configMap}}})
}

func claim(volumeName, claimName string) func(*corev1.PodSpec) {
	return volume(volumeName, "/var/lib/"+volumeName, corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claimName}})
}

// lastWords lets the runtime keep the end of the log as termination message.
func lastWords(s *corev1.PodSpec) {
	for i := range s.Containers {
		s.Containers[i].TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
	}
}

func secondContainer(c corev1.Container) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) { s.Containers = append(s.Containers, c) }
}

func initContainer(c corev1.Container) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) { s.InitContainers = append(s.InitContainers, c) }
}

// helper is a container beside the main one.
func (w *world) helper(name string) corev1.Container {
	return corev1.Container{Name: name, Image: fmt.Sprintf("%s/platform/%s:%s", w.registry, name, w.names.version()), ImagePullPolicy: corev1.PullIfNotPresent,
		Resources: resources("10m", "32Mi", "", "128Mi"), TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile}
}
