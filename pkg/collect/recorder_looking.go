package collect

import (
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// streamState is how it stands with one stream.
type streamState int

const (
	listing   streamState = iota // what is there is being read
	pending                      // it was read, and is about to be followed
	following                    // whatever happens is told
	apart                        // out of reach; it will be resumed without loss, or lost
	lost                         // what happened while it was apart is not known
	refused                      // it may not be read
)

// looking knows whether somebody looks, and since when without a break. Only
// while every stream that may be read is followed, the time counts as watched.
// A break that was resumed is none: the API told what came in between.
type looking struct {
	mu        sync.Mutex
	resources []cluster.Resource
	states    []streamState
	errs      []error
	period    *history.Watch // the present one; nil while there is none
	last      time.Time
}

func newLooking() *looking { return &looking{} }

func (l *looking) add(r cluster.Resource) int {
	l.resources = append(l.resources, r)
	l.states = append(l.states, listing)
	l.errs = append(l.errs, nil)
	return len(l.states) - 1
}

func (l *looking) set(i int, s streamState, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.period != nil && (s == lost || (s == refused && slices.Contains(l.period.Resources, l.resources[i]))) {
		l.period = nil
	}
	l.states[i], l.errs[i] = s, err
}

// idle reports whether no period has begun: the next may begin at any moment.
func (l *looking) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.period == nil
}

// at is the period up to now, nil where not everything is followed.
func (l *looking) at(now time.Time) *history.Watch {
	l.mu.Lock()
	defer l.mu.Unlock()
	slept := !l.last.IsZero() && now.Round(0).Sub(l.last.Round(0)) > asleep
	l.last = now
	var followed []cluster.Resource
	for i, s := range l.states {
		switch s {
		case following:
			if !slices.Contains(followed, l.resources[i]) {
				followed = append(followed, l.resources[i])
			}
		case refused:
		default:
			return nil
		}
	}
	if slept {
		l.period = nil
	}
	if len(followed) == 0 {
		return nil
	}
	if l.period == nil {
		l.period = &history.Watch{Key: rand.Text(), From: now}
	}
	l.period.To, l.period.Resources = now, followed
	out := *l.period
	return &out
}

// asleep is a pause between two looks that no scheduler makes: the machine was
// suspended, and connections may be dead without anybody having noticed.
const asleep = time.Minute

// now is since when is looked, and what is in the way.
func (l *looking) now() (since time.Time, trouble []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.period != nil {
		since = l.period.From
	}
	why := map[string][]string{}
	var order []string
	for i, err := range l.errs {
		if err == nil || l.states[i] == following {
			continue
		}
		if l.states[i] != refused {
			since = time.Time{}
		}
		text := troubleOf(err)
		if why[text] == nil {
			order = append(order, text)
		}
		if name := string(l.resources[i]); !slices.Contains(why[text], name) {
			why[text] = append(why[text], name)
		}
	}
	for _, text := range order {
		trouble = append(trouble, strings.Join(why[text], ", ")+" ("+text+")")
	}
	return since, trouble
}

// troubleOf is an error in a word, or without the URL that was asked, which is
// another each time.
func troubleOf(err error) string {
	var transport *url.Error
	switch {
	case apierrors.IsForbidden(err):
		return "forbidden"
	case errors.As(err, &transport):
		return transport.Err.Error()
	}
	return err.Error()
}
