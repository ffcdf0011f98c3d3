package collect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// permissions are what one may do in each namespace, found out the first time
// that somebody wants to know.
type permissions struct {
	sync.Once
	namespaces []string
	all        bool                                        // there are no others
	rules      []*authorizationv1.SubjectRulesReviewStatus // of each; nil: cannot be asked
}

// allRefused reports whether nothing of a kind was read for want of rights.
func allRefused(b *bucket) bool {
	return len(b.Gaps) == 1 && b.Gaps[0].Reason == forbidden && b.Gaps[0].Namespace == ""
}

// readPermitted reads a kind in the namespaces where that is permitted, after
// it was refused everywhere at once. What is left out stays a gap.
func (l *Live) readPermitted(ctx context.Context, k kind, refused *bucket) (*bucket, error) {
	l.inside.Do(func() { l.askNamespaces(ctx) })
	var permitted []string
	for i, ns := range l.inside.namespaces {
		if grants(l.inside.rules[i], k.right("list")) {
			permitted = append(permitted, ns)
		}
	}
	if len(permitted) == 0 {
		return refused, ctx.Err()
	}
	inside := cluster.Scope{Namespaces: permitted}
	b, err := l.readPlaces(ctx, k, inside)
	if err != nil || l.inside.all && len(permitted) == len(l.inside.namespaces) {
		return b, err
	}
	gap := refused.Gaps[0]
	gap.Reason = fmt.Sprintf("forbidden but in %d of %d namespaces: %s", len(permitted), len(l.inside.namespaces), shortList(permitted))
	line := gap.Reason
	broken := slices.DeleteFunc(slices.Clone(b.Gaps), func(g cluster.Gap) bool { return g.Reason == forbidden })
	if len(broken) > 0 {
		line += "; " + lineOf(broken, namespaced(inside))
	}
	for i := range b.Sources {
		b.Sources[i].Gap, b.Sources[i].Remedy = line, gap.Remedy
	}
	b.Gaps = append(b.Gaps, gap)
	b.reach.partly = k.resource == cluster.Pods
	return b, nil
}

func shortList(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// askNamespaces asks of each namespace, 500 at most, what may be done there,
// in one request each (SelfSubjectRulesReview, which stores nothing). Where
// namespaces may not be listed, the kubeconfig's own is asked for.
func (l *Live) askNamespaces(ctx context.Context) {
	l.inside.namespaces = l.Names(ctx, "Namespace", "")
	l.inside.all = len(l.inside.namespaces) > 0 && len(l.inside.namespaces) < namesAtMost
	if len(l.inside.namespaces) == 0 && l.Home != "" {
		l.inside.namespaces = []string{l.Home}
	}
	slices.Sort(l.inside.namespaces)
	l.inside.rules = make([]*authorizationv1.SubjectRulesReviewStatus, len(l.inside.namespaces))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, ns := range l.inside.namespaces {
		group.Go(func() error {
			review, err := l.typed.AuthorizationV1().SelfSubjectRulesReviews().Create(ctx,
				&authorizationv1.SelfSubjectRulesReview{Spec: authorizationv1.SelfSubjectRulesReviewSpec{Namespace: ns}}, metav1.CreateOptions{})
			if err == nil {
				l.inside.rules[i] = &review.Status
			}
			return nil // where that cannot be asked, nothing is tried
		})
	}
	_ = group.Wait()
}

// grants reports whether rules grant a right. Where the API server could not
// tell all of them (an authorizer beside RBAC), it is worth a try.
func grants(rules *authorizationv1.SubjectRulesReviewStatus, r Right) bool {
	if rules == nil {
		return false
	}
	has := func(in []string, what string) bool { return slices.Contains(in, what) || slices.Contains(in, "*") }
	return rules.Incomplete || slices.ContainsFunc(rules.ResourceRules, func(x authorizationv1.ResourceRule) bool {
		return has(x.Verbs, r.Verbs[0]) && has(x.APIGroups, r.Group) && has(x.Resources, r.Name) && len(x.ResourceNames) == 0
	})
}
