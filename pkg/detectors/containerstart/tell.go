package containerstart

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// words say of each thing that keeps a container from starting what it is,
// what it means and what to do. %[1]s is the file or user that the text names,
// %[2]s the image.
var words = map[string]struct{ title, cause, advice string }{
	symptom.StartNotFound: {"%[1]s is not in the image",
		"The command names %[1]s, which the image %[2]s does not have, or has elsewhere; a script whose #! line names a missing interpreter, or ends in CR LF, shows the same.",
		"Correct command and args, or the image."},
	symptom.StartNoCommand: {"neither the pod nor the image names a command", "The image %[2]s has no entrypoint, and the pod gives no command.", "Set a command, or an entrypoint in the image."},
	symptom.StartNotAllowed: {"%[1]s may not be executed",
		"%[1]s in the image %[2]s may not be executed by the user that the container runs as, or is a folder.",
		"Make the file executable in the image (chmod +x), and look at the user and at noexec mounts."},
	symptom.StartAsRoot: {"the image would run as root, and runAsNonRoot forbids it",
		"runAsNonRoot is set, and the image %[2]s has root as its user.",
		"Set runAsUser to a user that the image can run as, or build the image with a USER."},
	symptom.StartUserName: {"the image names its user, and runAsNonRoot needs a number",
		"runAsNonRoot is set, and the image %[2]s gives a user name (%[1]s), of which the kubelet cannot tell whether it is root.",
		"Set runAsUser, or give the USER of the image as a number."},
	symptom.StartNoUser: {"the image has no user %[1]s",
		"The container is to run as %[1]s, which /etc/passwd in the image %[2]s does not have.",
		"Correct runAsUser or the image's USER; a number needs no entry."},
	symptom.StartSecurity: {"a security setting cannot be applied",
		"The runtime cannot apply a security setting of the container: a seccomp or AppArmor profile, an SELinux label, a capability or a sysctl that the node does not have or allow.",
		"Bring the securityContext and what the nodes have (profiles, kernel) together."},
	symptom.StartFormat: {"%[1]s is made for another architecture, or is no program",
		"The kernel cannot run %[1]s of the image %[2]s: it is built for another architecture than the node's, or is a script without a #! line.",
		"Build the image for the architecture of the nodes, or place the pods on nodes of its own (kubernetes.io/arch)."},
	symptom.StartPostStart: {"the postStart hook fails",
		"The container's postStart hook fails, whereupon the kubelet kills the container; the exit code that shows is that of the kill.",
		"Correct the postStart hook: it runs beside the entrypoint, not after it, with the files of the container."},
	symptom.StartMount: {"a folder is mounted on a file, or a file on a folder",
		"What is mounted is a folder where the image has a file, or the other way round: often a subPath that names nothing, for which a folder is made.",
		"Correct mountPath, subPath or the type of the hostPath."},
	symptom.StartSubPath: {"a subPath cannot be prepared", "The kubelet cannot make or open the subPath of a volume.", "Look at what lies under the subPath in the volume, and whether the volume is writable."},
	symptom.StartDevice: {"the GPU or other device cannot be handed over",
		"The runtime cannot hand a device to the container: the driver, the device plugin or the CDI description on the node does not fit.",
		"Look at driver, device plugin and container toolkit on the nodes."},
	symptom.StartName: {"the runtime still holds a container of the same name",
		"An earlier try to make the container timed out, and the runtime is still at it: it is slow or hangs.",
		"Look at the disk and the runtime of the nodes; restart the runtime if it hangs."},
	symptom.StartSpace: {"no space left on the node's disk", "The runtime cannot write what it needs for the container: the node's disk is full.", "Free disk space on the nodes."},
	symptom.StartFiles: {"too many open files on the node", "The runtime is at its limit of open files or inotify watches.", "Raise the node's limits (fs.inotify, LimitNOFILE of the runtime), and look who holds the files."},
	symptom.StartCgroup: {"its cgroup cannot be set up",
		"The runtime cannot set up the cgroup: the requests or limits are refused by the kernel, or kubelet and runtime do not use the same cgroup driver.",
		"Look at the cgroup driver of kubelet and runtime, and at the limits of the pod."},
	symptom.StartTimeout: {"the runtime does not answer in time", "The container runtime does not answer the kubelet in time: the disk is slow, the node overloaded, or the runtime hangs.", "Look at load, disk and runtime of the nodes."},
	symptom.StartOther:   {"%[3]s", "The container cannot be made or started, in words that are not known.", "Follow the runtime's own message."},
}

