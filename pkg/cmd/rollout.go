package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func newRollout(flags *scanFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "rollout KIND/NAME",
		Short: "One rollout: what changed, and what failed after it, with the lag",
		Long: `Looks at the newest rollout of a Deployment, StatefulSet or DaemonSet: its
revisions with what differs between them and how the pods of each fare, what
failed after it in its own pods and in those that depend on it, with the lag and
what tells of the dependency. Apart from that stand those that depend on it and
fail for another reason, and what failed at the same time without a known link.

KIND is deployment (deploy), statefulset (sts) or daemonset (ds), in any form
that kubectl takes, such as deployments.apps.

The workload is looked for in the current namespace or that of -n, what depends
on it in all namespaces that may be read.`,
		Example: `  # A Deployment of another namespace
  kubectl patterns rollout deployment/payments -n shop

  # A StatefulSet of the current one, and saved data
  kubectl patterns rollout sts/db
  kubectl patterns rollout deploy payments -f dump.json

  # What it says for a script: who first failed after it, and when
  kubectl patterns rollout deploy/payments -n shop -o json |
    jq '.rollout.dependants[] | {workload, lagSeconds, how}'`,
		Args: func(_ *cobra.Command, args []string) error {
			_, err := parseRollout(args)
			return err
		},
		ValidArgsFunction: flags.completeNames(workloadsFor),
		RunE:              flags.runE(runRollout),
	}
}

// rolloutKinds are the kinds that have rollouts, with the names by which
// kubectl knows them; .apps and .v1.apps may stand behind the long ones.
var rolloutKinds = []struct {
	kind  string
	names []string
}{
	{"Deployment", []string{"deployment", "deployments", "deploy"}},
	{"StatefulSet", []string{"statefulset", "statefulsets", "sts"}},
	{"DaemonSet", []string{"daemonset", "daemonsets", "ds"}},
}

// kindsAccepted is what may be typed, in words.
const kindsAccepted = "deployment (deploy), statefulset (sts) or daemonset (ds), as kubectl takes them"

// rolloutKind is the kind that a name stands for, empty where that has no rollouts.
func rolloutKind(name string) string {
	name = strings.ToLower(name)
	for _, suffix := range []string{".v1.apps", ".apps"} {
		name = strings.TrimSuffix(name, suffix)
	}
	for _, k := range rolloutKinds {
		if slices.Contains(k.names, name) {
			return k.kind
		}
	}
	return ""
}

// parseRollout reads KIND/NAME, or KIND and NAME.
func parseRollout(args []string) (cluster.Ref, error) {
	var kind, name string
	switch len(args) {
	case 1:
		kind, name, _ = strings.Cut(args[0], "/")
	case 2:
		kind, name = args[0], args[1]
	}
	known := rolloutKind(kind)
	switch {
	case len(args) == 1 && kind != "" && name == "" && known == "" && !strings.Contains(args[0], "/"):
		return cluster.Ref{}, usagef("rollout needs the kind before the name, such as 'kubectl patterns rollout deployment/%s'; kinds: %s", kind, kindsAccepted)
	case len(args) == 1 && name == "" && known != "":
		return cluster.Ref{}, usagef("rollout needs a name behind the kind, such as 'kubectl patterns rollout %s/payments'", kind)
	case kind == "" || name == "" || strings.Contains(name, "/"):
		return cluster.Ref{}, usagef("rollout needs one workload as KIND/NAME, such as 'kubectl patterns rollout deployment/payments'; kinds: %s", kindsAccepted)
	case known == "":
		return cluster.Ref{}, usagef("%q has no rollouts: must be %s", kind, kindsAccepted)
	}
	return cluster.Ref{Kind: known, Name: name}, nil
}

func runRollout(ctx context.Context, o *options, args []string) error {
	ref, err := parseRollout(args)
	if err != nil {
		return err
	}
	if o.selector != "" {
		return usagef("--selector: rollout looks at one workload and all that depends on it")
	}
	if o.allNamespaces && len(o.files) == 0 {
		return usagef("--all-namespaces: rollout looks at one workload; say with -n where it is")
	}
	if len(o.scope.Namespaces) == 1 {
		ref.Namespace = o.scope.Namespaces[0]
	}
	if err := o.exists(ctx, ref); err != nil {
		return err
	}
	story, err := o.analyseWidely(ctx)
	if err != nil {
		return err
	}
	if ref, err = locate(story.Snapshot, ref); err != nil {
		return err
	}
	view, ok := correlate.ViewRollout(story, ref)
	if !ok {
		return notThere(ref, workloadsOf(story.Snapshot))
	}
	story = o.ignoring(story.Concerning(ref))
	r := report.New(story)
	r.AddRollout(view)
	return o.tell(story, r, report.RolloutText, slices.ContainsFunc(story.Patterns, o.shows))
}

// exists asks the API for the workload before everything is read: lists would
// answer with success and without it.
func (o *options) exists(ctx context.Context, ref cluster.Ref) error {
	r, err := o.reader()
	if err != nil {
		return err
	}
	there, err := r.Exists(ctx, ref)
	if err == nil && !there {
		return notThere(ref, r.Like(ctx, ref))
	}
	return err
}

// analyseWidely looks at all namespaces, for what depends on a workload may be
// in any, or at the one that was asked for where the others may not be read.
func (o *options) analyseWidely(ctx context.Context) (*correlate.Story, error) {
	narrow := o.scope
	o.scope.AllNamespaces, o.scope.Namespaces = true, nil
	story, _, err := o.analyse(ctx)
	if len(narrow.Namespaces) > 0 && errors.Is(err, errUnreadable) {
		o.scope = narrow
		o.warn("other namespaces cannot be read: what depends on it there is not seen")
		story, _, err = o.analyse(ctx)
	}
	return story, err
}

// locate finds the namespace of a workload of saved data where -n does not
// tell it.
func locate(s *cluster.Snapshot, ref cluster.Ref) (cluster.Ref, error) {
	if ref.Namespace != "" {
		return ref, nil
	}
	var found []string
	for _, ns := range s.Namespaces {
		at := cluster.Ref{Kind: ref.Kind, Namespace: ns, Name: ref.Name}
		if s.Workload(at) != nil || len(s.PodsOf(at)) > 0 {
			found = append(found, ns)
		}
	}
	switch len(found) {
	case 0:
		return ref, notThere(ref, workloadsOf(s))
	case 1:
		ref.Namespace = found[0]
		return ref, nil
	}
	return ref, fmt.Errorf("%s %q is in the namespaces %s: say with -n which is meant", strings.ToLower(ref.Kind), ref.Name, detect.List(found, 8))
}
