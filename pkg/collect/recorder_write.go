package collect

import (
	"context"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// write is the one that keeps: in batches, after a second or some thousand
// facts. When ctx ends it keeps what is left; a batch that is being kept at that
// moment is kept whole.
func (r *Recorder) write(ctx context.Context) error {
	whole := context.WithoutCancel(ctx)
	ticks, bounds := time.NewTicker(flushEvery), time.NewTicker(boundEvery)
	defer ticks.Stop()
	defer bounds.Stop()
	for {
		var err error
		select {
		case s := <-r.sights:
			if err = r.facts.add(s); err == nil && r.facts.batch.Facts() >= flushAt {
				err = r.flush(whole, nil)
			}
		case l := <-r.lists:
			err = r.gone(whole, l)
			close(l.done)
		case <-ticks.C:
			err = r.beat(whole, r.looking.idle() || time.Since(r.beaten) >= beatEvery)
		case <-bounds.C:
			if err = r.bound(ctx); ctx.Err() != nil {
				err = nil // it goes on the next time
			}
		case <-ctx.Done():
			return r.beat(whole, true)
		}
		if err != nil {
			return &keepError{err}
		}
	}
}

// drain takes what waits already.
func (r *Recorder) drain() error {
	for {
		select {
		case s := <-r.sights:
			if err := r.facts.add(s); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// gone keeps the end of what a list did not hold. What was told before the
// list ended is kept first.
func (r *Recorder) gone(ctx context.Context, l listed) error {
	if err := r.drain(); err != nil {
		return err
	}
	if err := r.flush(ctx, nil); err != nil {
		return err
	}
	objects, err := r.Keeper.Gone(ctx, l.kind, l.namespaces, func(uid string) bool { return l.uids[uid] })
	if err != nil {
		return err
	}
	for _, o := range objects {
		r.facts.forget(o)
	}
	return r.flush(ctx, nil)
}

// beat keeps what there is, and if asked until when was looked. The moment is taken
// before what waits is, so that no moment is called watched whose facts are
// still on their way.
func (r *Recorder) beat(ctx context.Context, watched bool) error {
	var watch *history.Watch
	if watched {
		r.beaten = time.Now()
		if watch = r.looking.at(r.beaten); watch != nil {
			watch.Namespaces = slices.Clone(r.Scope.Namespaces)
		}
	}
	if err := r.drain(); err != nil {
		return err
	}
	return r.flush(ctx, watch)
}

func (r *Recorder) flush(ctx context.Context, watch *history.Watch) error {
	now := time.Now().UTC()
	b := r.facts.take(now)
	b.Watch = watch
	if b.Facts() > 0 || watch != nil {
		kept, err := r.Keeper.Keep(ctx, b)
		if err != nil {
			return err
		}
		r.done.Kept.Add(kept)
	}
	if r.Note != nil {
		r.done.Objects, r.done.At = len(r.facts.sums), now
		r.done.Since, r.done.Trouble = r.looking.now()
		r.Note(r.done)
	}
	return nil
}

func (r *Recorder) bound(ctx context.Context) error {
	if _, err := r.Keeper.Bound(ctx, time.Now(), r.Keep, r.MaxSize); err != nil {
		return &keepError{err}
	}
	return nil
}
