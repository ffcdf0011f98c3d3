package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// lookingAt are the flags that say what is read. No other is repeated: it may
// be a token.
var lookingAt = []string{"all-namespaces", "namespace", "selector", "filename", "since", "now", "context", "kubeconfig", "server", "cluster", "user", "as",
	"logs", "metrics", "config-values", "no-secrets", "history", "no-history"}

// again are the flags, quoted for a shell, by which another command looks at
// the same.
func again(c *cobra.Command) string {
	var words []string
	c.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains(lookingAt, f.Name) {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand
		}
		switch v := f.Value.(type) {
		case pflag.SliceValue:
			for _, x := range v.GetSlice() {
				words = append(words, name, detect.Quote(x))
			}
		default:
			switch f.Value.String() {
			case "true":
				words = append(words, name)
			case "false":
			default:
				words = append(words, name, detect.Quote(f.Value.String()))
			}
		}
	})
	return strings.Join(words, " ")
}
