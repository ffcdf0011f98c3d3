// Package credentials detects dependencies that refuse the credentials of the
// programs that log in to them.
package credentials

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups refused logins by the dependency and the user.
var Detector = &detect.Detector{
	Name:     "credentials",
	Category: "configuration",
	Doc: `programs whose credentials a dependency refuses

Means that a dependency refuses the name and password, or the token, with which a
program logs in.

Reads what programs say when they end, or do not serve, in the words of a server or
of its client (termination messages always, logs with --logs), and the Secrets that
their templates refer to.

Groups by the dependency (the Service, or the host) and the user, over workloads and
namespaces; where no host is told, by the user and the text.

Speaks when a database, cache, broker, directory or identity provider refuses a
login, or an HTTP API answers 401. Names the Secret that all affected refer to, if
there is one.

Silent on the words denied, unauthorized and forbidden alone, on users of the
program who log in with a wrong password, on image pulls (image-pull), and on
refusals of the API server for want of a role (rbac).

What to do: bring the Secret and the dependency to the same credentials, and restart
what reads it at its start only.`,
	Causes: []string{symptom.Rejected},
	Needs:  []cluster.Resource{cluster.Pods},
	Run:    run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.Credentials), func(s *symptom.Symptom) string { return key(pass, s) }) {
		b := &builder{pass: pass, group: g.Symptoms, tally: detect.Sum(g.Symptoms), user: g.Symptoms[0].Item, host: dependency(pass, g.Symptoms[0])}
		pass.Report(b.pattern(g.Key))
	}
}

func key(pass *detect.Pass, s *symptom.Symptom) string {
	if host := dependency(pass, s); host != "" {
		return host + "|" + s.Item
	}
	if s.Item != "" {
		return "|" + s.Item + "|" + s.Template
	}
	return "|" + s.Object.Namespace + "|" + s.Template // nothing tells whether others mean the same
}

// dependency is the Service as namespace/name, or the host; empty when the
// words do not tell. What a pod reaches at its own address is its own.
func dependency(pass *detect.Pass, s *symptom.Symptom) string {
	host := s.Target.Host
	switch {
	case host == "":
		return ""
	case host == "localhost" || host == "::1" || strings.HasPrefix(host, "127."):
		return s.Workload.Path() + " " + s.Target.Address()
	}
	if svc := pass.ServiceNamed(host, s.Object.Namespace); svc != nil {
		return svc.Path()
	}
	return s.Target.Address()
}

// builder makes the pattern of one group.
type builder struct {
	pass       *detect.Pass
	group      []*symptom.Symptom
	tally      detect.Tally
	host, user string
}

func (b *builder) pattern(key string) detect.Pattern {
	secrets := b.secrets()
	return detect.Pattern{
		Cause:           symptom.Rejected,
		Key:             key,
		Symptoms:        b.group,
		Title:           b.title(),
		Factors:         b.factors(secrets),
		Probable:        b.probable(secrets),
		Counter:         b.counter(),
		Investigation:   b.investigation(secrets),
		Recommendations: b.recommendations(secrets),
	}
}

func (b *builder) title() string {
	verb := "cannot log in"
	if !b.tally.Ongoing {
		verb = "could not log in"
	}
	out := b.tally.Who() + " " + verb
	if b.host != "" {
		out += " to " + b.host
	}
	if b.user != "" {
		out += " as " + b.user
	}
	if b.host == "" && b.user == "" {
		return out + " to a dependency: " + detect.Clip(b.group[0].Template, 90)
	}
	return out + ": the credentials are refused"
}

// secrets are the Secrets that every affected pod refers to.
func (b *builder) secrets() []string {
	var common []string
	for i, s := range b.group {
		if s.Pod == nil || s.Pod.Template == nil {
			return nil
		}
		var own []string
		for _, ref := range s.Pod.Template.Secrets {
			own = append(own, s.Pod.Namespace+"/"+ref.Name)
		}
		if i == 0 {
			common = own
			continue
		}
		common = slices.DeleteFunc(common, func(name string) bool { return !slices.Contains(own, name) })
	}
	slices.Sort(common)
	return slices.Compact(common)
}

