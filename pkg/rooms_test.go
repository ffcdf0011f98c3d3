package pkg_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "github.com/kubectl-patterns/kubectl-patterns/"
	root   = ".."
	plan   = "docs/architecture.md"
	more   = "see Rooms in " + plan
)

// TestRooms executes the tables of docs/architecture.md on every Go file of
// the module.
func TestRooms(t *testing.T) {
	document, err := os.ReadFile(filepath.Join(root, plan))
	if err != nil {
		t.Fatal(err)
	}
	h, err := readHouse(string(document))
	if err != nil {
		t.Fatalf("%s: %v", plan, err)
	}
	for _, f := range goFiles(t) {
		for _, complaint := range h.complaints(f) {
			t.Errorf("%s: %s; %s", f.name, complaint, more)
		}
	}
}

// TestRoomsFindsBreaches proves that the rules bite, and that they do not
// bite what is allowed.
func TestRoomsFindsBreaches(t *testing.T) {
	document, err := os.ReadFile(filepath.Join(root, plan))
	if err != nil {
		t.Fatal(err)
	}
	h, err := readHouse(string(document))
	if err != nil {
		t.Fatal(err)
	}
	const ours = `import _ "` + module
	for _, c := range []struct {
		file, body string
		want       string // empty: no complaint
	}{
		{"pkg/cluster/a.go", ours + `pkg/symptom"`, "pkg/cluster may import nothing of ours, not pkg/symptom"},
		{"pkg/cluster/a_test.go", ours + `pkg/symptom"`, "not pkg/symptom"},
		{"pkg/cluster/a_test.go", ours + `pkg/cluster"`, ""},
		{"pkg/report/a_test.go", ours + `pkg/collect"`, ""},
		{"pkg/detectors/oom/a.go", ours + `pkg/detectors/exitcode"`, "not pkg/detectors/exitcode"},
		{"pkg/detectors/oom/a.go", ours + `pkg/detect"`, ""},
		{"pkg/detectors/suite.go", ours + `pkg/detectors/oom"`, ""},
		{"pkg/detectors/suite.go", ours + `pkg/cluster"`, "not pkg/cluster"},
		{"pkg/cmd/a.go", ours + `pkg/correlate"`, ""},
		{"cmd/kubectl-patterns/main.go", ours + `pkg/collect"`, "not pkg/collect"},
		{"pkg/palace/a.go", "", "pkg/palace is no room"},
		{"hack/a/b/c.go", ours + `pkg/correlate"`, ""},
		{"pkg/correlate/a.go", `import _ "k8s.io/client-go/kubernetes"`, "k8s.io/client-go belongs to pkg/collect, pkg/cmd"},
		{"pkg/collect/a.go", `import _ "k8s.io/client-go/kubernetes"`, ""},
		{"pkg/correlate/a_test.go", `import _ "k8s.io/client-go/kubernetes"`, ""},
		{"hack/a/a.go", `import _ "k8s.io/kubernetes/pkg/apis/core"`, "k8s.io/kubernetes belongs nowhere"},
		{"hack/a/a.go", `import _ "github.com/spf13/cobra"`, ""},
		{"pkg/detect/a.go", `import _ "os/exec"`, "os belongs to"},
		{"pkg/cmd/helpers/a.go", "", `"helpers" says nothing`},
		{"hack/common/a.go", "", `"common" says nothing`},
		{"pkg/cmd/a.go", "func init() {}", "func init()"},
		{"pkg/cmd/a.go", "type t int; func (t) init() {}", ""},
		{"pkg/detect/a.go", "import \"time\"\nvar now = time.Now", "time.Now"},
		{"pkg/detect/a.go", "import clock \"time\"\nvar now = clock.Now()", "time.Now"},
		{"pkg/cmd/a.go", "import \"time\"\nvar now = time.Now()", ""},
		{"pkg/detect/a_test.go", "import \"time\"\nvar now = time.Now()", ""},
	} {
		syntax, err := parser.ParseFile(token.NewFileSet(), c.file, "package a\n"+c.body, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(h.complaints(goFile{c.file, syntax}), "\n")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s with %q: complaints %q, want one with %q", c.file, c.body, got, c.want)
		}
	}
}

// TestNoControlPlane looks where imports of imports would show.
func TestNoControlPlane(t *testing.T) {
	required, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []string{"k8s.io/kubernetes", "go.etcd.io/etcd", "sigs.k8s.io/kwok"} {
		if strings.Contains(string(required), "\t"+m) {
			t.Errorf("go.mod requires %s, which belongs to hack/cluster; %s", m, more)
		}
	}
}

// house is what the tables say.
type house struct {
	rooms     []entry // may import these of ours
	libraries []entry // may be imported by these
}

type entry struct {
	name  string
	names []string
}

var quoted = regexp.MustCompile("`([^`]+)`")

