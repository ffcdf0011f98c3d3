package collect

import (
	"archive/tar"
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Files reads saved objects: files, folders (with everything below them) and
// standard input ("-"), in JSON or YAML, lists or single objects, plain or
// in .gz and .tar.gz archives.
type Files struct {
	Paths []string
	Stdin io.Reader
	// Now overrides the moment to judge from.
	Now time.Time
}

// reading is one run of Files.
type reading struct {
	ctx context.Context //nolint:containedctx // a run is one call; every file of it ends with it
	b   *bucket
	// objects counts what came of each resource, by file.
	objects map[cluster.Source]int
	order   []cluster.Source
	skipped map[string]int // kinds that no scan uses
	broken  []error
	lists   int             // lists seen, empty ones too
	seen    map[string]bool // resource with name and UID of what was read
	// measured is what saved answers of kubelets say.
	measured savedMetrics
	logs     *dumpedLogs
	restored []*restored // snapshots of this plugin
	file     string      // that is being read, as it was named
	budget   *budget     // of the stream that is being read
	nested   int         // archives around it
	// Of tables: when the one that is read was printed, the namespace that is
	// asked for, the newest moment of all, and what was read of them.
	printed   time.Time
	namespace string
	moment    time.Time
	tables    []cluster.Resource
}

// fresh is a reading that has read nothing yet.
func (r *reading) fresh() *reading {
	return newReading(r.ctx, r.file)
}

func newReading(ctx context.Context, file string) *reading {
	r := &reading{ctx: ctx, b: newBucket(), objects: map[cluster.Source]int{}, skipped: map[string]int{}, seen: map[string]bool{},
		measured: savedMetrics{times: map[string]time.Time{}, answers: map[string]int{}}, file: file}
	r.logs = &dumpedLogs{b: r.b}
	return r
}

// Read reads all files. A broken one is named with its place and becomes a
// gap, and the rest stands; it is an error when nothing at all was readable.
func (f *Files) Read(ctx context.Context, scope cluster.Scope) (cluster.Parts, error) {
	r := newReading(ctx, "")
	if len(scope.Namespaces) == 1 {
		r.namespace = scope.Namespaces[0]
	}
	for _, path := range f.Paths {
		if err := ctx.Err(); err != nil {
			return cluster.Parts{}, err
		}
		r.file = path
		if path == "-" {
			r.file, r.printed = "standard input", or(f.Now, time.Now())
			r.stream(r.file, f.Stdin)
			continue
		}
		if err := r.path(path, f.Now); err != nil {
			return cluster.Parts{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return cluster.Parts{}, err
	}
	if len(r.objects) == 0 && len(r.restored) == 0 && (r.lists == 0 || len(r.broken) > 0) {
		return cluster.Parts{}, r.nothing(f.Paths)
	}
	return r.finish(scope, f.Now)
}

// finish joins what was read. now overrides the moment to judge from.
func (r *reading) finish(scope cluster.Scope, now time.Time) (cluster.Parts, error) {
	if !r.isOneSnapshot() {
		r.measure()
		r.sources()
		r.keepFailing()
	}
	r.b.Identity, r.b.Scope = cluster.Identity{Offline: true}, scope
	r.b.At = measuredAfter(newest(&r.b.Parts, r.b.touched), &r.b.Parts)
	if r.moment.After(r.b.At) {
		r.b.At = r.moment
	}
	if err := r.restore(&r.b.Parts); err != nil {
		return cluster.Parts{}, err
	}
	if !now.IsZero() {
		r.b.At = now
	}
	return r.b.finish(), nil
}

func (r *reading) nothing(paths []string) error {
	if len(r.broken) > 0 {
		return errors.Join(r.broken...)
	}
	if len(r.skipped) > 0 {
		return fmt.Errorf("nothing to analyse in %s: only objects of other kinds (%s)", strings.Join(paths, ", "), r.skippedKinds())
	}
	return fmt.Errorf("nothing to analyse in %s: no Kubernetes objects in it", strings.Join(paths, ", "))
}

func (r *reading) path(path string, now time.Time) error {
	info, err := os.Stat(path)
	if err != nil {
		return err // names operation and path
	}
	r.printed = or(now, info.ModTime().UTC().Truncate(time.Second))
	if !info.IsDir() {
		return r.open(path, func(in io.Reader) { r.stream(withFolder(path, path), in) })
	}
	if found, err := r.unpacked(path); found || err != nil {
		return err
	}
	return r.folder(path, func(path, name string) error {
		if info, err := os.Stat(path); err == nil {
			r.printed = or(now, info.ModTime().UTC().Truncate(time.Second))
		}
		return r.open(path, func(in io.Reader) { r.stream(withFolder(path, name), in) })
	})
}

func or(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}

// folder reads all files of a folder that may be data, each with its path and
// its name in the folder.
func (r *reading) folder(root string, read func(path, name string) error) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || !isData(path) {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			name = path
		}
		return read(path, name)
	})
}

