package storage

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func (t *trouble) title() string {
	switch t.first.Cause {
	case symptom.StorageProvisioning:
		return t.unprovisioned()
	case symptom.StorageMultiAttach:
		return t.held()
	case symptom.StorageCSIDriver:
		return t.driverDown()
	case symptom.StorageFull:
		return t.who() + t.verb(" has", " have") + " no space left on " + t.place()
	case symptom.StorageReadOnly:
		return t.who() + " cannot write to " + t.place() + ": it is read-only"
	}
	verb := "could not for a time"
	if t.tally.Ongoing {
		verb = "cannot"
	}
	return fmt.Sprintf("%s %s %s %s: %s", t.who(), verb, t.first.Cause, t.place(), short(t.first.Message))
}

// who are the affected pods; a claim that nothing mounts has none.
func (t *trouble) who() string {
	if len(t.tally.Pods) == 0 {
		return "claim " + t.first.Object.Path()
	}
	return t.tally.Who()
}

// verb is the form that fits the number of pods.
func (t *trouble) verb(one, many string) string {
	if len(t.tally.Pods) > 1 {
		return many
	}
	return one
}

func (t *trouble) unprovisioned() string {
	what := detect.Count(len(t.symptoms), "claim")
	if len(t.symptoms) == 1 {
		what = "claim " + t.first.Object.Path()
	}
	if t.first.Class != "" {
		what += " of StorageClass " + t.first.Class
	}
	verb := "get"
	if len(t.symptoms) == 1 {
		verb = "gets"
	}
	title := fmt.Sprintf("%s %s no volume: %s", what, verb, t.why())
	if len(t.tally.Pods) > 0 {
		title += ", " + t.tally.Who() + t.verb(" waits", " wait")
	}
	return title
}

func (t *trouble) why() string {
	if t.first.Item != "" {
		return "provisioner " + t.first.Item + " has not begun for minutes"
	}
	return short(t.first.Message)
}

func (t *trouble) held() string {
	title := t.who() + t.verb(" waits for ", " wait for ") + t.place() + ", still attached to "
	if node := lostHolder(t.pass, t.first); node != "" {
		return title + "node " + node + ", which is not ready"
	}
	if len(t.first.Peers) == 0 {
		return title + "another node"
	}
	title += "another node for pod " + t.first.Peers[0].Path()
	if more := len(t.first.Peers) - 1; more > 0 {
		title += fmt.Sprintf(" and %d more", more)
	}
	return title
}

func (t *trouble) driverDown() string {
	driver := "A CSI driver"
	if t.first.Driver != "" {
		driver = "CSI driver " + t.first.Driver
	}
	waits := ": " + t.who() + t.verb(" waits", " wait")
	if t.first.Item == symptom.CSIController {
		return driver + " does not answer when volumes are to be attached" + waits
	}
	nodes := detect.Values(t.symptoms, func(s *symptom.Symptom) string { return s.Node })
	switch len(nodes) {
	case 0:
		return driver + " does not run on the node" + waits
	case 1:
		return driver + " does not run on node " + nodes[0] + waits
	}
	return driver + " does not run on " + detect.Count(len(nodes), "node") + waits
}

// place is the volume as far as it is known.
func (t *trouble) place() string {
	claims := t.claims()
	item := t.one(func(s *symptom.Symptom) string { return s.Item })
	switch {
	case len(claims) == 1:
		return "claim " + claims[0]
	case len(claims) > 1 && t.first.Class != "":
		return fmt.Sprintf("%d claims of StorageClass %s", len(claims), t.first.Class)
	case len(claims) > 1:
		return detect.Count(len(claims), "claim")
	case item != "":
		return item
	}
	return "their volumes"
}

// short is the beginning of a text that may be long, on one line.
func short(text string) string { return detect.OneLine(text, 120) }

var texts = map[string]string{
	symptom.StorageProvisioning: "No volume is made for the claim, so nothing that mounts it can start.",
	symptom.StorageAttach:       "The volume cannot be attached to the pod's node.",
	symptom.StorageMount:        "The volume cannot be mounted on the pod's node.",
	symptom.StorageMultiAttach:  "The volume may be attached to one node only, and another still has it.",
	symptom.StorageFull:         "The file system that the program writes to has no space left.",
	symptom.StorageReadOnly:     "The file system that the program writes to is read-only: mounted so, or turned so by the kernel after an error.",
}

