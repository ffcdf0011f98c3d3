package cmd

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// newCompletion stands in for cobra's own command, which does not know that
// this is a plugin.
func newCompletion(streams genericiooptions.IOStreams) *cobra.Command {
	return &cobra.Command{
		Use:   "completion kubectl|bash|zsh|fish|powershell",
		Short: "Scripts that complete commands, names and flags",
		Long: `Prints a script for completion. Names of nodes, workloads and namespaces and IDs
of patterns are completed too, from the cluster or from the files of -f; what
takes too long or fails completes nothing.

Where kubectl's own completion is set up (kubectl completion --help), 'kubectl'
is the one to choose: for what comes after 'kubectl patterns', kubectl 1.26 and
newer asks an executable named kubectl_complete-patterns, which must be in the
PATH, in every shell. The other scripts complete the command kubectl-patterns,
for those who type it with the hyphen.`,
		Example: `  # For 'kubectl patterns', in all shells: beside the plugin, where krew put it
  kubectl patterns completion kubectl > ~/.krew/bin/kubectl_complete-patterns
  chmod +x ~/.krew/bin/kubectl_complete-patterns

  # The same on Windows, in a folder of the PATH
  kubectl patterns completion kubectl > kubectl_complete-patterns.cmd

  # For 'kubectl-patterns', in this session of bash, and of zsh
  source <(kubectl patterns completion bash)
  source <(kubectl patterns completion zsh)

  # For fish, and for PowerShell
  kubectl patterns completion fish > ~/.config/fish/completions/kubectl-patterns.fish
  kubectl patterns completion powershell | Out-String | Invoke-Expression`,
		ValidArgsFunction: cobra.FixedCompletions(completions(), cobra.ShellCompDirectiveNoFileComp),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("completion needs one of kubectl, bash, zsh, fish, powershell, such as 'kubectl patterns completion kubectl'")
			}
			return oneArgument("completion", args[0], completions())
		},
		RunE: func(c *cobra.Command, args []string) error { return printCompletion(c.Root(), streams.Out, args[0]) },
	}
}

func completions() []string { return []string{"kubectl", "bash", "zsh", "fish", "powershell"} }

func oneArgument(command, arg string, allowed []string) error {
	for _, a := range allowed {
		if a == arg {
			return nil
		}
	}
	return usagef("%w", orNear(fmt.Errorf("%s %q: must be one of %v", command, arg, allowed), arg, allowed))
}

func printCompletion(root *cobra.Command, w io.Writer, kind string) error {
	switch kind {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(w)
	}
	_, err := io.WriteString(w, kubectlCompletion(runtime.GOOS))
	return err
}

// kubectlCompletion is the executable that kubectl runs for the plugin's
// completion, with the words that were typed; it prints what cobra's hidden
// command does (https://github.com/kubernetes/kubernetes/pull/105867). krew
// puts one file of a plugin into the PATH, so it cannot come with the plugin.
func kubectlCompletion(goos string) string {
	if goos == "windows" {
		return "@echo off\r\nkubectl-patterns __complete %*\r\n"
	}
	return `#!/bin/sh
# kubectl runs this for what comes after 'kubectl patterns' when Tab is pressed.
exec kubectl-patterns __complete "$@"
`
}
