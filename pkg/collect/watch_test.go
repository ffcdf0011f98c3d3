package collect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// script is an API that answers as it is written down.
type script struct {
	mu      sync.Mutex
	lists   []func(metav1.ListOptions) (runtime.Object, error)
	watches []func(version string) ([]watch.Event, error)
	asked   []string // what was asked, in order
	end     context.CancelFunc
}

func (s *script) list(_ context.Context, opts metav1.ListOptions) (runtime.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, "list"+opts.Continue)
	if len(s.lists) == 0 {
		s.end()
		return nil, errors.New("the script is over")
	}
	next := s.lists[0]
	s.lists = s.lists[1:]
	return next(opts)
}

func (s *script) watch(_ context.Context, opts metav1.ListOptions) (watch.Interface, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, "watch "+opts.ResourceVersion)
	if !opts.AllowWatchBookmarks || opts.TimeoutSeconds == nil {
		return nil, errors.New("a watch without bookmarks or end")
	}
	if len(s.watches) == 0 {
		s.end()
		return nil, errors.New("the script is over")
	}
	next := s.watches[0]
	s.watches = s.watches[1:]
	events, err := next(opts.ResourceVersion)
	if err != nil {
		return nil, err
	}
	w := watch.NewFakeWithChanSize(len(events), false)
	for _, e := range events {
		w.Action(e.Type, e.Object)
	}
	w.Stop()
	return w, nil
}

func podAt(name string, version int) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid-" + name), ResourceVersion: fmt.Sprint(version)}}
}

func podList(version string, more string, pods ...*corev1.Pod) func(metav1.ListOptions) (runtime.Object, error) {
	return func(metav1.ListOptions) (runtime.Object, error) {
		l := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: version, Continue: more}}
		for _, p := range pods {
			l.Items = append(l.Items, *p)
		}
		return l, nil
	}
}

func sent(events ...watch.Event) func(string) ([]watch.Event, error) {
	return func(string) ([]watch.Event, error) { return events, nil }
}

func refuse(err error) func(string) ([]watch.Event, error) {
	return func(string) ([]watch.Event, error) { return nil, err }
}

// play runs a stream over a script, and returns what it told.
func play(t *testing.T, s *script) (told []string, states []streamState, lists []int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s.end = cancel
	x := &stream{followed: followed{kind: kind{resource: cluster.Pods}, object: "Pod"}, pace: time.Millisecond, watcher: watcher{s.list, s.watch},
		tell: func(_ context.Context, seen sight) error {
			text := fmt.Sprintf("%s@%d", seen.object.(*cluster.Pod).Name, seen.version)
			if seen.gone {
				text += " gone"
			}
			told = append(told, text)
			return nil
		},
		state:  func(s streamState, _ error) { states = append(states, s) },
		listed: func(_ context.Context, uids map[string]bool) error { lists = append(lists, len(uids)); return nil }}
	version, err := x.all(ctx)
	if err := x.run(ctx, version, err); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	return told, states, lists
}

func TestAWatchIsResumedWhereItEnded(t *testing.T) {
	expired := apierrors.NewResourceExpired("too old resource version").ErrStatus
	s := &script{
		lists: []func(metav1.ListOptions) (runtime.Object, error){podList("7", "page2", podAt("a", 3)), podList("7", "", podAt("b", 5)), podList("30", "", podAt("b", 9))},
		watches: []func(string) ([]watch.Event, error){
			sent(watch.Event{Type: watch.Modified, Object: podAt("a", 8)}, watch.Event{Type: watch.Bookmark, Object: podAt("", 12)}),
			refuse(errors.New("connection refused")),
			refuse(apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "", errors.New("no roles are known yet"))),
			sent(watch.Event{Type: watch.Deleted, Object: podAt("a", 14)}, watch.Event{Type: watch.Error, Object: &expired}),
			sent(watch.Event{Type: watch.Added, Object: podAt("c", 31)}),
			refuse(&apierrors.StatusError{ErrStatus: metav1.Status{Code: http.StatusGone, Reason: metav1.StatusReasonGone}}),
		},
	}
	told, states, lists := play(t, s)
	if want := []string{"list", "listpage2", "watch 7", "watch 12", "watch 12", "watch 12", "list", "watch 30", "watch 31", "list"}; !slices.Equal(s.asked, want) {
		t.Errorf("asked %v\nwant  %v", s.asked, want)
	}
	if want := []string{"a@3", "b@5", "a@8", "a@14 gone", "b@9", "c@31"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	if want := []int{2, 1}; !slices.Equal(lists, want) {
		t.Errorf("lists %v, want %v", lists, want)
	}
	if !slices.Contains(states, lost) || !slices.Contains(states, apart) {
		t.Errorf("states %v", states)
	}
}

// TestAnUnansweredWatchFollowsNothing: client-go says of a connection that ends
// before there is an answer that nothing came.
func TestAnUnansweredWatchFollowsNothing(t *testing.T) {
	s := &script{lists: []func(metav1.ListOptions) (runtime.Object, error){podList("7", "", podAt("a", 3))},
		watches: []func(string) ([]watch.Event, error){sent(), sent()}}
	if _, states, _ := play(t, s); slices.Contains(states, following) || !slices.Contains(states, apart) {
		t.Errorf("states %v", states)
	}
}

func TestWhatMayNotBeWatchedIsLeft(t *testing.T) {
	forbidden := apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "", errors.New("no"))
	ctx, cancel := context.WithCancel(t.Context())
	s := &script{end: cancel, lists: []func(metav1.ListOptions) (runtime.Object, error){podList("7", "")}, watches: slices.Repeat([]func(string) ([]watch.Event, error){refuse(forbidden)}, patientRefusals+1)}
	var states []streamState
	x := &stream{followed: followed{object: "Pod"}, pace: time.Millisecond, watcher: watcher{s.list, s.watch}, listed: func(context.Context, map[string]bool) error { return nil },
		state: func(s streamState, _ error) {
			states = append(states, s)
			if s == refused {
				cancel()
			}
		}}
	version, err := x.all(ctx)
	if err := x.run(ctx, version, err); !errors.Is(err, context.Canceled) || !slices.Contains(states, refused) {
		t.Errorf("%v, states %v", err, states)
	}
}

func TestOnlyAKeeperEndsAStream(t *testing.T) {
	s := &script{end: func() {}, lists: []func(metav1.ListOptions) (runtime.Object, error){podList("7", "", podAt("a", 1))}}
	full := &keepError{errors.New("the disk is full")}
	x := &stream{followed: followed{object: "Pod"}, pace: time.Millisecond, watcher: watcher{s.list, s.watch}, state: func(streamState, error) {},
		tell: func(context.Context, sight) error { return full }}
	version, err := x.all(t.Context())
	if err := x.run(t.Context(), version, err); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

// TestOtherJSONIsNoEmptyListToARecorder: else all that was there would be gone.
func TestOtherJSONIsNoEmptyListToARecorder(t *testing.T) {
	api := &script{lists: []func(metav1.ListOptions) (runtime.Object, error){podList("", "")}}
	s := &stream{watcher: watcher{list: api.list}, listed: func(context.Context, map[string]bool) error {
		t.Error("it is told as a list")
		return nil
	}}
	if _, err := s.all(t.Context()); !errors.Is(err, errNoList) {
		t.Errorf("%v", err)
	}
}
