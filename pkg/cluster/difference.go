package cluster

import (
	"fmt"
	"slices"
	"strings"
)

// Difference says what changed from one template to the next, in words and
// without values of the environment; empty when nothing that is kept did.
func Difference(from, to *Template) string {
	if from == nil || to == nil {
		return ""
	}
	var parts []string
	for _, c := range to.Containers {
		old := from.container(c.Name)
		if old == nil {
			parts = append(parts, fmt.Sprintf("container %s added", c.Name))
			continue
		}
		parts = append(parts, containerDifference(old, &c)...)
	}
	for _, c := range from.Containers {
		if to.container(c.Name) == nil {
			parts = append(parts, fmt.Sprintf("container %s removed", c.Name))
		}
	}
	parts = append(parts, referenceDifference(from, to)...)
	return strings.Join(parts, ", ")
}

func (t *Template) container(name string) *ContainerSpec {
	for i := range t.Containers {
		if t.Containers[i].Name == name {
			return &t.Containers[i]
		}
	}
	return nil
}

func containerDifference(a, b *ContainerSpec) []string {
	var parts []string
	add := func(what, x, y string) {
		if x != y {
			parts = append(parts, fmt.Sprintf("%s %s → %s", what, orNone(x), orNone(y)))
		}
	}
	if a.Image != b.Image {
		parts = append(parts, "image "+imageStep(a.Image, b.Image))
	}
	add("memory limit", a.MemoryLimit, b.MemoryLimit)
	add("memory request", a.MemoryRequest, b.MemoryRequest)
	add("CPU limit", a.CPULimit, b.CPULimit)
	add("CPU request", a.CPURequest, b.CPURequest)
	if a.Readiness != b.Readiness || a.Liveness != b.Liveness || a.Startup != b.Startup {
		parts = append(parts, "probes")
	}
	if a.Command != b.Command {
		parts = append(parts, "command")
	}
	return parts
}

// imageStep is "repo:1 → 2" when only the tag moved, else both in full.
func imageStep(a, b string) string {
	repoA, _, okA := strings.Cut(lastPath(a), ":")
	repoB, tagB, okB := strings.Cut(lastPath(b), ":")
	if okA && okB && repoA == repoB && strings.TrimSuffix(a, lastPath(a)) == strings.TrimSuffix(b, lastPath(b)) {
		return a + " → " + tagB
	}
	return a + " → " + b
}

func lastPath(image string) string { return image[strings.LastIndexByte(image, '/')+1:] }

func referenceDifference(a, b *Template) []string {
	var parts []string
	if !slices.Equal(a.PullSecrets, b.PullSecrets) {
		parts = append(parts, "imagePullSecrets")
	}
	if !slices.Equal(a.ConfigMaps, b.ConfigMaps) {
		parts = append(parts, "ConfigMap references")
	}
	if !slices.Equal(a.Secrets, b.Secrets) {
		parts = append(parts, "Secret references")
	}
	if a.ServiceAccount != b.ServiceAccount {
		parts = append(parts, "service account")
	}
	if names := envDifference(a.Env, b.Env); len(names) > 0 {
		parts = append(parts, "env "+strings.Join(names, ", "))
	}
	return parts
}

// envDifference names the variables that were added, removed or changed.
func envDifference(a, b []EnvVar) []string {
	var names []string
	for _, v := range a {
		if !slices.Contains(b, v) {
			names = append(names, v.Name)
		}
	}
	for _, v := range b {
		if !slices.Contains(a, v) {
			names = append(names, v.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
