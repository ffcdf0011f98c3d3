package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func testRelease(t *testing.T) release {
	t.Helper()
	root, err := moduleRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return release{
		root:       root,
		source:     filepath.Join(root, "plugins.yaml"),
		license:    write(t, filepath.Join(t.TempDir(), licenseName), []byte("You may.\n")),
		notices:    write(t, filepath.Join(t.TempDir(), noticesName), []byte("They may.\n")),
		out:        t.TempDir(),
		version:    "v1.2.3-rc.1",
		platforms:  runtime.GOOS + "/" + runtime.GOARCH,
		buildFlags: []string{"-buildvcs=false"}, // a snapshot has no git
	}
}

func TestRoundTrip(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the plugin")
	}
	if !slices.Contains(supported(), osArch{runtime.GOOS, runtime.GOARCH}) {
		t.Skip("no release for this platform")
	}
	r := testRelease(t)
	r.root = snapshot(t, r.root) // nobody edits it between the builds
	var out bytes.Buffer
	if err := r.make(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(r.out, "patterns.yaml")
	p, found, err := readPlugin(manifest)
	if err != nil || len(found) > 0 || len(p.Spec.Platforms) != 1 || p.Spec.Version != r.version {
		t.Fatalf("%v %v %+v", err, found, p)
	}
	wantText(t, p.Spec.Platforms[0].URI, "/v1.2.3-rc.1/", "_v1.2.3-rc.1_")

	t.Run("accepted", func(t *testing.T) {
		code, stdout, stderr := command(t, "--check", manifest, "--archives", r.out)
		if code != 0 {
			t.Fatal(stderr)
		}
		wantText(t, stdout, "passed")
	})
	t.Run("reproducible", func(t *testing.T) { again(t, r, p) })
	t.Run("filled", func(t *testing.T) { filled(t, r) })
	t.Run("flipped byte", func(t *testing.T) { flip(t, r, p) })
}

// snapshot copies what the plugin is built from.
func snapshot(t *testing.T, root string) string {
	t.Helper()
	to := t.TempDir()
	for _, folder := range []string{"cmd", "pkg"} {
		if err := os.CopyFS(filepath.Join(to, folder), os.DirFS(filepath.Join(root, folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(to, file), b)
	}
	return to
}

// again builds the same sources in another folder: where they lie must not
// show.
func again(t *testing.T, r release, first plugin) {
	r.root, r.out = snapshot(t, r.root), t.TempDir()
	if err := r.make(t.Context(), &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	second, _, err := readPlugin(filepath.Join(r.out, "patterns.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := first.Spec.Platforms[0].Sha256, second.Spec.Platforms[0].Sha256; a != b {
		t.Errorf("built twice: %s and %s", a, b)
	}
}

// filled makes the manifest anew from the archives alone: the same one.
func filled(t *testing.T, r release) {
	file := filepath.Join(r.out, "patterns.yaml")
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	r.built = true
	if err := r.make(t.Context(), &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	if second, err := os.ReadFile(file); err != nil || !bytes.Equal(first, second) {
		t.Errorf("%v; the manifest is another one:\n%s", err, second)
	}
}

func flip(t *testing.T, r release, p plugin) {
	file := filepath.Join(r.out, p.Spec.Platforms[0].archiveName())
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	write(t, file, b)
	code, _, stderr := command(t, "--check", filepath.Join(r.out, "patterns.yaml"), "--archives", r.out)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	wantText(t, stderr, string(ruleDigest))
}

func TestNoLicense(t *testing.T) {
	r := testRelease(t)
	r.license = filepath.Join(t.TempDir(), licenseName)
	err := r.make(t.Context(), &bytes.Buffer{})
	if err == nil {
		t.Fatal("released without a license")
	}
	wantText(t, err.Error(), "there is no LICENSE")
	if left, _ := os.ReadDir(r.out); len(left) > 0 {
		t.Errorf("left %v behind", left)
	}
}

func TestPlan(t *testing.T) {
	for name, c := range map[string]struct{ version, platforms, want string }{
		"version":          {"1.2.3", "", "[version]"},
		"unknown platform": {"", "linux/amd64,linux/sparc", "no platform linux/sparc"},
		"twice":            {"", "linux/amd64, linux/amd64", "named twice"},
	} {
		r := testRelease(t)
		r.version, r.platforms = c.version, c.platforms
		if _, err := r.plan(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	r := testRelease(t)
	r.platforms = ""
	p, err := r.plan()
	if err != nil || len(p.Spec.Platforms) != 6 {
		t.Errorf("all platforms: %v %d", err, len(p.Spec.Platforms))
	}
}

func TestArguments(t *testing.T) {
	for _, args := range [][]string{
		{"extra"}, {"--unknown"}, {"--archives", "x"}, {"--check", "x", "--out", "y"}, {"--check", "x", "--version", "v1.0.0"},
	} {
		if code, _, _ := command(t, args...); code != 2 {
			t.Errorf("%v: exit code %d, want 2", args, code)
		}
	}
	if code, _, _ := command(t, "--help"); code != 0 {
		t.Error("help is no error")
	}
}

func TestVersionNote(t *testing.T) {
	if got := versionNote("v1.0.0", "v1.0.0"); got != "" {
		t.Error(got)
	}
	wantText(t, versionNote("v0.0.0-2026+dirty", "v1.0.0"), "v0.0.0-2026+dirty", "v1.0.0")
}
