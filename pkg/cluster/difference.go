package cluster

import (
	"fmt"
	"slices"
	"strings"
)

// Difference says what changed from one template to the next, in words, field
// by field, and without values of the environment; empty when nothing that is
// kept did.
func Difference(from, to *Template) string {
	return strings.Join(Differences(from, to), ", ")
}

// Differences are what Difference says, one text for each field that differs.
func Differences(from, to *Template) []string {
	if from == nil || to == nil {
		return nil
	}
	var parts []string
	several := len(from.Containers) > 1 && len(to.Containers) > 1
	for _, c := range to.Containers {
		old := from.container(c.Name)
		if old == nil {
			parts = append(parts, fmt.Sprintf("container %s added", c.Name))
			continue
		}
		for _, part := range containerDifference(old, &c) {
			if several {
				part = c.Name + ": " + part
			}
			parts = append(parts, part)
		}
	}
	for _, c := range from.Containers {
		if to.container(c.Name) == nil {
			parts = append(parts, fmt.Sprintf("container %s removed", c.Name))
		}
	}
	parts = append(parts, referenceDifference(from, to)...)
	return append(parts, placementDifference(from, to)...)
}

func (t *Template) container(name string) *ContainerSpec {
	for i := range t.Containers {
		if t.Containers[i].Name == name {
			return &t.Containers[i]
		}
	}
	return nil
}

// fields gathers what differs, as "what old → new".
type fields []string

func (f *fields) add(what, a, b string) {
	if a != b {
		*f = append(*f, fmt.Sprintf("%s %s → %s", what, orNone(a), orNone(b)))
	}
}

func containerDifference(a, b *ContainerSpec) []string {
	var f fields
	if a.Image != b.Image {
		f = append(f, "image "+imageStep(a.Image, b.Image))
	}
	f.add("imagePullPolicy", a.PullPolicy, b.PullPolicy)
	f.add("memory limit", a.MemoryLimit, b.MemoryLimit)
	f.add("memory request", a.MemoryRequest, b.MemoryRequest)
	f.add("CPU limit", a.CPULimit, b.CPULimit)
	f.add("CPU request", a.CPURequest, b.CPURequest)
	f.add("other requests", a.Extended, b.Extended)
	f.probe("startup probe", a.Startup, b.Startup)
	f.probe("readiness probe", a.Readiness, b.Readiness)
	f.probe("liveness probe", a.Liveness, b.Liveness)
	if a.Command != b.Command {
		f = append(f, "command or arguments")
	}
	f.add("securityContext", a.Security, b.Security)
	return f
}

// probe tells a probe that came or went from one that was altered, and of
// that what.
func (f *fields) probe(what string, a, b Probe) {
	switch {
	case a == b:
		return
	case !a.Exists():
		*f = append(*f, fmt.Sprintf("%s added (%s)", what, b.Handler))
		return
	case !b.Exists():
		*f = append(*f, what+" removed")
		return
	}
	f.add(what, a.Handler, b.Handler)
	for _, n := range []struct {
		name string
		a, b int32
	}{
		{"initialDelaySeconds", a.Delay, b.Delay}, {"periodSeconds", a.Period, b.Period},
		{"timeoutSeconds", a.Timeout, b.Timeout}, {"failureThreshold", a.Failures, b.Failures},
	} {
		f.add(what+" "+n.name, fmt.Sprint(n.a), fmt.Sprint(n.b))
	}
}

// imageStep is "repo:1 → 2" when only the tag or the digest moved, else both
// in full.
func imageStep(a, b string) string {
	repoA, restA := splitImage(a)
	repoB, restB := splitImage(b)
	if repoA != repoB || restA == "" || restB == "" {
		return shortDigest(a) + " → " + shortDigest(b)
	}
	return shortDigest(a) + " → " + strings.TrimLeft(shortDigest(restB), ":@")
}

// splitImage parts an image name from its tag and digest. A colon before the
// last slash belongs to the registry's port.
func splitImage(image string) (repository, rest string) {
	slash := strings.LastIndexByte(image, '/') + 1
	if i := strings.IndexAny(image[slash:], ":@"); i >= 0 {
		return image[:slash+i], image[slash+i:]
	}
	return image, ""
}

// shortDigest keeps as much of a digest as people compare.
func shortDigest(image string) string {
	const kept = len("sha256:") + 12
	if i := strings.Index(image, "sha256:"); i >= 0 && len(image) > i+kept {
		return image[:i+kept]
	}
	return image
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
