package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Files reads saved objects: files, folders (with everything below them) and
// standard input ("-"), in JSON or YAML, lists or single objects, plain or
// in .gz, .tar, .tar.gz and .zip archives.
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
	unnamed int               // more of them, beyond mostBroken
	lists   int               // lists seen, empty ones too
	seen    map[string]string // UIDs by resource and name, and by resource and UID
	// others counts what did not count, since something else has its name.
	others map[cluster.Source]int
	// measured is what saved answers of kubelets say.
	measured savedMetrics
	logs     *dumpedLogs
	restored []*restored       // snapshots of this plugin
	dumps    map[string]string // what dumps are called as a source, by their folder
	file     string            // that is being read, as it was named
	budget   *budget           // of the stream that is being read
	nested   int               // archives around it
	entries  int               // of archives, so far
	// Of tables: when the one that is read was printed, the namespace that is
	// asked for, the newest moment of all, and what was read of them.
	printed   time.Time
	namespace string
	moment    time.Time
	tables    []cluster.Resource
	tabled    []*tabled
}

// fresh is a reading that has read nothing yet.
func (r *reading) fresh() *reading {
	return newReading(r.ctx, r.file)
}

func newReading(ctx context.Context, file string) *reading {
	r := &reading{ctx: ctx, b: newBucket(), objects: map[cluster.Source]int{}, skipped: map[string]int{}, seen: map[string]string{}, others: map[cluster.Source]int{}, dumps: map[string]string{},
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
	one := r.isOneSnapshot()
	if !one {
		r.joinTables()
		r.measure()
	}
	r.tellBroken()
	if !one {
		r.sources()
		r.keepFailing()
	}
	r.b.Identity, r.b.Scope = cluster.Identity{Offline: true}, scope
	r.b.soberTimes(slices.MaxFunc([]time.Time{time.Now(), now}, time.Time.Compare))
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
		return errors.Join(r.places()...)
	}
	if len(r.skipped) > 0 {
		return fmt.Errorf("nothing to analyse in %s: only objects of other kinds (%s)", strings.Join(paths, ", "), r.skippedKinds())
	}
	return fmt.Errorf("nothing to analyse in %s: no Kubernetes objects in it", strings.Join(paths, ", "))
}

var errNested = fmt.Errorf("more than %d archives in one another", mostNested)

func (r *reading) fail(name string, err error) {
	if len(r.broken) == mostBroken {
		r.unnamed++
		return
	}
	if why := err.Error(); len(why) > mostOfReason { // it may quote what it could not read
		err = errors.New(strings.ToValidUTF8(why[:mostOfReason], "") + "…")
	}
	r.broken = append(r.broken, fmt.Errorf("%s: %w", name, err))
}

// mostOfReason is how much is told of why a place cannot be read, in bytes.
const mostOfReason = 500

// mostBroken is how many places are named that cannot be read: an archive may have
// millions of them.
const mostBroken = 100

// places are those that could not be read, with a line for those beyond.
func (r *reading) places() []error {
	if r.unnamed == 0 {
		return r.broken
	}
	return append(slices.Clip(r.broken), fmt.Errorf("%d more places: cannot be read either", r.unnamed))
}

// tellBroken makes a gap of each place that could not be read, before all others.
func (r *reading) tellBroken() {
	var gaps []cluster.Gap
	for _, err := range r.places() {
		gaps = append(gaps, cluster.Gap{Reason: err.Error()})
	}
	r.b.Gaps = append(gaps, r.b.Gaps...)
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
	r.joinDumps()
	seen := map[cluster.Resource]bool{}
	slices.SortFunc(r.order, byResource)
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
	r.sayOthers()
	for _, err := range r.places() {
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

// sayOthers tells of the objects that did not count.
func (r *reading) sayOthers() {
	for _, key := range slices.SortedFunc(maps.Keys(r.others), byResource) {
		key.Gap = fmt.Sprintf("%d not counted: objects of these names were read before, of another time or cluster", r.others[key])
		r.b.Sources = append(r.b.Sources, key)
		r.b.Gaps = append(r.b.Gaps, cluster.Gap{Resource: key.Resource, Reason: key.From + ": " + key.Gap})
	}
}

// byResource orders sources whatever the order of the documents.
func byResource(a, b cluster.Source) int {
	return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.From, b.From))
}

func (r *reading) skippedKinds() string {
	return strings.Join(slices.Sorted(maps.Keys(r.skipped)), ", ")
}

// Configs are among the files, if they were saved: there is no second step.
func (f *Files) Configs(context.Context, []string, []string) (cluster.Parts, error) {
	return cluster.Parts{}, nil
}
