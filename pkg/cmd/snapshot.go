package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func newSnapshot(flags *scanFlags) *cobra.Command {
	s := &saving{}
	c := &cobra.Command{
		Use:   "snapshot FILE.tar.gz",
		Short: "Save what a scan reads, to be analysed elsewhere or later",
		Long: `Reads what a scan with the same flags reads, and saves it in one file. All
commands analyse it with -f as if it were the cluster at that moment: the report
is the same. 'kubectl patterns --save FILE' saves the very reading of a scan.

The file is a tar.gz of lists as kubectl prints them, by namespace, with a
manifest that says what was read, what could not be, and of which cluster and
moment it is. jq and other tools read it. It holds what the analysis uses and
nothing else: of Secrets and ConfigMaps names and dates, of the environment and
of commands the hosts that they name, of logs (--logs) the last lines. Data of
Secrets are never read, and text that looks like a credential is masked.

--redact gives namespaces, workloads, pods, nodes, images, hosts, addresses,
configs and values of labels other names, the same ones wherever they stand, in
messages and lines of logs too: what is found is the same. The key by which they
are chosen is drawn anew each time and kept nowhere. Names that everybody has
stay (kube-system, coredns, public registries, keys of Kubernetes' own labels),
as do numbers, tags that are numbers, hashes behind names, the names of
variables and keys, and what programs wrote in words that are no name of the
cluster: look at logs before you pass them on.

It is readable by you alone (mode 0600), there whole or not at all, and never
written over another file unless --overwrite says so. "-" writes it to standard
output.`,
		Example: `  # The whole cluster, with logs of what fails
  kubectl patterns snapshot incident.tar.gz -A --logs

  # Analyse it, on any machine
  kubectl patterns -f incident.tar.gz
  kubectl patterns timeline -f incident.tar.gz

  # Scan, and keep what was read
  kubectl patterns -A --save incident.tar.gz

  # For somebody else, under other names
  kubectl patterns snapshot incident.tar.gz -A --redact

  # What is in it
  tar xzf incident.tar.gz
  jq -r '.items[].metadata.name' snapshot/cluster/nodes.json

  # Make one of a folder of dumps
  kubectl patterns snapshot incident.tar.gz -f dumps/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("snapshot needs the name of one file to write, such as snapshot.tar.gz")
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions([]string{"tar.gz", "tgz"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE: flags.runE(func(ctx context.Context, o *options, args []string) error {
			s.file = args[0]
			return runSnapshot(ctx, o, s)
		}),
	}
	s.addHow(c)
	return c
}

func runSnapshot(ctx context.Context, o *options, s *saving) error {
	if err := s.check(); err != nil {
		return err
	}
	snapshot, _, err := o.read(ctx)
	if err != nil {
		return err
	}
	kept, err := s.named(snapshot)
	if err != nil {
		return err
	}
	if err := o.saveIn(ctx, s, kept); err != nil {
		return err
	}
	o.warnOfGaps(snapshot)
	return nil
}

// saveIn saves a snapshot and says so: on standard error, as standard output is
// the report's, or is the file itself.
func (o *options) saveIn(ctx context.Context, s *saving, snapshot *cluster.Snapshot) error {
	if s.file != "-" {
		defer o.leaving.writing()()
	}
	if err := s.save(ctx, snapshot, o.streams.Out); err != nil || s.file == "-" {
		return err
	}
	what := []string{detect.Count(len(snapshot.Pods), "pod"), detect.Count(len(snapshot.Events), "event"), detect.Count(len(snapshot.Nodes), "node")}
	if n := len(snapshot.Logs); n > 0 {
		what = append(what, detect.Count(n, "log"))
	}
	_, _ = fmt.Fprintf(o.streams.ErrOut, "saved %s in %s\n", detect.List(what, len(what)), report.Plain(s.file))
	return nil
}
