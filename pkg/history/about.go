package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// About says whose history a file holds, and within which bounds.
type About struct {
	Cluster string // the UID of the namespace kube-system, or the server's URL where it may not be read
	Context string
	Server  string
	Version string
	Keep    time.Duration // how long facts are kept
	MaxSize int64         // bytes
}

// Identity is the cluster's in the terms of a snapshot. It is offline: nothing
// more can be asked of it.
func (a *About) Identity() cluster.Identity {
	return cluster.Identity{Context: a.Context, Server: a.Server, Version: a.Version, Offline: true}
}

// SetAbout writes whose history it is.
func (s *Store) SetAbout(ctx context.Context, a About) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('about', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, string(raw))
	return s.failed(err)
}

// About is whose history it is; zero where nobody has said.
func (s *Store) About(ctx context.Context) (About, error) {
	var a About
	var raw string
	err := s.db.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'about'`).Scan(&raw)
	if err == sql.ErrNoRows { //nolint:errorlint // Scan returns it bare
		return a, nil
	}
	if err == nil && json.Unmarshal([]byte(raw), &a) != nil {
		err = errDamaged
	}
	return a, s.failed(err)
}

// Watches are the unbroken periods of recording, in the order in which they
// began.
func (s *Store) Watches(ctx context.Context) ([]Watch, error) {
	var out []Watch
	err := s.read(ctx, Query{}, func(r *reading) error {
		return r.rows(ctx, `SELECT key, began, ended, scope FROM watches ORDER BY began, id`, nil, func(rows *sql.Rows) (bool, error) {
			var w Watch
			var began, ended int64
			var scope string
			if err := rows.Scan(&w.Key, &began, &ended, &scope); err != nil {
				return false, err
			}
			if json.Unmarshal([]byte(scope), &w) != nil {
				return false, errDamaged
			}
			w.From, w.To = moment(began), moment(ended)
			out = append(out, w)
			return true, nil
		})
	})
	return out, err
}

// Summary is what a file holds.
type Summary struct {
	About
	Facts    Counts
	Objects  int // that are there still
	From, To time.Time
	// Watched is the part of the time between From and To in which the recorder
	// looked, 0 to 1.
	Watched float64
	Size    int64 // bytes on disk, those of the log of what was written last included
}

// Summarise counts what a file holds.
func (s *Store) Summarise(ctx context.Context) (Summary, error) {
	var out Summary
	var err error
	if out.About, err = s.About(ctx); err != nil {
		return out, err
	}
	for query, into := range map[string]*int{
		`SELECT count(*) FROM versions`:               &out.Facts.Versions,
		`SELECT count(*) FROM sightings`:              &out.Facts.Sightings,
		`SELECT count(*) FROM ends`:                   &out.Facts.Ends,
		`SELECT count(*) FROM turns`:                  &out.Facts.Turns,
		`SELECT count(*) FROM changes`:                &out.Facts.Changes,
		`SELECT count(*) FROM objects WHERE live = 1`: &out.Objects,
	} {
		if err := s.db.QueryRowContext(ctx, query).Scan(into); err != nil {
			return out, s.failed(err)
		}
	}
	watches, err := s.Watches(ctx)
	if err != nil {
		return out, err
	}
	out.From, out.To, out.Watched = share(watches)
	out.Size = s.size()
	return out, nil
}

// share is the period that watches span, and how much of it they fill.
func share(watches []Watch) (from, to time.Time, part float64) {
	all := make([]cluster.Span, 0, len(watches))
	for _, w := range watches {
		all = append(all, cluster.Span{From: w.From, To: w.To})
	}
	past := cluster.New(cluster.Parts{Past: cluster.Past{Watched: all}}).Past
	if len(past.Watched) == 0 {
		return from, to, 0
	}
	from, to = past.Watched[0].From, past.Watched[len(past.Watched)-1].To
	var sum time.Duration
	for _, w := range past.Watched {
		sum += w.Length()
	}
	return from, to, float64(sum) / float64(to.Sub(from))
}

// size is what the file and its log take on disk.
func (s *Store) size() int64 {
	var sum int64
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(s.path + suffix); err == nil {
			sum += info.Size()
		}
	}
	return sum
}
