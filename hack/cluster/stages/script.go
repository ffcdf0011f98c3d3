package stages

import "fmt"

// jqAction is the action of a script that comes next: null at its end.
var jqAction = fmt.Sprintf(`((%s // "[]") | fromjson)[(%s // "0") | tonumber]`, annotation("script"), annotation("step"))

// jqActionKind is "event", "status" or "none".
var jqActionKind = jqAction + ` | if . == null then "none" elif .event then "event" else "status" end`

// actionDelay is how long an action waits for its turn.
func actionDelay() string { return jqAction + `.after // "200ms"` }

// scriptVariables find the action. What nobody knows before the pod is there is
// put in for $POD, $NAMESPACE, $UID, $NODE, $IP and $IMAGE.
const scriptVariables = `{{ $text := index $a "fake.kubelet/script" | replace "$POD" .metadata.name | replace "$NAMESPACE" (default "" .metadata.namespace) | replace "$UID" .metadata.uid }}
{{ with .spec.nodeName }}{{ $text = replace "$NODE" . $text }}{{ end }}
{{ $n := default "0" (index $a "fake.kubelet/step") | int }}
{{ $next := add1 $n }}
`

// scriptMoment is when an action happens: now, or with the one before where it
// says same.
const scriptMoment = `{{ if (index (fromJson $text) $n).same }}{{ $now = default $now (index $a "fake.kubelet/moment") }}{{ end }}
{{ $act := index (fromJson (replace "$NOW" $now $text)) $n }}
`

const podScriptVariables = scriptVariables + `{{ $begin := default "" .status.startTime }}
{{ $ip := or .status.podIP (PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "")) }}
{{ $text = $text | replace "$IP" $ip | replace "$IMAGE" $c.image }}
` + scriptMoment + `
{{ $event := default dict $act.event }}
`

const nodeScriptVariables = scriptVariables + `{{ $begin := default "" .metadata.creationTimestamp }}
{{ $text = $text | replace "$NODE" .metadata.name | replace "$NOW" $now }}
{{ $act := index (fromJson $text) $n }}
{{ $event := default dict $act.event }}
`

// scriptEventText is an event as a script gives it. Two with the same key are
// one event that happened again.
const scriptEventText = `{{ $count := default 1 $event.count | int }}
{{ $key := default (print $event.reason $event.message) $event.key }}
{{ $component := default "kubelet" $event.component }}
apiVersion: v1
kind: Event
metadata:
  name: {{ printf "%%s.%%s" .metadata.name (printf "%%s/%%s" $key .metadata.uid | sha256sum | trunc 16) | Quote }}
%[1]s
type: {{ default "Warning" $event.type }}
reason: {{ $event.reason }}
message: {{ $event.message | Quote }}
source: {component: {{ $component }}{{ if eq $component "kubelet" }}, host: %[2]s{{ end }}}
reportingComponent: {{ $component }}
reportingInstance: {{ if eq $component "kubelet" }}%[2]s{{ else }}""{{ end }}
count: {{ $count }}
{{ $first := default (ternary "0s" (printf "%%dms" (min 9000 (mul 1200 $count))) (le $count 1)) $event.first }}
{{ $first = dateInZone "2006-01-02T15:04:05Z" (mustToDate "2006-01-02T15:04:05.999999999Z07:00" $now | mustDateModify (printf "-%%s" $first)) "UTC" }}
firstTimestamp: {{ ternary $begin $first (lt $first $begin) | Quote }}
lastTimestamp: {{ $now | Quote }}
`

const scriptEventAnnotations = `{{ with $event.annotations }}  annotations: {{ toJson . }}{{ end }}`

const scriptFieldPath = `
  {{ with $event.container }}fieldPath: {{ printf "spec.containers{%s}" . | Quote }}{{ end }}
  {{ with $event.initContainer }}fieldPath: {{ printf "spec.initContainers{%s}" . | Quote }}{{ end }}`

func scriptEvent() string {
	reference := fmt.Sprintf(podReference, scriptEventAnnotations) + scriptFieldPath
	text := podVariables + podScriptVariables + fmt.Sprintf(scriptEventText, reference, "{{ .spec.nodeName | Quote }}")
	return "  - apply:\n      template: |\n" + indent(8, text)
}

