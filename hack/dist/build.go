package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// mainPackage is what the archives carry.
const mainPackage = "./cmd/kubectl-patterns"

// binary is one compiled plugin.
type binary struct {
	data []byte
	// version is what the binary calls itself, which the Go tool takes from
	// the tag of the checkout.
	version string
}

// compile builds for one platform. The environment is pinned where it would
// change the bytes. GOFLAGS must not be empty: then the Go tool would take
// the flags that `go env -w` wrote down on this machine, and -buildvcs=auto
// stamps the version.
func (r release) compile(ctx context.Context, pair osArch) (binary, error) {
	dir, err := os.MkdirTemp("", "kubectl-patterns-dist")
	if err != nil {
		return binary{}, fmt.Errorf("build %s: %w", pair, err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "binary")
	args := append([]string{"build", "-trimpath", "-ldflags", "-s -w", "-o", file}, r.buildFlags...)
	cmd := exec.CommandContext(ctx, "go", append(args, mainPackage)...)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+pair.os, "GOARCH="+pair.arch,
		"GOFLAGS=-buildvcs=auto", "GOAMD64=v1", "GOARM64=v8.0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return binary{}, fmt.Errorf("build %s: %w\n%s", pair, err, strings.TrimSpace(string(out)))
	}
	return readBinary(file)
}

func readBinary(file string) (binary, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return binary{}, fmt.Errorf("read the binary: %w", err)
	}
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return binary{}, fmt.Errorf("read the binary: %w", err)
	}
	return binary{data, info.Main.Version}, nil
}
