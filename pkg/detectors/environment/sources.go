package environment

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// setting is the name that makes it one problem, else the text.
func setting(s *symptom.Symptom) string {
	if s.Item != "" {
		return s.Item
	}
	return s.Template
}

// sources are the ConfigMaps and Secrets that may give a pod the setting: the
// one that the template takes the variable from, else all that it takes its
// whole environment from.
func sources(s *symptom.Symptom) []cluster.Ref {
	if s.Pod == nil || s.Pod.Template == nil {
		return nil
	}
	t := s.Pod.Template
	for _, v := range t.Env {
		if v.Name != s.Item || (v.Container != s.Container && s.Container != "") {
			continue
		}
		kind, rest, _ := strings.Cut(v.From, " ")
		name, _, _ := strings.Cut(rest, "/")
		if kind == "ConfigMap" || kind == "Secret" {
			return []cluster.Ref{{Kind: kind, Namespace: s.Pod.Namespace, Name: name}}
		}
		return nil // a literal value, or a field of the pod
	}
	var out []cluster.Ref
	add := func(kind string, refs []cluster.ConfigRef) {
		for _, ref := range refs {
			if ref.Via == "env" && ref.Key == "" {
				out = append(out, cluster.Ref{Kind: kind, Namespace: s.Pod.Namespace, Name: ref.Name})
			}
		}
	}
	add("ConfigMap", t.ConfigMaps)
	add("Secret", t.Secrets)
	return out
}

// countSources counts for each setting the workloads that a source may give
// it to.
func countSources(symptoms []*symptom.Symptom) map[string]map[cluster.Ref]int {
	out := map[string]map[cluster.Ref]int{}
	seen := map[string]bool{}
	for _, s := range symptoms {
		for _, ref := range sources(s) {
			once := setting(s) + "|" + s.Workload.String() + "|" + ref.String()
			if seen[once] {
				continue
			}
			seen[once] = true
			if out[setting(s)] == nil {
				out[setting(s)] = map[cluster.Ref]int{}
			}
			out[setting(s)][ref]++
		}
	}
	return out
}

// best is the source that most workloads with the same trouble share, zero
// when none is shared and the template does not name one.
func best(s *symptom.Symptom, uses map[string]map[cluster.Ref]int) cluster.Ref {
	var found cluster.Ref
	own := sources(s)
	for _, ref := range own {
		n, most := uses[setting(s)][ref], uses[setting(s)][found]
		if (n > 1 || len(own) == 1) && (n > most || (n == most && (found.IsZero() || ref.Compare(found) < 0))) {
			found = ref
		}
	}
	return found
}

// family is what workloads have in common that miss a setting together.
func family(s *symptom.Symptom, uses map[string]map[cluster.Ref]int) string {
	if ref := best(s, uses); !ref.IsZero() {
		return ref.String()
	}
	if repository := repositoryOf(s); repository != "" {
		return repository
	}
	return s.Workload.Path()
}

func repositoryOf(s *symptom.Symptom) string {
	if s.Pod == nil {
		return ""
	}
	spec := s.Pod.SpecOf(s.Container)
	if spec == nil {
		return ""
	}
	return symptom.ParseImage(spec.Image).Repository
}

func sourceOfAll(group []*symptom.Symptom, uses map[string]map[cluster.Ref]int) cluster.Ref {
	first := best(group[0], uses)
	for _, s := range group {
		if best(s, uses) != first {
			return cluster.Ref{}
		}
	}
	return first
}
