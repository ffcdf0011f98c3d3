package main

import (
	"bytes"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cmd"
)

// manPages are for man(1): the same help, for those who look there. Cobra's own
// writer makes them, since it knows what a man page is made of.
func manPages() ([]page, error) {
	var out []page
	err := eachCommand(func(c *cobra.Command) error {
		text, err := manPage(c)
		out = append(out, page{"man/" + strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1", text})
		return err
	})
	return out, err
}

// noDate is replaced by nothing: a page is as old as the program it came with,
// and must not change with the day on which it is written.
var noDate = time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)

func manPage(c *cobra.Command) ([]byte, error) {
	c.DisableAutoGenTag = true
	defer showOnly(c)()
	var b bytes.Buffer
	err := doc.GenMan(c, &doc.GenManHeader{Section: "1", Source: "kubectl patterns", Manual: "kubectl patterns", Date: &noDate}, &b)
	return bytes.Replace(b.Bytes(), []byte(noDate.Format(`"Jan 2006"`)), []byte(`""`), 1), err
}

// showOnly hides the flags that the help of a command does not list either, until
// what it returns is called: those that it does not take, and kubectl's own, of
// which 'kubectl options' tells.
func showOnly(c *cobra.Command) (restore func()) {
	shown := map[string]bool{"help": true}
	for _, s := range cmd.FlagSections(c) {
		s.Flags.VisitAll(func(f *pflag.Flag) { shown[f.Name] = true })
	}
	var hidden []*pflag.Flag
	hide := func(f *pflag.Flag) {
		if !f.Hidden && !shown[f.Name] {
			f.Hidden = true
			hidden = append(hidden, f)
		}
	}
	c.NonInheritedFlags().VisitAll(hide)
	c.InheritedFlags().VisitAll(hide)
	return func() {
		for _, f := range hidden {
			f.Hidden = false
		}
	}
}
