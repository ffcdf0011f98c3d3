package stages

import (
	"fmt"
	"strconv"
	"strings"
)

// podVariables are what the templates of pods start with.
const podVariables = `{{ $now := Now }}
{{ $a := or .metadata.annotations dict }}
{{ $c := index .spec.containers 0 }}
{{ $s := index (or .status.containerStatuses (list dict)) 0 }}
{{ $restarts := default 0 $s.restartCount | int }}
{{ $generation := default 1 .metadata.generation }}
{{ $uid := .metadata.uid }}
{{ $seed := adler32sum .metadata.uid | int }}
{{ $unready := $c.name }}
{{ $resource := default "ephemeral-storage" (index $a "fake.kubelet/evict") }}
{{ $usage := default "2164340Ki" (index $a "fake.kubelet/evict-usage") }}
{{ $threshold := default "10120387530" (index $a "fake.kubelet/evict-threshold") }}
{{ $available := default "8523716Ki" (index $a "fake.kubelet/evict-available") }}
{{ $request := dig "resources" "requests" $resource "0" $c }}
{{ $message := printf "The node was low on resource: %s. Threshold quantity: %s, available: %s. Container %s was using %s, request is %s, has larger consumption of %s. " $resource $threshold $available $c.name $usage $request $resource }}
`

const nodeVariables = `{{ $now := Now }}
{{ $a := or .metadata.annotations dict }}
`

// eventText is an event as a kubelet records it. Its name depends on the object
// and the key alone, so that a later one with the same key replaces it: with a
// higher count and without firstTimestamp, which then stays.
const eventText = `{{ $count := int (%[6]s) }}
apiVersion: v1
kind: Event
metadata:
  name: {{ printf "%%s.%%s" .metadata.name (printf "%%s/%[1]s" .metadata.uid | sha256sum | trunc 16) | Quote }}
%[7]s
type: %[2]s
reason: %[3]s
message: {{ %[4]s | Quote }}
source: {component: kubelet, host: %[5]s}
reportingComponent: kubelet
reportingInstance: %[5]s
count: {{ $count }}
{{ if le $count 1 }}firstTimestamp: {{ %[8]s | Quote }}{{ end }}
lastTimestamp: {{ %[8]s | Quote }}
`

const podReference = `  namespace: {{ .metadata.namespace | Quote }}
%s
involvedObject:
  apiVersion: v1
  kind: Pod
  name: {{ .metadata.name | Quote }}
  namespace: {{ .metadata.namespace | Quote }}
  uid: {{ .metadata.uid | Quote }}
  resourceVersion: {{ .metadata.resourceVersion | Quote }}`

const fieldPath = `
  fieldPath: {{ printf "spec.containers{%s}" $c.name | Quote }}`

// nodeReference has the node's name as uid: that is what kubelets do.
const nodeReference = `  namespace: default
involvedObject:
  kind: Node
  name: {{ .metadata.name | Quote }}
  uid: {{ .metadata.name | Quote }}`

// containerEvent is an event about the first container. Message, and the
// optional count and time, are expressions of kwok's templates.
func containerEvent(key, kind, reason, message string, options ...string) string {
	return event(podVariables, fmt.Sprintf(podReference, "")+fieldPath, "{{ .spec.nodeName | Quote }}", key, kind, reason, message, options)
}

// podEvent is an event about the pod as a whole. Its annotations are lines of
// YAML, or empty.
func podEvent(key, kind, reason, message, annotations string) string {
	if annotations != "" {
		annotations = "  annotations:\n" + indent(4, annotations)
	}
	return event(podVariables, fmt.Sprintf(podReference, annotations), "{{ .spec.nodeName | Quote }}", key, kind, reason, message, nil)
}

func nodeEvent(key, kind, reason, message string, options ...string) string {
	return event(nodeVariables, nodeReference, "{{ .metadata.name | Quote }}", key, kind, reason, message, options)
}

