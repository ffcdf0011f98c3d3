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
		Short: "One rollout: what changed, and what failed after it, with the lag and the link",
		Long: `Looks at the newest rollout of a Deployment, StatefulSet or DaemonSet: its
revisions with what differs between them and how the pods of each fare, what
failed after it in its own pods and in those that depend on it, with the lag and
what tells of the dependency. What failed at the same time without a known link
is listed apart.

The workload is looked for in the current namespace or that of -n, what depends
on it in all namespaces that may be read.`,
		Example: `  kubectl patterns rollout deployment/payments -n shop
  kubectl patterns rollout sts/db
  kubectl patterns rollout deploy payments -f dump.json`,
		Args: func(_ *cobra.Command, args []string) error {
			_, err := parseRollout(args)
			return err
		},
		RunE: flags.runE(runRollout),
	}
}

// rolloutKinds are the kinds that have rollouts, as kubectl lets them be typed.
var rolloutKinds = []struct {
	kind  string
	names []string
}{
	{"Deployment", []string{"deployment", "deployments", "deploy", "deployment.apps", "deployments.apps", "deployment.v1.apps", "deployments.v1.apps"}},
	{"StatefulSet", []string{"statefulset", "statefulsets", "sts", "statefulset.apps", "statefulsets.apps", "statefulset.v1.apps", "statefulsets.v1.apps"}},
	{"DaemonSet", []string{"daemonset", "daemonsets", "ds", "daemonset.apps", "daemonsets.apps", "daemonset.v1.apps", "daemonsets.v1.apps"}},
}

// parseRollout reads KIND/NAME, or KIND and NAME.
func parseRollout(args []string) (cluster.Ref, error) {
	wrong := usagef("rollout needs one workload: kubectl patterns rollout KIND/NAME")
	var kind, name string
	switch len(args) {
	case 1:
		kind, name, _ = strings.Cut(args[0], "/")
	case 2:
		kind, name = args[0], args[1]
	}
	if kind == "" || name == "" || strings.Contains(name, "/") {
		return cluster.Ref{}, wrong
	}
	for _, k := range rolloutKinds {
		if slices.Contains(k.names, strings.ToLower(kind)) {
			return cluster.Ref{Kind: k.kind, Name: name}, nil
		}
	}
	return cluster.Ref{}, usagef("%q has no rollouts: must be deployment, statefulset or daemonset", kind)
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
		return notThere(ref)
	}
	story = story.Concerning(ref)
	r := report.New(story)
	r.AddRollout(view)
	return o.tell(story, r, report.RolloutText, slices.ContainsFunc(story.Patterns, o.shows))
}

func notThere(ref cluster.Ref) error {
	if ref.Namespace == "" {
		return fmt.Errorf("%s %q does not exist", strings.ToLower(ref.Kind), ref.Name)
	}
	return fmt.Errorf("%s %q does not exist in namespace %q", strings.ToLower(ref.Kind), ref.Name, ref.Namespace)
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
		return notThere(ref)
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
		return ref, notThere(ref)
	case 1:
		ref.Namespace = found[0]
		return ref, nil
	}
	return ref, fmt.Errorf("%s %q is in the namespaces %s: say with -n which is meant", strings.ToLower(ref.Kind), ref.Name, detect.List(found, 8))
}
