package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// contextsAtOnce is how many clusters are read at one time: each takes the
// memory of a scan of its own.
const contextsAtOnce = 4

// contextFlags say that several clusters are asked for.
type contextFlags struct {
	names []string
	all   bool
}

func (f *contextFlags) addTo(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.names, "contexts", nil, "Scan the clusters of these contexts of the kubeconfig, and tell what they have in common")
	c.Flags().BoolVar(&f.all, "all-contexts", false, "The same with all contexts of the kubeconfig")
	c.MarkFlagsMutuallyExclusive("contexts", "all-contexts")
}

func (f *contextFlags) asked() bool { return f.all || len(f.names) > 0 }

// ofOneCluster are the flags that mean nothing where there are several: what
// they name is of one.
var ofOneCluster = []string{"filename", "context", "cluster", "user", "server", "token", "history", "prometheus", "save", "redact", "evidence-dir", "watch"}

// check refuses what goes with one cluster alone.
func (f *contextFlags) check(c *cobra.Command, output string) error {
	if !f.asked() {
		return nil
	}
	flag := "--contexts"
	if f.all {
		flag = "--all-contexts"
	}
	for _, name := range ofOneCluster {
		if c.Flags().Changed(name) {
			return usagef("--%s is of one cluster: it does not go with %s", name, flag)
		}
	}
	if slices.Contains(documents(), output) {
		return usagef("-o %s is of one cluster: with %s there are %s", output, flag, strings.Join(outputs(), ", "))
	}
	return nil
}

