package fill

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const (
	sharedConfig                          = "platform-config" // the ConfigMap of a namespace
	lostKey                               = "LEDGER_URL"
	databaseSecret, tlsSecret, pullSecret = "platform-database", "platform-tls", "registry-credentials"

	mainName   = "app"
	proxyName  = "proxy"
	proxyImage = "ghcr.io/acme/mesh-proxy:v1.29.2"
)

func (a *app) selector() map[string]string {
	return map[string]string{"app.kubernetes.io/name": a.name(), "app.kubernetes.io/instance": "prod"}
}

func (a *app) labels() map[string]string {
	labels := a.selector()
	labels["app.kubernetes.io/part-of"] = "shop"
	labels["app.kubernetes.io/managed-by"] = "Helm"
	labels["team"] = a.namespace()
	return labels
}

// template is what the pods of a revision are made from.
func (a *app) template(revision int) corev1.PodTemplateSpec {
	t := corev1.PodTemplateSpec{}
	t.Labels = a.labels()
	t.Annotations = map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": "9090",
		"checksum/config": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0" + strconv.Itoa(1000+a.index) + strconv.Itoa(revision)}
	yes, grace, id := true, int64(30), int64(10001)
	t.Spec = corev1.PodSpec{
		Containers:    []corev1.Container{a.main(revision), proxy()},
		Volumes:       volumes(),
		RestartPolicy: corev1.RestartPolicyAlways, DNSPolicy: corev1.DNSClusterFirst, SchedulerName: corev1.DefaultSchedulerName,
		ServiceAccountName: "default", DeprecatedServiceAccount: "default", TerminationGracePeriodSeconds: &grace,
		SecurityContext:  &corev1.PodSecurityContext{RunAsNonRoot: &yes, RunAsUser: &id, FSGroup: &id},
		ImagePullSecrets: []corev1.LocalObjectReference{{Name: pullSecret}},
	}
	return t
}

func (a *app) main(revision int) corev1.Container {
	no := false
	return corev1.Container{
		Name: mainName, Image: a.image(revision), ImagePullPolicy: corev1.PullIfNotPresent,
		Args:  []string{"--config=/etc/app/config.yaml", "--listen=:8080", "--metrics=:9090"},
		Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}, {Name: "metrics", ContainerPort: 9090, Protocol: corev1.ProtocolTCP}},
		Env:   environment(a.name()),
		Resources: corev1.ResourceRequirements{Requests: resources("100m", "256Mi", ""),
			Limits: corev1.ResourceList{corev1.ResourceMemory: resources("1", "512Mi", "")[corev1.ResourceMemory]}},
		StartupProbe: httpProbe("/healthz", 5, 30), LivenessProbe: httpProbe("/healthz", 10, 3), ReadinessProbe: httpProbe("/ready", 5, 3),
		VolumeMounts: []corev1.VolumeMount{{Name: "config", MountPath: "/etc/app", ReadOnly: true}, {Name: "tmp", MountPath: "/tmp"},
			{Name: "tls", MountPath: "/etc/tls", ReadOnly: true}},
		TerminationMessagePath: corev1.TerminationMessagePathDefault, TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: &no, Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
	}
}

func environment(app string) []corev1.EnvVar {
	env := []corev1.EnvVar{fromField("POD_NAME", "metadata.name"), fromField("POD_NAMESPACE", "metadata.namespace"), fromField("NODE_NAME", "spec.nodeName")}
	for _, v := range [][2]string{{"SERVICE_NAME", app}, {"ENVIRONMENT", "production"}, {"GOMAXPROCS", "2"},
		{"HTTP_READ_TIMEOUT", "15s"}, {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel-collector.observability.svc:4317"},
		{"FEATURE_FLAGS", "new-checkout=on,fast-search=on,legacy-export=off"}} {
		env = append(env, corev1.EnvVar{Name: v[0], Value: v[1]})
	}
	for _, key := range []string{"LOG_LEVEL", "REGION", lostKey} {
		env = append(env, corev1.EnvVar{Name: key, ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: sharedConfig}, Key: key}}})
	}
	return append(env, corev1.EnvVar{Name: "DATABASE_PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: databaseSecret}, Key: "password"}}})
}

func fromField(name, path string) corev1.EnvVar {
	return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: path}}}
}

func proxy() corev1.Container {
	return corev1.Container{
		Name: proxyName, Image: proxyImage, ImagePullPolicy: corev1.PullIfNotPresent,
		Args:           []string{"proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local", "--proxyLogLevel=warning"},
		Ports:          []corev1.ContainerPort{{Name: "mesh", ContainerPort: 15090, Protocol: corev1.ProtocolTCP}},
		Env:            []corev1.EnvVar{fromField("POD_NAME", "metadata.name"), fromField("POD_NAMESPACE", "metadata.namespace"), {Name: "TRUST_DOMAIN", Value: "cluster.local"}},
		Resources:      corev1.ResourceRequirements{Requests: resources("10m", "64Mi", "")},
		ReadinessProbe: httpProbe("/healthz/ready", 15, 4),
		VolumeMounts:   []corev1.VolumeMount{{Name: "tls", MountPath: "/var/run/secrets/mesh", ReadOnly: true}},

		TerminationMessagePath: corev1.TerminationMessagePathDefault, TerminationMessagePolicy: corev1.TerminationMessageReadFile,
	}
}

func httpProbe(path string, period, failures int32) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler:  corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString("http"), Scheme: corev1.URISchemeHTTP}},
		PeriodSeconds: period, FailureThreshold: failures, SuccessThreshold: 1, TimeoutSeconds: 2,
	}
}

func volumes() []corev1.Volume {
	mode := int32(0o644)
	named := corev1.LocalObjectReference{Name: sharedConfig}
	return []corev1.Volume{
		{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: named, DefaultMode: &mode}}},
		{Name: "tls", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: tlsSecret, DefaultMode: &mode}}},
		{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
	}
}
