package collect

import (
	"bytes"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/wire"
)

// wirePod reads a pod in protobuf. Its spec is what its owner's template says,
// so it is decoded once for all pods of a revision that have the same.
func (b *bucket) wirePod(item []byte) error {
	parts, err := partsOf(item)
	if err != nil {
		return err
	}
	m, status := &b.meta, &b.status
	emptyMeta(m)
	emptyStatus(status)
	if err := b.decode(m, parts.meta, wantedOfPodMeta); err != nil {
		return err
	}
	if err := b.decode(status, parts.status, wantedOfPodStatus); err != nil {
		return err
	}
	node, err := wire.Field(parts.spec, podNodeName)
	if err != nil {
		return err
	}
	template, err := b.wireTemplate(m, parts.spec)
	if err != nil {
		return err
	}
	b.addPod(m, template, string(node), status)
	return nil
}

// emptyMeta keeps the lists and maps, whose contents are copied where they are
// kept, for the next object.
func emptyMeta(m *metav1.ObjectMeta) {
	labels, notes, owners := m.Labels, m.Annotations, m.OwnerReferences
	clear(labels)
	clear(notes)
	*m = metav1.ObjectMeta{Labels: labels, Annotations: notes, OwnerReferences: owners[:0]}
}

func emptyStatus(s *corev1.PodStatus) {
	*s = corev1.PodStatus{Conditions: s.Conditions[:0], InitContainerStatuses: s.InitContainerStatuses[:0],
		ContainerStatuses: s.ContainerStatuses[:0], EphemeralContainerStatuses: s.EphemeralContainerStatuses[:0]}
}

// podParts are the three parts of a pod.
type podParts struct{ meta, spec, status []byte }

func partsOf(item []byte) (podParts, error) {
	meta, err := wire.Field(item, 1)
	if err != nil {
		return podParts{}, err
	}
	spec, err := wire.Field(item, 2)
	if err != nil {
		return podParts{}, err
	}
	status, err := wire.Field(item, 3)
	return podParts{meta, spec, status}, err
}

// decode reads the wanted fields of a part.
func (b *bucket) decode(into interface{ Unmarshal([]byte) error }, part []byte, wanted *wire.Message) error {
	var err error
	if b.thin, err = wire.Thin(b.thin[:0], part, wanted); err != nil {
		return err
	}
	return into.Unmarshal(b.thin)
}

// revision is whose pods have one spec.
type revision struct{ owner, hash, restartedAt string }

func revisionOf(m *metav1.ObjectMeta) revision {
	return revision{controllerOf(m).UID, firstOf(m.Labels["pod-template-hash"], m.Labels["controller-revision-hash"]), m.Annotations[restartedAtNote]}
}

// specsAtMost is how many specs are remembered. Lists come by name, so that the
// pods of a revision stand together, and thousands of specs would take as much
// memory as the pods themselves.
const specsAtMost = 64

// decoded is the template that a spec was read into.
type decoded struct {
	spec     []byte
	template *cluster.Template
}

// wireTemplate is the template of a pod, decoded anew only where its spec is
// another than that of the last pod of the revision.
func (b *bucket) wireTemplate(m *metav1.ObjectMeta, raw []byte) (*cluster.Template, error) {
	var err error
	if b.thin, err = wire.Thin(b.thin[:0], raw, wantedOfPodSpec); err != nil {
		return nil, err
	}
	sameTokenVolume(b.thin)
	key := revisionOf(m)
	known, ok := b.specs[key]
	if ok && key.owner != "" && bytes.Equal(known.spec, b.thin) {
		return known.template, nil
	}
	var spec corev1.PodSpec
	if err := spec.Unmarshal(b.thin); err != nil {
		return nil, err
	}
	t := b.template(m.Annotations, &spec)
	if !ok && len(b.specs) >= specsAtMost {
		clear(b.specs)
	}
	b.specs[key] = decoded{spec: append(known.spec[:0], b.thin...), template: t}
	return t, nil
}

// sameTokenVolume gives the volume that admission adds to every pod the same
// name in all: it ends in five random characters
// (plugin/pkg/admission/serviceaccount/admission.go).
func sameTokenVolume(spec []byte) {
	const random = 5
	prefix := []byte(serviceAccountToken + "-")
	for {
		i := bytes.Index(spec, prefix)
		if i < 0 || len(spec) < i+len(prefix)+random {
			return
		}
		spec = spec[i+len(prefix):]
		copy(spec, "xxxxx")
	}
}