func (b *builder) factors(secrets []string) []detect.Factor {
	var out []detect.Factor
	if b.host != "" {
		f := detect.Factor{Attribute: "dependency", Value: b.host}
		if b.declaredByAll() {
			f.Holds = func(p *cluster.Pod) bool { return b.declares(p) }
		}
		out = append(out, f)
	}
	for _, path := range secrets[:min(len(secrets), 3)] {
		out = append(out, detect.Factor{Attribute: "secret", Value: path, Holds: func(p *cluster.Pod) bool { return refers(p, path) }})
	}
	return out
}

func refers(p *cluster.Pod, secret string) bool {
	return p.Template != nil && slices.ContainsFunc(p.Template.Secrets, func(ref cluster.ConfigRef) bool { return p.Namespace+"/"+ref.Name == secret })
}

// declares reports whether a pod's template names the dependency.
func (b *builder) declares(p *cluster.Pod) bool {
	return p.Template != nil && slices.ContainsFunc(p.Template.Endpoints, func(e cluster.Endpoint) bool {
		if svc := b.pass.ServiceNamed(e.Host, p.Namespace); svc != nil {
			return svc.Path() == b.host
		}
		return e.Host == b.host || symptom.Connection{Host: e.Host, Port: e.Port}.Address() == b.host
	})
}

// declaredByAll reports whether the affected name the dependency in their
// templates, so that the healthy can be asked for it as well: others may have
// the address from a file.
func (b *builder) declaredByAll() bool {
	return !slices.ContainsFunc(b.group, func(s *symptom.Symptom) bool { return s.Pod == nil || !b.declares(s.Pod) })
}

func (b *builder) what() string {
	if b.host == "" {
		return "The dependency"
	}
	return b.host
}

func (b *builder) probable(secrets []string) detect.Cause {
	c := detect.Cause{Confidence: detect.High, Why: "the programs repeat its answer: " + detect.Said(detect.Clip(b.group[0].Message, 200)),
		Text: b.what() + " refuses the credentials that the programs present: they are wrong, have expired, or were changed on one side only."}
	switch {
	case len(secrets) == 1:
		c.Text += fmt.Sprintf(" All affected refer to Secret %s.", secrets[0])
	case len(secrets) == 0:
		c.Text += " The affected have no Secret in common."
	}
	return c
}

// counter names those who use the same dependency and do not fail: it is not
// down.
func (b *builder) counter() []string {
	if b.host == "" {
		return nil
	}
	seen := map[cluster.Ref]bool{}
	for i := range b.pass.Pods {
		p := &b.pass.Pods[i]
		if w := b.pass.WorkloadOf(p); p.Ready() && !slices.Contains(b.tally.Workloads, w.Key()) && b.declares(p) {
			seen[w] = true
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return []string{detect.Count(len(seen), "workload") + " that use " + b.host + " are ready: it answers, and takes the credentials of others"}
}

func (b *builder) investigation(secrets []string) []detect.Command {
	s := b.group[0]
	out := []detect.Command{{Why: "the refusal in the words of the program", Command: detect.LastWords(s)}}
	for _, path := range secrets[:min(len(secrets), 3)] {
		namespace, name, _ := strings.Cut(path, "/")
		out = append(out, detect.Command{Why: "keys and age of the Secret, not its data", Command: detect.Kubectl("describe", "secret", name, "-n", namespace)})
	}
	return out
}

func (b *builder) recommendations(secrets []string) []detect.Recommendation {
	urgency := detect.Immediate
	if !b.tally.Ongoing {
		urgency = detect.Soon
	}
	user := ""
	if b.user != "" {
		user = " of " + b.user
	}
	r := detect.Recommendation{Urgency: urgency,
		Text: fmt.Sprintf("Bring the credentials%s that the programs use in line with what %s expects.", user, strings.TrimPrefix(b.what(), "The "))}
	if b.host == "" {
		r.Text = fmt.Sprintf("Bring the credentials%s that the programs use in line with what the dependency expects.", user)
	}
	if len(secrets) == 1 {
		r.Text += fmt.Sprintf(" They may stand in Secret %s. Programs that read it from their environment need a restart to see a change.", secrets[0])
		r.Commands = append(r.Commands, detect.Restarts(b.tally.Workloads)...)
	}
	return []detect.Recommendation{r}
}
