// Command score runs the plugin over incidents whose truth is known, tells
// how often it is right, and writes that into docs/scoreboard.md.
//
//	go run ./hack/score [-check] [-o FILE]
//	go run ./hack/score FOLDER…
//	go run ./hack/score -keep DIR
//	go run ./hack/score -seed N
//
// Without folders it scores the recordings in testdata/incidents and the
// synthetic incidents. A folder holds the data of one incident (data.tar.gz,
// or a folder data; metrics-N beside it) and truth.yaml; with -keep the
// synthetic incidents are written into such folders, to be looked at.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/pulse"
	"github.com/kubectl-patterns/kubectl-patterns/hack/score/synth"
)

func main() {
	file := flag.String("o", "docs/scoreboard.md", "the page")
	check := flag.Bool("check", false, "change nothing; fail when the page is not up to date")
	keep := flag.String("keep", "", "score nothing; write the synthetic incidents into this folder")
	seed := flag.Uint64("seed", synth.Seed, "of the synthetic incidents; with another one the page is printed and not written")
	flag.Parse()
	err := error(nil)
	switch {
	case *keep != "":
		err = keepAll(*keep, *seed)
	case *seed != synth.Seed:
		err = show(context.Background(), *seed)
	default:
		err = run(context.Background(), *file, *check, flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, file string, check bool, folders []string) error {
	if len(folders) > 0 {
		results, err := scoreFolders(ctx, folders)
		if err != nil {
			return err
		}
		_, err = os.Stdout.Write(board(results, nil, nil))
		return err
	}
	page, err := page(ctx, "hack/score", synth.Seed)
	if err != nil {
		return err
	}
	if check {
		return isFresh(file, page)
	}
	if _, err := os.Stdout.Write(page); err != nil {
		return err
	}
	return os.WriteFile(file, page, 0o644) //nolint:gosec // a page to read
}

// show prints the page of another seed.
func show(ctx context.Context, seed uint64) error {
	page, err := page(ctx, "hack/score", seed)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(page)
	return err
}

// page scores everything; here is the folder of this program.
func page(ctx context.Context, here string, seed uint64) ([]byte, error) {
	folders, err := filepath.Glob(filepath.Join(here, "testdata", "incidents", "*"))
	if err != nil {
		return nil, err
	}
	recorded, err := scoreFolders(ctx, folders)
	if err != nil {
		return nil, err
	}
	synthetic, err := scoreAll(ctx, generated(seed))
	if err != nil {
		return nil, err
	}
	blamed, err := blame(ctx)
	if err != nil {
		return nil, err
	}
	return append(board(recorded, synthetic, blamed), pulse.Section(seed)...), nil
}

func scoreFolders(ctx context.Context, folders []string) ([]result, error) {
	incidents, err := recorded(folders)
	if err != nil {
		return nil, err
	}
	return scoreAll(ctx, incidents)
}

func isFresh(file string, page []byte) error {
	old, err := os.ReadFile(file) //nolint:gosec // the user names the page
	if err != nil {
		return err
	}
	if !bytes.Equal(old, page) {
		return fmt.Errorf("%s is not what the plugin scores; run 'make score' and commit it", file)
	}
	return nil
}
