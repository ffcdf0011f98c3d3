package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func newMatrix(flags *scanFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "matrix",
		Short: "Patterns against factors, and against each other, as a heat grid",
		Long: `Prints the correlation matrix alone. The first grid sets every root pattern
against the factors that any of them names: how many of its affected have the
factor, and beside that how many of the healthy have it. The second sets
patterns that touch the same workloads, or of which one follows from the other,
against each other: how much of each both touch, and which of them began first.

With -o wide what follows from the roots stands in the first grid as well. With
-o json or yaml the report holds the matrix alone: 'matrix.cells' by pattern and
factor, 'matrix.between' by pair. A lag is null where no time is told, and
'lagBound' says where it is only a bound.`,
		Example: `  # The whole cluster
  kubectl patterns matrix -A

  # Rollouts alone, and what they have to do with each other
  kubectl patterns matrix -A --detector rollout-failure

  # Saved data, in full width, what follows from the roots too
  COLUMNS=200 kubectl patterns matrix -f dump.json -o wide

  # Pairs of which one follows from the other
  kubectl patterns matrix -A -o json | jq '.matrix.between[] | select(.explains)'`,
		Args:              takesNothing,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              flags.runE(runMatrix),
	}
}

// takesNothing refuses arguments of a command that has none.
func takesNothing(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no arguments, yet there is %q", c.Name(), args[0])
	}
	return nil
}

func runMatrix(ctx context.Context, o *options, _ []string) error {
	story, _, err := o.analyse(ctx)
	if err != nil {
		return err
	}
	story = o.shown(story)
	r, text := report.New(story), report.MatrixText
	switch o.output {
	case "json", "yaml":
		r = r.OnlyMatrix()
	case "wide":
		text = report.MatrixWide
	}
	return o.tell(story, r, text, len(story.Patterns) > 0)
}
