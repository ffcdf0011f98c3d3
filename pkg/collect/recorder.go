package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// Keeper is where a recorder keeps what it saw: a *history.Store.
type Keeper interface {
	Keep(ctx context.Context, b *history.Batch) (history.Counts, error)
	// Gone are the objects of a kind that are there by what was kept and that
	// were not listed.
	Gone(ctx context.Context, kind string, namespaces []string, listed func(uid string) bool) ([]history.Object, error)
	Bound(ctx context.Context, now time.Time, keep time.Duration, size int64) (history.Counts, error)
}

// keepError is an error of the Keeper: it ends the recording, while those of
// the API are waited out.
type keepError struct{ error }

func (e *keepError) Unwrap() error { return e.error }

// Recorder follows a cluster, and keeps what it sees.
type Recorder struct {
	Live   *Live
	Keeper Keeper
	Scope  cluster.Scope
	// Once ends it when all that is there was kept.
	Once bool
	// For how long facts are kept, and how many bytes they may take.
	Keep    time.Duration
	MaxSize int64
	// Note is told how the recording goes, after each batch; may be nil.
	Note func(Recording)

	streams []*stream
	looking *looking
	beaten  time.Time // when it was last kept until when was looked
	sights  chan sight
	lists   chan listed
	facts   *facts
	done    Recording
}

// Recording is how a recording goes.
type Recording struct {
	Kept    history.Counts // new facts since the start
	Objects int            // that are there
	At      time.Time
	// Since is when the present unbroken period of looking began; zero while
	// something is being listed or out of reach.
	Since time.Time
	// Trouble says what cannot be followed at the moment, and why.
	Trouble []string
}

// listed is the end of a list: what it did not hold is gone.
type listed struct {
	kind       string
	namespaces []string
	uids       map[string]bool
	done       chan struct{}
}

// The paces of a recorder.
const (
	flushEvery = time.Second // at most so much is lost by a kill
	flushAt    = 2000        // facts, so that a transaction stays short
	beatEvery  = 10 * time.Second
	boundEvery = time.Hour
)

// ClusterID is what a cluster is known by for life: the UID of its namespace
// kube-system, or the server's URL where that may not be read.
func (l *Live) ClusterID(ctx context.Context) (string, error) {
	ns, err := l.typed.CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	if err == nil && ns.UID == "" { // what answers in JSON need not be an API server
		err = errNoList
	}
	switch {
	case err == nil:
		return string(ns.UID), nil
	case apierrors.IsForbidden(err) || apierrors.IsNotFound(err):
		return l.identity.Server, nil
	}
	return "", fmt.Errorf("cannot read the cluster at %s: %w", l.identity.Server, err)
}

// Meet asks the cluster who it is, and refuses what is not there.
func (l *Live) Meet(ctx context.Context, scope cluster.Scope) (cluster.Identity, error) {
	err := l.meet(ctx, scope)
	return l.identity, err
}

// Run records until ctx ends, which is no error, and keeps what is in hand
// before it returns.
func (r *Recorder) Run(ctx context.Context) error {
	r.sights, r.lists = make(chan sight, flushAt), make(chan listed)
	r.facts = newFacts()
	r.makeStreams()
	if err := r.bound(ctx); err != nil {
		return err
	}
	following, stop := context.WithCancel(ctx)
	defer stop()
	group, gctx := errgroup.WithContext(following)
	group.Go(func() error { return r.follow(gctx) })
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWriting()
	written := make(chan error, 1)
	go func() {
		err := r.write(writing)
		stop() // without a writer there is nothing to follow for
		written <- err
	}()
	err := group.Wait()
	stopWriting()
	if werr := <-written; werr != nil {
		return werr
	}
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (r *Recorder) makeStreams() {
	r.looking = newLooking()
	for _, f := range followedKinds() {
		for _, where := range f.where(r.Scope) {
			i := r.looking.add(f.resource)
			s := &stream{followed: f, place: where, watcher: f.client(r.Live, where.namespace), tell: r.tell,
				state: func(state streamState, err error) { r.looking.set(i, state, err) }}
			s.listed = func(ctx context.Context, uids map[string]bool) error { return r.told(ctx, s, uids) }
			r.streams = append(r.streams, s)
		}
	}
}

// follow lists everything in order, and then all at once goes on.
func (r *Recorder) follow(ctx context.Context) error {
	group, gctx := errgroup.WithContext(ctx)
	for _, s := range r.streams {
		version, err := s.all(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			s.state(pending, nil)
		case s.resource == cluster.Pods && (apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)):
			return fmt.Errorf("pods could not be read: %w", err)
		default:
			s.state(apart, err)
		}
		if !r.Once {
			group.Go(func() error { return s.run(gctx, version, err) })
		} else if err == nil {
			s.state(following, nil) // for this moment
		}
	}
	return group.Wait()
}

// tell hands a sight to the writer, and waits while it has enough to do.
func (r *Recorder) tell(ctx context.Context, s sight) error {
	select {
	case r.sights <- s:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// told says that a list is complete, and waits until what was not in it is
// known to be gone. Events go by themselves.
func (r *Recorder) told(ctx context.Context, s *stream, uids map[string]bool) error {
	if s.object == "Event" {
		return nil
	}
	l := listed{kind: s.object, uids: uids, done: make(chan struct{})}
	if s.namespace != "" {
		l.namespaces = []string{s.namespace}
	}
	select {
	case r.lists <- l:
	case <-ctx.Done():
		return ctx.Err()
	}
	<-l.done
	return nil
}