func event(variables, reference, host, key, kind, reason, message string, options []string) string {
	count, at := "1", "$now"
	if len(options) > 0 {
		count = options[0]
	}
	if len(options) > 1 {
		at = options[1]
	}
	text := fmt.Sprintf(eventText, key, kind, reason, message, host, count, reference, at)
	return "  - apply:\n      template: |\n" + indent(8, variables+text)
}

// status patches a pod's status with the lines of a template.
func status(lines string) string { return statusPatch(podVariables + lines) }

// nodeStatus does so with a node's.
func nodeStatus(lines string) string { return statusPatch(nodeVariables + lines) }

func statusPatch(text string) string {
	return "  - patch:\n      root: status\n      subresource: status\n      template: |\n" + indent(8, text)
}

// pressure is a node's condition, given as one line: type, status, reason and
// message.
func pressure(line string) string {
	parts := strings.SplitN(line, " ", 4)
	return fmt.Sprintf(`conditions:
- {type: %s, status: %q, reason: %s, message: %q, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}`,
		parts[0], parts[1], parts[2], parts[3])
}

// annotate sets one annotation to the value of an expression.
func annotate(name, value string) string {
	return "  - patch:\n      root: metadata\n      template: |\n" +
		indent(8, podVariables+fmt.Sprintf("annotations:\n  %s%s: {{ %s | toString | quote }}", Prefix, name, value))
}

// condition is one entry of a pod's conditions.
func condition(kind, value string, more ...string) string {
	text := fmt.Sprintf(`- {type: %s, status: %q, lastProbeTime: null, lastTransitionTime: {{ $now | Quote }}, observedGeneration: {{ $generation }}`, kind, value)
	text += fmt.Sprintf(", reason: %s", orNull(more, 0, "%s"))
	text += fmt.Sprintf(", message: %s", orNull(more, 1, "{{ %s | Quote }}"))
	return text + "}"
}

// notReady is the condition Ready or ContainersReady of a pod that is not.
func notReady(kind string) string {
	return condition(kind, "False", "ContainersNotReady", `(printf "containers with unready status: [%s]" $unready)`)
}

func orNull(values []string, i int, format string) string {
	if i >= len(values) || values[i] == "" {
		return "null" // removes what an earlier patch set
	}
	return fmt.Sprintf(format, values[i])
}

// container is the status of the first container in a state (lines of YAML);
// the others keep theirs.
func container(state, ready, restarts, lastState string) string {
	ids := `  imageID: ""`
	if !strings.Contains(state, "ImagePull") {
		ids = containerIDs("$c", restarts)
	}
	text := `- name: {{ $c.name | Quote }}
  image: {{ $c.image | Quote }}
%[1]s
  ready: %[3]s
  started: %[6]s
  restartCount: {{ %[4]s }}
  {{ with $c.resources }}resources: {{ toJson . }}{{ end }}
  {{ with dig "resources" "requests" dict $c }}allocatedResources: {{ toJson . }}{{ end }}
  state: %[2]s
  lastState: %[5]s
{{ range rest (or .status.containerStatuses (list dict)) }}
- {{ toJson . }}
{{ end }}`
	started := strings.HasPrefix(state, "{running: {")
	return fmt.Sprintf(text, ids, state, ready, restarts, lastState, strconv.FormatBool(started || ready == "true"))
}

// containerIDs is what the runtime says of a container that has run: constant
// for the same image, and for the same instance of the container.
func containerIDs(spec, restarts string) string {
	const text = `  imageID: {{ default (printf "%%s@sha256:%%s" (regexReplaceAll ":[^:/]+$" %[1]s.image "") (sha256sum %[1]s.image)) (index $a "fake.kubelet/image-id") | Quote }}
  containerID: {{ printf "containerd://%%s" (printf "%%s/%%s/%%d" $uid %[1]s.name (int (%[2]s)) | sha256sum) | Quote }}`
	return fmt.Sprintf(text, spec, restarts)
}