func (t *trouble) probable() detect.Cause {
	c := detect.Cause{Text: texts[t.first.Cause], Confidence: detect.High, Why: "Kubernetes says: " + detect.Said(short(t.first.Message))}
	switch t.first.Cause {
	case symptom.StorageCSIDriver:
		c.Text = "The CSI driver's plugin does not run on the node, or has not registered with the kubelet."
		if t.first.Item == symptom.CSIController {
			c.Text = "The CSI driver's controller (external-attacher) does not run, or does not get its work done."
		}
	case symptom.StorageFull, symptom.StorageReadOnly:
		c.Why = "the programs or the metrics say so"
		if t.first.Message != "" {
			c.Why += ": " + detect.Said(short(t.first.Message))
		}
		c.Confidence = detect.Medium
	}
	if t.first.Item != "" && t.first.Cause == symptom.StorageProvisioning {
		c.Text = "The external provisioner that the claim asks for does not run, or does not see the claim."
		c.Confidence = detect.Medium
	}
	return c
}

func (t *trouble) counter() []string {
	messages := detect.Values(t.symptoms, func(s *symptom.Symptom) string { return s.Template })
	if len(messages) > 1 {
		return []string{fmt.Sprintf("they do not all say the same: %d different texts", len(messages))}
	}
	return nil
}

func (t *trouble) investigation() []detect.Command {
	o := t.first.Object
	kind := "pod"
	if o.Kind == "PersistentVolumeClaim" {
		kind = "pvc"
	}
	out := []detect.Command{{Why: "its state and its events", Command: detect.Kubectl("describe", kind, o.Name, "-n", o.Namespace)}}
	if a := t.first.About; a.Kind == "PersistentVolumeClaim" && a.Key() != o.Key() {
		out = append(out, detect.Command{Why: "the claim", Command: detect.Kubectl("describe", "pvc", a.Name, "-n", a.Namespace)})
	}
	switch t.first.Cause {
	case symptom.StorageProvisioning:
		out = append(out, detect.Command{Why: "which StorageClasses there are, and which is the default", Command: detect.Kubectl("get", "storageclass")})
	case symptom.StorageCSIDriver:
		out = append(out, detect.Command{Why: "which drivers are registered on each node", Command: detect.Kubectl("get", "csinodes", "-o", "custom-columns=NODE:.metadata.name,DRIVERS:.spec.drivers[*].name")},
			detect.Command{Why: "the drivers that the cluster knows", Command: detect.Kubectl("get", "csidrivers")})
	case symptom.StorageAttach, symptom.StorageMultiAttach:
		out = append(out, detect.Command{Why: "what is attached where, and the errors of attaching", Command: detect.Kubectl("get", "volumeattachments")})
	}
	return out
}

func (t *trouble) recommendations() []detect.Recommendation {
	now := func(format string, args ...any) []detect.Recommendation {
		return []detect.Recommendation{{Urgency: detect.Immediate, Text: fmt.Sprintf(format, args...)}}
	}
	switch t.first.Cause {
	case symptom.StorageProvisioning:
		if t.first.Class == "" {
			return now("Give the claim a StorageClass, mark one as the default, or make a PersistentVolume that fits.")
		}
		return now("See to StorageClass %s: whether it exists, its provisioner runs, and its back end has room and quota.", t.first.Class)
	case symptom.StorageMultiAttach:
		if lostHolder(t.pass, t.first) != "" {
			return now("If the node is really down, mark it with the taint node.kubernetes.io/out-of-service, so that its volumes are let go; else wait, or bring it back.")
		}
		return now("Let the pod that holds the volume end first: a Deployment with such a volume wants the strategy Recreate, or a volume that several nodes may mount.")
	case symptom.StorageCSIDriver:
		return now("See whether the driver's pods run, on this node and as its controller, and what their logs say.")
	case symptom.StorageFull:
		return now("Free space or enlarge the volume, and find what grows.")
	case symptom.StorageReadOnly:
		return now("See whether the volume is meant to be written; if it is, look for errors of the disk on the node.")
	}
	return now("Mend what the message names, at the storage's end; the kubelet tries again by itself.")
}
