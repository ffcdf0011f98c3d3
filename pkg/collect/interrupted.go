package collect

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Interrupted is how the reason of each gap begins that is there because the
// reading was interrupted.
const Interrupted = "interrupted"

// brokenOff is what is left of a list that an interruption broke off: of pods
// those of the namespaces that came whole, of all else nothing, so that no part
// of anything passes for all of it.
func brokenOff(k kind, where place, b *bucket) *bucket {
	out := newBucket()
	gap := cluster.Gap{Resource: k.resource, Namespace: where.namespace, Reason: Interrupted}
	if k.resource == cluster.Pods {
		gap.Reason = interruptedAfter(len(b.Pods))
		if where.namespace == "" {
			whole, last := wholeNamespaces(b.Pods)
			out.Pods = whole
			out.reach = reach{namespacesIn(whole), true}
			gap.Reason = withoutRest(gap.Reason, namespacesIn(whole), last)
		}
		out.Sources = []cluster.Source{{Objects: len(out.Pods)}}
	}
	out.Gaps = []cluster.Gap{gap}
	return out
}

func interruptedAfter(pods int) string {
	if pods == 0 {
		return Interrupted
	}
	return fmt.Sprintf("%s after %d", Interrupted, pods)
}

func withoutRest(reason string, whole []string, last string) string {
	switch len(whole) {
	case 0:
		return reason
	case 1:
		return fmt.Sprintf("%s; all of namespace %s had come, what is from %s on is left out", reason, whole[0], last)
	}
	return fmt.Sprintf("%s; all of %d namespaces had come, %s to %s, what is from %s on is left out", reason, len(whole), whole[0], whole[len(whole)-1], last)
}

// wholeNamespaces are the pods before those of the last namespace, of which
// more may have been to come. The API lists by namespace and name, which is the
// order of its keys; where something else was listed nothing is known to be
// whole.
func wholeNamespaces(pods []cluster.Pod) (whole []cluster.Pod, last string) {
	if len(pods) == 0 || !slices.IsSortedFunc(pods, func(a, b cluster.Pod) int { return strings.Compare(a.Namespace, b.Namespace) }) {
		return nil, ""
	}
	last = pods[len(pods)-1].Namespace
	first := slices.IndexFunc(pods, func(p cluster.Pod) bool { return p.Namespace == last })
	return pods[:first], last
}

func namespacesIn(pods []cluster.Pod) []string {
	var out []string
	for i := range pods {
		if n := len(out); n == 0 || out[n-1] != pods[i].Namespace {
			out = append(out, pods[i].Namespace)
		}
	}
	return out
}

// keepsParts reports whether an interruption, and not a failure elsewhere,
// ended a list of a reading that keeps what it has.
func (l *Live) keepsParts(ctx context.Context) bool { return l.Salvage && ctx.Err() != nil }
