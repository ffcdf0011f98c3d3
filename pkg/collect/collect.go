// Package collect fills a Snapshot: from a live cluster, page by page, or
// from files. It is the only place that knows the API's objects; everything
// is trimmed to the cluster package's vocabulary as it comes in, and text
// that looks like a credential is masked on the way.
package collect

import (
	"slices"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// bucket collects trimmed objects. Each concurrent list has one of its own.
type bucket struct {
	cluster.Parts
	// shelf keeps templates. The lists of one reading have one.
	shelf  *shelf
	slices map[cluster.Ref]*backends // by Service
	// texts are the strings that were kept: names of images, reasons and nodes
	// come again and again, and one of each is enough.
	texts, maskedTexts map[string]string
	// What is kept of objects lies in slabs: names apart from messages, and the
	// names of pods that events are about apart from both, for these go once the
	// pods are known.
	names, messages, eventPods textSlab
	containerSlab              slab[cluster.Container]
	conditionSlab              slab[cluster.Condition]
	// specs are the specs that were decoded last.
	specs    map[revision]decoded
	labelled map[revision]map[string]string
	// identities are those of containers, one for all that are alike.
	identities map[cluster.ContainerIdentity]*cluster.ContainerIdentity
	// thin is what is wanted of the object at hand, in protobuf, and the rest what
	// a pod is decoded into: one after the other uses the same memory.
	thin   []byte
	meta   metav1.ObjectMeta
	status corev1.PodStatus
	// touched dates saved objects by their last write of any kind and by their
	// heartbeats, for the clock of saved data.
	touched []stamp
	moving  moving
	reach   reach
}

func newBucket() *bucket {
	return &bucket{texts: map[string]string{}, maskedTexts: map[string]string{},
		specs: map[revision]decoded{}, labelled: map[revision]map[string]string{},
		identities: map[cluster.ContainerIdentity]*cluster.ContainerIdentity{},
		shelf:      newShelf(), slices: map[cluster.Ref]*backends{}}
}

// one returns the text that was kept already where it is the same.
func (b *bucket) one(text string) string {
	if kept, ok := b.texts[text]; ok {
		return kept
	}
	text = b.names.keep(text)
	b.texts[text] = text
	return text
}

// mostOfText is how much of a message is kept, in bytes. Events have a kilobyte at
// most, and what a container says as it ends four.
const mostOfText = 64 << 10

// cutAt is a text of so many bytes at most, and a mark where it goes on.
func cutAt(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

// masked keeps a text that people or programs wrote, without what looks like a
// credential; what comes again is masked once.
func (b *bucket) masked(text string) string {
	text = cutAt(text, mostOfText)
	if !hasSecretHint(text) {
		return b.messages.keep(text)
	}
	masked, ok := b.maskedTexts[text]
	if !ok {
		masked = b.messages.keep(maskText(text))
		b.maskedTexts[text] = masked
	}
	return masked
}

// mostExpected is for how many objects room is made at the word of a server.
const mostExpected = 200_000

// expect makes room for what is still to come of the long lists, once.
func (b *bucket) expect(r cluster.Resource, remaining int) {
	remaining = min(remaining, mostExpected)
	switch {
	case remaining == 0:
	case r == cluster.Pods:
		b.Pods = slices.Grow(b.Pods, remaining+PageSize)
	case r == cluster.Events:
		b.Events = slices.Grow(b.Events, remaining+PageSize)
	}
}

// merge adds everything that another bucket holds.
func (b *bucket) merge(o *bucket) {
	b.Pods = added(b.Pods, o.Pods)
	b.Events = added(b.Events, o.Events)
	b.Nodes = append(b.Nodes, o.Nodes...)
	b.Workloads = append(b.Workloads, o.Workloads...)
	b.Revisions = append(b.Revisions, o.Revisions...)
	b.Services = append(b.Services, o.Services...)
	b.Claims = append(b.Claims, o.Claims...)
	b.Configs = append(b.Configs, o.Configs...)
	b.Settings = append(b.Settings, o.Settings...)
	b.Routes = append(b.Routes, o.Routes...)
	b.Usages = append(b.Usages, o.Usages...)
	b.Filesystems = append(b.Filesystems, o.Filesystems...)
	b.Logs = append(b.Logs, o.Logs...)
	b.Sources = append(b.Sources, o.Sources...)
	b.Gaps = append(b.Gaps, o.Gaps...)
	b.reach.namespaces = append(b.reach.namespaces, o.reach.namespaces...)
	b.reach.partly = b.reach.partly || o.reach.partly
	for ref, s := range o.slices {
		to := b.backends(ref)
		to.add(s.ready, s.notReady)
		to.pods, to.addresses = append(to.pods, s.pods...), append(to.addresses, s.addresses...)
	}
}

// added appends; of the long lists the first one is taken as it is.
func added[T any](to, more []T) []T {
	if len(to) == 0 {
		return more
	}
	return append(to, more...)
}

// finish joins what was read apart and hands the parts over.
func (b *bucket) finish() cluster.Parts {
	read := b.read(cluster.EndpointSlices)
	for i := range b.Services {
		s := &b.Services[i]
		s.Ready, s.NotReady = -1, -1
		if read {
			s.Ready, s.NotReady = 0, 0
		}
		if found, ok := b.slices[s.Key()]; ok {
			s.Ready, s.NotReady = found.ready, found.notReady
			slices.Sort(found.pods)
			slices.Sort(found.addresses)
			s.TargetPods, s.Addresses = slices.Compact(found.pods), slices.Compact(found.addresses)
		}
	}
	return b.Parts
}

func (b *bucket) read(r cluster.Resource) bool {
	for _, s := range b.Sources {
		if s.Resource == r && s.Gap == "" {
			return true
		}
	}
	return false
}

// backends counts the addresses behind a Service, and keeps those that its
// selector does not tell.
type backends struct {
	ready, notReady int
	pods, addresses []string
}

func (b *backends) add(ready, notReady int) {
	b.ready += ready
	b.notReady += notReady
}

func (b *bucket) backends(service cluster.Ref) *backends {
	s, ok := b.slices[service]
	if !ok {
		s = &backends{}
		b.slices[service] = s
	}
	return s
}
