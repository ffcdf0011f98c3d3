package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
)

// notThere is the answer to a workload that does not exist, with what may be
// meant among some others.
func notThere(ref cluster.Ref, others []cluster.Ref) error {
	kind := strings.ToLower(ref.Kind)
	err := fmt.Errorf("%s %q does not exist", kind, ref.Name)
	if ref.Namespace != "" {
		err = fmt.Errorf("%w in namespace %q", err, ref.Namespace)
	}
	if m, ok := meant(ref, others); ok {
		return fmt.Errorf("%w; did you mean %s/%s -n %s?", err, strings.ToLower(m.Kind), m.Name, m.Namespace)
	}
	return err
}

// meant is which of some workloads may be meant: one of the same name, of the
// namespace first, then one of the kind with a name that is near.
func meant(ref cluster.Ref, others []cluster.Ref) (cluster.Ref, bool) {
	var names []string
	byName := map[string]cluster.Ref{}
	for _, here := range []bool{true, false} {
		for _, o := range others {
			if here != (ref.Namespace == "" || o.Namespace == ref.Namespace) {
				continue
			}
			if o.Name == ref.Name {
				return o, true
			}
			if _, known := byName[o.Name]; !known && o.Kind == ref.Kind && here {
				names, byName[o.Name] = append(names, o.Name), o
			}
		}
	}
	near := correlate.Nearest(ref.Name, names)
	return byName[near], near != ""
}

// workloadsOf are the workloads of a snapshot that may have rollouts.
func workloadsOf(s *cluster.Snapshot) []cluster.Ref {
	var out []cluster.Ref
	for i := range s.Workloads {
		if w := &s.Workloads[i]; rolloutKind(w.Kind) != "" {
			out = append(out, w.Key())
		}
	}
	return out
}

// orNearFlag says of a flag that is none which of a command's may be meant.
func orNearFlag(c *cobra.Command, err error) error {
	var none *pflag.NotExistError
	if !errors.As(err, &none) || none.GetSpecifiedShortnames() != "" {
		return err
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && understands(c, f.Name) {
			names = append(names, f.Name)
		}
	})
	if near := correlate.Nearest(none.GetSpecifiedName(), names); near != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return err
}

// orNear says of a name that is none which other may be meant.
func orNear(err error, name string, among []string) error {
	if near := correlate.Nearest(name, among); near != "" {
		return fmt.Errorf("%w; did you mean %q?", err, near)
	}
	return err
}
