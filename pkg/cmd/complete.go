package cmd

import (
	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// completeFlags lets a shell complete the values of flags that have few.
func completeFlags(c *cobra.Command) {
	for name, values := range map[string][]string{
		"output":       append(outputs(), documents()...),
		"table":        report.Tables(),
		"color":        {"auto", "always", "never"},
		"min-severity": {"info", "warning", "critical"},
		"category":     detect.Categories,
		"detector":     detectorNames(),
	} {
		// The one error is that there is no such flag; TestCompletion would tell.
		_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

func detectorNames() []string {
	var out []string
	for _, d := range detectors.Suite() {
		out = append(out, d.Name)
	}
	return out
}
