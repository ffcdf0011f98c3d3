package environment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// builder makes the pattern of one group.
type builder struct {
	pass   *detect.Pass
	group  []*symptom.Symptom
	tally  detect.Tally
	cause  string
	name   string      // of the setting; may be empty
	source cluster.Ref // the ConfigMap or Secret that gives it; may be zero
}

func (b *builder) pattern(key string) detect.Pattern {
	return detect.Pattern{
		Cause:           b.cause,
		Key:             key,
		Symptoms:        b.group,
		Title:           b.title(),
		Factors:         b.factors(),
		Probable:        b.probable(),
		Investigation:   b.investigation(),
		Recommendations: b.recommendations(),
	}
}

func (b *builder) title() string {
	verb := "cannot start"
	if !b.tally.Ongoing {
		verb = "could not start"
	}
	who := b.tally.Who() + " " + verb
	switch {
	case b.name == "":
		return who + ", a setting cannot be used: " + detect.Clip(b.group[0].Template, 90)
	case b.cause == symptom.MissingVariable:
		return who + ": " + b.what() + " is not set"
	}
	return who + ": the value of " + b.what() + " cannot be used"
}

// what the setting is called.
func (b *builder) what() string {
	if isVariable(b.name) {
		return "variable " + b.name
	}
	return "setting " + b.name
}

func isVariable(name string) bool {
	return name != "" && name == strings.ToUpper(name) && !strings.HasPrefix(name, "-")
}

func (b *builder) factors() []detect.Factor {
	if b.source.IsZero() {
		return nil
	}
	attribute, refs := "configMap", func(t *cluster.Template) []cluster.ConfigRef { return t.ConfigMaps }
	if b.source.Kind == "Secret" {
		attribute, refs = "secret", func(t *cluster.Template) []cluster.ConfigRef { return t.Secrets }
	}
	return []detect.Factor{{Attribute: attribute, Value: b.source.Path(), Holds: func(p *cluster.Pod) bool {
		return p.Template != nil && p.Namespace == b.source.Namespace &&
			slices.ContainsFunc(refs(p.Template), func(r cluster.ConfigRef) bool { return r.Name == b.source.Name })
	}}}
}

// isSetBy reports whether a template sets the variable itself.
func (b *builder) isSetBy(t *cluster.Template) bool {
	return t != nil && slices.ContainsFunc(t.Env, func(v cluster.EnvVar) bool { return v.Name == b.name })
}

// elsewhere names a workload of the same name in another namespace, or
// another revision of an affected one, whose template sets the variable.
func (b *builder) elsewhere() string {
	if !isVariable(b.name) || b.isSetBy(template(b.group[0])) {
		return ""
	}
	for _, w := range b.tally.Workloads {
		for _, rev := range b.pass.RevisionsOf(w) {
			if b.isSetBy(rev.Template) {
				return fmt.Sprintf(" Revision %d of %s sets it, the present one does not.", rev.Number, w.Path())
			}
		}
	}
	for i := range b.pass.Workloads {
		other := &b.pass.Workloads[i]
		for _, w := range b.tally.Workloads {
			if other.Name != w.Name || other.Kind != w.Kind || other.Namespace == w.Namespace {
				continue
			}
			for _, p := range b.pass.PodsOf(other.Ref) {
				if b.isSetBy(p.Template) {
					return fmt.Sprintf(" %s sets it.", other.Path())
				}
			}
		}
	}
	return ""
}

func template(s *symptom.Symptom) *cluster.Template {
	if s.Pod == nil {
		return nil
	}
	return s.Pod.Template
}

func (b *builder) probable() detect.Cause {
	c := detect.Cause{Confidence: detect.High, Why: "the program says so: " + detect.Said(detect.Clip(b.group[0].Message, 200))}
	name := "a setting"
	if b.name != "" {
		name = b.what()
	}
	switch {
	case b.cause == symptom.BadValue:
		c.Text = fmt.Sprintf("The value of %s has not the form that the program wants.", name)
	case !b.source.IsZero():
		c.Text = fmt.Sprintf("The program wants %s, and %s, which it takes its environment from, does not give it, or gives it empty.", name, b.source)
	case isVariable(b.name) && b.isSetBy(template(b.group[0])):
		c.Text = fmt.Sprintf("The program wants %s: the template of its pod names it, but the value is empty or did not reach the program.", name)
	default:
		c.Text = fmt.Sprintf("The program wants %s, and nothing in the template of its pod gives it.", name)
	}
	c.Text += b.elsewhere()
	return c
}

func (b *builder) investigation() []detect.Command {
	s := b.group[0]
	out := []detect.Command{
		{Why: "which variables the template sets, and from where", Command: detect.Kubectl("describe", "pod", s.Object.Name, "-n", s.Object.Namespace)},
		{Why: "what the program says of it", Command: detect.LastWords(s)},
	}
	if b.source.Kind == "ConfigMap" {
		out = append(out, detect.Command{Why: "the keys that are there", Command: detect.Kubectl("describe", "configmap", b.source.Name, "-n", b.source.Namespace)})
	}
	if b.source.Kind == "Secret" {
		out = append(out, detect.Command{Why: "the keys that are there, not their data", Command: detect.Kubectl("describe", "secret", b.source.Name, "-n", b.source.Namespace)})
	}
	return out
}

func (b *builder) recommendations() []detect.Recommendation {
	urgency := detect.Immediate
	if !b.tally.Ongoing {
		urgency = detect.Soon
	}
	in := "the template of " + detect.List(detect.Paths(b.tally.Workloads), 3)
	if !b.source.IsZero() {
		in = b.source.String()
	}
	name := "the setting"
	if b.name != "" {
		name = b.what()
	}
	text := fmt.Sprintf("Set %s in %s.", name, in)
	if b.cause == symptom.BadValue {
		text = fmt.Sprintf("Correct the value of %s in %s.", name, in)
	}
	if !b.source.IsZero() {
		text += " A running pod sees a change of its environment only when it is started again."
	}
	return []detect.Recommendation{{Urgency: urgency, Text: text}}
}
