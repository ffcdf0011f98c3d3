package cmd

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// parting is how long an interrupted command may take to end by itself: to tell
// what had been read, or to take away what it has written a part of. With what a
// process needs to end, this is within a second.
const parting = 900 * time.Millisecond

// errLeft ends a command that did not end by itself.
var errLeft = errors.New("it was left without an answer, which would have taken more than a second")

// leaving lets a command that was interrupted be left in the midst of its work,
// for not everything that takes long can be told to stop: the analysis of a
// large cluster, a reader that does not read, a standard input that says nothing. It
// is not left while it writes files.
type leaving struct {
	parting time.Duration
	files   sync.RWMutex
}

// writing is held from when files begin to be written until they are whole or
// gone. Who holds it heeds the interruption.
func (l *leaving) writing() (done func()) {
	l.files.RLock()
	return l.files.RUnlock
}

// run runs a command until it ends or is left.
func (l *leaving) run(ctx context.Context, command func(context.Context) error) error {
	ended := make(chan error, 1)
	go func() { ended <- command(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(l.parting):
	}
	l.files.Lock() // and never unlocked: nothing begins to be written now
	select {
	case err := <-ended:
		return err
	default:
		return errLeft
	}
}

// heeding is a file that is written to until its context ends.
type heeding struct {
	ctx context.Context //nolint:containedctx // an io.Writer takes no context
	w   io.Writer
}

func (h heeding) Write(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.w.Write(p)
}
