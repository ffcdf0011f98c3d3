package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
)

// configVariable names the file in the environment.
const configVariable = "KUBECTL_PATTERNS_CONFIG"

// configFile is what a user wrote down for all runs: defaults of flags, and
// patterns that are known.
type configFile struct {
	defaults []configDefault // in the order of the file
	ignore   []correlate.IgnoreRule
}

// configDefault is the value that a flag has where it is not typed.
type configDefault struct {
	flag   string
	values []string // several for a flag that may be repeated
	at     string   // where it is written: file:line
}

// configFlags say which file is meant.
type configFlags struct {
	file string
	none bool
	// applied are the defaults that this run has from the file.
	applied []configDefault
	ignore  []correlate.IgnoreRule
	told    map[string]bool // rules that have ended and were told, by where they are
}

func (f *configFlags) addTo(c *cobra.Command) {
	p := c.PersistentFlags()
	p.StringVar(&f.file, "config", "", "The file with defaults of flags and patterns to ignore; by default "+configVariable+", else kubectl-patterns/config.yaml in the user's configuration folder, if there is one")
	p.BoolVar(&f.none, "no-config", false, "Read no such file")
	c.MarkFlagsMutuallyExclusive("config", "no-config")
}

// load reads the file and gives the flags that were not typed its defaults. A
// file that was named must be there.
func (f *configFlags) load(c *cobra.Command) error {
	f.applied, f.ignore, f.told = nil, nil, map[string]bool{}
	path, named := f.place()
	if path == "" {
		return nil
	}
	raw, err := os.ReadFile(path) //nolint:gosec // the user's own
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil
	}
	if err != nil {
		return &failure{exitFailed, fmt.Errorf("config: %w", err)}
	}
	config, err := parseConfig(path, raw, configurable(c.Root()))
	if err != nil {
		return &failure{exitUsage, err}
	}
	f.ignore = config.ignore
	return f.apply(c, config.defaults)
}

// place is where the file is, and whether somebody named it.
func (f *configFlags) place() (path string, named bool) {
	switch env := os.Getenv(configVariable); {
	case f.none:
		return "", false
	case f.file != "":
		return f.file, true
	case env != "":
		return env, true
	}
	folder := configFolder()
	if folder == "" {
		return "", false
	}
	return filepath.Join(folder, "kubectl-patterns", "config.yaml"), false
}

// configFolder is that of the XDG specification; where nothing tells it,
// ~/.config, on macOS too, as command line tools have it. It is empty where
// there is no home.
func configFolder() string {
	if dir := os.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) { // relative ones are to be ignored, says the specification
		return dir
	}
	if dir := os.Getenv("AppData"); runtime.GOOS == "windows" && dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".config")
}

func (f *configFlags) apply(c *cobra.Command, defaults []configDefault) error {
	for _, d := range defaults {
		flag := c.Flags().Lookup(d.flag)
		if flag == nil || flag.Changed || givesWay(c, d.flag) {
			continue
		}
		for _, v := range d.values {
			if err := flag.Value.Set(v); err != nil { // not c.Flags().Set: it was not typed
				return usagef("%s: %s: %w", d.at, d.flag, err)
			}
		}
		f.applied = append(f.applied, d)
	}
	return nil
}

// givesWay reports whether a default does not fit what was typed or what the
// environment says.
func givesWay(c *cobra.Command, flag string) bool {
	typed := func(names ...string) bool { return slices.ContainsFunc(names, c.Flags().Changed) }
	switch flag {
	case "all-namespaces":
		return typed("namespace") || c.Name() == "rollout" // which takes one workload
	case "no-history":
		return typed("history") || c.Name() == "record"
	case "color":
		return os.Getenv("NO_COLOR") != ""
	case "output", "exit-code":
		return typed("watch")
	}
	// What is sent to one Prometheus is not for another, saved data are of
	// whatever cluster, and several clusters have one each.
	return strings.HasPrefix(flag, "prometheus") && (typed("prometheus", "filename", "contexts", "all-contexts") || c.Name() == "diff")
}

// blame says of a wrong value that the file has it.
func (f *configFlags) blame(err error) error {
	if err == nil {
		return nil
	}
	for _, d := range f.applied {
		if rest, ok := strings.CutPrefix(err.Error(), "--"+d.flag); ok && strings.IndexAny(rest, " :") == 0 {
			return usagef("%s: %w", d.at, err)
		}
	}
	return err
}

// configurable are the flags that may have a default in the file: those of all
// commands but kubectl's own, which have kubeconfig for that, and but those
// that say what is read or written by one run.
func configurable(root *cobra.Command) map[string]*pflag.Flag {
	kubectls := kubectlFlags()
	out := map[string]*pflag.Flag{}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		if kubectls.Lookup(f.Name) == nil && !slices.Contains(ofOneRun(), f.Name) {
			out[f.Name] = f
		}
	})
	return out
}

func ofOneRun() []string {
	return []string{"filename", "now", "selector", "history", "table", "config", "no-config", "save", "evidence-dir", "v"}
}

// kubectlFlags are those that kubectl has everywhere.
func kubectlFlags() *pflag.FlagSet {
	flags := pflag.NewFlagSet("kubectl", pflag.ContinueOnError)
	genericclioptions.NewConfigFlags(true).AddFlags(flags)
	return flags
}
