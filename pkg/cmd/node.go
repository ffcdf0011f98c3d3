package cmd

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func newNode(flags *scanFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "node NAME",
		Short: "One node: its conditions, impact by service, and its peers",
		Long: `Looks at one node: its conditions and taints, what happened on it, which
services the failing pods on it belong to, and whether more fails here than on
other nodes of its pool, its zone and the cluster. Of each class of failures it
says whether that is more than chance: pods are compared with pods of the same
revision elsewhere that went through the same. Then it says what the node has
that few others have: kernel, runtime, taints, labels and more. Pods of all
namespaces are looked at unless -n is given.`,
		Example: `  # What is wrong with a node, and is it the node?
  kubectl patterns node worker-3

  # The same of saved data
  kubectl patterns node worker-3 -f dump.json

  # Whether more fails there than chance would have it, for a script
  kubectl patterns node worker-3 -o json | jq '.node.comparisons[] | {class, tier, text}'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("node needs the name of one node, such as 'kubectl patterns node worker-3'; 'kubectl get nodes' lists them")
			}
			return nil
		},
		ValidArgsFunction: flags.completeNames(nodesFor),
		RunE: func(c *cobra.Command, args []string) error {
			if !c.Flags().Changed("namespace") {
				flags.allNamespaces = true
			}
			return flags.runE(runNode)(c, args)
		},
	}
}

func runNode(ctx context.Context, o *options, args []string) error {
	name := args[0]
	o.scope.Node = name
	story, symptoms, err := o.analyse(ctx)
	if err != nil {
		return err
	}
	view, ok := correlate.ViewNode(story, symptoms, name)
	if !ok {
		return orNear(fmt.Errorf("node %q does not exist", name), name, nodeNames(story.Snapshot))
	}
	story = o.ignoring(story).Only(func(p *correlate.Pattern) bool { return o.shows(p) && slices.Contains(p.Tally.Nodes, name) }).OnNode(name)
	r := report.New(story)
	r.AddNode(view)
	return o.tell(story, r, report.NodeText, len(story.Patterns) > 0)
}

// nodeNames are the nodes that are known, by what was read of them or of pods.
func nodeNames(s *cluster.Snapshot) []string {
	var out []string
	for i := range s.Nodes {
		out = append(out, s.Nodes[i].Name)
	}
	for i := range s.Pods {
		if n := s.Pods[i].Node; n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