// chosen are the contexts to be read, each once.
func (f *contextFlags) chosen(config *api.Config) ([]string, error) {
	known := slices.Sorted(maps.Keys(config.Contexts))
	if len(known) == 0 {
		return nil, &failure{exitFailed, errNoKubeconfig}
	}
	if f.all {
		return known, nil
	}
	var out []string
	for _, name := range f.names {
		if !slices.Contains(known, name) {
			return nil, usagef("%w", orNear(fmt.Errorf("--contexts: there is no context %q in the kubeconfig", name), name, known))
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, nil
}

// oneCluster is the reading of one of several contexts.
type oneCluster struct {
	name, server string
	options      *options
	said         lockedBuffer // on standard error
	story        *correlate.Story
	err          error
}

// lockedBuffer may be written to by several at once: clients warn from each of
// their requests.
type lockedBuffer struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

// runContexts scans several clusters, a few at a time, and tells what each has
// and what they have in common. One that cannot be read hides no other.
func runContexts(ctx context.Context, o *options) error {
	clusters, err := o.clusters()
	if err != nil {
		return err
	}
	o.readAll(ctx, clusters)
	return o.tellRead(ctx, clusters)
}

func (o *options) readAll(ctx context.Context, clusters []*oneCluster) {
	o.progress.clusters = len(clusters)
	defer o.progress.during()()
	var group errgroup.Group
	group.SetLimit(contextsAtOnce)
	for _, c := range clusters {
		group.Go(func() error {
			c.story, _, c.err = c.options.analyse(ctx)
			o.progress.ended()
			return nil
		})
	}
	_ = group.Wait() // each has its own error
}

// tellRead tells what was read. Where an interruption ended it, those clusters are
// told of that had come whole, and the others named as every other that could not
// be read is.
func (o *options) tellRead(ctx context.Context, clusters []*oneCluster) error {
	if ctx.Err() != nil {
		for _, c := range clusters {
			if c.err != nil {
				c.err = errors.New(collect.Interrupted)
			}
		}
	}
	for _, c := range clusters {
		for line := range strings.Lines(c.said.out.String()) {
			_, _ = fmt.Fprintf(o.streams.ErrOut, "%s: %s", report.Plain(c.name), line)
		}
	}
	if !slices.ContainsFunc(clusters, func(c *oneCluster) bool { return c.err == nil }) {
		return noneRead(clusters)
	}
	if err := o.tellClusters(clusters); err != nil || ctx.Err() == nil {
		return err
	}
	return errInterrupted
}

// clusters are the readings to be made.
func (o *options) clusters() ([]*oneCluster, error) {
	config, err := o.config.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, err
	}
	names, err := o.contexts.chosen(&config)
	if err != nil {
		return nil, err
	}
	var out []*oneCluster
	for _, name := range names {
		c := &oneCluster{name: name}
		if known := config.Clusters[config.Contexts[name].Cluster]; known != nil {
			c.server = known.Server
		}
		c.options, c.err = o.inContext(name, &c.said)
		if c.err != nil {
			return nil, c.err
		}
		out = append(out, c)
	}
	return out, nil
}

// inContext are the options with another context, and what is said on standard
// error kept apart.
func (o *options) inContext(name string, said *lockedBuffer) (*options, error) {
	flags, out := *o.scanFlags, *o
	flags.config = withContext(o.config, name)
	flags.streams.ErrOut, flags.contexts = said, contextFlags{}
	out.scanFlags, out.quiet, out.progress = &flags, true, o.progress.part(name, said)
	return &out, out.setScope(false)
}

// withContext are flags of kubectl with another context. They are made anew:
// such flags keep the configuration that they have read.
func withContext(f *genericclioptions.ConfigFlags, name string) *genericclioptions.ConfigFlags {
	out := genericclioptions.NewConfigFlags(true)
	out.CacheDir, out.KubeConfig, out.Namespace = f.CacheDir, f.KubeConfig, f.Namespace
	out.TLSServerName, out.Insecure, out.CertFile, out.KeyFile, out.CAFile = f.TLSServerName, f.Insecure, f.CertFile, f.KeyFile, f.CAFile
	out.Impersonate, out.ImpersonateUID, out.ImpersonateGroup = f.Impersonate, f.ImpersonateUID, f.ImpersonateGroup
	out.Timeout, out.DisableCompression = f.Timeout, f.DisableCompression
	out.Context = &name
	return out
}

// noneRead names each context with why it could not be read.
func noneRead(clusters []*oneCluster) error {
	var why []string
	for _, c := range clusters {
		why = append(why, fmt.Sprintf("%s: %v", c.name, c.err))
	}
	return fmt.Errorf("none of %s could be read: %s", detect.Count(len(clusters), "context"), strings.Join(why, "; "))
}

// tellClusters ends a scan of several clusters as every command ends.
func (o *options) tellClusters(clusters []*oneCluster) error {
	r, found := o.reportAcross(clusters)
	text := report.AcrossText
	if o.output == "wide" {
		text = report.AcrossWide
	}
	if err := o.print(r, text); err != nil {
		return err
	}
	for _, c := range clusters {
		c.options.streams.ErrOut = o.streams.ErrOut
		switch {
		case c.err != nil:
			o.warn("context %s could not be read: %v", c.name, c.err)
		default:
			c.options.warnOfGaps(c.story.Snapshot)
		}
	}
	if o.exitCode && found {
		return errFound
	}
	return nil
}

// reportAcross makes one report of all that was read, and tells whether there
// is a pattern in it. What clusters have in common is told while any of them
// shows its part.
func (o *options) reportAcross(clusters []*oneCluster) (r *report.Report, found bool) {
	var told []correlate.Told
	for _, c := range clusters {
		if c.err == nil {
			told = append(told, correlate.Told{Context: c.name, Story: c.story})
		}
	}
	same, shown := correlate.SameCluster(told), map[*correlate.Pattern]bool{}
	contexts := make([]report.Context, len(clusters))
	for i, c := range clusters {
		contexts[i] = report.Context{Name: c.name, Server: c.server, SameClusterAs: same[c.name]}
		if c.err != nil {
			contexts[i].Gap = c.err.Error()
			continue
		}
		story := o.shown(c.story)
		contexts[i].Report = report.New(story)
		for _, p := range story.Patterns {
			shown[p] = true
		}
	}
	common := slices.DeleteFunc(correlate.Across(told), func(c correlate.Common) bool {
		return !slices.ContainsFunc(c.In, func(in correlate.CommonIn) bool {
			return slices.ContainsFunc(in.Patterns, func(p *correlate.Pattern) bool { return shown[p] })
		})
	})
	return report.NewAcross(contexts, common), len(shown) > 0
}

// ofScansAlone says of the flags for several clusters why a command has none.
func ofScansAlone(c *cobra.Command, err error) error {
	for _, flag := range []string{"--contexts", "--all-contexts"} {
		if c.HasParent() && err.Error() == "unknown flag: "+flag {
			return fmt.Errorf("%s is of a whole scan: leave %q out", flag, c.Name())
		}
	}
	return err
}
