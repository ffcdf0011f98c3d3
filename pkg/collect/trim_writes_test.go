package collect

import (
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func written(manager, subresource, fields string) metav1.ManagedFieldsEntry {
	at := metav1.NewTime(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	return metav1.ManagedFieldsEntry{Manager: manager, Subresource: subresource, Time: &at, FieldsV1: metav1.NewFieldsV1(fields)}
}

func TestSpecWritesNameFieldsOnly(t *testing.T) {
	got := specWrites(&metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{
		written("kubectl-edit", "", `{"f:spec":{"f:selector":{},"f:ports":{"k:{\"port\":80}":{".":{},"f:port":{}}}},"f:metadata":{"f:labels":{"f:app":{}}}}`),
		written("kubectl", "scale", `{"f:spec":{"f:replicas":{}}}`),
		written("kubelet", "status", `{"f:status":{}}`),
		written("odd", "", `["f:spec"]`),
		written("label", "", `{"f:metadata":{}}`),
	}})
	var told []string
	for _, w := range got {
		told = append(told, w.Manager)
	}
	if !slices.Equal(told, []string{"kubectl-edit", "kubectl", "odd", "label"}) || !slices.Equal(got[0].Spec, []string{"ports", "selector"}) || got[2].Spec != nil || got[3].Spec != nil {
		t.Errorf("got %+v", got)
	}
}

func TestDelivery(t *testing.T) {
	for want, m := range map[string]metav1.ObjectMeta{
		"":                              {Labels: map[string]string{"app.kubernetes.io/instance": "shop"}},
		"Helm release shop":             {Annotations: map[string]string{"meta.helm.sh/release-name": "shop"}},
		"Flux HelmRelease shop":         {Labels: map[string]string{"helm.toolkit.fluxcd.io/name": "shop"}, Annotations: map[string]string{"meta.helm.sh/release-name": "shop"}},
		"Flux Kustomization apps":       {Labels: map[string]string{"kustomize.toolkit.fluxcd.io/name": "apps"}},
		"Argo CD application shop":      {Annotations: map[string]string{"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"}},
		"Argo CD application elsewhere": {Labels: map[string]string{"argocd.argoproj.io/instance": "elsewhere"}},
	} {
		if got := delivery(&m); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRelease(t *testing.T) {
	record := func(change func(*metav1.ObjectMeta)) *metav1.ObjectMeta {
		m := &metav1.ObjectMeta{Name: "sh.helm.release.v1.shop.v3", Labels: map[string]string{"owner": "helm", "name": "shop", "version": "3", "status": "deployed", "modifiedAt": "1790000000"}}
		change(m)
		return m
	}
	want := &cluster.Release{Name: "shop", Version: 3, Status: "deployed", Modified: time.Unix(1790000000, 0).UTC()}
	if diff := cmp.Diff(want, release(record(func(*metav1.ObjectMeta) {}))); diff != "" {
		t.Error(diff)
	}
	for name, m := range map[string]*metav1.ObjectMeta{
		"another Secret of Helm's": record(func(m *metav1.ObjectMeta) { m.Name = "shop-db" }),
		"without its label":        record(func(m *metav1.ObjectMeta) { delete(m.Labels, "owner") }),
		"without a number":         record(func(m *metav1.ObjectMeta) { m.Labels["version"] = "latest" }),
		"without a name":           record(func(m *metav1.ObjectMeta) { delete(m.Labels, "name") }),
	} {
		if got := release(m); got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := release(record(func(m *metav1.ObjectMeta) { m.Labels["modifiedAt"] = "-5" })); got == nil || !got.Modified.IsZero() {
		t.Errorf("got %+v", got)
	}
}

func TestNumbersOfRevisions(t *testing.T) {
	if got := numbers("1, 3,x,-2,"); !slices.Equal(got, []int64{1, 3}) {
		t.Errorf("got %v", got)
	}
	if got := numbers(""); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestSecurityContexts(t *testing.T) {
	yes, user := true, int64(1000)
	got := securityOf(&corev1.SecurityContext{RunAsUser: &user, RunAsNonRoot: &yes, ReadOnlyRootFilesystem: &yes,
		Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"NET_ADMIN"}, Drop: []corev1.Capability{"ALL"}}})
	if want := "runAsUser=1000 runAsNonRoot=true readOnlyRootFilesystem=true +NET_ADMIN -ALL"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := podSecurityOf(&corev1.PodSecurityContext{FSGroup: &user}) + securityOf(nil) + podSecurityOf(nil); got != "fsGroup=1000" {
		t.Errorf("got %q", got)
	}
}

// FuzzWrites: whatever stands in managedFields and Helm's labels, names of
// fields come of it at most.
func FuzzWrites(f *testing.F) {
	for _, seed := range []string{`{}`, `{"f:spec":{"f:selector":{}}}`, `{"f:data":{".":{},"f:password":{}}}`, `{"f:spec":null}`, `{"f:spec":[1]}`, `[`, "\x00", `{"f:data":{"f:":{}}}`} {
		f.Add(seed, "3", "1790000000", "1,2")
	}
	f.Add(`{"f:spec":{"v:\"x\"":{}}}`, "99999999999999999999", "9223372036854775807", "9223372036854775808,0")
	f.Fuzz(func(t *testing.T, fields, version, modified, history string) {
		m := &metav1.ObjectMeta{Name: "sh.helm.release.v1.a.v1", ManagedFields: []metav1.ManagedFieldsEntry{written("m", "", fields)},
			Labels: map[string]string{"owner": "helm", "name": "a", "version": version, "modifiedAt": modified}}
		if got := specWrites(m); len(got) != 1 || got[0].Time.IsZero() {
			t.Errorf("the write is not dated: %+v", got)
		}
		writes(m, true)
		if r := release(m); r != nil && r.Modified.Year() > 40000 {
			t.Errorf("absurd time %v", r.Modified)
		}
		for _, n := range numbers(history) {
			if n <= 0 {
				t.Errorf("number %d of %q", n, history)
			}
		}
	})
}
