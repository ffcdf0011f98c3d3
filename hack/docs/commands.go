package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cmd"
)

// commandPages are the pages of all commands, the scan's own first.
func commandPages() []page {
	var out []page
	_ = eachCommand(func(c *cobra.Command) error {
		out = append(out, page{fileOf(c), commandPage(c)})
		return nil
	})
	return out
}

// eachCommand visits all commands, the scan's own first, until one fails.
func eachCommand(visit func(*cobra.Command) error) error {
	root := cmd.NewRoot(genericiooptions.IOStreams{In: strings.NewReader(""), Out: io.Discard, ErrOut: io.Discard})
	var walk func(*cobra.Command) error
	walk = func(c *cobra.Command) error {
		if c.Name() == "help" {
			return nil
		}
		if err := visit(c); err != nil {
			return err
		}
		for _, sub := range c.Commands() {
			if err := walk(sub); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(root)
}

// fileOf is the page of a command: commands/patterns_history_prune.md.
func fileOf(c *cobra.Command) string {
	return "commands/" + strings.ReplaceAll(strings.TrimPrefix(c.CommandPath(), "kubectl "), " ", "_") + ".md"
}

func commandPage(c *cobra.Command) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s# %s\n\n%s.\n\n", written, c.CommandPath(), c.Short)
	fmt.Fprintf(&b, "```\n%s\n```\n\n", c.UseLine())
	if c.Long != "" {
		fmt.Fprintf(&b, "%s\n\n", c.Long)
	}
	fmt.Fprintf(&b, "## Examples\n\n```sh\n%s\n```\n", strings.TrimPrefix(strings.ReplaceAll("\n"+c.Example, "\n  ", "\n"), "\n"))
	subCommands(&b, c)
	for _, s := range cmd.FlagSections(c) {
		if s.Title != "Flags" && c.HasParent() {
			fmt.Fprintf(&b, "\n%s: %s, see [kubectl patterns](patterns.md).\n", s.Title, which(c.Root(), s))
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n```\n%s```\n", s.Title, s.Flags.FlagUsagesWrapped(80))
	}
	b.WriteString("\n[All commands](../README.md#commands)\n")
	return b.Bytes()
}

func subCommands(b *bytes.Buffer, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	b.WriteString("\n## Commands\n\n| Command | What |\n|---|---|\n")
	for _, sub := range c.Commands() {
		if sub.Name() != "help" {
			fmt.Fprintf(b, "| [%s](%s) | %s |\n", sub.Name(), strings.TrimPrefix(fileOf(sub), "commands/"), sub.Short)
		}
	}
}

// which flags of a section a command takes: all, or some by their names.
func which(root *cobra.Command, s cmd.FlagSection) string {
	all := 0
	for _, r := range cmd.FlagSections(root) {
		if r.Title == s.Title {
			r.Flags.VisitAll(func(*pflag.Flag) { all++ })
		}
	}
	var out []string
	s.Flags.VisitAll(func(f *pflag.Flag) { out = append(out, "`--"+f.Name+"`") })
	if len(out) == all {
		return "all"
	}
	return strings.Join(out, ", ")
}

const indexHead = written + `# Documentation

- [Tutorial](tutorial.md): a walk through the demo cluster, from the first scan to
  a page for those who were not there.
- [Configuration](config.md): defaults of flags, and patterns to ignore.
- [Detectors](detectors.md): what is recognised, and a page for each with when it is
  silent.
- [Running the recorder in a cluster](../hack/deploy/README.md).
- [Which versions fit](compatibility.md), of Kubernetes and of our own formats.
- [How often it is right](scoreboard.md), and [how fast it is](benchmarks.md).
- [Pages for man(1)](man), as in ` + "`man docs/man/kubectl-patterns-node.1`" + `.
- [What holds when things are broken](reliability.md), and [what it may do](../SECURITY.md).
- [How it is built](architecture.md), and [how to contribute](../CONTRIBUTING.md).

## Commands

| Command | What |
|---|---|
`

// indexPage is the way to all others.
func indexPage(commands []page) page {
	var b bytes.Buffer
	b.WriteString(indexHead)
	for _, p := range commands {
		title, rest, _ := strings.Cut(strings.TrimPrefix(string(p.text), written+"# "), "\n")
		what, _, _ := strings.Cut(strings.TrimSpace(rest), ".\n")
		fmt.Fprintf(&b, "| [%s](%s) | %s |\n", title, p.file, what)
	}
	return page{"README.md", b.Bytes()}
}
