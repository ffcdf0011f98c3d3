package collect

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// shareTemplates keeps once what a workload, its revisions and their pods ask
// for alike: they are read by lists of their own, so each came with its own copy.
func (b *bucket) shareTemplates() {
	known := make(map[cluster.Ref]*cluster.Template, len(b.Workloads)+len(b.Revisions))
	for i := range b.Workloads {
		known[b.Workloads[i].Key()] = b.Workloads[i].Template
	}
	for i := range b.Revisions {
		r := &b.Revisions[i]
		r.Template = alike(known[r.Owner.Key()], r.Template)
		known[r.Key()] = r.Template
	}
	shared := map[*cluster.Template]*cluster.Template{} // many pods have one
	for i := range b.Pods {
		p := &b.Pods[i]
		one, ok := shared[p.Template]
		if !ok {
			one = alike(known[p.Owner.Key()], p.Template)
			shared[p.Template] = one
		}
		p.Template = one
	}
}

// alike returns the known template where the other is the same. Where it is not
// (admission adds tolerations to pods, a rollout changes an image) they share
// the lists that are.
func alike(known, t *cluster.Template) *cluster.Template {
	switch {
	case known == nil || t == nil:
		return t
	case known.Equal(t):
		return known
	}
	t.Containers = sameList(known.Containers, t.Containers)
	t.ConfigMaps = sameList(known.ConfigMaps, t.ConfigMaps)
	t.Secrets = sameList(known.Secrets, t.Secrets)
	t.Endpoints = sameList(known.Endpoints, t.Endpoints)
	t.Env = sameList(known.Env, t.Env)
	t.Mounts = sameList(known.Mounts, t.Mounts)
	t.Tolerations = sameList(known.Tolerations, t.Tolerations)
	return t
}

func sameList[T comparable](known, own []T) []T {
	if len(own) > 0 && slices.Equal(known, own) {
		return known
	}
	return own
}
