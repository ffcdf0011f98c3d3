package cluster

import (
	"fmt"
	"slices"
	"strings"
)

// referenceDifference says what of other objects a template names anew, no
// longer, or otherwise than before.
func referenceDifference(a, b *Template) []string {
	var f fields
	f.names("imagePullSecrets", a.PullSecrets, b.PullSecrets)
	f.refs("ConfigMap", a.ConfigMaps, b.ConfigMaps)
	f.refs("Secret", a.Secrets, b.Secrets)
	f.names("PersistentVolumeClaim", a.Claims, b.Claims)
	f.add("service account", a.ServiceAccount, b.ServiceAccount)
	if names := envDifference(a.Env, b.Env); len(names) > 0 {
		f = append(f, "env "+strings.Join(names, ", "))
	}
	f.names("mount", mountTexts(a), mountTexts(b))
	return f
}

// names tells which of a list were added and which removed.
func (f *fields) names(what string, a, b []string) {
	added, removed := missingIn(a, b), missingIn(b, a)
	if len(added)+len(removed) == 0 {
		if !slices.Equal(a, b) {
			*f = append(*f, what+" in another order")
		}
		return
	}
	for _, name := range added {
		*f = append(*f, fmt.Sprintf("%s %s added", what, name))
	}
	for _, name := range removed {
		*f = append(*f, fmt.Sprintf("%s %s removed", what, name))
	}
}

// missingIn are the texts of b that a has not.
func missingIn(a, b []string) []string {
	var out []string
	for _, s := range b {
		if !slices.Contains(a, s) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// refs tells which objects of a kind are referred to anew or no longer, and
// which in another way: by another key, another path, optionally.
func (f *fields) refs(kind string, a, b []ConfigRef) {
	old, now := refNames(a), refNames(b)
	f.names(kind, old, now)
	for _, name := range now {
		if slices.Contains(old, name) && !slices.Equal(refsTo(a, name), refsTo(b, name)) {
			*f = append(*f, fmt.Sprintf("%s %s referred to otherwise", kind, name))
		}
	}
}

func refNames(refs []ConfigRef) []string {
	var out []string
	for _, r := range refs {
		out = append(out, r.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func refsTo(refs []ConfigRef, name string) []ConfigRef {
	var out []ConfigRef
	for _, r := range refs {
		if r.Name == name {
			out = append(out, r)
		}
	}
	return out
}

// mountTexts say where volumes are mounted. Those of configuration and claims
// change with the reference, which is told as such: here only the path counts.
func mountTexts(t *Template) []string {
	var out []string
	for _, m := range t.Mounts {
		out = append(out, m.Path)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// placementDifference says what changed in what a template demands of nodes
// and of the pod as a whole.
func placementDifference(a, b *Template) []string {
	var f fields
	f.names("nodeSelector or node affinity", a.NodeSelector, b.NodeSelector)
	f.names("toleration", tolerationTexts(a), tolerationTexts(b))
	f.flag("required pod affinity or topology spread", a.PodAffinity, b.PodAffinity)
	f.names("hostPort", a.HostPorts, b.HostPorts)
	f.flag("hostNetwork", a.HostNetwork, b.HostNetwork)
	f.add("priority class", a.PriorityClass, b.PriorityClass)
	f.add("restartPolicy", a.RestartPolicy, b.RestartPolicy)
	f.add("memory limit of the pod", a.MemoryLimit, b.MemoryLimit)
	f.add("securityContext of the pod", a.Security, b.Security)
	return f
}

func (f *fields) flag(what string, a, b bool) {
	switch {
	case b && !a:
		*f = append(*f, what+" added")
	case a && !b:
		*f = append(*f, what+" removed")
	}
}

func tolerationTexts(t *Template) []string {
	var out []string
	for _, tol := range t.Tolerations {
		text := tol.Key
		if text == "" {
			text = "everything"
		}
		if tol.Value != "" {
			text += "=" + tol.Value
		}
		if tol.Effect != "" {
			text += ":" + tol.Effect
		}
		out = append(out, text)
	}
	return out
}
