package collect

import (
	"context"
	"strings"

	"golang.org/x/sync/errgroup"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Grant is a right with what the API server says of it.
type Grant struct {
	Right
	// Lacking are the verbs that are not granted everywhere in the scope.
	Lacking []string
}

// Granted asks the API server which of some rights whoever asks has in a
// scope, by SelfSubjectAccessReviews: the one thing that is ever created, and
// which is stored nowhere (authorization.k8s.io/v1).
func (l *Live) Granted(ctx context.Context, scope cluster.Scope, rights []Right) ([]Grant, error) {
	out := make([]Grant, len(rights))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, r := range rights {
		group.Go(func() error {
			lacking, err := l.lacking(ctx, scope, r)
			out[i] = Grant{r, lacking}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, l.unreachable(err)
	}
	return out, nil
}

// lacking are the verbs of a right that are refused.
func (l *Live) lacking(ctx context.Context, scope cluster.Scope, r Right) ([]string, error) {
	places := namespaced(scope)
	if r.ClusterWide {
		places = clusterWide(scope)
	}
	var out []string
	for _, verb := range r.Verbs {
		granted := true
		for _, p := range places {
			ok, err := l.may(ctx, r, verb, p.namespace)
			if err != nil {
				return nil, err
			}
			granted = granted && ok
		}
		if !granted {
			out = append(out, verb)
		}
	}
	return out, nil
}

func (l *Live) may(ctx context.Context, r Right, verb, namespace string) (bool, error) {
	resource, sub, _ := strings.Cut(r.Name, "/")
	ask := &authorizationv1.ResourceAttributes{Namespace: namespace, Verb: verb, Group: r.Group, Resource: resource, Subresource: sub}
	if len(r.Names) > 0 {
		ask.Name = r.Names[0]
	}
	review, err := l.typed.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx,
		&authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: ask}}, metav1.CreateOptions{})
	if err != nil {
		return false, err
	}
	return review.Status.Allowed, nil
}

// Server is where the API server is.
func (l *Live) Server() string { return l.identity.Server }
