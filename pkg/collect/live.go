package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // OIDC and other auth plugins, as in kubectl
	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Live reads a cluster through its API. It only lists and gets.
type Live struct {
	typed    kubernetes.Interface
	metadata metadata.Interface
	identity cluster.Identity
	now      func() time.Time
	patience time.Duration // for one request (--request-timeout), 0: none is too long
	server   *serverClock
	ahead    time.Duration // of the API server's clock, 0: it tells our time
	plain    bool          // have lists sent uncompressed
	inside   permissions   // where something may be read, if not everywhere
	shelf    *shelf        // of the reading that goes on, else nil
	groups   sync.Map      // what is served of a group, by version: asked once
	// Values has ConfigMaps read with their values, of which the hosts that
	// they name are kept.
	Values bool
	// Home is the namespace of the kubeconfig, which is tried where namespaces
	// may not be listed.
	Home string
	// Progress is told how many objects of what is being read there are so
	// far; may be nil.
	Progress func(resource cluster.Resource, objects int)
	// Notice is told in a sentence what is odd and leaves no gap; may be nil.
	Notice func(string)
	// Salvage keeps what was read when the reading is interrupted: then what is
	// missing is a gap, and there is no error.
	Salvage bool
}

// NewLive makes a reader. The configuration's own rate limit is switched
// off: a scan makes a few large requests, for which the server's priority
// and fairness is the right judge.
func NewLive(config *rest.Config, contextName string) (*Live, error) {
	c := rest.CopyConfig(config)
	c.QPS = -1
	c.ContentType = "application/vnd.kubernetes.protobuf"
	c.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	wait := longestWait
	if c.Timeout > 0 {
		wait = min(wait, c.Timeout)
	}
	server := &serverClock{}
	c.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return &guarded{next: next, server: server, wait: wait}
	})
	typed, err := kubernetes.NewForConfig(c)
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	meta, err := metadata.NewForConfig(c)
	if err != nil {
		return nil, fmt.Errorf("making a metadata client: %w", err)
	}
	return &Live{typed: typed, metadata: meta, now: time.Now, server: server, patience: c.Timeout,
		identity: cluster.Identity{Context: contextName, Server: config.Host}}, nil
}

// Read lists everything that a scan needs, all kinds at once. What may not
// be read becomes a gap; only a cluster that cannot be asked at all, or a
// namespace that does not exist, is an error.
func (l *Live) Read(ctx context.Context, scope cluster.Scope) (cluster.Parts, error) {
	if err := l.meet(ctx, scope); err != nil {
		return cluster.Parts{}, err
	}
	l.shelf = newShelf()
	defer func() { l.shelf = nil }()
	kinds := liveKinds()
	all, err := sideBySide(ctx, len(kinds), func(ctx context.Context, i int) (*bucket, error) { return l.readKind(ctx, kinds[i], scope) })
	if err != nil {
		return cluster.Parts{}, err
	}
	all.Identity, all.Scope, all.At = l.identity, scope, l.clock().UTC().Truncate(time.Second)
	all.soberTimes(l.clock())
	if all.reach.partly {
		all.narrow()
	} else {
		all.Namespaces = slices.Clone(scope.Namespaces)
	}
	parts := all.finish()
	if gap, found := skewOf(&parts); found {
		parts.Gaps = append(parts.Gaps, gap)
		parts.Sources = append(parts.Sources, cluster.Source{Resource: gap.Resource, From: "live", Gap: gap.Reason, Remedy: gap.Remedy})
	}
	return parts, nil
}

// atOnce is how many lists are asked for at the same time: fewer than the
// seats that the server's priority and fairness gives to one user.
const atOnce = 8

