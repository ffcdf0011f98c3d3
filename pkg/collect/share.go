package collect

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// shelf keeps once what templates ask for alike. A Deployment, its revisions and
// their pods are read by lists of their own, at the same time, and each comes with
// a copy that differs in nothing, in its image, or in the tolerations that
// admission adds; apart they would be a fifth of a large snapshot.
type shelf struct {
	sync.Mutex
	text      textSlab
	texts     map[string]string
	templates map[uint64]*cluster.Template
	slab      slab[cluster.Template]

	containers  lists[cluster.ContainerSpec]
	refs        lists[cluster.ConfigRef]
	endpoints   lists[cluster.Endpoint]
	env         lists[cluster.EnvVar]
	mounts      lists[cluster.Mount]
	tolerations lists[cluster.Toleration]
	names       lists[string]
}

func newShelf() *shelf {
	return &shelf{texts: map[string]string{}, templates: map[uint64]*cluster.Template{}}
}

// keep returns the template that is on the shelf already where it is the same,
// else puts it there, with those of its lists that are.
func (s *shelf) keep(t *cluster.Template) *cluster.Template {
	s.Lock()
	defer s.Unlock()
	key := s.keepLists(t)
	for _, text := range []*string{&t.ServiceAccount, &t.PriorityClass, &t.RestartPolicy, &t.MemoryLimit, &t.RestartedAt, &t.Security} {
		key = mix(key, maphash.String(seed, *text))
	}
	if known := s.templates[key]; known != nil && known.Equal(t) {
		return known
	}
	s.one(&t.ServiceAccount, &t.PriorityClass, &t.RestartPolicy, &t.MemoryLimit, &t.RestartedAt, &t.Security)
	kept := append(s.slab.list(1), *t)
	s.templates[key] = &kept[0]
	return &kept[0]
}

// keepLists keeps the lists of a template, and returns a hash of all of them.
func (s *shelf) keepLists(t *cluster.Template) uint64 {
	keys := make([]uint64, 0, 12)
	keys = append(keys,
		s.containers.keep(&t.Containers, func(c *cluster.ContainerSpec) {
			s.one(&c.Name, &c.Image, &c.PullPolicy, &c.MemoryLimit, &c.MemoryRequest, &c.CPULimit, &c.CPURequest, &c.Extended, &c.Security)
			s.one(&c.Readiness.Handler, &c.Liveness.Handler, &c.Startup.Handler)
		}),
		s.endpoints.keep(&t.Endpoints, func(e *cluster.Endpoint) { s.one(&e.Host, &e.Port, &e.From) }),
		s.env.keep(&t.Env, func(e *cluster.EnvVar) { s.one(&e.Container, &e.Name, &e.From) }),
		s.mounts.keep(&t.Mounts, func(m *cluster.Mount) { s.one(&m.Container, &m.Path, &m.Kind, &m.Name) }),
		s.tolerations.keep(&t.Tolerations, func(t *cluster.Toleration) { s.one(&t.Key, &t.Operator, &t.Value, &t.Effect) }))
	for _, list := range []*[]cluster.ConfigRef{&t.ConfigMaps, &t.Secrets} {
		keys = append(keys, s.refs.keep(list, func(r *cluster.ConfigRef) { s.one(&r.Name, &r.Via, &r.Key, &r.Volume) }))
	}
	for _, list := range []*[]string{&t.PullSecrets, &t.Claims, &t.HostPorts, &t.NodeSelector} {
		keys = append(keys, s.names.keep(list, func(name *string) { s.one(name) }))
	}
	all := uint64(0)
	for _, key := range keys {
		all = mix(all, key)
	}
	return all
}

// one replaces texts by those that are kept already.
func (s *shelf) one(texts ...*string) {
	for _, text := range texts {
		kept, ok := s.texts[*text]
		if !ok {
			kept = s.text.keep(*text)
			s.texts[kept] = kept
		}
		*text = kept
	}
}

// lists are those of one type, by a hash of what is in them: two that have the
// same hash and are not the same are both kept by their owners, unshared.
type lists[T comparable] struct {
	known map[uint64][]T
	slab  slab[T]
}

// keep replaces a list by the one that is kept already where it is the same, and
// returns its hash. A new one is copied, its texts as kept by the function.
func (l *lists[T]) keep(list *[]T, texts func(*T)) uint64 {
	key := uint64(0)
	for i := range *list {
		key = mix(key, maphash.Comparable(seed, (*list)[i]))
	}
	if len(*list) == 0 {
		return key
	}
	known, ok := l.known[key]
	if ok && slices.Equal(known, *list) {
		*list = known
		return key
	}
	kept := append(l.slab.list(len(*list)), *list...)
	for i := range kept {
		texts(&kept[i])
	}
	if l.known == nil {
		l.known = map[uint64][]T{}
	}
	l.known[key], *list = kept, kept
	return key
}

var seed = maphash.MakeSeed()

// mix makes a hash of two, of which the order matters.
func mix(a, b uint64) uint64 { return cmp.Or(a, 1)*0x9E3779B97F4A7C15 ^ b }
