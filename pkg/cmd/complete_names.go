package cmd

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// How long whoever presses Tab waits at most: for names, and for patterns,
// which take a whole scan.
const (
	namesPatience = 2 * time.Second
	scanPatience  = 6 * time.Second
)

// names are words that a cluster or saved data have. Live they are asked for
// one by one, of saved data all is there.
type names struct {
	live  *collect.Live
	saved *cluster.Snapshot // nil for a live cluster
	o     *options
}

// completeNames completes words of the cluster, or of the files of -f. Nothing
// is ever printed but words: what fails, or takes too long, has none.
func (f *scanFlags) completeNames(of func(ctx context.Context, n *names, args []string, typed string) []string) completer {
	return func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		out := bounded(c.Context(), namesPatience, func(ctx context.Context) []string {
			n, err := f.names(ctx, c)
			if err != nil {
				return nil
			}
			return of(ctx, n, args, typed)
		})
		out = typeable(out)
		directive := cobra.ShellCompDirectiveNoFileComp
		if slices.ContainsFunc(out, func(s string) bool { return strings.HasSuffix(s, "/") }) {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		return out, directive
	}
}

// typeable are the words that a shell takes as they are. Shells put what is chosen
// on the command line, older scripts of completion unquoted, and one of them
// evaluates it before that.
func typeable(words []string) []string {
	return slices.DeleteFunc(words, func(word string) bool { return detect.Quote(word) != word })
}

// bounded gives up when it takes too long, whatever hangs: a look-up of a name,
// a credential plugin, a large file.
func bounded(ctx context.Context, patience time.Duration, find func(context.Context) []string) []string {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found := make(chan []string, 1)
	go func() { found <- find(ctx) }()
	select {
	case out := <-found:
		return out
	case <-ctx.Done():
		return nil
	}
}

// mute are the flags with everything that is said on the way silenced.
func (f *scanFlags) mute(c *cobra.Command) (*options, error) {
	klog.SetOutput(io.Discard)
	if err := f.userConfig.load(c); err != nil {
		return nil, err
	}
	silent := *f
	silent.streams.ErrOut = io.Discard
	o, err := silent.understood(c)
	if err == nil {
		o.quiet = true
	}
	return o, err
}

func (f *scanFlags) names(ctx context.Context, c *cobra.Command) (*names, error) {
	o, err := f.mute(c)
	if err != nil {
		return nil, err
	}
	if slices.Contains(o.files, "-") { // not there yet
		return &names{saved: cluster.New(cluster.Parts{}), o: o}, nil
	}
	reader, err := o.reader()
	if err != nil {
		return nil, err
	}
	if live, ok := reader.(*collect.Live); ok {
		return &names{live: live, o: o}, nil
	}
	parts, err := reader.Read(ctx, cluster.Scope{AllNamespaces: true})
	if err != nil {
		return nil, err
	}
	return &names{saved: cluster.New(parts), o: o}, nil
}

func namespacesFor(ctx context.Context, n *names, _ []string, _ string) []string {
	if n.saved != nil {
		return n.saved.Namespaces
	}
	return n.live.Names(ctx, "Namespace", "")
}

// nodesFor completes one node.
func nodesFor(ctx context.Context, n *names, args []string, _ string) []string {
	switch {
	case len(args) > 0:
		return nil
	case n.saved != nil:
		return nodeNames(n.saved)
	}
	return n.live.Names(ctx, "Node", "")
}

// workloadsFor completes KIND/NAME, or NAME behind KIND, the kind as it was
// typed.
func workloadsFor(ctx context.Context, n *names, args []string, typed string) []string {
	kind, _, named := strings.Cut(typed, "/")
	prefix := kind + "/"
	switch {
	case len(args) == 1 && !strings.Contains(args[0], "/"):
		kind, prefix = args[0], ""
	case len(args) > 0:
		return nil
	case !named:
		return []string{"deployment/", "statefulset/", "daemonset/"}
	}
	found := n.workloads(ctx, rolloutKind(kind))
	for i := range found {
		found[i] = prefix + found[i]
	}
	return found
}

// workloads are the names of those of a kind in the namespace that is asked
// for, in all where none is.
func (n *names) workloads(ctx context.Context, kind string) (out []string) {
	if kind == "" {
		return nil
	}
	if n.saved == nil {
		return n.live.Names(ctx, kind, strings.Join(n.o.scope.Namespaces, ""))
	}
	for _, w := range workloadsOf(n.saved) {
		if w.Kind == kind && n.o.scope.Includes(w.Namespace) {
			out = append(out, w.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// completeIDs completes IDs of patterns, with their titles. It takes a scan.
func (f *scanFlags) completeIDs(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || slices.Contains(f.files, "-") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return bounded(c.Context(), scanPatience, func(ctx context.Context) (out []string) {
		o, err := f.mute(c)
		if err != nil {
			return nil
		}
		story, _, err := o.analyse(ctx)
		if err != nil {
			return nil
		}
		for _, p := range story.Patterns {
			out = append(out, p.ID+"\t"+report.Plain(p.Title))
		}
		return out
	}), cobra.ShellCompDirectiveNoFileComp
}