func (b *builder) title() string {
	verb := "cannot start"
	if !b.tally.Ongoing {
		verb = "could not start"
	}
	on := ""
	if b.node != "" {
		on = " on node " + b.node
	}
	return fmt.Sprintf("%s %s%s: %s", b.tally.Who(), verb, on, b.fill(words[b.first.Item].title))
}

// fill puts names into a text.
func (b *builder) fill(form string) string {
	name := "the command"
	if b.first.Item == symptom.StartNoUser || b.first.Item == symptom.StartUserName {
		name = "given"
	}
	if len(b.first.Names) > 0 {
		name = b.first.Names[0]
	}
	image := detect.List(b.images(), 2)
	if image == "" {
		image = "of " + b.tally.Workloads[0].Path()
	}
	return strings.NewReplacer("%[1]s", name, "%[2]s", image, "%[3]s", detect.Clip(b.first.Template, 100)).Replace(form)
}

func (b *builder) probable() detect.Cause {
	c := detect.Cause{Text: b.fill(words[b.first.Item].cause), Confidence: detect.High,
		Why: "kubelet and runtime say so: " + detect.Said(detect.Clip(b.first.Message, 240))}
	switch b.first.Item {
	case symptom.StartOther:
		c.Confidence = detect.Low
	case symptom.StartSecurity, symptom.StartCgroup, symptom.StartTimeout, symptom.StartPostStart:
		c.Confidence = detect.Medium
	}
	if arch := b.architecture(); b.first.Cause == symptom.StartExecFormat && arch != "" {
		c.Text += fmt.Sprintf(" The nodes are of architecture %s.", arch)
	}
	if b.node != "" {
		c.Text += fmt.Sprintf(" Several workloads meet it on node %s alone.", b.node)
	}
	return c
}

func (b *builder) investigation() []detect.Command {
	pod := b.tally.Pods[0]
	out := []detect.Command{{Why: "what the runtime says, in full", Command: detect.Kubectl("describe", "pod", pod.Name, "-n", pod.Namespace)}}
	switch {
	case b.node != "":
		out = append(out, detect.Command{Why: "conditions and events of the node", Command: detect.Kubectl("describe", "node", b.node)})
	case b.first.Cause == symptom.StartExecFormat:
		out = append(out, detect.Command{Why: "the architectures of the nodes", Command: detect.Kubectl("get", "nodes", "-L", "kubernetes.io/arch")})
	case b.first.Cause != symptom.StartRuntime:
		out = append(out, detect.Command{Why: "command, args, hooks and securityContext",
			Command: detect.Kubectl("get", "pod", pod.Name, "-n", pod.Namespace, "-o", "jsonpath={range .spec.containers[*]}{.name}: {.command} {.args} {.lifecycle} {.securityContext}{\"\\n\"}{end}")})
	}
	return out
}

func (b *builder) recommendations() []detect.Recommendation {
	urgency := detect.Immediate
	if !b.tally.Ongoing {
		urgency = detect.Soon
	}
	out := []detect.Recommendation{{Urgency: urgency, Text: b.fill(words[b.first.Item].advice)}}
	if b.node != "" {
		out = append(out, detect.Recommendation{Urgency: urgency, Text: fmt.Sprintf("Keep new pods off node %s until then.", b.node),
			Commands: []string{detect.Kubectl("cordon", b.node)}})
	}
	return out
}
