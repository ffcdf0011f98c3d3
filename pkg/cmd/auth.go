package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

func newAuth(f *scanFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "auth",
		Short: "What your rights are enough for, and rules for the rest",
		Long: `Asks the API server what you may read in the current namespace, in the one of
-n, or with -A in all of them, and says which modes that is enough for, which
detectors could not judge for want of rights, and which rules of RBAC would
grant the rest. Two of these give away more than is read by them: the risk
stands beside the rule.

It asks by SelfSubjectAccessReview, which stores nothing.`,
		Example: `  # May I scan the whole cluster?
  kubectl patterns auth -A

  # And may the recorder's account?
  kubectl patterns auth -A --as system:serviceaccount:kubectl-patterns:record

  # What is missing, for a script
  kubectl patterns auth -A -o json | jq -r '.rights[] | select(.missing) | .resource'`,
		Args: cobra.NoArgs,
		RunE: f.runE(func(ctx context.Context, o *options, _ []string) error { return o.auth(ctx) }),
	}
}

// authReport is what programs read.
type authReport struct {
	Server    string         `json:"server"`
	Scope     string         `json:"scope"`
	Modes     []authMode     `json:"modes"`
	Detectors []authDetector `json:"detectors"`
	Rights    []authRight    `json:"rights"`

	grants []collect.Grant
}

type authMode struct {
	Mode    collect.Mode `json:"mode"`
	Granted bool         `json:"granted"`
	Missing []string     `json:"missing,omitempty"` // "nodes (list)"
}

// authDetector is a detector that would judge without what it needs.
type authDetector struct {
	Name    string   `json:"name"`
	Without []string `json:"without"`
	Silent  bool     `json:"silent"` // could not judge at all
}

type authRight struct {
	Mode     collect.Mode `json:"mode"`
	Group    string       `json:"apiGroup"`
	Resource string       `json:"resource"`
	Verbs    []string     `json:"verbs"`
	Missing  []string     `json:"missing,omitempty"` // the verbs that are refused
	Risk     string       `json:"risk,omitempty"`
}

func (o *options) auth(ctx context.Context) error {
	r, err := o.reader()
	if err != nil {
		return err
	}
	live, ok := r.(*collect.Live)
	if !ok {
		return usagef("auth asks a cluster; saved data know no rights")
	}
	grants, err := live.Granted(ctx, o.scope, collect.Rights())
	if err != nil {
		return err
	}
	out := o.authReport(live.Server(), grants)
	if done, err := structured(o.streams.Out, o.output, out); done {
		return err
	}
	return out.text(o.streams.Out, o.style.Width)
}

func (o *options) authReport(server string, grants []collect.Grant) *authReport {
	out := &authReport{Server: server, Scope: "all namespaces", Detectors: o.curtailed(grants), grants: grants}
	if !o.scope.AllNamespaces {
		out.Scope = "namespace " + strings.Join(o.scope.Namespaces, ", ")
	}
	for _, g := range grants {
		out.Rights = append(out.Rights, authRight{Mode: g.Mode, Group: g.Group, Resource: g.Name, Verbs: g.Verbs, Missing: g.Lacking, Risk: g.Risk})
	}
	for _, mode := range collect.Modes() {
		m := authMode{Mode: mode}
		for _, r := range out.lacking(mode) {
			m.Missing = append(m.Missing, fmt.Sprintf("%s (%s)", r.Name, strings.Join(r.Verbs, ", ")))
		}
		m.Granted = len(m.Missing) == 0
		out.Modes = append(out.Modes, m)
	}
	return out
}

// lacking are the rights that a mode lacks, with the verbs that were refused.
func (a *authReport) lacking(mode collect.Mode) []collect.Right {
	var out []collect.Right
	for _, g := range a.grants {
		if g.Mode == mode && len(g.Lacking) > 0 {
			right := g.Right
			right.Verbs = g.Lacking
			out = append(out, right)
		}
	}
	return out
}

// curtailed are the detectors that need what a scan may not read, by the rules
// that a scan goes by.
func (o *options) curtailed(grants []collect.Grant) []authDetector {
	var read cluster.Parts
	for _, g := range grants {
		if g.Mode != collect.Record && len(g.Lacking) == 0 {
			read.Sources = append(read.Sources, cluster.Source{Resource: g.Resource})
		}
	}
	s, out := cluster.New(read), []authDetector{}
	for _, d := range o.suite {
		var without []string
		for _, need := range d.Needs {
			if !s.Read(need) {
				without = append(without, string(need))
			}
		}
		if len(without) > 0 {
			out = append(out, authDetector{d.Name, without, detect.Unmet(d, s) != ""})
		}
	}
	return out
}

// modeFlags say how one comes to a mode.
var modeFlags = map[collect.Mode]string{
	collect.Scan: "a scan", collect.SecretNames: "names of Secrets", collect.ContainerLogs: "--logs",
	collect.KubeletMetrics: "--metrics", collect.Record: "record",
}

func (a *authReport) text(w io.Writer, width int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Rights in %s, at %s\n\n", a.Scope, report.Plain(a.Server))
	for _, m := range a.Modes {
		verdict := "granted"
		if !m.Granted {
			verdict = "missing: " + strings.Join(m.Missing, ", ")
		}
		fold(&b, fmt.Sprintf("  %-17s ", modeFlags[m.Mode]), verdict, width)
	}
	b.WriteString("\n")
	a.textOfDetectors(&b, width)
	a.textOfRules(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (a *authReport) textOfDetectors(b *strings.Builder, width int) {
	if len(a.Detectors) == 0 {
		b.WriteString("All detectors can judge.\n")
		return
	}
	b.WriteString("Detectors that could not judge, or only in part:\n\n")
	for _, d := range a.Detectors {
		how := "in part, without "
		if d.Silent {
			how = "not without "
		}
		fold(b, fmt.Sprintf("  %-17s ", d.Name), how+strings.Join(d.Without, ", "), width)
	}
}

// textOfRules prints what would grant the rest, by mode.
func (a *authReport) textOfRules(b *strings.Builder) {
	for _, m := range a.Modes {
		if m.Granted {
			continue
		}
		fmt.Fprintf(b, "\nRules that would grant the rest of %s:\n\n", modeFlags[m.Mode])
		for line := range strings.Lines(collect.Rules(a.lacking(m.Mode))) {
			b.WriteString("  " + line)
		}
	}
}

// fold writes a label and a text beside it, folded at a width.
func fold(b *strings.Builder, label, text string, width int) {
	for _, line := range report.Wrapped(text, max(width-len(label), 20)) {
		b.WriteString(label + line + "\n")
		label = strings.Repeat(" ", len(label))
	}
}
