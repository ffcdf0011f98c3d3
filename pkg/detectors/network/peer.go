package network

import (
	"net"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// peer is whom programs cannot reach.
type peer struct {
	name    string           // of the dependency: namespace/name, or host:port
	service *cluster.Service // behind it, if there is one
	address string           // as the programs say it
	local   bool             // in the pod itself
}

// peerOf finds whom a symptom's words mean: a Service by name or address, the
// Service before a pod's address, a name of the cluster, else host and port.
func peerOf(pass *detect.Pass, s *symptom.Symptom) peer {
	t := s.Target
	if t.Host == "" {
		return peer{}
	}
	p := peer{address: t.Address()}
	if isLocal(t.Host) {
		p.local, p.name = true, s.Workload.Path()+" "+p.address
		return p
	}
	if p.service = pass.ServiceNamed(t.Host, s.Object.Namespace); p.service == nil {
		p.service = serviceOfPod(pass, t.Host)
	}
	switch {
	case p.service != nil:
		p.name = p.service.Path()
	case s.Cause == symptom.NetworkDNS:
		p.name = clusterName(pass, t.Host, s.Object.Namespace)
	default:
		p.name = p.address
	}
	return p
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// serviceOfPod is the Service before the pod that has an address.
func serviceOfPod(pass *detect.Pass, ip string) *cluster.Service {
	for _, p := range pass.PodsAt(ip) {
		if services := pass.ServicesOf(pass.WorkloadOf(p)); len(services) > 0 {
			return services[0]
		}
	}
	return nil
}

// clusterName writes a name that does not resolve as namespace/name where it
// is of a form that only Services have: one label, or with a namespace that
// there is.
func clusterName(pass *detect.Pass, host, namespace string) string {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	switch {
	case len(labels) == 1:
		return namespace + "/" + labels[0]
	case len(labels) > 2 && labels[2] == "svc", len(labels) == 2 && slices.Contains(pass.Namespaces, labels[1]):
		return labels[1] + "/" + labels[0]
	}
	return host
}

// namesakes are Services of the same name in other namespaces.
func (c *calls) namesakes() []string {
	_, name, ok := strings.Cut(c.peer.name, "/")
	if !ok || c.cause != symptom.NetworkDNS || c.peer.service != nil {
		return nil
	}
	var out []string
	for i := range c.pass.Services {
		if svc := &c.pass.Services[i]; svc.Name == name {
			out = append(out, svc.Path())
		}
	}
	return out
}

// nameServer is the server that did not answer: the Service with its address,
// else the cluster's own DNS Service.
func nameServer(pass *detect.Pass, symptoms []*symptom.Symptom) peer {
	p := peer{name: symptom.UnnamedNameServer}
	for _, s := range symptoms {
		if s.Item == symptom.UnnamedNameServer || s.Item == "" {
			continue
		}
		p.address, p.name = s.Item, s.Item
		if host, _, err := net.SplitHostPort(s.Item); err == nil {
			p.service = pass.ServiceByIP(host)
		}
		break
	}
	if p.service == nil {
		p.service = pass.DNS()
	}
	if p.service != nil {
		p.name = p.service.Path()
	}
	return p
}

// endpoints says how many of a Service's backends are ready; empty where that
// is not known.
func (p *peer) endpoints() string {
	if p.service == nil || p.service.Ready < 0 {
		return ""
	}
	all := p.service.Ready + p.service.NotReady
	switch {
	case all == 0:
		return "the Service has no endpoints"
	case p.service.Ready == 0:
		return "none of the Service's " + detect.Count(all, "endpoint") + " is ready"
	case p.service.NotReady == 0:
		return "all of the Service's endpoints are ready"
	}
	return "the Service has " + detect.Count(p.service.Ready, "ready endpoint") + " of " + detect.Count(all, "endpoint")
}
