package archive

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// mount makes the volumes of a template and mounts them.
func mount(containers []corev1.Container, t *cluster.Template) []corev1.Volume {
	v := &volumes{mounts: t.Mounts}
	v.refer(t)
	for i, claim := range t.Claims {
		v.add(corev1.Volume{Name: fmt.Sprintf("claim-%d", i+1), VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}}}, "PersistentVolumeClaim", claim)
	}
	for _, m := range t.Mounts {
		name := v.named(m)
		for i := range containers {
			if containers[i].Name != m.Container {
				continue
			}
			vm := corev1.VolumeMount{Name: name, MountPath: m.Path}
			if m.SubPath {
				vm.SubPath = notSaved
			}
			containers[i].VolumeMounts = append(containers[i].VolumeMounts, vm)
		}
	}
	return v.all
}

// volumes are those of a pod, in their order.
type volumes struct {
	mounts []cluster.Mount
	all    []corev1.Volume
	of     []cluster.ConfigRef // what each is of: Via is the kind, Name the object's
}

func (v *volumes) add(x corev1.Volume, kind, name string) {
	v.all = append(v.all, x)
	v.of = append(v.of, cluster.ConfigRef{Via: kind, Name: name})
}

// named is the volume that a mount is of, which is made where nothing else
// tells of it: an empty folder, or one of a sort that is not kept.
func (v *volumes) named(m cluster.Mount) string {
	for i := range v.all {
		if v.of[i].Via == m.Kind && v.of[i].Name == m.Name {
			return v.all[i].Name
		}
	}
	x := corev1.Volume{Name: "other", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: notSaved}}}
	switch m.Kind {
	case "EmptyDir":
		x = corev1.Volume{Name: "empty", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}
	case "PersistentVolumeClaim":
		x.Name, x.VolumeSource = "claim-"+m.Name, corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: m.Name}}
	}
	v.add(x, m.Kind, m.Name)
	return x.Name
}

// source of a volume: keys of one object.
type keys struct {
	kind string
	cluster.ConfigRef
	keys []string
}

// group is one volume that refers to ConfigMaps and Secrets.
type group struct {
	name    string
	sources []keys
}

// refer makes the volumes of ConfigMaps and Secrets. Volumes that refer to
// both are in both lists: the order is one that both have.
func (v *volumes) refer(t *cluster.Template) {
	maps, secrets := groups("ConfigMap", t.ConfigMaps), groups("Secret", t.Secrets)
	for _, s := range secrets {
		for i := range maps {
			if maps[i].name == s.name {
				for _, before := range maps[:i] {
					v.group(before)
				}
				s.sources = append(maps[i].sources, s.sources...)
				maps = maps[i+1:]
				break
			}
		}
		v.group(s)
	}
	for _, m := range maps {
		v.group(m)
	}
}

func groups(kind string, refs []cluster.ConfigRef) []group {
	var out []group
	for _, r := range refs {
		if r.Via == viaEnv {
			continue
		}
		if n := len(out); n == 0 || out[n-1].name != r.Volume {
			out = append(out, group{name: r.Volume})
		}
		out[len(out)-1].add(kind, r)
	}
	return out
}

func (g *group) add(kind string, r cluster.ConfigRef) {
	if n := len(g.sources); n > 0 && r.Key != "" {
		if last := &g.sources[n-1]; last.kind == kind && last.Name == r.Name && last.Optional == r.Optional && len(last.keys) > 0 {
			last.keys = append(last.keys, r.Key)
			return
		}
	}
	s := keys{kind: kind, ConfigRef: r}
	if r.Key != "" {
		s.keys = []string{r.Key}
	}
	g.sources = append(g.sources, s)
}

// group makes a plain volume of one source, and else one that joins several.
func (v *volumes) group(g group) {
	x := corev1.Volume{Name: g.name}
	if len(g.sources) == 1 {
		s := &g.sources[0]
		if s.kind == "Secret" {
			x.Secret = &corev1.SecretVolumeSource{SecretName: s.Name, Items: items(s.keys), Optional: orNil(s.Optional)}
		} else {
			x.ConfigMap = &corev1.ConfigMapVolumeSource{LocalObjectReference: named(s.Name), Items: items(s.keys), Optional: orNil(s.Optional)}
		}
		v.add(x, s.kind, s.Name)
		return
	}
	x.Projected = &corev1.ProjectedVolumeSource{}
	for i := range g.sources {
		s := &g.sources[i]
		var p corev1.VolumeProjection
		if s.kind == "Secret" {
			p.Secret = &corev1.SecretProjection{LocalObjectReference: named(s.Name), Items: items(s.keys), Optional: orNil(s.Optional)}
		} else {
			p.ConfigMap = &corev1.ConfigMapProjection{LocalObjectReference: named(s.Name), Items: items(s.keys), Optional: orNil(s.Optional)}
		}
		x.Projected.Sources = append(x.Projected.Sources, p)
	}
	v.add(x, "", g.name)
}

func items(names []string) []corev1.KeyToPath {
	var out []corev1.KeyToPath
	for _, k := range names {
		out = append(out, corev1.KeyToPath{Key: k, Path: k})
	}
	return out
}

// place writes what a template demands of nodes.
func place(out *corev1.PodSpec, t *cluster.Template) {
	var terms [][]string // of node affinity
	for _, demand := range t.NodeSelector {
		switch {
		case !strings.Contains(demand, " "):
			key, value, _ := strings.Cut(demand, "=")
			if out.NodeSelector == nil {
				out.NodeSelector = map[string]string{}
			}
			out.NodeSelector[key] = value
		case strings.Contains(demand, cluster.TermOr), strings.Contains(demand, cluster.TermAnd):
			terms = [][]string{{}} // an empty term selects nothing, and makes them several
			for term := range strings.SplitSeq(demand, cluster.TermOr) {
				terms = append(terms, strings.Split(term, cluster.TermAnd))
			}
		case len(terms) == 0:
			terms = [][]string{{demand}}
		default:
			terms[0] = append(terms[0], demand)
		}
	}
	affinity(out, terms, t.PodAffinity)
	for _, x := range t.Tolerations {
		out.Tolerations = append(out.Tolerations, corev1.Toleration{Key: x.Key, Operator: corev1.TolerationOperator(x.Operator), Value: x.Value, Effect: corev1.TaintEffect(x.Effect)})
	}
}

func affinity(out *corev1.PodSpec, terms [][]string, pods bool) {
	if len(terms) == 0 && !pods {
		return
	}
	out.Affinity = &corev1.Affinity{}
	if pods {
		out.Affinity.PodAntiAffinity = &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: notSaved}}}
	}
	if len(terms) == 0 {
		return
	}
	required := &corev1.NodeSelector{}
	for _, all := range terms {
		var term corev1.NodeSelectorTerm
		for _, text := range all {
			term.MatchExpressions = append(term.MatchExpressions, requirement(text))
		}
		required.NodeSelectorTerms = append(required.NodeSelectorTerms, term)
	}
	out.Affinity.NodeAffinity = &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: required}
}

// requirement reads "key In (a,b)" or "key Exists".
func requirement(text string) corev1.NodeSelectorRequirement {
	key, rest, _ := strings.Cut(text, " ")
	operator, list, some := strings.Cut(rest, " ")
	out := corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOperator(operator)}
	if some {
		out.Values = strings.Split(strings.TrimSuffix(strings.TrimPrefix(list, "("), ")"), ",")
	}
	return out
}