func nodeScriptEvent() string {
	text := nodeVariables + nodeScriptVariables + fmt.Sprintf(scriptEventText, nodeReference, "{{ .metadata.name | Quote }}")
	return "  - apply:\n      template: |\n" + indent(8, text)
}

// rejectEvent has the pod's own reason and the message without its prefix.
func rejectEvent() string {
	text := podVariables + `{{ $begin := "" }}{{ $event := dict "reason" (index $a "fake.kubelet/reject") "message" (index $a "fake.kubelet/reject-message") }}
` + fmt.Sprintf(scriptEventText, fmt.Sprintf(podReference, ""), "{{ .spec.nodeName | Quote }}")
	return "  - apply:\n      template: |\n" + indent(8, text)
}

// scriptStatus writes what the action says of the pod and of its containers.
// What it does not say stays; the conditions follow from the containers. The
// step counts on in the same write, so that no action sees half of another.
func scriptStatus() string {
	text := podVariables + podScriptVariables + scriptContainers + scriptConditions
	return "  - patch:\n      subresource: status\n      template: |\n" + indent(8, text)
}

// scriptContainers lays what the action says of a container over its status,
// field by field.
const scriptContainers = `{{ $unreadyNames := list }}
{{ $statuses := dict "containers" list "initContainers" list }}
{{ $started := false }}
{{ $works := false }}
{{ $root := . }}
{{ range $list := list "containers" "initContainers" }}
{{ $old := ternary $root.status.containerStatuses $root.status.initContainerStatuses (eq $list "containers") }}
{{ $said := default dict (index $act $list) }}
{{ range $spec := default list (index $root.spec $list) }}
{{ $item := dict "name" $spec.name "image" $spec.image "imageID" "" "ready" false "started" false "restartCount" 0 "state" (dict "waiting" (dict "reason" (ternary "PodInitializing" "ContainerCreating" (or (eq $list "initContainers") (gt (len (default list $root.spec.initContainers)) 0))))) "lastState" dict }}
{{ range default list $old }}{{ if eq .name $spec.name }}{{ $item = . }}{{ end }}{{ end }}
{{ $new := merge (dict) (default dict (index $said $spec.name)) (default dict (index $said "*")) }}
{{ $result := dict }}
{{ range $key, $value := $item }}{{ $_ := set $result $key $value }}{{ end }}
{{ range $key, $value := $new }}{{ $_ := set $result $key $value }}{{ end }}
{{ $was := default dict $item.state }}
{{ if and (hasKey $new "state") (hasKey $was "terminated") (not (hasKey $result.state "terminated")) (not (hasKey $new "lastState")) }}{{ $_ := set $result "lastState" (dict "terminated" $was.terminated) }}{{ end }}
{{ range list "state" "lastState" }}{{ $ended := index (default dict (index $result .)) "terminated" }}{{ if and $ended (not (hasKey $ended "finishedAt")) }}
{{ $_ := set $ended "startedAt" (dig "running" "startedAt" $now $was) }}{{ $_ := set $ended "finishedAt" $now }}{{ $_ := set $ended "containerID" (default "" $item.containerID) }}
{{ end }}{{ end }}
{{ if and (hasKey $new "state") (hasKey $result.state "running") (gt (len (default dict $result.lastState)) 0) (not (hasKey $new "restartCount")) }}{{ $_ := set $result "restartCount" (add1 (int $item.restartCount)) }}{{ end }}
{{ $runs := or (hasKey $result.state "running") (hasKey $result.state "terminated") (gt (len (default dict $result.lastState)) 0) }}
{{ if $runs }}
{{ $started = true }}
{{ if eq $list "containers" }}{{ $works = true }}{{ end }}
{{ $_ := set $result "containerID" (printf "containerd://%s" (printf "%s/%s/%d" $uid $spec.name (int $result.restartCount) | sha256sum)) }}
{{ if not (hasKey $new "imageID") }}{{ $_ := set $result "imageID" (printf "%s@sha256:%s" (regexReplaceAll ":[^:/]+$" $spec.image "") (sha256sum $spec.image)) }}{{ end }}
{{ if hasKey $result.state "running" }}{{ if not (hasKey $new "started") }}{{ $_ := set $result "started" true }}{{ end }}{{ else }}{{ $_ := set $result "started" false }}{{ end }}
{{ with $spec.resources }}{{ $_ := set $result "resources" . }}{{ end }}
{{ end }}
{{ if and (not $result.ready) (or (eq $list "containers") (eq "Always" (default "" $spec.restartPolicy))) }}{{ $unreadyNames = append $unreadyNames $spec.name }}{{ end }}
{{ $_ := set $statuses $list (append (index $statuses $list) $result) }}
{{ end }}
{{ end }}
`

