// Package network detects peers and names that programs cannot reach, and
// pods that get no network of their own.
package network

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups what programs say by the peer, and what kubelets say by the
// network plugin.
var Detector = &detect.Detector{
	Name:     "network",
	Category: "infrastructure",
	Doc: `peers and names out of reach, and pods that get no network of their own

Means that programs cannot reach a peer or resolve a name, or that pods get no
network of their own.

Reads what programs say when they end (termination messages always, logs with
--logs), the events FailedCreatePodSandBox, NetworkNotReady and FailedKillPod of
pods, Services with the readiness of their endpoints, and nodes.

Groups over workloads by the Service behind the name or address, else by host and
port; by name server; for sandboxes by network plugin and what it says.

Speaks when programs say that a peer refuses connections, does not answer, breaks
them off or fails in TLS, or that a name does not resolve; a name server that does
not answer is one problem, whatever was asked. It says whether the Service has ready
endpoints and what backs it. Speaks also when the sandbox of pods cannot be made,
and when no address is left for them (ip-exhaustion).

Silent on a sandbox that came up within a minute, on nodes that are just starting,
and on probes that are refused: they tell of the pod itself.

What to do: see to the peer before its callers; for sandboxes, to the plugin's agent
on the node or to the range of addresses.`,
	Causes: []string{symptom.NetworkDNS, symptom.NetworkRefused, symptom.NetworkTimeout, symptom.NetworkReset, symptom.NetworkTLS,
		symptom.NetworkSandbox, symptom.NetworkIPExhaustion},
	Needs: []cluster.Resource{cluster.Pods, cluster.Events},
	Any:   true,
	Run:   run,
}

func run(pass *detect.Pass) {
	var own, peers []*symptom.Symptom
	for _, s := range pass.Of(symptom.Network) {
		if s.Cause == symptom.NetworkSandbox || s.Cause == symptom.NetworkIPExhaustion {
			own = append(own, s)
		} else {
			peers = append(peers, s)
		}
	}
	for _, g := range detect.GroupBy(own, func(s *symptom.Symptom) string { return s.Cause + " | " + s.Driver + " | " + s.Item }) {
		pass.Report(sandboxes(pass, g))
	}
	for _, g := range detect.GroupBy(peers, func(s *symptom.Symptom) string { return key(pass, s) }) {
		pass.Report(newCalls(pass, g).pattern(g.Key))
	}
}

// key is the peer, with what is wrong as far as it makes another problem of
// it: one Service that is down refuses some callers and lets others wait.
func key(pass *detect.Pass, s *symptom.Symptom) string {
	how := "connection"
	switch s.Cause {
	case symptom.NetworkDNS:
		if s.Item != "" {
			return "name server"
		}
		how = "name"
	case symptom.NetworkTLS:
		how = "tls"
	}
	p := peerOf(pass, s)
	switch {
	case p.name != "":
	case s.Cause == symptom.NetworkTLS: // certificates are of somebody, named or not
		return how + " | " + s.Template
	default:
		return how + " | " + s.Workload.String()
	}
	return how + " | " + p.name
}

// calls are those to one peer.
type calls struct {
	pass     *detect.Pass
	symptoms []*symptom.Symptom
	first    *symptom.Symptom // the first of those of the cause that is told
	cause    string
	peer     peer
	tally    detect.Tally
}

func newCalls(pass *detect.Pass, g detect.Group) *calls {
	c := &calls{pass: pass, symptoms: g.Symptoms, cause: commonest(g.Symptoms), tally: detect.Sum(g.Symptoms)}
	for _, s := range g.Symptoms {
		if s.Cause == c.cause {
			c.first = s
			break
		}
	}
	c.peer = peerOf(pass, c.first)
	if c.isServer() {
		c.peer = nameServer(pass, g.Symptoms)
	}
	return c
}

// isServer reports whether it is the name server that does not answer.
func (c *calls) isServer() bool { return c.cause == symptom.NetworkDNS && c.first.Item != "" }

// commonest is the cause that most workloads tell; of as many, the plainest.
func commonest(symptoms []*symptom.Symptom) string {
	order := []string{symptom.NetworkDNS, symptom.NetworkTLS, symptom.NetworkRefused, symptom.NetworkTimeout, symptom.NetworkReset}
	workloads := map[string]map[cluster.Ref]bool{}
	for _, s := range symptoms {
		if workloads[s.Cause] == nil {
			workloads[s.Cause] = map[cluster.Ref]bool{}
		}
		workloads[s.Cause][s.Workload.Key()] = true
	}
	return slices.MaxFunc(order, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(workloads[a]), len(workloads[b])), cmp.Compare(slices.Index(order, b), slices.Index(order, a)))
	})
}

func (c *calls) pattern(key string) detect.Pattern {
	p := detect.Pattern{
		Cause:           c.cause,
		Key:             key,
		Symptoms:        c.symptoms,
		Title:           c.title(),
		Probable:        c.probable(),
		Counter:         c.counter(),
		Investigation:   c.investigation(),
		Recommendations: c.recommendations(),
	}
	if c.peer.name != "" && !c.peer.local {
		p.Factors = []detect.Factor{{Attribute: "dependency", Value: c.peer.name, Holds: c.dependsOn, Note: "the affected name it themselves"}}
	}
	return p
}

// dependsOn reports whether a pod talks to the peer: its workload says so, or
// was told to.
func (c *calls) dependsOn(p *cluster.Pod) bool {
	if slices.Contains(c.tally.Workloads, c.pass.WorkloadOf(p).Key()) {
		return true
	}
	if p.Template == nil {
		return false
	}
	return slices.ContainsFunc(p.Template.Endpoints, func(e cluster.Endpoint) bool {
		if svc := c.pass.ServiceNamed(e.Host, p.Namespace); svc != nil {
			return c.peer.service != nil && svc.Key() == c.peer.service.Key()
		}
		return c.peer.service == nil && c.first.Target.Host != "" && strings.EqualFold(e.Host, c.first.Target.Host)
	})
}
