package cmd

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// scanFlags are what is typed; options are made of them.
type scanFlags struct {
	config        *genericclioptions.ConfigFlags
	streams       genericiooptions.IOStreams
	leaving       *leaving
	allNamespaces bool
	selector      string
	files         []string
	since         string
	now           string
	output        string
	table         string
	detectors     []string
	category      string
	minSeverity   string
	logs          bool
	noSecrets     bool
	configValues  bool
	metrics       bool
	utc           bool
	color         string
	exitCode      bool
	history       historyFlags
	evidence      evidenceFlags
	userConfig    configFlags
	prometheus    prometheusFlags
	save          saving
	contexts      contextFlags
}

func newScanFlags(streams genericiooptions.IOStreams) *scanFlags {
	return &scanFlags{config: genericclioptions.NewConfigFlags(true), streams: streams, leaving: &leaving{parting: parting},
		output: "text", table: "patterns", minSeverity: "info", color: "auto"}
}

func (f *scanFlags) addTo(c *cobra.Command) {
	p := c.PersistentFlags()
	f.config.AddFlags(p)
	p.BoolVarP(&f.allNamespaces, "all-namespaces", "A", f.allNamespaces, "Look at all namespaces")
	p.StringVarP(&f.selector, "selector", "l", f.selector, "Report failures of pods with these labels only (the healthy they are compared with stay)")
	p.StringSliceVarP(&f.files, "filename", "f", nil, "Analyse saved data instead of a live cluster: files, folders, archives, or - for standard input")
	p.StringVar(&f.since, "since", f.since, "Leave out events, changes and finished failures older than this, such as 30m or 2h")
	p.StringVar(&f.now, "now", f.now, "With -f: the moment to judge from (RFC 3339); by default the newest time in the data")
	p.StringVarP(&f.output, "output", "o", f.output, "Output format: text, wide, json or yaml; a scan also has markdown, html and csv")
	p.StringVar(&f.table, "table", f.table, "With -o csv: the table to write: "+strings.Join(report.Tables(), ", "))
	p.StringSliceVar(&f.detectors, "detector", nil, "Show patterns of these detectors only (see 'kubectl patterns detectors')")
	p.StringVar(&f.category, "category", f.category, "Show patterns of this category only: "+strings.Join(detect.Categories, ", "))
	p.StringVar(&f.minSeverity, "min-severity", f.minSeverity, "Show patterns of at least this severity: info, warning or critical")
	p.BoolVar(&f.logs, "logs", f.logs, "Read the last log lines of failing containers as well (a hundred at most; needs get on pods/log)")
	p.BoolVar(&f.noSecrets, "no-secrets", f.noSecrets, "Do not ask for the names and dates of Secrets (their data is never asked for)")
	p.BoolVar(&f.configValues, "config-values", f.configValues, "Read the values of ConfigMaps as well, for the addresses of Services in them (nothing else of them is kept)")
	p.BoolVar(&f.metrics, "metrics", f.metrics, "Ask the kubelets what they measure (needs the right nodes/proxy): CPU throttling, full volumes")
	f.history.addTo(c)
	f.evidence.addTo(c)
	f.userConfig.addTo(c)
	f.prometheus.addTo(p)
	p.BoolVar(&f.utc, "utc", f.utc, "Show times in UTC instead of the local zone")
	p.StringVar(&f.color, "color", f.color, "Colour: auto, always or never")
	p.BoolVar(&f.exitCode, "exit-code", f.exitCode, "Exit with 3 when there is a pattern of at least --min-severity")
}

// options are flags that were understood.
type options struct {
	*scanFlags
	scope    cluster.Scope
	now      time.Time
	since    time.Duration
	severity correlate.Severity
	suite    detect.Suite
	style    report.Style
	progress *progress
	quiet    bool   // no progress
	salvage  bool   // what was read counts when reading is interrupted
	source   reader // what is read instead of a cluster or files; nil: those
}

