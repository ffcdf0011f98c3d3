package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// sighting keeps an event with its count, if it was not seen with it before.
func (w *writing) sighting(ctx context.Context, e *Sighting) error {
	event, err := w.event(ctx, e)
	if err != nil {
		return err
	}
	message, err := w.id(ctx, w, e.Message)
	if err != nil {
		return err
	}
	var notes any
	if len(e.Notes) > 0 {
		raw, err := json.Marshal(e.Notes)
		if err != nil {
			return err
		}
		notes = string(raw)
	}
	return w.fact(ctx, &w.added.Sightings, `INSERT OR IGNORE INTO sightings (event, count, last, message, combined, notes) VALUES (?, ?, ?, ?, ?, ?)`,
		event, e.Count, micros(e.Last), message, e.Combined, notes)
}

func (w *writing) event(ctx context.Context, e *Sighting) (int64, error) {
	var id int64
	err := w.row(ctx, `SELECT id FROM events WHERE uid = ?`, e.UID).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	object, err := w.place(ctx, e.Object)
	if err != nil {
		return 0, err
	}
	ids, err := w.numbers(ctx, e.Container, e.Reason, e.Component, e.Host)
	if err != nil {
		return 0, err
	}
	done, err := w.exec(ctx, `INSERT INTO events (uid, object, container, warning, reason, component, host, first) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.UID, object, ids[0], e.Warning, ids[1], ids[2], ids[3], micros(e.First))
	if err != nil {
		return 0, err
	}
	return done.LastInsertId()
}

// fact inserts and counts what was new.
func (w *writing) fact(ctx context.Context, count *int, insert string, args ...any) error {
	done, err := w.exec(ctx, insert, args...)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	*count += int(n)
	return err
}

func (w *writing) end(ctx context.Context, e *cluster.End) error {
	pod, err := w.place(ctx, e.Pod)
	if err != nil {
		return err
	}
	workload, err := w.place(ctx, e.Workload.Key())
	if err != nil {
		return err
	}
	ids, err := w.numbers(ctx, e.Container, e.Node, e.Image, e.State.Reason, e.State.Message)
	if err != nil {
		return err
	}
	return w.fact(ctx, &w.added.Ends, `INSERT OR IGNORE INTO ends (object, container, finished, started, workload, node, image, restarts, exit, reason, message)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		pod, ids[0], micros(e.State.FinishedAt), micros(e.State.StartedAt), workload, ids[1], ids[2], e.Restarts, e.State.ExitCode, ids[3], ids[4])
}

func (w *writing) turn(ctx context.Context, t *cluster.Turn) error {
	object, err := w.place(ctx, t.Object)
	if err != nil {
		return err
	}
	workload, err := w.place(ctx, t.Workload.Key())
	if err != nil {
		return err
	}
	ids, err := w.numbers(ctx, t.Type, t.Status, t.Reason, t.Message)
	if err != nil {
		return err
	}
	return w.fact(ctx, &w.added.Turns, `INSERT OR IGNORE INTO turns (object, type, transition, workload, status, reason, message) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		object, ids[0], micros(t.Transition), workload, ids[1], ids[2], ids[3])
}

func (w *writing) change(ctx context.Context, c *cluster.Change) error {
	object, err := w.place(ctx, c.Object.Key())
	if err != nil {
		return err
	}
	ids, err := w.numbers(ctx, string(c.Kind), c.What, c.By)
	if err != nil {
		return err
	}
	return w.fact(ctx, &w.added.Changes, `INSERT OR IGNORE INTO changes (object, kind, time, what, author) VALUES (?, ?, ?, ?, ?)`,
		object, ids[0], micros(c.Time), ids[1], ids[2])
}

func (w *writing) watch(ctx context.Context, x *Watch) error {
	if x == nil {
		return nil
	}
	scope := *x
	scope.Resources = slices.Sorted(slices.Values(x.Resources))
	raw, err := json.Marshal(struct {
		Namespaces []string
		Resources  []cluster.Resource
	}{scope.Namespaces, scope.Resources})
	if err != nil {
		return fmt.Errorf("keeping a watch: %w", err)
	}
	_, err = w.exec(ctx, `INSERT INTO watches (key, began, ended, scope) VALUES (?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET ended = max(ended, excluded.ended), scope = excluded.scope`,
		x.Key, micros(x.From), micros(x.To), string(raw))
	return err
}
