package history

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Query is what is asked of a history.
type Query struct {
	From, To time.Time // To not included; a zero end is open
	// Namespaces that are asked about; what belongs to none is always told.
	// Empty: all.
	Namespaces []string
	// Keep decides which events are wanted; nil: all.
	Keep func(*cluster.Event) bool
	// Limit is how many facts of each sort are taken, the newest; 0: all.
	Limit int
}

// Past reads what was kept, within the query. Memory is bounded by the
// query's Limit: where it is reached, what is older is left out, and cut is
// the time before which not everything was taken.
func (s *Store) Past(ctx context.Context, q Query) (past cluster.Past, cut time.Time, err error) {
	watches, err := s.Watches(ctx)
	if err != nil {
		return past, cut, err
	}
	err = s.read(ctx, q, func(r *reading) error {
		for _, read := range []func() (time.Time, error){
			func() (time.Time, error) { return take(ctx, r, r.events, &past.Events) },
			func() (time.Time, error) { return take(ctx, r, r.ends, &past.Ends) },
			func() (time.Time, error) { return take(ctx, r, r.turns, &past.Turns) },
			func() (time.Time, error) { return take(ctx, r, r.changes, &past.Changes) },
		} {
			at, err := read()
			if err != nil {
				return err
			}
			if at.After(cut) {
				cut = at
			}
		}
		return nil
	})
	past.Watched = spans(watches, q, cut)
	return past, cut, err
}

// Events tells the events of a query one at a time, the newest first, each
// with each count that it was seen with, until take returns false.
func (s *Store) Events(ctx context.Context, q Query, take func(cluster.Event) bool) error {
	return s.read(ctx, q, func(r *reading) error {
		return r.events(ctx, func(e cluster.Event, _ time.Time) bool { return take(e) })
	})
}

// spans are the parts of watches that lie within a query, and after the cut.
func spans(watches []Watch, q Query, cut time.Time) []cluster.Span {
	from := q.From
	if cut.After(from) {
		from = cut
	}
	var out []cluster.Span
	for i := range watches {
		w := &watches[i]
		span := cluster.Span{From: w.From, To: w.To}
		if from.After(span.From) {
			span.From = from
		}
		if !q.To.IsZero() && span.To.After(q.To) {
			span.To = q.To
		}
		if w.covers(q.Namespaces) && span.To.After(span.From) {
			out = append(out, span)
		}
	}
	return out
}

// take takes facts of one sort until the limit, and returns the time at which
// it was reached.
func take[T any](ctx context.Context, r *reading, each func(context.Context, func(T, time.Time) bool) error, into *[]T) (cut time.Time, err error) {
	err = each(ctx, func(fact T, at time.Time) bool {
		if r.q.Limit > 0 && len(*into) == r.q.Limit {
			cut = at
			return false
		}
		*into = append(*into, fact)
		return true
	})
	return cut, err
}

// reading is one consistent look into a file.
type reading struct {
	prepared
	*names
	q Query
}

// read looks into the file while others may write to it: all that is read is
// of one moment.
func (s *Store) read(ctx context.Context, q Query, look func(*reading) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.failed(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	r := &reading{prepared: newPrepared(tx.PrepareContext), names: newNames(), q: q}
	defer r.close()
	return s.failed(look(r))
}

// asks reports whether a query asks about an object.
func (q *Query) asks(r cluster.Ref) bool {
	return len(q.Namespaces) == 0 || r.Namespace == "" || slices.Contains(q.Namespaces, r.Namespace)
}

// ends of time, where a query has none.
const forever = int64(1) << 62

func (q *Query) bounds() (from, to int64) {
	from, to = micros(q.From), micros(q.To)
	if q.To.IsZero() {
		to = forever
	}
	return from, to
}

// rows calls scan for each row, until it returns false.
func (r *reading) rows(ctx context.Context, query string, args []any, scan func(*sql.Rows) (bool, error)) error {
	stmt, err := r.statement(ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		more, err := scan(rows)
		if err != nil || !more {
			return err
		}
	}
	return rows.Err()
}
