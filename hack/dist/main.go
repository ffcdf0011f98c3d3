// Command dist builds the archives of a release and the manifest that krew
// installs them by, and checks both by krew's rules.
//
//	go run ./hack/dist [--out dist] [--version vX.Y.Z] [--platforms linux/amd64,...]
//	go run ./hack/dist --fill [--out dist] [--version vX.Y.Z]
//	go run ./hack/dist --check FILE [--archives dist]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

type options struct {
	out, version, platforms string
	check, archives         string
	fill                    bool
}

// run returns the exit code: 1 when something is wrong with the release, 2
// when the command line makes no sense.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	opts, err := parseArgs(args, errOut)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(errOut, "error:", err)
		return 2
	case opts.check != "":
		err = checkOnly(opts, out)
	default:
		err = buildRelease(ctx, opts, out)
	}
	if err != nil {
		fmt.Fprintln(errOut, "error:", err)
		return 1
	}
	return 0
}

func parseArgs(args []string, errOut io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("dist", flag.ContinueOnError)
	fs.SetOutput(errOut)
	fs.StringVar(&o.out, "out", "dist", "folder for the archives and patterns.yaml")
	fs.StringVar(&o.version, "version", "", "version of the release (default: the one in plugins.yaml)")
	fs.StringVar(&o.platforms, "platforms", "", "build only these, as os/arch with commas between (default: all of plugins.yaml)")
	fs.BoolVar(&o.fill, "fill", false, "build nothing, write the manifest of the archives that lie in --out")
	fs.StringVar(&o.check, "check", "", "build nothing, check this manifest")
	fs.StringVar(&o.archives, "archives", "", "with --check: also check the archives in this folder")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	return o, o.conflict(fs)
}

// conflict refuses flags that would silently do nothing.
func (o options) conflict(fs *flag.FlagSet) error {
	var useless []string
	fs.Visit(func(f *flag.Flag) {
		building := f.Name == "out" || f.Name == "version" || f.Name == "platforms" || f.Name == "fill"
		if building && o.check != "" || f.Name == "archives" && o.check == "" {
			useless = append(useless, "--"+f.Name)
		}
	})
	switch {
	case len(useless) == 0:
		return nil
	case o.check != "":
		return fmt.Errorf("%s cannot be combined with --check", strings.Join(useless, ", "))
	default:
		return errors.New("--archives needs --check")
	}
}

func checkOnly(opts options, out io.Writer) error {
	found, err := checkFile(opts.check, opts.archives)
	if err != nil {
		return err
	}
	if err := found.report(opts.check); err != nil {
		return err
	}
	what := "the manifest alone"
	if opts.archives != "" {
		what = "the manifest and its archives"
	}
	_, err = fmt.Fprintf(out, "%s: %s passed\n", opts.check, what)
	return err
}

func buildRelease(ctx context.Context, opts options, out io.Writer) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	r := release{
		root:      root,
		source:    filepath.Join(root, "plugins.yaml"),
		license:   filepath.Join(root, licenseName),
		notices:   filepath.Join(root, noticesName),
		out:       opts.out,
		version:   opts.version,
		platforms: opts.platforms,
		built:     opts.fill,
	}
	return r.make(ctx, out)
}

// moduleRoot is where go.mod lies, so that the command works from any folder
// of the repository.
func moduleRoot(ctx context.Context) (string, error) {
	b, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	mod := strings.TrimSpace(string(b))
	if mod == "" || mod == os.DevNull {
		return "", errors.New("not inside the repository: no go.mod found")
	}
	return filepath.Dir(mod), nil
}