// scriptConditions are computed as a kubelet does; an action may name others.
const scriptConditions = `{{ $status := default dict $act.status }}
{{ $phase := default (ternary "Running" .status.phase (and $works (eq .status.phase "Pending"))) $status.phase }}
{{ $ready := ternary "True" "False" (eq (len $unreadyNames) 0) }}
{{ $why := "ContainersNotReady" }}
{{ $text := printf "containers with unready status: [%s]" (join " " $unreadyNames) }}
{{ if eq $ready "True" }}{{ $why = "" }}{{ $text = "" }}{{ end }}
{{ if eq $phase "Failed" }}{{ $ready = "False" }}{{ $why = "PodFailed" }}{{ $text = "" }}{{ end }}
{{ if eq $phase "Succeeded" }}{{ $ready = "False" }}{{ $why = "PodCompleted" }}{{ $text = "" }}{{ end }}
{{ $since := dict }}
{{ range default list .status.conditions }}{{ $_ := set $since (print .type .status) .lastTransitionTime }}{{ end }}
{{ $before := default list .status.initContainerStatuses }}
metadata:
  annotations:
    fake.kubelet/step: {{ $next | toString | quote }}
    fake.kubelet/moment: {{ $now | quote }}
status:
  phase: {{ $phase }}
  {{ with $status.reason }}reason: {{ . | Quote }}{{ end }}
  {{ with $status.message }}message: {{ . | Quote }}{{ end }}
  observedGeneration: {{ $generation }}
  {{ if $started }}
  podIP: {{ $ip | Quote }}
  podIPs: [{ip: {{ $ip | Quote }}}]
  {{ end }}
  conditions:
  {{ range list "Ready" "ContainersReady" }}
  - {type: {{ . }}, status: {{ $ready | Quote }}, lastProbeTime: null, lastTransitionTime: {{ default $now (index $since (print . $ready)) | Quote }}, observedGeneration: {{ $generation }}, reason: {{ if $why }}{{ $why }}{{ else }}null{{ end }}, message: {{ if $text }}{{ $text | Quote }}{{ else }}null{{ end }}}
  {{ end }}
  {{ if $started }}
  - {type: PodReadyToStartContainers, status: "True", lastProbeTime: null, lastTransitionTime: {{ default $now (index $since "PodReadyToStartContainersTrue") | Quote }}, observedGeneration: {{ $generation }}}
  {{ end }}
  {{ range default list $status.conditions }}
  - {type: {{ .type }}, status: {{ .status | Quote }}, lastProbeTime: null, lastTransitionTime: {{ $now | Quote }}, observedGeneration: {{ $generation }}, reason: {{ with .reason }}{{ . | Quote }}{{ else }}null{{ end }}, message: {{ with .message }}{{ . | Quote }}{{ else }}null{{ end }}}
  {{ end }}
  {{ if not $act.forget }}
  containerStatuses: {{ toJson (index $statuses "containers") }}
  {{ if gt (len (default list .spec.initContainers)) 0 }}
  initContainerStatuses: {{ toJson (index $statuses "initContainers") }}
  {{ end }}
  {{ else }}
  containerStatuses: null
  {{ end }}
`

// nodeScriptStatus sets conditions and fields of nodeInfo.
func nodeScriptStatus() string {
	return nodeStatus(nodeScriptVariables + `{{ with $act.conditions }}
conditions:
{{ range . }}
- {type: {{ .type }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ default "" .message | Quote }}, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
{{ end }}
{{ end }}
{{ with $act.nodeInfo }}nodeInfo: {{ toJson . }}{{ end }}`)
}

// scriptNext and nodeScriptNext count a pod's and a node's action as done.
func scriptNext() string { return next(podVariables + podScriptVariables) }

func nodeScriptNext() string { return next(nodeVariables + nodeScriptVariables) }

func next(variables string) string {
	return "  - patch:\n      root: metadata\n      template: |\n" + indent(8, variables+`annotations:
  fake.kubelet/step: {{ $next | toString | quote }}
  fake.kubelet/moment: {{ $now | quote }}`)
}
