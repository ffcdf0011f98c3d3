package cmd

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

func newVersion(streams genericiooptions.IOStreams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Version, commit, Go and client-go",
		Example: `  # For a bug report
  kubectl patterns version`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := buildVersion()
			_, err := fmt.Fprintf(streams.Out, "kubectl-patterns %s\ncommit           %s\ndate             %s\nGo               %s %s/%s\nclient-go        %s\n",
				v.version, v.commit, v.date, runtime.Version(), runtime.GOOS, runtime.GOARCH, v.clientGo)
			return err
		},
	}
}

// version is set by the linker for release archives:
// -ldflags "-X github.com/kubectl-patterns/kubectl-patterns/pkg/cmd.version=v1.2.3".
// It is empty otherwise, and nothing else writes it.
var version string

// versions of what runs; date is the commit's, RFC 3339, not the build's, which
// would make two builds of one commit differ.
type versions struct{ version, commit, date, clientGo string }

// buildVersion reads what the Go tool stamped into the binary, so that
// `go install`, archives and local builds all tell the truth.
func buildVersion() versions {
	v := versions{"unknown", "unknown", "unknown", "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.version = info.Main.Version
	if version != "" {
		v.version = version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.commit = s.Value
		case "vcs.time":
			v.date = s.Value
		}
	}
	for _, d := range info.Deps {
		if d.Path == "k8s.io/client-go" {
			v.clientGo = d.Version
		}
	}
	return v
}
