package symptom

import (
	"path"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// placed looks at what lies at the path that words name. A file that is not
// there where a ConfigMap or Secret is mounted is a key that it does not have;
// a file system that is read-only where no volume is mounted is the
// container's own, which its securityContext made so, and no volume's trouble.
func placed(words said, s *Symptom) said {
	if s.Pod == nil || s.Pod.Template == nil || !path.IsAbs(words.item) {
		return words
	}
	at := s.Pod.Template.MountAt(s.Container, words.item)
	switch {
	case words.kind == Exit && words.cause == EndedFile && isConfig(at) && !at.SubPath && path.Dir(words.item) == path.Clean(at.Path):
		words.kind, words.cause, words.item = MissingConfig, MissingKey, path.Base(words.item)
		words.object = cluster.Ref{Kind: at.Kind, Namespace: s.Pod.Namespace, Name: at.Name}
	case words.kind == Storage && words.cause == StorageReadOnly && (isConfig(at) || (at == nil && len(s.Pod.Template.Mounts) > 0)):
		words.kind, words.cause = Exit, EndedReadOnly
	}
	return words
}

func isConfig(at *cluster.Mount) bool {
	return at != nil && (at.Kind == "ConfigMap" || at.Kind == "Secret")
}

// claimAt is the claim whose volume a path of a container lies on.
func claimAt(p *cluster.Pod, container, file string) cluster.Ref {
	if p == nil || p.Template == nil || file == "" {
		return cluster.Ref{}
	}
	if at := p.Template.MountAt(container, file); at != nil && at.Kind == "PersistentVolumeClaim" {
		return cluster.Ref{Kind: at.Kind, Namespace: p.Namespace, Name: at.Name}
	}
	return cluster.Ref{}
}
