package cmd

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// completer is what cobra asks for the words that may come next.
type completer = func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective)

// completeFlags lets a shell complete the values of flags.
func (f *scanFlags) completeFlags(c *cobra.Command) {
	fixed := func(values ...string) completer {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	for name, words := range map[string]completer{
		"output":           completeOutput,
		"table":            fixed(report.Tables()...),
		"color":            fixed("auto", "always", "never"),
		"min-severity":     fixed("info", "warning", "critical"),
		"category":         fixed(detect.Categories...),
		"detector":         completeList(detectorNames()),
		"since":            fixed("15m", "1h", "6h", "1d"),
		"prometheus-range": fixed("24h", "7d", "14d", "30d"),
		"config":           cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
		"history":          cobra.FixedCompletions([]string{"db"}, cobra.ShellCompDirectiveFilterFileExt),
		"namespace":        f.completeNames(namespacesFor),
		"context":          f.completeKubeconfig(func(k *api.Config) []string { return slices.Sorted(maps.Keys(k.Contexts)) }),
		"contexts":         f.completeContexts,
		"cluster":          f.completeKubeconfig(func(k *api.Config) []string { return slices.Sorted(maps.Keys(k.Clusters)) }),
		"user":             f.completeKubeconfig(func(k *api.Config) []string { return slices.Sorted(maps.Keys(k.AuthInfos)) }),
	} {
		// The one error is that there is no such flag; TestCompletion would tell.
		_ = c.RegisterFlagCompletionFunc(name, words)
	}
}

// completeOutput knows that documents are of the scan alone.
func completeOutput(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	if c.HasParent() {
		return outputs(), cobra.ShellCompDirectiveNoFileComp
	}
	return append(outputs(), documents()...), cobra.ShellCompDirectiveNoFileComp
}

// completeList completes the last of several values with commas between.
func completeList(values []string) completer {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndex(typed, ",")+1]
		out := make([]string, 0, len(values))
		for _, v := range values {
			if !slices.Contains(strings.Split(before, ","), v) {
				out = append(out, before+v)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// completeKubeconfig completes what a kubeconfig names; no cluster is asked.
func (f *scanFlags) completeKubeconfig(names func(*api.Config) []string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		config, err := f.config.ToRawKubeConfigLoader().RawConfig()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return typeable(names(&config)), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeContexts completes the last of several contexts.
func (f *scanFlags) completeContexts(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	config, err := f.config.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeList(typeable(slices.Sorted(maps.Keys(config.Contexts))))(c, args, typed)
}

func detectorNames() []string {
	var out []string
	for _, d := range detectors.Suite() {
		out = append(out, d.Name)
	}
	return out
}

// completeDetector completes the one detector that is to be described.
func completeDetector(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, d := range detectors.Suite() {
		out = append(out, d.Name+"\t"+d.Title())
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
