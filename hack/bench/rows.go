package main

import (
	"os"
	"path/filepath"
)

// row is one way to read the cluster, or what it is compared with.
type row struct {
	name    string
	says    string // what runs, for the reader
	command []string
	into    string // file of its output; "" throws it away
	slow    bool
	offline bool // asks nothing of the API server
}

// dumped rows write the dump or read it.
func (r row) dumped() bool { return r.into != "" || r.offline }

// The names of the rows, which goals refer to.
const (
	patterns  = "patterns"
	floor     = "floor"
	decode    = "decode"
	table     = "table"
	dump      = "json"
	filters   = "jq"
	namespace = "namespace"
	file      = "file"
	jqLength  = "jq-length"
)

// smallNamespace is the one that hack/cluster fills with 40 or 50 pods.
const smallNamespace = "team-small"

// seedFilters are what people ask jq for: exit codes, nodes with failing pods,
// evictions and pull failures, events by minute and reason. One program, so that
// the dump is parsed once.
const seedFilters = `
[.items[] | select(.kind == "Pod")] as $pods | [.items[] | select(.kind == "Event")] as $events | {
  exits: ([$pods[] | select(.status.containerStatuses[]?.lastState.terminated.exitCode != null)
    | {name: .metadata.name, namespace: .metadata.namespace, exitCode: .status.containerStatuses[0].lastState.terminated.exitCode}]
    | group_by(.exitCode) | map({exitCode: .[0].exitCode, count: length, pods: [.[].name]})),
  nodes: ($pods | group_by(.spec.nodeName) | map({node: .[0].spec.nodeName, pod_count: length,
    failing_pods: [.[] | select(.status.phase != "Running") | .metadata.name]} | select(.failing_pods | length > 0))),
  pulls: [$pods[] | select(any(.status.containerStatuses[]?; .state.waiting.reason == "ImagePullBackOff")) | .metadata.name],
  windows: ($events | group_by(.lastTimestamp | split(":")[0:2] | join(":")) | map({time_window: .[0].lastTimestamp, event_count: length,
    warnings: ([.[] | select(.type == "Warning") | .reason] | group_by(.) | map({reason: .[0], count: length}))}))
}`

// rows are in the order in which they are told. What reads the dump comes after
// what writes it.
func (o *options) all(work string) []row {
	plugin, kubectl := filepath.Join(o.binaries, "kubectl-patterns"), filepath.Join(o.binaries, "kubectl")
	self, _ := os.Executable()
	saved := filepath.Join(work, "dump.json")
	return []row{
		{name: patterns, says: "kubectl patterns -A", command: []string{plugin, "-A"}},
		{name: floor, says: "the same lists, thrown away", command: []string{self, "floor"}},
		{name: decode, says: "the same lists, decoded into client-go's types", command: []string{self, "decode"}},
		{name: namespace, says: "kubectl patterns -n " + smallNamespace, command: []string{plugin, "-n", smallNamespace}},
		{name: table, says: "kubectl get pods -A", command: []string{kubectl, "get", "pods", "-A"}, slow: true},
		{name: dump, says: "kubectl get pods,events,nodes -A -o json", command: []string{kubectl, "get", "pods,events,nodes", "-A", "-o", "json"}, into: saved, slow: true},
		{name: filters, says: "jq with filters, of that", command: []string{"jq", seedFilters, saved}, slow: true, offline: true},
		{name: jqLength, says: "jq length, of that", command: []string{"jq", "length", saved}, slow: true, offline: true},
		{name: file, says: "kubectl patterns -f, of that", command: []string{plugin, "-f", saved}, slow: true, offline: true},
	}
}

func names() []string {
	var out []string
	for _, r := range new(options).all("") {
		out = append(out, r.name)
	}
	return out
}
