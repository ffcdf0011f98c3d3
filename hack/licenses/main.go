// Command licenses writes THIRD_PARTY_LICENSES: what the plugin is built from on
// any platform, under which licence, and the texts, which have to come along.
// It fails on a licence that nobody allowed, or that it does not recognise. With
// -check it changes nothing, and fails when the file is not up to date.
//
//	go run ./hack/licenses [-check] [-o FILE]
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	file := flag.String("o", "THIRD_PARTY_LICENSES", "the file")
	check := flag.Bool("check", false, "change nothing; fail when the file is not up to date")
	flag.Parse()
	if err := run(context.Background(), *file, *check); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, file string, check bool) error {
	modules, err := shipped(ctx, "./cmd/kubectl-patterns")
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := write(&text, modules); err != nil {
		return err
	}
	if !check {
		return os.WriteFile(file, text.Bytes(), 0o644) //nolint:gosec // a text to read
	}
	old, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	if !bytes.Equal(old, text.Bytes()) {
		return errors.New(file + " is not what the plugin is built from; run 'make licenses', read the difference and commit it")
	}
	return nil
}
