package history

import (
	"context"
	"database/sql"
	"errors"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// remembered is how many texts are known without asking the file. Messages
// are without number: at the bound all are forgotten, which costs one question
// each.
const remembered = 1 << 16

// names are the texts and objects that stand as numbers in the file.
type names struct {
	ids   map[string]int64
	texts map[int64]string
	refs  map[int64]cluster.Ref
}

func newNames() *names {
	return &names{ids: map[string]int64{}, texts: map[int64]string{}, refs: map[int64]cluster.Ref{}}
}

// id is the number of a text, which is added where it is new. The empty text
// is 0.
func (n *names) id(ctx context.Context, w *writing, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if id, ok := n.ids[text]; ok {
		return id, nil
	}
	id, err := w.insertOrFind(ctx, `INSERT OR IGNORE INTO strings (text) VALUES (?)`, `SELECT id FROM strings WHERE text = ?`, text)
	if err != nil {
		return 0, err
	}
	if len(n.ids) >= remembered {
		clear(n.ids)
	}
	n.ids[text] = id
	return id, nil
}

// text is what a number stands for.
func (n *names) text(ctx context.Context, q prepared, id int64) (string, error) {
	if id == 0 {
		return "", nil
	}
	if text, ok := n.texts[id]; ok {
		return text, nil
	}
	var text string
	if err := q.row(ctx, `SELECT text FROM strings WHERE id = ?`, id).Scan(&text); err != nil {
		return "", missing(err)
	}
	if len(n.texts) >= remembered {
		clear(n.texts)
	}
	n.texts[id] = text
	return text, nil
}

// ref is the object that a number stands for.
func (n *names) ref(ctx context.Context, q prepared, id int64) (cluster.Ref, error) {
	if id == 0 {
		return cluster.Ref{}, nil
	}
	if r, ok := n.refs[id]; ok {
		return r, nil
	}
	var kind, namespace int64
	var r cluster.Ref
	err := q.row(ctx, `SELECT kind, namespace, name, uid FROM objects WHERE id = ?`, id).Scan(&kind, &namespace, &r.Name, &r.UID)
	if err != nil {
		return r, missing(err)
	}
	if r.Kind, err = n.text(ctx, q, kind); err != nil {
		return r, err
	}
	if r.Namespace, err = n.text(ctx, q, namespace); err != nil {
		return r, err
	}
	if len(n.refs) >= remembered {
		clear(n.refs)
	}
	n.refs[id] = r
	return r, nil
}

// missing says what it means when a number leads nowhere.
func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errDamaged
	}
	return err
}

// prepared are statements that are compiled once.
type prepared struct {
	prepare func(ctx context.Context, query string) (*sql.Stmt, error)
	known   map[string]*sql.Stmt
}

func newPrepared(prepare func(context.Context, string) (*sql.Stmt, error)) prepared {
	return prepared{prepare, map[string]*sql.Stmt{}}
}

func (p prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := p.known[query]; ok {
		return s, nil
	}
	s, err := p.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	p.known[query] = s
	return s, nil
}

// scanner is a row that may have failed already.
type scanner interface{ Scan(into ...any) error }

type failedRow struct{ err error }

func (f failedRow) Scan(...any) error { return f.err }

func (p prepared) row(ctx context.Context, query string, args ...any) scanner {
	s, err := p.statement(ctx, query)
	if err != nil {
		return failedRow{err}
	}
	return s.QueryRowContext(ctx, args...)
}

func (p prepared) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (p prepared) close() {
	for _, s := range p.known {
		_ = s.Close() // nothing that could be done
	}
}
