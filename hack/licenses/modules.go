package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// module is something that others wrote and that is in the binary.
type module struct {
	Path, Version, Dir string
	Main               bool
}

// platforms are those of releases; a test compares them with plugins.yaml.
func platforms() []string {
	return []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
}

// shipped are the modules whose packages are linked into the binary on any
// platform, and Go itself, whose runtime and library are in every binary.
func shipped(ctx context.Context, pkg string) ([]module, error) {
	found := map[string]module{}
	for _, p := range platforms() {
		if err := linked(ctx, pkg, p, found); err != nil {
			return nil, err
		}
	}
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	found["std"] = module{Path: "Go (runtime and standard library)", Version: runtime.Version(), Dir: strings.TrimSpace(string(root))}
	out := make([]module, 0, len(found))
	for _, m := range found {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

func linked(ctx context.Context, pkg, platform string, found map[string]module) error {
	system, arch, _ := strings.Cut(platform, "/")
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Module", pkg) //nolint:gosec // our own package
	list.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0")
	var complaints bytes.Buffer
	list.Stderr = &complaints
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("go list: %w: %s", err, complaints.String())
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ Module *module }
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("what go list says: %w", err)
		case p.Module != nil && !p.Module.Main:
			found[p.Module.Path] = *p.Module
		}
	}
}