// isData reports whether a file of a folder is of a form that is read: notes
// and the like may lie beside them.
func isData(path string) bool {
	if _, ok := metricsFileOf(path); ok || isDumpedLog(path) {
		return true
	}
	if _, ok := containerLogOf(path); ok {
		return true
	}
	path = strings.TrimSuffix(strings.ToLower(path), ".gz")
	switch filepath.Ext(path) {
	case ".json", ".yaml", ".yml", ".tar", ".tgz", ".txt":
		return !isForeign(path)
	}
	return false
}

func (r *reading) open(path string, read func(io.Reader)) error {
	f, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read from
	read(f)
	return nil
}

// stream reads one file of whatever form, by its first bytes.
func (r *reading) stream(name string, in io.Reader) {
	if r.nested++; r.nested > mostNested {
		r.fail(name, errNested)
		return
	}
	around := r.budget
	r.budget = &budget{&interruptible{r.ctx, in}, mostOfObject}
	defer func() { r.nested, r.budget = r.nested-1, around }()
	br := bufio.NewReaderSize(r.budget, 1<<16)
	if magic, _ := br.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		gz, err := gzip.NewReader(br)
		if err != nil {
			r.fail(name, err)
			return
		}
		r.stream(strings.TrimSuffix(name, ".gz"), r.unbounded(gz))
		return
	}
	if read := r.logReader(name); read != nil {
		r.unbounded(br)
		if err := read(br); err != nil {
			r.fail(name, err)
		}
		return
	}
	if head, _ := br.Peek(262); len(head) == 262 && string(head[257:262]) == "ustar" {
		r.archive(name, tar.NewReader(r.unbounded(br)))
		return
	}
	if m, ok := metricsFileOf(name); ok {
		r.metrics(m, br)
		return
	}
	read := r.documents
	if isTable(headOf(br)) {
		read = r.tableRead
	} else if filepath.Ext(name) == ".txt" && name != r.file {
		return // a note that lies among data
	}
	if err := read(name, br); err != nil {
		r.fail(name, err)
	}
}

var errNested = fmt.Errorf("more than %d archives in one another", mostNested)

// unbounded lets a stream go on: what lies in an archive has a bound of its
// own.
func (r *reading) unbounded(br io.Reader) io.Reader {
	r.budget.left = 1 << 62
	return br
}

func (r *reading) archive(name string, in *tar.Reader) {
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			r.fail(name, err)
			return
		}
		if h.Typeflag != tar.TypeReg || !isData(h.Name) {
			continue
		}
		if !isManifest(h.Name) {
			r.printed = or(h.ModTime.UTC(), r.printed)
			r.stream(h.Name, in)
			continue
		}
		s, raw := r.manifest(name, in)
		if s != nil {
			s.unpack(in)
			return
		}
		r.stream(h.Name, io.MultiReader(bytes.NewReader(raw), in))
	}
}

func (r *reading) fail(name string, err error) {
	err = fmt.Errorf("%s: %w", name, err)
	r.broken = append(r.broken, err)
	r.b.Gaps = append(r.b.Gaps, cluster.Gap{Reason: err.Error()})
}

// count notes an object of a resource from a file.
func (r *reading) count(resource cluster.Resource, file string, n int) {
	key := cluster.Source{Resource: resource, From: r.source(file)}
	if _, ok := r.objects[key]; !ok {
		r.order = append(r.order, key)
	}
	r.objects[key] += n
}

// sources lists what was read from where, and what was not: a kind without
// a file was not read, which is not the same as empty.
func (r *reading) sources() {
	seen := map[cluster.Resource]bool{}
	slices.SortFunc(r.order, func(a, b cluster.Source) int { // whatever the order of the documents
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.From, b.From))
	})
	for _, key := range r.order {
		seen[key.Resource] = true
		key.Objects = r.objects[cluster.Source{Resource: key.Resource, From: key.From}]
		if slices.Contains(r.tables, key.Resource) {
			key.Gap = roundedTimes
		}
		r.b.Sources = append(r.b.Sources, key)
	}
	for _, resource := range savedResources {
		if !seen[resource] {
			r.b.Gaps = append(r.b.Gaps, cluster.Gap{Resource: resource, Reason: "not in the files"})
			r.b.Sources = append(r.b.Sources, cluster.Source{Resource: resource, Gap: "not in the files"})
		}
	}
	for _, err := range r.broken {
		r.b.Sources = append(r.b.Sources, brokenSource(err))
	}
	if len(r.skipped) > 0 {
		n := 0
		for _, c := range r.skipped {
			n += c
		}
		r.b.Sources = append(r.b.Sources, cluster.Source{Resource: "others", Objects: n, Gap: "kinds that no detector uses: " + r.skippedKinds()})
	}
}

func (r *reading) skippedKinds() string {
	kinds := make([]string, 0, len(r.skipped))
	for k := range r.skipped {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return strings.Join(kinds, ", ")
}

// Configs are among the files, if they were saved: there is no second step.
func (f *Files) Configs(context.Context, []string, []string) (cluster.Parts, error) {
	return cluster.Parts{}, nil
}