// readHouse reads the table of rooms and the table of libraries.
func readHouse(document string) (house, error) {
	var h house
	var table string
	for line := range strings.Lines(document) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 {
			table = ""
			continue
		}
		first, second, third := strings.TrimSpace(cells[1]), cells[2], strings.TrimSpace(cells[3])
		if table == "" {
			table = first
			continue
		}
		names := quoted.FindStringSubmatch(first)
		var err error
		switch {
		case names == nil:
		case table == "Room":
			h.rooms, err = add(h.rooms, names[1], third, "all", "nothing")
		case table == "Library":
			h.libraries, err = add(h.libraries, names[1], second, "", "nowhere")
		}
		if err != nil {
			return h, err
		}
	}
	return h, h.validate()
}

func add(list []entry, name, text, all, none string) ([]entry, error) {
	e := entry{name: name}
	switch text = strings.TrimSpace(text); text {
	case none:
	case all:
		e.names = []string{"..."}
	default:
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			e.names = append(e.names, m[1])
		}
		if e.names == nil {
			return nil, fmt.Errorf("%s: %q names no room", name, text)
		}
	}
	return append(list, e), nil
}

func (h house) validate() error {
	if len(h.rooms) == 0 || len(h.libraries) == 0 {
		return fmt.Errorf("no table of rooms, or none of libraries")
	}
	for _, e := range slices.Concat(h.rooms, h.libraries) {
		for _, n := range e.names {
			if n != "..." && !slices.ContainsFunc(h.rooms, func(r entry) bool { return r.name == n }) {
				return fmt.Errorf("%s: %s is no room", e.name, n)
			}
		}
	}
	return nil
}

// room returns the row of a folder, nil if there is none.
func (h house) room(folder string) *entry {
	for i, r := range h.rooms {
		if within(folder, r.name) {
			return &h.rooms[i]
		}
	}
	return nil
}

// within reports whether a folder is meant by a name, in which * is any one
// folder and /... all below.
func within(folder, name string) bool {
	if up, ok := strings.CutSuffix(name, "..."); ok {
		return strings.HasPrefix(folder+"/", up)
	}
	ok, _ := path.Match(name, folder)
	return ok
}

func (e *entry) allows(folder string) bool {
	return slices.ContainsFunc(e.names, func(n string) bool { return within(folder, n) })
}

func (e *entry) list(none string) string {
	if len(e.names) == 0 {
		return none
	}
	return strings.Join(e.names, ", ")
}

// goFile is a file by its name from the root of the module.
type goFile struct {
	name   string
	syntax *ast.File
}

// complaints are all breaches in a file.
func (h house) complaints(f goFile) []string {
	folder := path.Dir(f.name)
	test := strings.HasSuffix(f.name, "_test.go")
	var out []string
	if vague := path.Base(folder); slices.Contains([]string{"util", "utils", "common", "helpers", "types"}, vague) {
		out = append(out, fmt.Sprintf("a package named %q says nothing about what is in it", vague))
	}
	if strict := folder == "pkg/cluster" || folder == "pkg/detect"; !test || strict {
		out = append(out, h.importComplaints(folder, f.syntax)...)
	}
	if hasInit(f.syntax) {
		out = append(out, "func init() makes an import do something; call it where it is needed")
	}
	if !test && !within(folder, "pkg/collect") && !within(folder, "pkg/cmd") && !within(folder, "hack/...") && readsClock(f.syntax) {
		out = append(out, "time.Now is not for this room: a snapshot has its own clock, Snapshot.At")
	}
	return out
}

func (h house) importComplaints(folder string, syntax *ast.File) []string {
	room := h.room(folder)
	if room == nil {
		return []string{folder + " is no room of the table: add a row that says what it is for and what it may import"}
	}
	var out []string
	for _, i := range syntax.Imports {
		imported, _ := strconv.Unquote(i.Path.Value)
		if other, ok := strings.CutPrefix(imported, module); ok {
			if other != folder && !room.allows(other) {
				out = append(out, fmt.Sprintf("%s may import %s of ours, not %s", folder, room.list("nothing"), other))
			}
			continue
		}
		for _, l := range h.libraries {
			mayHack := within(folder, "hack/...") && len(l.names) > 0
			if within(imported, l.name+"/...") && !mayHack && !l.allows(folder) {
				where := "to " + l.list("")
				if len(l.names) == 0 {
					where = "nowhere"
				}
				out = append(out, fmt.Sprintf("%s imports %s, but %s belongs %s", folder, imported, l.name, where))
			}
		}
	}
	return out
}

func hasInit(syntax *ast.File) bool {
	return slices.ContainsFunc(syntax.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && f.Recv == nil && f.Name.Name == "init"
	})
}

// readsClock reports whether time.Now is named, under whatever name the
// package time has in the file.
func readsClock(syntax *ast.File) bool {
	clock := "time"
	for _, i := range syntax.Imports {
		if i.Path.Value == `"time"` && i.Name != nil {
			clock = i.Name.Name
		}
	}
	found := false
	ast.Inspect(syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Now" {
			x, ok := s.X.(*ast.Ident)
			found = found || ok && x.Name == clock
		}
		return !found
	})
	return found
}

// goFiles parses the Go files of this module; a folder with a go.mod of its
// own is another one.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return enter(name, rel, d)
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		files = append(files, goFile{filepath.ToSlash(rel), syntax})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("only %d Go files found", len(files))
	}
	return files
}

func enter(name, rel string, d fs.DirEntry) error {
	if rel == "." {
		return nil
	}
	if d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}