// sideBySide reads several lists at a time and puts together what they gave,
// in their order.
func sideBySide(ctx context.Context, n int, read func(ctx context.Context, i int) (*bucket, error)) (*bucket, error) {
	buckets := make([]*bucket, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range buckets {
		group.Go(func() error {
			var err error
			buckets[i], err = read(ctx, i)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := newBucket()
	for _, b := range buckets {
		all.merge(b)
	}
	return all, nil
}

// meet asks for the version, which tells whether there is a server that
// knows us, and for each namespace: a list in one that does not exist
// answers with success and nothing.
func (l *Live) meet(ctx context.Context, scope cluster.Scope) error {
	var version struct {
		GitVersion string `json:"gitVersion"`
	}
	trip := &roundTrip{now: l.now}
	raw, err := bodyOf(l.typed.Discovery().RESTClient().Get().AbsPath("/version").SetHeader("Accept", "application/json").Do(trip.trace(ctx)))
	l.plain = trip.isNear()
	if err == nil {
		err = unmarshal(raw, &version)
	}
	switch {
	case err == nil:
		l.identity.Version = version.GitVersion
	case apierrors.IsForbidden(err): // /version may be closed while lists are open
	default:
		return l.unreachable(err)
	}
	l.setClock()
	for _, ns := range scope.Namespaces {
		if _, err := l.typed.CoreV1().Namespaces().Get(ctx, ns, metav1.GetOptions{}); apierrors.IsNotFound(err) {
			return fmt.Errorf("namespace %q does not exist", ns)
		}
	}
	return ctx.Err()
}

// unreachable is the error of a cluster that cannot be asked at all.
func (l *Live) unreachable(err error) error {
	reason, remedy := l.explained(err)
	if apierrors.IsNotFound(err) { // it is no list that is not there
		reason, remedy = "404 not found", "this is no API server, or not the root of one: see the kubeconfig's server"
	}
	if remedy != "" {
		reason += "; " + remedy
	}
	return fmt.Errorf("cannot read the cluster at %s: %s", l.identity.Server, reason)
}

// readKind lists one kind in every namespace that is asked for; where all of
// them were, and it may not be listed everywhere, in those where it may.
func (l *Live) readKind(ctx context.Context, k kind, scope cluster.Scope) (*bucket, error) {
	b, err := l.readPlaces(ctx, k, scope)
	if err != nil || !allRefused(b) || !scope.AllNamespaces || k.isClusterWide() {
		return b, err
	}
	return l.readPermitted(ctx, k, b)
}

func (l *Live) readPlaces(ctx context.Context, k kind, scope cluster.Scope) (*bucket, error) {
	places := k.where(scope)
	b, err := sideBySide(ctx, len(places), func(ctx context.Context, i int) (*bucket, error) { return l.readPlace(ctx, k, places[i]) })
	if errors.Is(err, errNotServed) {
		return newBucket(), nil
	}
	if err != nil {
		return nil, err
	}
	source := cluster.Source{Resource: k.resource, From: "live"}
	for _, part := range b.Sources {
		source.Objects += part.Objects
	}
	source.Gap = lineOf(b.Gaps, places)
	for _, gap := range b.Gaps {
		source.Remedy = cmp.Or(source.Remedy, gap.Remedy)
	}
	if k.resource == cluster.Pods && len(places) > 1 && len(b.reach.namespaces) < len(places) {
		b.reach.partly = true
	}
	b.Sources = []cluster.Source{source}
	if l.Progress != nil {
		l.Progress(k.resource, source.Objects)
	}
	return b, nil
}

// readPlace lists one kind in one place. Of a list that breaks off nothing is
// kept; it is read anew once, where that may help.
func (l *Live) readPlace(ctx context.Context, k kind, where place) (*bucket, error) {
	b := l.bucket()
	n, err := k.list(ctx, l, where, b)
	if err != nil && passes(err) && ctx.Err() == nil {
		if !isExpired(err) {
			wait(ctx, beforeAnew)
		}
		b = l.bucket()
		b.moving.may = true
		n, err = k.list(ctx, l, where, b)
	}
	switch {
	case err == nil:
		b.Sources = []cluster.Source{{Objects: n}}
		if k.resource == cluster.Pods {
			b.reach.namespaces = []string{where.namespace}
		}
		if b.moving.after > 0 {
			b.Gaps = []cluster.Gap{l.movedOn(k, where.namespace, b.moving.after)}
		}
		return b, nil
	case l.keepsParts(ctx):
		return brokenOff(k, where, b), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errNotServed):
		return nil, err
	}
	b = newBucket()
	b.Gaps = []cluster.Gap{l.gapOf(k, where.namespace, err)}
	return b, nil
}

// bucket makes one for a list of this reading.
func (l *Live) bucket() *bucket {
	b := newBucket()
	if l.shelf != nil {
		b.shelf = l.shelf
	}
	return b
}

// beforeAnew is how long is waited before a list is read anew: a connection that
// an API server broke off when it ended leads to another one soon.
const beforeAnew = time.Second
