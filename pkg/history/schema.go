package history

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID marks the file as one of ours ("kpat"), so that another
// program's database is refused and not written to.
const applicationID = 0x6b706174

// migrations bring a file from each schema version to the next. What was
// released is never edited: a change is one more entry.
var migrations = []string{
	// Version 1. Times are microseconds since 1970 in UTC, 0 where none is told.
	// Texts that repeat are numbers into strings; references to objects numbers
	// into objects, 0 where there is none.
	`
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE strings (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE objects (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL, namespace INTEGER NOT NULL, name TEXT NOT NULL, uid TEXT NOT NULL,
	-- of the newest version: whether the object is there, its sum, its resourceVersion, when it was seen
	live INTEGER NOT NULL DEFAULT 0, sum INTEGER NOT NULL DEFAULT 0, rv INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 0,
	UNIQUE (name, namespace, kind, uid)
);
CREATE INDEX objects_live ON objects (kind) WHERE live = 1;
CREATE TABLE templates (id INTEGER PRIMARY KEY, sum INTEGER NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE versions (
	object INTEGER NOT NULL, seen INTEGER NOT NULL,
	template INTEGER NOT NULL, body BLOB, -- NULL: the object was gone
	PRIMARY KEY (object, seen)
) WITHOUT ROWID;
CREATE TABLE events (
	id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, object INTEGER NOT NULL, container INTEGER NOT NULL,
	warning INTEGER NOT NULL, reason INTEGER NOT NULL, component INTEGER NOT NULL, host INTEGER NOT NULL, first INTEGER NOT NULL
);
CREATE TABLE sightings (
	event INTEGER NOT NULL, count INTEGER NOT NULL, last INTEGER NOT NULL,
	message INTEGER NOT NULL, combined INTEGER NOT NULL, notes TEXT,
	PRIMARY KEY (event, count)
) WITHOUT ROWID;
CREATE INDEX sightings_last ON sightings (last);
CREATE TABLE ends (
	object INTEGER NOT NULL, container INTEGER NOT NULL, finished INTEGER NOT NULL,
	started INTEGER NOT NULL, workload INTEGER NOT NULL, node INTEGER NOT NULL, image INTEGER NOT NULL,
	restarts INTEGER NOT NULL, exit INTEGER NOT NULL, reason INTEGER NOT NULL, message INTEGER NOT NULL,
	PRIMARY KEY (object, container, finished)
) WITHOUT ROWID;
CREATE INDEX ends_finished ON ends (finished);
CREATE TABLE turns (
	object INTEGER NOT NULL, type INTEGER NOT NULL, transition INTEGER NOT NULL,
	workload INTEGER NOT NULL, status INTEGER NOT NULL, reason INTEGER NOT NULL, message INTEGER NOT NULL,
	PRIMARY KEY (object, type, transition)
) WITHOUT ROWID;
CREATE INDEX turns_transition ON turns (transition);
CREATE TABLE changes (
	object INTEGER NOT NULL, kind INTEGER NOT NULL, time INTEGER NOT NULL,
	what INTEGER NOT NULL, author INTEGER NOT NULL,
	PRIMARY KEY (object, kind, time)
) WITHOUT ROWID;
CREATE INDEX changes_time ON changes (time);
CREATE TABLE watches (
	id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, -- one for each unbroken run of a recorder
	began INTEGER NOT NULL, ended INTEGER NOT NULL, scope TEXT NOT NULL
);
CREATE INDEX watches_ended ON watches (ended);
`,
}

// migrate brings a file to the newest schema, each step in a transaction of
// its own: a kill between two leaves a file that the next opening finishes.
func migrate(ctx context.Context, db *sql.DB, steps []string) error {
	for {
		done, err := step(ctx, db, steps)
		if err != nil || done {
			return err
		}
	}
}

func step(ctx context.Context, db *sql.DB, steps []string) (done bool, err error) {
	tx, err := db.BeginTx(ctx, nil) // immediate: a second recorder waits here
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	version, err := versionOf(ctx, tx)
	if err != nil {
		return false, err
	}
	if version > len(steps) {
		return false, newerError(version, len(steps))
	}
	if version == len(steps) {
		return true, nil
	}
	if _, err := tx.ExecContext(ctx, steps[version]); err != nil {
		return false, fmt.Errorf("bringing it from schema %d to %d: %w", version, version+1, err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version+1)); err != nil {
		return false, err
	}
	return false, tx.Commit()
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// versionOf is the schema version of a file of ours, 0 for an empty one.
func versionOf(ctx context.Context, q querier) (int, error) {
	var id, version, tables int
	for pragma, into := range map[string]*int{"PRAGMA application_id": &id, "PRAGMA user_version": &version,
		"SELECT count(*) FROM sqlite_schema": &tables} {
		if err := q.QueryRowContext(ctx, pragma).Scan(into); err != nil {
			return 0, err
		}
	}
	if id != applicationID && (id != 0 || version != 0 || tables != 0) {
		return 0, errForeign
	}
	return version, nil
}

func newerError(version, known int) error {
	return fmt.Errorf("it was written by a newer kubectl patterns (schema %d, this one knows up to %d): update the plugin, or choose another file", version, known)
}
