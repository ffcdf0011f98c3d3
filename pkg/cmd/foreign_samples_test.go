package cmd

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// foreign is a sample that another tool saved of hack/samples/scenario.
func foreign(name string) string { return filepath.Join("testdata", "foreign", name) }

// tablesPrinted is when the tables among the samples were printed.
func tablesPrinted(t *testing.T) string { return strings.TrimSpace(readFile(t, foreign("printed"))) }

// bothIncidents are the roots of the samples.
var bothIncidents = []string{"exit-code/78", "image-pull/auth"}

// TestForeignSamples reads what kubectl, troubleshoot.sh and `oc adm inspect`
// save of one cluster.
func TestForeignSamples(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		logs   int
	}{
		"cluster-info-dump-json.tar.gz": {"cluster-info-dump-json.tar.gz (cluster-info dump)", 8},
		"cluster-info-dump-yaml.tar.gz": {"cluster-info-dump-yaml.tar.gz (cluster-info dump)", 8},
		"cluster-info-dump.txt.gz":      {foreign("cluster-info-dump.txt"), 8},
		"get.json.gz":                   {foreign("get.json"), 0},
		"get.yaml.gz":                   {foreign("get.yaml"), 0},
		"must-gather.tar.gz":            {"must-gather.tar.gz (must-gather)", 8},
		"support-bundle.tar.gz":         {"support-bundle.tar.gz (support bundle)", 6},
	} {
		t.Run(name, func(t *testing.T) {
			r := scan(t, "-f", foreign(name))
			sampled(t, r)
			logs := 0
			for _, s := range r.Sources {
				switch {
				case s.Resource == "pods/log":
					logs = s.Objects
				case s.Objects > 0 && s.Resource != "others" && s.From != c.source:
					t.Errorf("%d %s from %q, want %q", s.Objects, s.Resource, s.From, c.source)
				case s.Gap != "" && s.Gap != "not in the files" && s.Resource != "others":
					t.Errorf("%s: %s", s.Resource, s.Gap)
				}
			}
			if logs != c.logs {
				t.Errorf("%d logs, want %d", logs, c.logs)
			}
		})
	}
}

// TestRepackedSamples reads the same samples unpacked, and as zip archives.
func TestRepackedSamples(t *testing.T) {
	for _, name := range []string{"cluster-info-dump-json", "must-gather", "support-bundle"} {
		t.Run(name, func(t *testing.T) {
			folder, zipped := filepath.Join(t.TempDir(), "unpacked"), filepath.Join(t.TempDir(), "packed.zip")
			repack(t, foreign(name+".tar.gz"), folder, zipped)
			want := scan(t, "-f", foreign(name+".tar.gz"))
			for _, path := range []string{folder, zipped} {
				r := scan(t, "-f", path)
				sampled(t, r)
				if len(r.Sources) != len(want.Sources) || r.GeneratedAt != want.GeneratedAt {
					t.Errorf("%s: %d sources at %s, want %d at %s", path, len(r.Sources), r.GeneratedAt, len(want.Sources), want.GeneratedAt)
				}
				for i, s := range r.Sources {
					if s.Resource != want.Sources[i].Resource || s.Objects != want.Sources[i].Objects {
						t.Errorf("%s: %+v, want %+v", path, s, want.Sources[i])
					}
				}
			}
		})
	}
}

// repack unpacks an archive into a folder and into a zip archive.
func repack(t *testing.T, from, folder, zipped string) {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, content := range filesOf(t, readFile(t, from)) {
		if strings.HasSuffix(name, "/") {
			continue
		}
		put(t, content, false, folder, name)
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	put(t, out.String(), false, zipped)
}

// sampled asserts the two incidents of the samples, of four pods each.
func sampled(t *testing.T, r *report.Report) {
	t.Helper()
	if got := rootsOf(r); !slices.Equal(got, bothIncidents) {
		t.Fatalf("roots %v, want %v", got, bothIncidents)
	}
	for i := range r.Patterns {
		if p := &r.Patterns[i]; p.ExplainedBy == "" && p.Severity != "info" && p.Frequency.Pods != 4 {
			t.Errorf("%s: %d pods, want 4", p.Title, p.Frequency.Pods)
		}
	}
}

// TestTablesOfKubectl reads tables of kubectl 1.36: which image is not pulled is
// told by events, how a container ended by no table.
func TestTablesOfKubectl(t *testing.T) {
	pull, both := []string{"image-pull/auth"}, []string{"exit-code/unknown", "image-pull/auth"}
	for name, c := range map[string]struct {
		flags []string
		roots []string
	}{
		"events":                 {[]string{"-f", foreign("events-all.txt")}, pull},
		"wide events":            {[]string{"-f", foreign("events-all-wide.txt")}, pull},
		"pods":                   {[]string{"-f", foreign("pods-all.txt")}, []string{"exit-code/unknown", "image-pull/unknown"}},
		"pods and events":        {[]string{"-f", foreign("pods-all.txt"), "-f", foreign("events-all.txt")}, both},
		"wide pods and events":   {[]string{"-f", foreign("pods-all-wide.txt"), "-f", foreign("events-all-wide.txt")}, both},
		"pods of one namespace":  {[]string{"-f", foreign("pods-orders.txt"), "-n", "orders"}, []string{"exit-code/unknown"}},
		"pods and events of one": {[]string{"-f", foreign("pods-orders.txt"), "-f", foreign("events-orders.txt"), "-n", "orders"}, []string{"exit-code/unknown"}},
		"tables beside objects":  {[]string{"-f", foreign("get.json.gz"), "-f", foreign("pods-all.txt")}, bothIncidents},
		"a folder of tables":     {[]string{"-f", folderOf(t, "pods-all.txt", "events-all.txt")}, both},
	} {
		t.Run(name, func(t *testing.T) {
			r := scan(t, append(c.flags, "--now", tablesPrinted(t))...)
			if got := rootsOf(r); !slices.Equal(got, c.roots) {
				t.Errorf("roots %v, want %v", got, c.roots)
			}
		})
	}
}

// folderOf is a folder with some of the samples.
func folderOf(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(readFile(t, foreign(name))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