// runE turns a run of options into a cobra function.
func (f *scanFlags) runE(run func(context.Context, *options, []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		o, err := f.options(c)
		if err == nil {
			err = run(c.Context(), o, args)
		}
		return ended(err)
	}
}

func (f *scanFlags) options(c *cobra.Command) (*options, error) {
	if err := f.userConfig.load(c); err != nil {
		return nil, err
	}
	o, err := f.understood(c)
	return o, f.userConfig.blame(err)
}

// understood makes options of flags.
func (f *scanFlags) understood(c *cobra.Command) (*options, error) {
	o := &options{scanFlags: f, progress: newProgress(f.streams.ErrOut), suite: detectors.Suite(), severity: correlate.Severity(f.minSeverity)}
	if err := f.checkOutput(c); err != nil {
		return nil, err
	}
	if err := f.contexts.check(c, f.output); err != nil {
		return nil, err
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	if err := o.times(); err != nil {
		return nil, err
	}
	if err := o.setScope(c.Flags().Changed("namespace")); err != nil {
		return nil, err
	}
	o.style = f.style()
	o.style.Again = again(c)
	return o, nil
}

func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return usagef("--%s %q: must be one of %s", flag, value, strings.Join(allowed, ", "))
}

func (o *options) validate() error {
	for _, err := range []error{
		oneOf("color", o.color, "auto", "always", "never"),
		oneOf("min-severity", o.minSeverity, "info", "warning", "critical"),
	} {
		if err != nil {
			return err
		}
	}
	if o.category != "" {
		if err := oneOf("category", o.category, detect.Categories...); err != nil {
			return err
		}
	}
	for _, name := range o.detectors {
		if o.suite.Named(name) == nil {
			return usagef("%w", orNear(fmt.Errorf("--detector %q: no such detector; 'kubectl patterns detectors' lists them", name), name, detectorNames()))
		}
	}
	if o.scanFlags.now != "" && len(o.files) == 0 {
		return usagef("--now is for saved data: it goes with -f")
	}
	return o.prometheus.validate(len(o.files) > 0)
}

func (o *options) times() error {
	if o.scanFlags.now != "" {
		t, err := time.Parse(time.RFC3339, o.scanFlags.now)
		if err != nil {
			return usagef("--now %q: must be a time such as 2026-01-02T15:04:05Z", o.scanFlags.now)
		}
		o.now = t
	}
	if o.scanFlags.since != "" {
		d, err := parseSpan(o.scanFlags.since)
		if err != nil || d <= 0 {
			return usagef("--since %q: must be a duration such as 30m, 2h or 3d", o.scanFlags.since)
		}
		o.since = d
	}
	return nil
}

// parseSpan knows days beside Go's units.
func parseSpan(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}

// setScope decides whose failures are asked for. Saved data are looked at
// whole unless -n narrows them.
func (o *options) setScope(namespaceGiven bool) error {
	o.scope = cluster.Scope{AllNamespaces: o.allNamespaces}
	if err := o.scope.Select(o.selector); err != nil {
		return usagef("--selector %q: %v", o.selector, err)
	}
	switch {
	case len(o.files) > 0:
		if namespaceGiven && !o.allNamespaces {
			o.scope.Namespaces = []string{*o.config.Namespace}
		}
		o.scope.AllNamespaces = len(o.scope.Namespaces) == 0
	case !o.allNamespaces && !o.contexts.asked(): // of several each has its own
		ns, _, err := o.config.ToRawKubeConfigLoader().Namespace()
		if err != nil {
			return &failure{exitFailed, err}
		}
		o.scope.Namespaces = []string{ns}
	}
	return nil
}

func (f *scanFlags) warn(format string, args ...any) {
	_, _ = fmt.Fprintf(f.streams.ErrOut, "warning: %s\n", report.Plain(fmt.Sprintf(format, args...)))
}
