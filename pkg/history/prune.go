package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrSize says that a file cannot be brought below its size: what is there now
// takes more.
var ErrSize = errors.New("the objects of the cluster alone take more than the largest size")

// Prune removes facts of before a time, and returns how many. Of each object
// the version that held at that time stays: with it the later ones begin.
func (s *Store) Prune(ctx context.Context, before time.Time) (Counts, error) {
	var removed Counts
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return removed, s.failed(err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	cut := micros(before)
	for _, step := range []struct {
		query string
		count *int
	}{
		{`DELETE FROM sightings WHERE last < ?1`, &removed.Sightings},
		{`DELETE FROM events WHERE id NOT IN (SELECT event FROM sightings)`, nil},
		{`DELETE FROM ends WHERE finished < ?1`, &removed.Ends},
		{`DELETE FROM turns WHERE transition < ?1`, &removed.Turns},
		{`DELETE FROM changes WHERE time < ?1`, &removed.Changes},
		// Older than the version that held at the cut; and that one too where the
		// object was gone then.
		{`DELETE FROM versions WHERE seen < ?1 AND (body IS NULL
			OR EXISTS (SELECT 1 FROM versions n WHERE n.object = versions.object AND n.seen > versions.seen AND n.seen <= ?1))`, &removed.Versions},
		{`DELETE FROM watches WHERE ended < ?1`, nil},
		{`UPDATE watches SET began = ?1 WHERE began < ?1`, nil},
		{`DELETE FROM templates WHERE id NOT IN (SELECT template FROM versions)`, nil},
		{`DELETE FROM objects WHERE live = 0 AND id NOT IN (SELECT object FROM versions UNION SELECT object FROM events UNION SELECT object FROM ends
			UNION SELECT workload FROM ends UNION SELECT object FROM turns UNION SELECT workload FROM turns UNION SELECT object FROM changes)`, nil},
		{`DELETE FROM strings WHERE id NOT IN (SELECT kind FROM objects UNION SELECT namespace FROM objects
			UNION SELECT container FROM events UNION SELECT reason FROM events UNION SELECT component FROM events UNION SELECT host FROM events
			UNION SELECT message FROM sightings
			UNION SELECT container FROM ends UNION SELECT node FROM ends UNION SELECT image FROM ends UNION SELECT reason FROM ends UNION SELECT message FROM ends
			UNION SELECT type FROM turns UNION SELECT status FROM turns UNION SELECT reason FROM turns UNION SELECT message FROM turns
			UNION SELECT kind FROM changes UNION SELECT what FROM changes UNION SELECT author FROM changes)`, nil},
	} {
		done, err := tx.ExecContext(ctx, step.query, cut)
		if err != nil {
			return Counts{}, s.failed(err)
		}
		if step.count != nil {
			n, _ := done.RowsAffected() // SQLite always knows
			*step.count = int(n)
		}
	}
	if err := tx.Commit(); err != nil {
		return Counts{}, s.failed(err)
	}
	s.names = newNames() // some are gone
	return removed, s.shrink(ctx)
}

// shrink gives the room that was freed back to the disk.
func (s *Store) shrink(ctx context.Context) error {
	for _, pragma := range []string{"PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		rows, err := s.db.QueryContext(ctx, pragma)
		if err != nil {
			return s.failed(err)
		}
		for rows.Next() { // each row is a step of the work
			continue
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return s.failed(err)
		}
	}
	return nil
}

// Bound keeps the file within an age and a size: what is older goes, and of
// the rest the oldest, until a tenth of the size is free again. Both count
// what is used, not what is free inside the file.
func (s *Store) Bound(ctx context.Context, now time.Time, keep time.Duration, size int64) (Counts, error) {
	removed, err := s.Prune(ctx, now.Add(-keep))
	if err != nil || size <= 0 {
		return removed, err
	}
	used, err := s.used(ctx)
	if err != nil || used <= size {
		return removed, err
	}
	for span := keep; used > size-size/10; {
		from, err := s.oldest(ctx)
		if err != nil {
			return removed, err
		}
		// As much of the time goes as is too much of the size, and a tenth at least.
		span = min(span, now.Sub(from))
		span = time.Duration(float64(span) * min(0.9, float64(size)/float64(used)))
		if span < time.Minute {
			return removed, s.failed(fmt.Errorf("%w: they take %d MiB of %d (--max-size)", ErrSize, used>>20, size>>20))
		}
		more, err := s.Prune(ctx, now.Add(-span))
		removed.Add(more)
		if err != nil {
			return removed, err
		}
		if used, err = s.used(ctx); err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// used is what the file's content takes, in bytes.
func (s *Store) used(ctx context.Context) (int64, error) {
	var pages, free, size int64
	for _, x := range []struct {
		pragma string
		into   *int64
	}{{"PRAGMA page_count", &pages}, {"PRAGMA freelist_count", &free}, {"PRAGMA page_size", &size}} {
		if err := s.db.QueryRowContext(ctx, x.pragma).Scan(x.into); err != nil {
			return 0, s.failed(err)
		}
	}
	return (pages - free) * size, nil
}

// oldest is the time of the oldest fact that is not an object's version.
func (s *Store) oldest(ctx context.Context) (time.Time, error) {
	var us sql.NullInt64
	err := s.db.QueryRowContext(ctx, `SELECT min(t) FROM (SELECT min(last) AS t FROM sightings UNION ALL SELECT min(finished) FROM ends
		UNION ALL SELECT min(transition) FROM turns UNION ALL SELECT min(time) FROM changes) WHERE t > 0`).Scan(&us)
	return moment(us.Int64), s.failed(err)
}

// Gone are the objects of a kind that are there by the history and not by a
// list: they were deleted while nobody looked.
func (s *Store) Gone(ctx context.Context, kind string, namespaces []string, listed func(uid string) bool) ([]Object, error) {
	var out []Object
	err := s.read(ctx, Query{Namespaces: namespaces}, func(r *reading) error {
		return r.rows(ctx, `SELECT id FROM objects WHERE live = 1 AND kind = (SELECT id FROM strings WHERE text = ?)`, []any{kind},
			func(rows *sql.Rows) (bool, error) {
				var id int64
				if err := rows.Scan(&id); err != nil {
					return false, err
				}
				ref, err := r.ref(ctx, r.prepared, id)
				if err == nil && r.q.asks(ref) && !listed(ref.UID) {
					out = append(out, Gone(ref, 0))
				}
				return true, err
			})
	})
	return out, err
}
