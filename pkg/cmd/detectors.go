package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
)

// detectorDoc is what programs read of a detector.
type detectorDoc struct {
	Name     string   `json:"name"`
	Category string   `json:"category"`
	Causes   []string `json:"causes"`
	Needs    []string `json:"needs"`
	Doc      string   `json:"doc"`
}

func newDetectors(streams genericiooptions.IOStreams) *cobra.Command {
	return &cobra.Command{
		Use:   "detectors [NAME]",
		Short: "The detectors: what each needs and says, and when it is silent",
		Long: `Lists the detectors. With a NAME it tells all of one: what a pattern of it
means, what it reads and groups by, when it speaks, when it keeps silent, and
what to do. No cluster is read.`,
		Example: `  # All of them, a line each
  kubectl patterns detectors

  # One, in full
  kubectl patterns detectors image-pull

  # Which can judge without events, for a script
  kubectl patterns detectors -o json | jq -r '.[] | select(.needs | index("events") | not).name'`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeDetector,
		RunE: func(c *cobra.Command, args []string) error {
			suite := detectors.Suite()
			if len(args) == 1 {
				d := suite.Named(args[0])
				if d == nil {
					return &failure{exitFailed, orNear(fmt.Errorf("detector %q does not exist; 'kubectl patterns detectors' lists them", args[0]), args[0], detectorNames())}
				}
				suite = detect.Suite{d}
			}
			output, _ := c.Flags().GetString("output")
			return printDetectors(streams, suite, output, len(args) == 1)
		},
	}
}

func printDetectors(streams genericiooptions.IOStreams, suite detect.Suite, output string, whole bool) error {
	docs := make([]detectorDoc, len(suite))
	for i, d := range suite {
		docs[i] = detectorDoc{Name: d.Name, Category: d.Category, Causes: d.Causes, Doc: d.Doc}
		for _, n := range d.Needs {
			docs[i].Needs = append(docs[i].Needs, string(n))
		}
	}
	if err := oneOf("output", output, outputs()...); err != nil {
		return err
	}
	if done, err := structured(streams.Out, output, docs); done {
		return err
	}
	return detectorsText(streams, suite, whole)
}

func detectorsText(streams genericiooptions.IOStreams, suite detect.Suite, whole bool) error {
	var b strings.Builder
	width := (&scanFlags{streams: streams}).style().Width
	for _, d := range suite {
		if !whole {
			fold(&b, fmt.Sprintf("%-16s  %-14s  ", d.Name, d.Category), d.Title(), width)
			continue
		}
		needs := make([]string, len(d.Needs))
		for i, n := range d.Needs {
			needs[i] = string(n)
		}
		fmt.Fprintf(&b, "%s (%s)\n\n", d.Name, d.Category)
		for paragraph := range strings.SplitSeq(d.Doc, "\n\n") {
			fold(&b, "", paragraph, width)
			b.WriteString("\n")
		}
		fold(&b, "Causes: ", strings.Join(d.Causes, ", "), width)
		fold(&b, "Needs:  ", strings.Join(needs, ", "), width)
	}
	_, err := io.WriteString(streams.Out, b.String())
	return err
}
