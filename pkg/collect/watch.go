package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// errExpired says that the API no longer holds what came after a version:
// everything must be listed anew.
var errExpired = errors.New("the API no longer holds what came since")

// stream is one kind in one place, followed.
type stream struct {
	followed
	place
	watcher
	pace  time.Duration // the first pause before something is tried again; 0: half a second
	tell  func(context.Context, sight) error
	state func(streamState, error)
	// listed is told which objects there are, when all were listed.
	listed func(ctx context.Context, uids map[string]bool) error
}

// run follows from a version on, or lists anew where err says why there is
// none, until ctx ends or what it tells to fails.
func (s *stream) run(ctx context.Context, version string, err error) error {
	for wait := s.tries(); ; {
		if err == nil {
			wait = s.tries()
			err = s.follow(ctx, version)
		}
		if err = s.recover(ctx, err, wait); err != nil {
			return err
		}
		s.state(listing, nil)
		version, err = s.all(ctx)
	}
}

// recover waits until it makes sense to list anew, or says that it makes none.
func (s *stream) recover(ctx context.Context, err error, wait *tries) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, new(*keepError)):
		return err
	case isRefused(err):
		s.state(refused, err)
		return wait.pause(ctx, longestRefused)
	case errors.Is(err, errExpired) || isExpired(err):
		s.state(lost, err)
		return s.tries().pause(ctx, longest)
	}
	s.state(apart, err)
	return wait.pause(ctx, longest)
}

// all tells every object there is, page by page, and returns the version from
// which to watch.
func (s *stream) all(ctx context.Context) (version string, err error) {
	uids := map[string]bool{}
	opts := metav1.ListOptions{Limit: PageSize, FieldSelector: s.fields}
	for {
		list, err := s.list(ctx, opts)
		if err != nil {
			return "", err
		}
		m, err := meta.ListAccessor(list)
		if err == nil {
			err = isAList(m, meta.LenList(list))
		}
		if err != nil {
			return "", err
		}
		err = meta.EachListItem(list, func(o runtime.Object) error {
			seen, ok := sightOf(o, false)
			if !ok {
				return nil
			}
			if s.object != "Event" {
				uids[seen.uid] = true
			}
			return s.tell(ctx, seen)
		})
		if err != nil {
			return "", err
		}
		if opts.Continue = m.GetContinue(); opts.Continue == "" {
			return m.GetResourceVersion(), s.listed(ctx, uids)
		}
	}
}

// follow watches from a version on, and resumes from the last that was seen
// whenever the connection ends, so that nothing is lost and nothing is told
// twice.
func (s *stream) follow(ctx context.Context, version string) error {
	refusals := 0
	for wait := s.tries(); ; {
		began := time.Now()
		w, err := s.watch(ctx, s.options(version))
		if err == nil {
			refusals = 0
			version, err = s.drain(ctx, w, version)
		}
		if isRefused(err) {
			refusals++
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case isExpired(err):
			return errExpired
		case errors.As(err, new(*keepError)), refusals > patientRefusals:
			return err
		case err == nil && time.Since(began) > time.Second: // the server ends a watch now and then
			wait = s.tries()
			continue
		case err != nil:
			s.state(apart, err)
		}
		if time.Since(began) > time.Minute {
			wait = s.tries()
		}
		if err := wait.pause(ctx, longest); err != nil {
			return err
		}
	}
}

// patientRefusals is how often a watch may be refused before it is taken for
// refused: an API server that has just started knows no roles yet, and
// forbids everything for some seconds.
const patientRefusals = 6

// options renew a watch after five to ten minutes, as client-go's reflector
// does: a connection that is dead without a word ends then at the latest.
func (s *stream) options(version string) metav1.ListOptions {
	seconds := int64(300 + rand.IntN(300)) //nolint:gosec // no secret
	return metav1.ListOptions{ResourceVersion: version, AllowWatchBookmarks: true, TimeoutSeconds: &seconds, FieldSelector: s.fields}
}

// errUnanswered is a watch that ended before there was an answer: client-go takes
// the end of a connection, and its own timeout, for a watch of nothing.
var errUnanswered = errors.New("the connection ended, or timed out, before a watch was answered")

// drain tells what a watch sends, until it ends.
func (s *stream) drain(ctx context.Context, w watch.Interface, version string) (string, error) {
	defer w.Stop()
	select {
	case e, ok := <-w.ResultChan():
		if !ok {
			return version, errUnanswered
		}
		if e.Type != watch.Error {
			s.state(following, nil)
		}
		var err error
		if version, err = s.heed(ctx, e, version); err != nil {
			return version, err
		}
	default:
		s.state(following, nil)
	}
	for {
		select {
		case <-ctx.Done():
			return version, ctx.Err()
		case e, ok := <-w.ResultChan():
			if !ok {
				return version, nil
			}
			var err error
			if version, err = s.heed(ctx, e, version); err != nil {
				return version, err
			}
		}
	}
}

// heed tells one thing that a watch sent, and returns the version from which to go
// on.
func (s *stream) heed(ctx context.Context, e watch.Event, version string) (string, error) {
	if e.Type == watch.Error {
		return version, apierrors.FromObject(e.Object)
	}
	m, err := meta.Accessor(e.Object)
	if err != nil {
		return version, fmt.Errorf("the API sent what is no object: %w", err)
	}
	if seen, ok := sightOf(e.Object, e.Type == watch.Deleted); ok && e.Type != watch.Bookmark {
		if err := s.tell(ctx, seen); err != nil {
			return version, err
		}
	}
	return m.GetResourceVersion(), nil // only now: what was not told will come again
}

// isExpired reports whether the API has forgotten the version that a watch or
// a list was to go on from.
func isExpired(err error) bool {
	if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
		return true
	}
	var status apierrors.APIStatus
	return errors.As(err, &status) && status.Status().Code == http.StatusGone
}

// isRefused reports whether the API does not serve something, or not to us.
func isRefused(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsNotFound(err) || apierrors.IsMethodNotSupported(err)
}

// longest is the longest pause between two tries of what should work, and
// longestRefused of what may not be read.
const (
	longest        = 30 * time.Second
	longestRefused = 5 * time.Minute
)

// tries are repeated after pauses that double, so that a server that comes back
// is not met by everybody at once.
type tries struct{ next time.Duration }

func (s *stream) tries() *tries { return &tries{next: cmp.Or(s.pace, 500*time.Millisecond)} }

func (t *tries) pause(ctx context.Context, longest time.Duration) error {
	d := t.next/2 + rand.N(t.next/2) //nolint:gosec // no secret
	t.next = min(2*t.next, longest)
	return pause(ctx, d)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
