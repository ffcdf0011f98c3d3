// Command screenshots makes the pictures of README.md from the recording of the
// demo cluster: what a terminal shows, as SVG, and the page of -o html, as a
// browser shows it (Chromium, driven as in hack/browser).
//
//	go run ./hack/screenshots [-o FOLDER] [-recording FILE]
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cmd"
)

func main() {
	folder := flag.String("o", "docs/img", "the folder of the pictures")
	recording := flag.String("recording", "docs/testdata/demo.json.gz", "the saved data")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *folder, *recording); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be done
	}
}

// shots are the pictures of a terminal, by their names.
func shots() []struct{ name, command string } {
	return []struct{ name, command string }{
		{"scan", ""},
		{"node", "node gke-core-private-pool-abc123"},
	}
}

func run(ctx context.Context, folder, recording string) error {
	time.Local = time.UTC // the same picture everywhere
	if err := os.Setenv("COLUMNS", "80"); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // pictures to look at
		return err
	}
	for _, s := range shots() {
		args := append(strings.Fields(s.command), "-f", recording)
		text, err := printed(ctx, append(args, "--color", "always")...)
		if err != nil {
			return err
		}
		path := filepath.Join(folder, s.name+".svg")
		if err := os.WriteFile(path, drawn("kubectl patterns "+strings.Join(args, " "), text), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	page, err := printed(ctx, "-f", recording, "-o", "html")
	if err != nil {
		return err
	}
	return photograph(ctx, page, folder)
}

// printed is what the plugin prints on a terminal of 80 columns.
func printed(ctx context.Context, args ...string) (string, error) {
	var out, errOut bytes.Buffer
	code := cmd.Main(ctx, append(args, "--no-config"), genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut})
	if code != 0 {
		return "", errors.New(strings.TrimSpace(errOut.String()))
	}
	return out.String(), nil
}
