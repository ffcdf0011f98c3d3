package history

import (
	"context"
	"database/sql"
	"errors"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Counts are numbers of facts by what they are.
type Counts struct {
	Versions  int `json:"versions"`
	Sightings int `json:"events"`
	Ends      int `json:"ends"`
	Turns     int `json:"turns"`
	Changes   int `json:"changes"`
}

// All is their sum.
func (c Counts) All() int { return c.Versions + c.Sightings + c.Ends + c.Turns + c.Changes }

// Add adds others.
func (c *Counts) Add(o Counts) {
	c.Versions += o.Versions
	c.Sightings += o.Sightings
	c.Ends += o.Ends
	c.Turns += o.Turns
	c.Changes += o.Changes
}

// writing is one transaction that keeps something.
type writing struct {
	prepared
	*names
	packer *packer
	added  Counts
}

// Keep adds a batch, all of it or nothing, and returns what of it was new.
func (s *Store) Keep(ctx context.Context, b *Batch) (Counts, error) {
	if s.packer == nil {
		p, err := newPacker()
		if err != nil {
			return Counts{}, err
		}
		s.packer = p
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return Counts{}, s.failed(err)
	}
	w := &writing{prepared: newPrepared(tx.PrepareContext), names: s.names, packer: s.packer}
	err = w.all(ctx, b)
	w.close()
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		_ = tx.Rollback()    // the first error says why
		s.names = newNames() // some may be of what is not kept now
		return Counts{}, s.failed(err)
	}
	return w.added, nil
}

func (w *writing) all(ctx context.Context, b *Batch) error {
	seen := micros(b.At)
	for _, keep := range []func() error{
		func() error { return each(b.Objects, func(o *Object) error { return w.object(ctx, o, seen) }) },
		func() error { return each(b.Sightings, func(e *Sighting) error { return w.sighting(ctx, e) }) },
		func() error { return each(b.Ends, func(e *cluster.End) error { return w.end(ctx, e) }) },
		func() error { return each(b.Turns, func(t *cluster.Turn) error { return w.turn(ctx, t) }) },
		func() error { return each(b.Changes, func(c *cluster.Change) error { return w.change(ctx, c) }) },
		func() error { return w.watch(ctx, b.Watch) },
	} {
		if err := keep(); err != nil {
			return err
		}
	}
	return nil
}

// each stops at the first error.
func each[T any](items []T, keep func(*T) error) error {
	for i := range items {
		if err := keep(&items[i]); err != nil {
			return err
		}
	}
	return nil
}

// insertOrFind is the number of what has one column of its own.
func (w *writing) insertOrFind(ctx context.Context, insert, find string, args ...any) (int64, error) {
	var id int64
	err := w.row(ctx, find, args...).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	done, err := w.exec(ctx, insert, args...)
	if err != nil {
		return 0, err
	}
	return done.LastInsertId()
}

// place is the number of an object.
func (w *writing) place(ctx context.Context, r cluster.Ref) (int64, error) {
	if r.IsZero() {
		return 0, nil
	}
	ids, err := w.numbers(ctx, r.Kind, r.Namespace)
	if err != nil {
		return 0, err
	}
	return w.insertOrFind(ctx, `INSERT INTO objects (name, namespace, kind, uid) VALUES (?, ?, ?, ?)`,
		`SELECT id FROM objects WHERE name = ? AND namespace = ? AND kind = ? AND uid = ?`, r.Name, ids[1], ids[0], r.UID)
}

// numbers are those of several texts.
func (w *writing) numbers(ctx context.Context, texts ...string) ([]int64, error) {
	out := make([]int64, len(texts))
	for i, t := range texts {
		var err error
		if out[i], err = w.id(ctx, w, t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// object keeps a version where it differs from the newest that is kept and is
// not older.
func (w *writing) object(ctx context.Context, o *Object, seen int64) error {
	id, err := w.place(ctx, o.Ref)
	if err != nil {
		return err
	}
	var sum, rv, last int64
	if err := w.row(ctx, `SELECT sum, rv, seen FROM objects WHERE id = ?`, id).Scan(&sum, &rv, &last); err != nil {
		return err
	}
	if sum == o.sum || (o.body != nil && o.Version != 0 && o.Version <= rv) {
		return nil // a UID that is gone does not come back, whatever its version
	}
	template, err := w.template(ctx, o.template)
	if err != nil {
		return err
	}
	var body any
	if o.body != nil {
		body = w.packer.pack(o.body)
	}
	seen = max(seen, last+1) // the order of versions counts more than the clocks of recorders
	if _, err := w.exec(ctx, `INSERT INTO versions (object, seen, template, body) VALUES (?, ?, ?, ?)`, id, seen, template, body); err != nil {
		return err
	}
	w.added.Versions++
	_, err = w.exec(ctx, `UPDATE objects SET live = ?, sum = ?, rv = max(rv, ?), seen = ? WHERE id = ?`, o.body != nil, o.sum, o.Version, seen, id)
	return err
}

func (w *writing) template(ctx context.Context, raw []byte) (int64, error) {
	if raw == nil {
		return 0, nil
	}
	sum := sumOf(raw)
	var id int64
	err := w.row(ctx, `SELECT id FROM templates WHERE sum = ?`, sum).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	done, err := w.exec(ctx, `INSERT INTO templates (sum, body) VALUES (?, ?)`, sum, w.packer.pack(raw))
	if err != nil {
		return 0, err
	}
	return done.LastInsertId()
}
