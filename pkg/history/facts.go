package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// resolve puts texts in the place of their numbers.
func (r *reading) resolve(ctx context.Context, ids []int64, into ...*string) error {
	for i, id := range ids {
		text, err := r.text(ctx, r.prepared, id)
		if err != nil {
			return err
		}
		*into[i] = text
	}
	return nil
}

func (r *reading) events(ctx context.Context, tell func(cluster.Event, time.Time) bool) error {
	from, to := r.q.bounds()
	// CROSS JOIN keeps SQLite to this order: along the times, event by event.
	return r.rows(ctx, `SELECT s.count, s.last, s.message, s.combined, s.notes, e.object, e.container, e.warning, e.reason, e.component, e.host, e.first
		FROM sightings s CROSS JOIN events e ON e.id = s.event WHERE s.last >= ? AND s.last < ? ORDER BY s.last DESC, s.event DESC, s.count DESC`,
		[]any{from, to}, func(rows *sql.Rows) (bool, error) {
			e, wanted, err := r.event(ctx, rows)
			if err != nil || !wanted {
				return true, err
			}
			return tell(e, e.Last), nil
		})
}

func (r *reading) event(ctx context.Context, rows *sql.Rows) (e cluster.Event, wanted bool, err error) {
	var last, first, message, object, container, reason, component, host int64
	var notes sql.RawBytes
	if err := rows.Scan(&e.Count, &last, &message, &e.Combined, &notes, &object, &container, &e.Warning, &reason, &component, &host, &first); err != nil {
		return e, false, err
	}
	if len(notes) > 0 {
		if err := json.Unmarshal(notes, &e.Notes); err != nil {
			return e, false, errDamaged
		}
	}
	if e.Object, err = r.ref(ctx, r.prepared, object); err != nil || !r.q.asks(e.Object) {
		return e, false, err
	}
	e.First, e.Last = moment(first), moment(last)
	// The message last: of most events that nobody wants it need not be read.
	if err := r.resolve(ctx, []int64{container, reason, component, host}, &e.Container, &e.Reason, &e.Component, &e.Host); err != nil {
		return e, false, err
	}
	if r.q.Keep != nil && !r.q.Keep(&e) {
		return e, false, nil
	}
	return e, true, r.resolve(ctx, []int64{message}, &e.Message)
}

func (r *reading) ends(ctx context.Context, tell func(cluster.End, time.Time) bool) error {
	from, to := r.q.bounds()
	return r.rows(ctx, `SELECT object, container, finished, started, workload, node, image, restarts, exit, reason, message
		FROM ends WHERE finished >= ? AND finished < ? ORDER BY finished DESC, object DESC, container DESC`,
		[]any{from, to}, func(rows *sql.Rows) (bool, error) {
			var e cluster.End
			var pod, container, finished, started, workload, node, image, reason, message int64
			err := rows.Scan(&pod, &container, &finished, &started, &workload, &node, &image, &e.Restarts, &e.State.ExitCode, &reason, &message)
			if err != nil {
				return false, err
			}
			if e.Pod, err = r.ref(ctx, r.prepared, pod); err != nil || !r.q.asks(e.Pod) {
				return true, err
			}
			if e.Workload, err = r.ref(ctx, r.prepared, workload); err != nil {
				return false, err
			}
			e.State.Phase, e.State.StartedAt, e.State.FinishedAt = cluster.Terminated, moment(started), moment(finished)
			if err := r.resolve(ctx, []int64{container, node, image, reason, message}, &e.Container, &e.Node, &e.Image, &e.State.Reason, &e.State.Message); err != nil {
				return false, err
			}
			return tell(e, e.State.FinishedAt), nil
		})
}

func (r *reading) turns(ctx context.Context, tell func(cluster.Turn, time.Time) bool) error {
	from, to := r.q.bounds()
	return r.rows(ctx, `SELECT object, workload, type, transition, status, reason, message
		FROM turns WHERE transition >= ? AND transition < ? ORDER BY transition DESC, object DESC, type DESC`,
		[]any{from, to}, func(rows *sql.Rows) (bool, error) {
			var t cluster.Turn
			var object, workload, typ, transition, status, reason, message int64
			err := rows.Scan(&object, &workload, &typ, &transition, &status, &reason, &message)
			if err != nil {
				return false, err
			}
			if t.Object, err = r.ref(ctx, r.prepared, object); err != nil || !r.q.asks(t.Object) {
				return true, err
			}
			if t.Workload, err = r.ref(ctx, r.prepared, workload); err != nil {
				return false, err
			}
			t.Transition = moment(transition)
			if err := r.resolve(ctx, []int64{typ, status, reason, message}, &t.Type, &t.Status, &t.Reason, &t.Message); err != nil {
				return false, err
			}
			return tell(t, t.Transition), nil
		})
}

func (r *reading) changes(ctx context.Context, tell func(cluster.Change, time.Time) bool) error {
	from, to := r.q.bounds()
	return r.rows(ctx, `SELECT object, kind, time, what, author FROM changes WHERE time >= ? AND time < ? ORDER BY time DESC, object DESC, kind DESC`,
		[]any{from, to}, func(rows *sql.Rows) (bool, error) {
			var c cluster.Change
			var object, kind, at, what, author int64
			err := rows.Scan(&object, &kind, &at, &what, &author)
			if err != nil {
				return false, err
			}
			if c.Object, err = r.ref(ctx, r.prepared, object); err != nil || !r.q.asks(c.Object) {
				return true, err
			}
			var name string
			if err := r.resolve(ctx, []int64{kind, what, author}, &name, &c.What, &c.By); err != nil {
				return false, err
			}
			c.Time, c.Kind = moment(at), cluster.ChangeKind(name)
			return tell(c, c.Time), nil
		})
}
