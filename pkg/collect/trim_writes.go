package collect

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// writes reads managedFields: who wrote last, and when. Creation and status
// are kept apart by the reader.
func writes(m *metav1.ObjectMeta, keys bool) []cluster.Write {
	return eachWrite(m, func(w *cluster.Write, f *metav1.FieldsV1) {
		if keys {
			w.Keys, w.Data = dataKeys(f)
		}
	})
}

// specWrites keeps beside that which fields of spec a manager owns.
func specWrites(m *metav1.ObjectMeta) []cluster.Write {
	return eachWrite(m, func(w *cluster.Write, f *metav1.FieldsV1) { w.Spec = specFields(f) })
}

func eachWrite(m *metav1.ObjectMeta, fields func(*cluster.Write, *metav1.FieldsV1)) []cluster.Write {
	var out []cluster.Write
	for i := range m.ManagedFields {
		f := &m.ManagedFields[i]
		if f.Time == nil || f.Subresource == "status" {
			continue
		}
		w := cluster.Write{Manager: f.Manager, Subresource: f.Subresource, Time: f.Time.Time}
		if f.FieldsV1 != nil {
			fields(&w, f.FieldsV1)
		}
		out = append(out, w)
	}
	return out
}

// writes keeps once what most objects have alike.
func (b *bucket) writes(all []cluster.Write) []cluster.Write {
	for i := range all {
		w := &all[i]
		w.Manager, w.Subresource = b.one(w.Manager), b.one(w.Subresource)
		for n := range w.Spec {
			w.Spec[n] = b.one(w.Spec[n])
		}
	}
	return slices.Clip(all)
}

// dataKeys are the names of the data keys that a manager owns, and whether it
// owns any data at all.
func dataKeys(fields *metav1.FieldsV1) (keys []string, data bool) {
	var owned map[string]map[string]json.RawMessage
	if json.Unmarshal(fields.GetRawBytes(), &owned) != nil {
		return nil, false // fields of a form that this version does not know date the write all the same
	}
	var out []string
	for _, part := range []string{"f:data", "f:binaryData", "f:stringData"} {
		_, owns := owned[part]
		data = data || owns
		for _, name := range namesIn(owned[part]) {
			out = append(out, maskText(name))
		}
	}
	slices.Sort(out)
	return out, data
}

// specFields are the names of the fields of spec that a manager owns.
func specFields(fields *metav1.FieldsV1) []string {
	var owned struct {
		Spec map[string]json.RawMessage `json:"f:spec"`
	}
	if json.Unmarshal(fields.GetRawBytes(), &owned) != nil {
		return nil
	}
	out := namesIn(owned.Spec)
	slices.Sort(out)
	return out
}

// topFields are the names of an object's own fields that a manager owns.
func topFields(fields *metav1.FieldsV1) []string {
	var owned map[string]json.RawMessage
	if json.Unmarshal(fields.GetRawBytes(), &owned) != nil {
		return nil
	}
	out := namesIn(owned)
	slices.Sort(out)
	return out
}

func namesIn(owned map[string]json.RawMessage) []string {
	var out []string
	for k := range owned {
		if name, ok := strings.CutPrefix(k, "f:"); ok {
			out = append(out, name)
		}
	}
	return out
}

// numbers reads a list like "1,3", as the Deployment controller writes it.
func numbers(list string) []int64 {
	var out []int64
	for _, s := range strings.Split(list, ",") {
		if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil && n > 0 {
			out = append(out, n)
		}
	}
	return out
}

// delivery is the tool that marks an object as its own: Helm, Flux and Argo
// CD each write a label or annotation of theirs. A HelmRelease of Flux installs
// by Helm, and an Application of Argo CD may render a chart: the outer tool is
// told.
func delivery(m *metav1.ObjectMeta) string {
	if name := m.Labels["helm.toolkit.fluxcd.io/name"]; name != "" {
		return "Flux HelmRelease " + name
	}
	if name := m.Labels["kustomize.toolkit.fluxcd.io/name"]; name != "" {
		return "Flux Kustomization " + name
	}
	if id := m.Annotations["argocd.argoproj.io/tracking-id"]; id != "" {
		app, _, _ := strings.Cut(id, ":")
		return "Argo CD application " + app
	}
	if name := m.Labels["argocd.argoproj.io/instance"]; name != "" {
		return "Argo CD application " + name
	}
	if name := m.Annotations["meta.helm.sh/release-name"]; name != "" {
		return cluster.HelmDelivery + name
	}
	return ""
}

// release reads what the labels of Helm's record of a release tell: a Secret
// (or ConfigMap) named sh.helm.release.v1.NAME.vN with the label owner=helm.
// Its data hold the values of the release and are never asked for.
func release(m *metav1.ObjectMeta) *cluster.Release {
	if m.Labels["owner"] != "helm" || !strings.HasPrefix(m.Name, "sh.helm.release.v1.") {
		return nil
	}
	version, err := strconv.ParseInt(m.Labels["version"], 10, 64)
	if err != nil || m.Labels["name"] == "" {
		return nil
	}
	r := &cluster.Release{Name: m.Labels["name"], Version: version, Status: m.Labels["status"]}
	if at, err := strconv.ParseInt(m.Labels["modifiedAt"], 10, 64); err == nil && at > 0 && at < 1<<40 {
		r.Modified = time.Unix(at, 0).UTC()
	}
	return r
}
