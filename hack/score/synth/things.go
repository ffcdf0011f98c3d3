package synth

import (
	"encoding/json"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// addConfigMap adds a ConfigMap and returns its name. Values are stand-ins.
func (w *world) addConfigMap(namespace, name string, age time.Duration, keys ...string) string {
	c := corev1.ConfigMap{ObjectMeta: w.meta(namespace, name, age), Data: map[string]string{}}
	for _, k := range keys {
		c.Data[k] = "<removed>"
	}
	w.wrote(&c.ObjectMeta, "kubectl-client-side-apply", "v1", age, ownedKeys(keys))
	w.configs = append(w.configs, c)
	return name
}

// addSecret adds a Secret and returns its name.
func (w *world) addSecret(namespace, name string, age time.Duration, typ corev1.SecretType, keys ...string) string {
	s := corev1.Secret{ObjectMeta: w.meta(namespace, name, age), Type: typ}
	w.wrote(&s.ObjectMeta, "kubectl-create", "v1", age, ownedKeys(keys))
	w.secrets = append(w.secrets, s)
	return name
}

func ownedKeys(keys []string) string {
	data := map[string]any{".": struct{}{}}
	for _, k := range keys {
		data["f:"+k] = struct{}{}
	}
	raw, err := json.Marshal(map[string]any{"f:data": data})
	if err != nil {
		panic(err) // strings only
	}
	return string(raw)
}

// rewrite dates the last write of a ConfigMap or Secret.
func (w *world) rewrite(namespace, name string, ago time.Duration) {
	for i := range w.configs {
		if c := &w.configs[i]; c.Namespace == namespace && c.Name == name {
			w.wrote(&c.ObjectMeta, "kubectl-edit", "v1", ago, `{"f:data":{}}`)
		}
	}
	for i := range w.secrets {
		if s := &w.secrets[i]; s.Namespace == namespace && s.Name == name {
			w.wrote(&s.ObjectMeta, "kubectl-edit", "v1", ago, `{"f:data":{}}`)
		}
	}
}

// addClaim adds a PersistentVolumeClaim. One without a volume is pending.
func (w *world) addClaim(namespace, name, class, volume string, age time.Duration) string {
	c := &corev1.PersistentVolumeClaim{ObjectMeta: w.meta(namespace, name, age)}
	c.Spec = corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}, VolumeName: volume,
		Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("20Gi")}}}
	if class != "" {
		c.Spec.StorageClassName = &class
	}
	c.Status.Phase = corev1.ClaimPending
	if volume != "" {
		c.Status.Phase = corev1.ClaimBound
	}
	w.claims = append(w.claims, c)
	return name
}

func (w *world) claimRef(namespace, name string) corev1.ObjectReference {
	for _, c := range w.claims {
		if c.Namespace == namespace && c.Name == name {
			return corev1.ObjectReference{Kind: "PersistentVolumeClaim", Namespace: namespace, Name: name, UID: c.UID}
		}
	}
	return corev1.ObjectReference{Kind: "PersistentVolumeClaim", Namespace: namespace, Name: name}
}

// volumeName as a provisioner makes it.
func (w *world) volumeName() string { return "pvc-" + w.names.uid() }

func (w *world) addService(a *app) {
	s := &corev1.Service{ObjectMeta: w.meta(a.namespace, a.name, a.age)}
	s.Spec = corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, Selector: a.labels, Ports: []corev1.ServicePort{{Port: 80, Protocol: "TCP"}}}
	if a.kind == "StatefulSet" {
		s.Spec.ClusterIP, s.Spec.ClusterIPs = "None", []string{"None"}
	} else {
		ip := w.clusterIP()
		s.Spec.ClusterIP, s.Spec.ClusterIPs = ip, []string{ip}
	}
	w.services = append(w.services, s)
}

// serviceIP is the cluster IP of a workload's Service.
func (w *world) serviceIP(a *app) string {
	for _, s := range w.services {
		if s.Namespace == a.namespace && s.Name == a.service {
			return s.Spec.ClusterIP
		}
	}
	return ""
}
