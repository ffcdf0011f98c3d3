package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// unchanged says of a pattern without a linked change what was looked at, so
// that having found none is told from not having looked.
func (e *explainer) unchanged(p *Pattern) string {
	if len(p.Changes) > 0 || p.Tally.First.IsZero() || p.Tally.SinceBefore || len(p.Tally.Workloads) == 0 {
		return ""
	}
	revisions, read, unread := 0, 0, 0
	seen := map[cluster.Ref]bool{}
	for _, ref := range p.Tally.Workloads {
		revisions += len(e.s.RevisionsOf(ref))
		for _, object := range e.referredBy(ref) {
			switch {
			case seen[object]:
			case e.s.Config(object) != nil:
				read++
			default:
				unread++
			}
			seen[object] = true
		}
	}
	return unchangedText(revisions, read, unread)
}

func unchangedText(revisions, read, unread int) string {
	var looked []string
	if revisions > 0 {
		looked = append(looked, detect.Count(revisions, "revision")+" (10 min before)")
	}
	if read > 0 {
		looked = append(looked, configs(read)+" in use (an hour before)")
	}
	text := "no linked change is known; looked at " + strings.Join(looked, " and ")
	if len(looked) == 0 {
		text = "no linked change is known, but neither revisions nor configuration of theirs were read"
	}
	if unread > 0 {
		text += fmt.Sprintf("; %s in use could not be looked at", configs(unread))
	}
	return text
}

func configs(n int) string {
	if n == 1 {
		return "1 ConfigMap or Secret"
	}
	return fmt.Sprintf("%d ConfigMaps and Secrets", n)
}

// referredBy are the ConfigMaps and Secrets that a workload's pods refer to.
func (e *explainer) referredBy(workload cluster.Ref) []cluster.Ref {
	var t *cluster.Template
	if pods := e.s.PodsOf(workload); len(pods) > 0 {
		t = pods[0].Template
	} else if w := e.s.Workload(workload); w != nil {
		t = w.Template
	}
	if t == nil {
		return nil
	}
	var out []cluster.Ref
	add := func(kind, name string) {
		out = append(out, cluster.Ref{Kind: kind, Namespace: workload.Namespace, Name: name})
	}
	for _, r := range t.ConfigMaps {
		add("ConfigMap", r.Name)
	}
	for _, r := range t.Secrets {
		add("Secret", r.Name)
	}
	for _, name := range t.PullSecrets {
		add("Secret", name)
	}
	slices.SortFunc(out, func(a, b cluster.Ref) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return slices.Compact(out)
}
