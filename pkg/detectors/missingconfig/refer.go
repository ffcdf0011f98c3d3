package missingconfig

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// ways are the ways in which a template refers to an object, or to a key of
// it: "env DB_PASSWORD", "volume config".
func ways(t *cluster.Template, object cluster.Ref, key string) []string {
	if object.Kind == "ServiceAccount" {
		if t.ServiceAccount == object.Name {
			return []string{"serviceAccountName"}
		}
		return nil
	}
	out := variables(t, object, key)
	refs := t.ConfigMaps
	if object.Kind == "Secret" {
		refs = t.Secrets
	}
	for _, r := range refs {
		if r.Name != object.Name || (key != "" && r.Key != "" && r.Key != key) {
			continue
		}
		switch {
		case r.Volume != "":
			out = append(out, "volume "+r.Volume)
		case r.Key == "" && key == "":
			out = append(out, "envFrom")
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// variables are the environment variables that take their value from an
// object.
func variables(t *cluster.Template, object cluster.Ref, key string) []string {
	var out []string
	prefix := object.Kind + " " + object.Name + "/"
	for _, v := range t.Env {
		if len(v.From) > len(prefix) && v.From[:len(prefix)] == prefix && (key == "" || v.From == prefix+key) {
			out = append(out, "env "+v.Name)
		}
	}
	return out
}

// references say of each affected workload how it refers to what is missing:
// "hr/payroll (env DB_PASSWORD)".
func (b *builder) references() []string {
	var out []string
	for _, w := range b.tally.Workloads {
		t := b.template(w)
		if t == nil {
			continue
		}
		if ways := ways(t, b.about, b.key); len(ways) > 0 {
			out = append(out, w.Path()+" ("+detect.List(ways, 3)+")")
		}
	}
	return out
}

// template is that of an affected pod, or of the workload where no pod is.
func (b *builder) template(w cluster.Ref) *cluster.Template {
	for _, s := range b.group {
		if s.Workload.Key() == w && s.Pod != nil && s.Pod.Template != nil {
			return s.Pod.Template
		}
	}
	if read := b.pass.Workload(w); read != nil {
		return read.Template
	}
	return nil
}
