package history

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestForeignFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	database := func(name, statement string) string {
		path := filepath.Join(dir, name)
		db, err := sql.Open("sqlite", dsn(path))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ path, says string }{
		{write("text.db", []byte(strings.Repeat("this is no database. ", 100))), "it is damaged or no history"},
		{database("other.db", "CREATE TABLE bookmarks (url TEXT)"), "database of another program"},
		{database("newer.db", fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 7; CREATE TABLE later (x)", applicationID)),
			fmt.Sprintf("written by a newer kubectl patterns (schema 7, this one knows up to %d)", len(migrations))},
	} {
		before, err := os.ReadFile(c.path)
		if err != nil {
			t.Fatal(err)
		}
		for how, open := range map[string]func(context.Context, string) (*Store, error){"write": Open, "read": OpenRead} {
			_, err := open(t.Context(), c.path)
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.path) {
				t.Errorf("%s to %s: %v", filepath.Base(c.path), how, err)
			}
		}
		if after, _ := os.ReadFile(c.path); string(after) != string(before) {
			t.Errorf("%s was written to", c.path)
		}
	}
	if _, err := OpenRead(t.Context(), filepath.Join(dir, "none.db")); !os.IsNotExist(err) {
		t.Errorf("a file that does not exist: %v", err)
	}
	if _, err := OpenRead(t.Context(), write("empty.db", nil)); err == nil || !strings.Contains(err.Error(), "nothing was recorded yet") {
		t.Errorf("an empty file: %v", err)
	}
}

func TestOlderSchemasAreMigrated(t *testing.T) {
	path := temporary(t)
	keep(t, opened(t, path), everything(t))
	more := append(append([]string{}, migrations...), `ALTER TABLE changes ADD COLUMN severity INTEGER NOT NULL DEFAULT 3`)
	s, err := open(t.Context(), path, more)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var severity int
	if err := s.db.QueryRow(`SELECT severity FROM changes`).Scan(&severity); err != nil || severity != 3 {
		t.Errorf("%d %v", severity, err)
	}
	if _, err := OpenRead(t.Context(), path); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("the program that knows only the older schema: %v", err)
	}
	broken := append(append([]string{}, more...), `CREATE TABLE half (x); CREATE TABLE changes (y)`)
	if _, err := open(t.Context(), path, broken); err == nil || !strings.Contains(err.Error(), "from schema 2 to 3") {
		t.Errorf("a step that fails: %v", err)
	}
	if err := s.db.QueryRow(`SELECT severity FROM changes`).Scan(&severity); err != nil {
		t.Errorf("a step that fails must leave all as it was: %v", err)
	}
}

// TestDamage flips and cuts off bytes: reading may fail with an error that
// names the file, or succeed; it may not panic, hang or write.
func TestDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := opened(t, path)
	for n := range 40 {
		b := everything(t)
		for i := range b.Sightings {
			b.Sightings[i].UID = fmt.Sprint(n, i)
		}
		keep(t, s, b)
	}
	if err := s.shrink(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	failed := 0
	for n := range 300 {
		data := append([]byte{}, whole...)
		if n%3 == 0 {
			data = data[:random.IntN(len(data))]
		} else {
			for range 1 + random.IntN(200) {
				data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
			}
		}
		copied := filepath.Join(t.TempDir(), "damaged.db")
		if err := os.WriteFile(copied, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := readAll(t.Context(), copied); err != nil {
			failed++
			if !strings.Contains(err.Error(), copied) {
				t.Errorf("the error does not name the file: %v", err)
			}
		}
	}
	if failed < 100 {
		t.Errorf("only %d of 300 damaged files were noticed", failed)
	}
}

func readAll(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	s, err := OpenRead(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if _, _, err := s.Past(ctx, Query{}); err != nil {
		return err
	}
	if _, err := s.Summarise(ctx); err != nil {
		return err
	}
	_, err = s.At(ctx, minute(1), nil)
	return err
}

// TestKilled ends a process that writes, at any moment, by SIGKILL, and looks
// whether what it had handed over is there, once.
func TestKilled(t *testing.T) {
	if path := os.Getenv("HISTORY_TO_WRITE"); path != "" {
		writeForever(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "h.db")
	random := rand.New(rand.NewPCG(3, 4))
	for range 6 {
		c := exec.Command(os.Args[0], "-test.run", "^TestKilled$") //nolint:gosec // this test itself
		c.Env = append(os.Environ(), "HISTORY_TO_WRITE="+path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 1)); err != nil { // it writes
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond)
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	s := opened(t, path)
	past, _, err := s.Past(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	var check string
	if err := s.db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Errorf("integrity: %s %v", check, err)
	}
	if len(past.Events) == 0 || len(past.Events)%3 != 0 {
		t.Errorf("%d events: batches of three must be there whole or not at all", len(past.Events))
	}
}

// writeForever keeps the same events from the beginning each time.
func writeForever(t *testing.T, path string) {
	s := opened(t, path)
	for n := 0; ; n++ {
		keep(t, s, &Batch{At: minute(n), Sightings: []Sighting{sighting(fmt.Sprint("a", n), 1, n), sighting(fmt.Sprint("b", n), 1, n), sighting(fmt.Sprint("c", n), 1, n)}})
		if n == 0 {
			_, _ = os.Stdout.WriteString("writing\n")
		}
	}
}

// TestACopyIsWholeOrNotThere: whenever it is interrupted.
func TestACopyIsWholeOrNotThere(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "h.db"))
	for n := range 40 {
		b := everything(t)
		for i := range b.Sightings {
			b.Sightings[i].UID = fmt.Sprint(n, i)
		}
		keep(t, s, b)
	}
	failed := 0
	for n := range 40 {
		folder := t.TempDir()
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n)*200*time.Microsecond)
		err := s.Copy(ctx, filepath.Join(folder, "copy.db"))
		cancel()
		if left, lost := os.ReadDir(folder); lost != nil || (err == nil) != (len(left) == 1) {
			t.Fatalf("%v, %v: left %v", err, lost, left)
		}
		if err != nil {
			failed++
			continue
		}
		if err := readAll(t.Context(), filepath.Join(folder, "copy.db")); err != nil {
			t.Error(err)
		}
	}
	if failed == 0 {
		t.Error("none was interrupted")
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Copy(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := s.Copy(t.Context(), to); err == nil {
		t.Error("it writes over a file")
	}
}
