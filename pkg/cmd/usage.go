package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Groups of commands in the help, in their order.
const (
	groupLook  = "look"
	groupPast  = "past"
	groupAbout = "about"
)

// arrange puts commands into groups and has the help tell them so: of flags
// those of the command first, then those of every scan, and of kubectl's own,
// which its users know, the names alone.
func arrange(root *cobra.Command, width func() int) {
	root.AddGroup(&cobra.Group{ID: groupLook, Title: "Look at what fails:"}, &cobra.Group{ID: groupPast, Title: "Keep and compare:"}, &cobra.Group{ID: groupAbout, Title: "Others:"})
	root.SetHelpCommandGroupID(groupAbout)
	for _, c := range root.Commands() {
		c.GroupID = map[string]string{"node": groupLook, "rollout": groupLook, "explain": groupLook, "timeline": groupLook, "matrix": groupLook,
			"record": groupPast, "history": groupPast, "diff": groupPast, "snapshot": groupPast}[c.Name()]
		if c.GroupID == "" {
			c.GroupID = groupAbout
		}
	}
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := io.WriteString(c.OutOrStderr(), usageOf(c, min(max(width(), 60), 120)))
		return err
	})
}

func usageOf(c *cobra.Command, width int) string {
	var b strings.Builder
	if c.Runnable() {
		b.WriteString("Usage:\n  " + c.UseLine() + "\n")
	}
	if c.HasAvailableSubCommands() {
		b.WriteString("  " + c.CommandPath() + " [command]\n")
	}
	if c.HasExample() {
		b.WriteString("\nExamples:\n" + c.Example + "\n")
	}
	commandsOf(&b, c)
	for _, s := range FlagSections(c) {
		b.WriteString("\n" + s.Title + ":\n" + s.Flags.FlagUsagesWrapped(width))
	}
	if understands(c, "kubeconfig") {
		b.WriteString("\nFlags of kubectl, told by 'kubectl options':\n" + wrapped(kubectlNames(c), width) + "\n")
	}
	if c.HasAvailableSubCommands() {
		b.WriteString("\n'" + c.CommandPath() + " [command] --help' tells more of a command.\n")
	}
	return b.String()
}

func commandsOf(b *strings.Builder, c *cobra.Command) {
	groups := c.Groups()
	if len(groups) == 0 && c.HasAvailableSubCommands() {
		groups = []*cobra.Group{{Title: "Commands:"}}
	}
	for _, g := range groups {
		b.WriteString("\n" + g.Title + "\n")
		for _, sub := range c.Commands() {
			if sub.GroupID == g.ID && (sub.IsAvailableCommand() || sub.Name() == "help") {
				fmt.Fprintf(b, "  %-*s  %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
}

// understands reports whether a flag of every scan means something to a command.
func understands(c *cobra.Command, flag string) bool {
	switch c.Name() {
	case "version", "completion", "help":
		return false
	case "detectors":
		return flag == "output"
	case "history", "prune", "copy":
		return slices.Contains([]string{"history", "output", "color", "utc", "config", "no-config"}, flag)
	}
	return true
}

// FlagSection are flags that the help tells together.
type FlagSection struct {
	Title string
	Flags *pflag.FlagSet
}

// FlagSections are the flags of a command that are not kubectl's own, in the
// order of the help.
func FlagSections(c *cobra.Command) []FlagSection {
	own, scan, prometheus := newSection("Flags"), newSection("Flags of every scan"), newSection("Flags for a Prometheus")
	kubectls := kubectlFlags()
	persistent := c.Root().PersistentFlags()
	c.InitDefaultHelpFlag()
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if persistent.Lookup(f.Name) != f {
			own.Flags.AddFlag(f)
		}
	})
	persistent.VisitAll(func(f *pflag.Flag) {
		switch {
		case !understands(c, f.Name) || own.Flags.Lookup(f.Name) != nil:
		case strings.HasPrefix(f.Name, "prometheus"):
			prometheus.Flags.AddFlag(f)
		case f.Name == "namespace" || kubectls.Lookup(f.Name) == nil && f.Name != "v":
			scan.Flags.AddFlag(f)
		}
	})
	return slices.DeleteFunc([]FlagSection{own, scan, prometheus}, func(s FlagSection) bool { return !s.Flags.HasAvailableFlags() })
}

func newSection(title string) FlagSection {
	flags := pflag.NewFlagSet(title, pflag.ContinueOnError)
	return FlagSection{title, flags}
}

func kubectlNames(c *cobra.Command) []string {
	var out []string
	kubectlFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "namespace" {
			out = append(out, "--"+f.Name)
		}
	})
	if c.Root().PersistentFlags().Lookup("v") != nil {
		out = append(out, "-v")
	}
	return out
}

// wrapped puts words into lines.
func wrapped(words []string, width int) string {
	var b strings.Builder
	column := 0
	for i, w := range words {
		if i < len(words)-1 {
			w += ","
		}
		switch {
		case column == 0:
			b.WriteString("  ")
			column = 2
		case column+1+len(w) > width:
			b.WriteString("\n  ")
			column = 2
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(w)
		column += len(w)
	}
	return b.String()
}
