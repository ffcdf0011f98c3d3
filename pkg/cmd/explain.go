package cmd

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func newExplain(flags *scanFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "explain ID",
		Short: "All of one pattern: every object, all evidence, all numbers",
		Long: `Tells everything of one pattern: every affected object, what these share with
all numbers, what changed before, all evidence and what speaks against it, what
it follows from and what follows from it, and what was not checked.

ID is what a scan prints; the beginning of one is enough where no other begins
like it, and so is the name of a detector that found one pattern only. The same
problem has the same ID run after run. Scan as you did when you saw it: with -A
where that was with -A.`,
		Example: `  # By the ID that a scan prints
  kubectl patterns explain image-pull-auth-60b935 -A

  # By the beginning of an ID, where it is that of one pattern only
  kubectl patterns explain oom -n shop

  # Of saved data, as YAML
  kubectl patterns explain rollout-cascade -f dump.json -o yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return usagef("explain needs the ID of one pattern, such as 'kubectl patterns explain oom -A'; 'kubectl patterns -A' prints them")
			}
			return nil
		},
		ValidArgsFunction: flags.completeIDs,
		RunE:              flags.runE(runExplain),
	}
}

func runExplain(ctx context.Context, o *options, args []string) error {
	story, _, err := o.analyse(ctx)
	if err != nil {
		return err
	}
	p, err := story.Find(args[0])
	if err != nil {
		if !story.Snapshot.Scope.AllNamespaces {
			return fmt.Errorf("%w (in %s; -A looks at all namespaces)", err, o.where())
		}
		return err
	}
	around := story.Around(p)
	r := report.New(story.Only(func(q *correlate.Pattern) bool { return q == p || slices.Contains(around.Below, q) }))
	r.AddExplain(around)
	ignored := o.noteIgnored(story, p)
	return o.tell(story, r, report.ExplainText, !ignored && p.Severity.Rank() <= o.severity.Rank())
}

// where names the namespaces that were asked for.
func (o *options) where() string {
	if len(o.scope.Namespaces) == 1 {
		return "namespace " + o.scope.Namespaces[0]
	}
	return fmt.Sprintf("%d namespaces", len(o.scope.Namespaces))
}
