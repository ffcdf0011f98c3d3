package integration

import (
	"path/filepath"
	"regexp"
	"testing"
)

// TestSnapshotOfARealCluster: what a live scan saves and -f reads back gives
// the same report but for where it is from.
func TestSnapshotOfARealCluster(t *testing.T) {
	r := start(t, "textbook")
	source := regexp.MustCompile(`"(from": "(live|[^"]*\.tar\.gz)"|offline": (true|false))`)
	for name, flags := range map[string][]string{"all": {"-A", "--logs"}, "namespace": {"-n", "default", "--no-secrets"}, "selector": {"-A", "-l", "app"}, "metrics": {"-A", "--metrics"}} {
		t.Run(name, func(t *testing.T) {
			saved := filepath.Join(t.TempDir(), "saved.tar.gz")
			live, errOut, code := r.run(t, append(flags, "--no-history", "--save", saved, "-o", "json")...)
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, errOut)
			}
			back, errOut, code := r.run(t, "-f", saved, "-o", "json")
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, errOut)
			}
			if want, got := source.ReplaceAllString(live, ""), source.ReplaceAllString(back, ""); want != got {
				t.Errorf("the report is another one:\n%s\n%s", live, back)
			}
		})
	}
}
