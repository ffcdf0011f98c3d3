package cmd

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// outputs are the formats that every command has, and documents those of a
// whole report: the scan alone makes one.
func outputs() []string   { return []string{"text", "wide", "json", "yaml"} }
func documents() []string { return []string{"markdown", "html", "csv"} }

// checkOutput refuses formats that a command does not have.
func (f *scanFlags) checkOutput(c *cobra.Command) error {
	if c.HasParent() && slices.Contains(documents(), f.output) {
		return usagef("-o %s is of the whole report: leave %q out", f.output, c.Name())
	}
	if c.Flags().Changed("table") && f.output != "csv" {
		return usagef("--table goes with -o csv")
	}
	if err := oneOf("table", f.table, report.Tables()...); err != nil {
		return err
	}
	return oneOf("output", f.output, append(outputs(), documents()...)...)
}

// structured writes a value that is no report as JSON or YAML, and reports
// whether one of these was asked for.
func structured(w io.Writer, output string, v any) (done bool, err error) {
	if output != "json" && output != "yaml" {
		return false, nil
	}
	return true, report.Encode(w, output, v)
}

// print writes a report in the format that was asked for.
func (o *options) print(r *report.Report, text textRenderer) error {
	switch o.output {
	case "json":
		return report.JSON(o.streams.Out, r)
	case "yaml":
		return report.YAML(o.streams.Out, r)
	case "html":
		return report.HTML(o.streams.Out, r, o.style)
	case "markdown":
		return report.Markdown(o.streams.Out, r, o.style)
	case "csv":
		o.ignoredElsewhere(r)
		return report.CSV(o.streams.Out, r, o.table)
	}
	if err := text(o.streams.Out, r, o.style); err != nil {
		return err
	}
	if err := report.IgnoredText(o.streams.Out, r.Ignored, o.style); err != nil {
		return err
	}
	_, err := io.WriteString(o.streams.Out, o.evidence.said())
	return err
}
