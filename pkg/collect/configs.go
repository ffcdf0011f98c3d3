package collect

import (
	"context"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Configs lists the metadata of ConfigMaps and Secrets, one list a namespace.
// The namespace "" means all in one list; what is asked for beside it is read
// when that is refused.
func (l *Live) Configs(ctx context.Context, configMaps, secrets []string) (cluster.Parts, error) {
	wanted := [][]string{configMaps, secrets}
	b, err := sideBySide(ctx, len(wanted), func(ctx context.Context, i int) (*bucket, error) {
		return l.readConfigs(ctx, configKinds(l.Values)[i], wanted[i])
	})
	if err != nil {
		return cluster.Parts{}, err
	}
	b.soberTimes(l.clock())
	return b.Parts, nil
}

func (l *Live) readConfigs(ctx context.Context, k kind, namespaces []string) (*bucket, error) {
	if len(namespaces) == 0 {
		return newBucket(), nil
	}
	if !slices.Contains(namespaces, "") {
		return l.readKind(ctx, k, cluster.Scope{Namespaces: namespaces})
	}
	b, err := l.readKind(ctx, k, cluster.Scope{AllNamespaces: true})
	narrow := slices.DeleteFunc(slices.Clone(namespaces), func(ns string) bool { return ns == "" })
	if err != nil || len(b.Gaps) == 0 || len(narrow) == 0 {
		return b, err
	}
	some, err := l.readKind(ctx, k, cluster.Scope{Namespaces: narrow})
	if err == nil {
		sayAlone(some, b, narrow)
	}
	return some, err
}

// sayAlone says in the source of what was read in some namespaces why it was not read
// in all. That is no gap of these namespaces: what is absent there is known to be.
func sayAlone(some, all *bucket, namespaces []string) {
	why := all.Sources[0]
	for i := range some.Sources {
		s, line := &some.Sources[i], why.Gap
		if s.Objects > 0 || s.Gap == "" {
			line += "; asked for in " + shortList(namespaces) + " alone"
		}
		if s.Gap != "" && s.Gap != why.Gap {
			line += ": " + s.Gap
		}
		s.Gap, s.Remedy = line, why.Remedy
	}
}
