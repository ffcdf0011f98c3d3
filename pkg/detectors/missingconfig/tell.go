package missingconfig

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

func (b *builder) probable() detect.Cause {
	e := b.look()
	text := fmt.Sprintf("Kubernetes reports that %s is missing in namespace %s.", b.short(), b.about.Namespace)
	if refs := b.references(); len(refs) > 0 {
		text += fmt.Sprintf(" It is referred to by %s.", detect.List(refs, 4))
	}
	if hint := b.hint(e); hint != "" {
		text += " " + hint
	}
	why := "the kubelet says so: "
	switch {
	case len(b.tally.Pods) == 0:
		why = "the API server says so: "
	case !b.group[0].Ended.IsZero():
		why = "the program says so: "
	}
	return detect.Cause{Text: text, Confidence: detect.High, Why: why + detect.Said(detect.Clip(b.group[0].Message, 200))}
}

func (b *builder) short() string {
	if b.key != "" {
		return fmt.Sprintf("key %s of %s %s", b.key, b.about.Kind, b.about.Name)
	}
	return b.about.Kind + " " + b.about.Name
}

// hint says what exists that may be meant.
func (b *builder) hint(e elsewhere) string {
	switch {
	case len(e.nearKeys) > 0:
		return fmt.Sprintf("It has the key %s: perhaps a misspelling.", detect.List(e.nearKeys, 3))
	case b.key != "" && len(e.keys) > 0:
		return fmt.Sprintf("It has %s: %s.", detect.Count(len(e.keys), "key"), detect.List(e.keys, 6))
	case b.key != "":
		return ""
	case len(e.similar) > 0:
		return fmt.Sprintf("There is a %s %s in %s: perhaps a misspelling.", b.about.Kind, detect.List(e.similar, 3), b.about.Namespace)
	case e.otherKind:
		return fmt.Sprintf("There is a %s of that name: perhaps the wrong kind of reference.", b.otherKind())
	case len(e.namespaces) > 0:
		return fmt.Sprintf("One of that name exists in %s: pods can use only those of their own namespace.", detect.List(e.namespaces, 3))
	case e.read && e.here == nil:
		return "None of that name, or nearly that name, is in what was read of the namespace."
	}
	return ""
}

func (b *builder) otherKind() string {
	if b.about.Kind == "Secret" {
		return "ConfigMap"
	}
	return "Secret"
}

// counter says when what is missing was there as the data were read.
func (b *builder) counter() []string {
	e := b.look()
	if e.here == nil || !b.tally.Ongoing {
		return nil
	}
	if b.key == "" {
		return []string{fmt.Sprintf("%s is among the data, created %s: the pods may start at their next try",
			b.about, e.here.Created.UTC().Format("15:04:05"))}
	}
	for _, k := range e.keys {
		if k == b.key {
			at, _ := e.here.Changed()
			return []string{fmt.Sprintf("%s has the key %s now, last written %s: the pods may start at their next try",
				b.about, b.key, at.UTC().Format("15:04:05"))}
		}
	}
	return nil
}

func (b *builder) investigation() []detect.Command {
	kind := strings.ToLower(b.about.Kind)
	ns := b.about.Namespace
	var out []detect.Command
	if len(b.tally.Pods) > 0 {
		out = append(out, detect.Command{Why: "what the kubelet says, in full", Command: detect.Kubectl("describe", "pod", b.tally.Pods[0].Name, "-n", ns)})
	} else {
		out = append(out, detect.Command{Why: "what the controller was told", Command: detect.Kubectl("get", "events", "-n", ns, "--field-selector", "reason=FailedCreate")})
	}
	if b.key != "" { // describe shows the names of keys; of a Secret never its values
		return append(out, detect.Command{Why: "which keys it has", Command: detect.Kubectl("describe", kind, b.about.Name, "-n", ns)})
	}
	out = append(out, detect.Command{Why: "which there are in the namespace", Command: detect.Kubectl("get", kind+"s", "-n", ns)})
	return append(out, detect.Command{Why: "whether it lies in another namespace",
		Command: detect.Kubectl("get", kind+"s", "-A", "--field-selector", "metadata.name="+b.about.Name)})
}

func (b *builder) recommendations() []detect.Recommendation {
	e := b.look()
	urgency := detect.Immediate
	if !b.tally.Ongoing {
		urgency = detect.Soon
	}
	out := detect.Recommendation{Urgency: urgency, Text: fmt.Sprintf("Create %s, or correct the reference.", b.about), Commands: b.create()}
	switch {
	case len(e.nearKeys) > 0:
		out.Text, out.Commands = fmt.Sprintf("Add key %s to %s, or refer to %s.", b.key, b.about, detect.List(e.nearKeys, 3)), nil
	case b.key != "":
		out.Text, out.Commands = fmt.Sprintf("Add key %s to %s, or correct the reference.", b.key, b.about), nil
	case len(e.similar) > 0:
		out.Text, out.Commands = fmt.Sprintf("Refer to %s, if that is meant, or create %s.", detect.List(e.similar, 3), b.about), nil
	case len(e.namespaces) > 0:
		out.Text = fmt.Sprintf("Create %s as it is in %s, or run the pods there.", b.about, detect.List(e.namespaces, 3))
	}
	return []detect.Recommendation{out}
}

// create is how the object is made; what goes into it is for the reader.
func (b *builder) create() []string {
	name, ns := b.about.Name, b.about.Namespace
	switch b.about.Kind {
	case "ConfigMap":
		return []string{detect.Kubectl("create", "configmap", name, "-n", ns) + " --from-file=FOLDER"}
	case "Secret":
		return []string{detect.Kubectl("create", "secret", "generic", name, "-n", ns) + " --from-file=FOLDER"}
	}
	return []string{detect.Kubectl("create", "serviceaccount", name, "-n", ns)}
}
