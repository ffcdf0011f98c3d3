// Command score runs the plugin over recorded incidents whose truth is known
// and prints how often it is right.
//
//	go run ./hack/score [FOLDER…]
//
// Each folder holds the data of one incident (data.tar.gz, or a folder data)
// and truth.yaml; without arguments it scores the recordings beside this
// program.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	folders := os.Args[1:]
	if len(folders) == 0 {
		found, err := filepath.Glob("hack/score/recordings/*")
		if err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(1)
		}
		folders = found
	}
	results, err := scoreAll(context.Background(), folders)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	if err := print(os.Stdout, results); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
