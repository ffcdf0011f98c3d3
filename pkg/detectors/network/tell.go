package network

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

var failures = map[string]string{
	symptom.NetworkRefused: "connection refused",
	symptom.NetworkTimeout: "no answer in time",
	symptom.NetworkReset:   "connections break off",
	symptom.NetworkTLS:     "TLS fails",
}

func (c *calls) title() string {
	who := c.tally.Who()
	if c.cause == symptom.NetworkDNS {
		return c.nameTitle(who)
	}
	title := fmt.Sprintf("%s cannot reach %s: %s", who, c.whom(), failures[c.cause])
	if c.cause == symptom.NetworkTLS {
		title = fmt.Sprintf("%s cannot talk TLS with %s: %s", who, c.whom(), short(afterTLS(c.first.Message)))
	}
	if s := c.peer.service; s != nil && s.Ready == 0 && c.cause != symptom.NetworkTLS { // whoever shows a certificate answered
		title += ", " + c.peer.endpoints()
	}
	return title
}

// afterTLS is what Go's library says of the certificate or handshake, without
// the request that it was for.
func afterTLS(message string) string {
	for _, mark := range []string{"x509: ", "tls: "} {
		if i := strings.Index(message, mark); i >= 0 {
			return message[i:]
		}
	}
	return message
}

func (c *calls) nameTitle(who string) string {
	if !c.isServer() {
		if c.peer.name == "" {
			return who + " cannot resolve a name"
		}
		return fmt.Sprintf("%s cannot resolve %s: no such name", who, c.peer.address)
	}
	title := who + " cannot resolve names: the name server"
	if c.peer.name != symptom.UnnamedNameServer {
		title += " " + c.peer.name
	}
	title += " does not answer"
	if s := c.peer.service; s != nil && s.Ready == 0 {
		title += ", " + c.peer.endpoints()
	}
	return title
}

// whom is the peer with the address by which it was called, if that says more.
func (c *calls) whom() string {
	switch {
	case c.peer.name == "":
		return "a peer that they do not name"
	case c.peer.local:
		return c.peer.address + " in their own pod"
	case c.peer.service != nil:
		return c.peer.name + " (" + c.peer.address + ")"
	}
	return c.peer.name
}

// short is the beginning of a text that may be long, on one line.
func short(text string) string { return detect.OneLine(text, 120) }

func (c *calls) probable() detect.Cause {
	out := detect.Cause{Confidence: detect.Medium, Why: "the programs themselves say: " + detect.Said(short(c.first.Message))}
	if ends := c.peer.endpoints(); ends != "" && c.cause != symptom.NetworkTLS {
		out.Why += "; " + ends
	}
	switch {
	case c.isServer():
		out.Text = "The name server does not answer, or its answers do not reach the pods."
	case c.cause == symptom.NetworkDNS:
		out.Text = fmt.Sprintf("There is no such name as %s: it is misspelt, of another namespace, or what it named is gone.", c.peer.address)
		if c.peer.service != nil {
			out.Text = fmt.Sprintf("Service %s is there, but its name does not resolve: a headless Service has a name only for ready pods.", c.peer.name)
		}
	case c.cause == symptom.NetworkTLS:
		out.Text = fmt.Sprintf("The programs and %s do not agree on a certificate or protocol.", c.whom())
	case c.cause == symptom.NetworkRefused:
		out.Text = fmt.Sprintf("Nothing listens at %s.", c.whom())
	case c.cause == symptom.NetworkTimeout:
		out.Text = fmt.Sprintf("Packets to %s get lost (a network policy, a firewall, a dead node), or it is too slow to answer.", c.whom())
	default:
		out.Text = fmt.Sprintf("Whoever is at %s, or a proxy before it, closes the connections.", c.whom())
	}
	if s := c.peer.service; s != nil && s.Ready == 0 && c.cause != symptom.NetworkTLS {
		out.Text = fmt.Sprintf("Service %s has nothing ready behind it.", c.peer.name)
		out.Confidence = detect.High
	}
	return out
}

func (c *calls) counter() []string {
	var out []string
	if causes := detect.Values(c.symptoms, func(s *symptom.Symptom) string { return s.Cause }); len(causes) > 1 {
		out = append(out, "they do not all say the same: "+detect.List(causes, 3))
	}
	if s := c.peer.service; s != nil && s.Ready > 0 && c.cause != symptom.NetworkTLS {
		out = append(out, c.peer.endpoints()+" now")
	}
	if c.peer.service != nil {
		if backs := c.pass.BackendsOf(c.peer.service); len(backs) > 0 {
			out = append(out, "behind the Service: "+detect.List(detect.Paths(backs), 3))
		}
	}
	if same := c.namesakes(); len(same) > 0 {
		out = append(out, "a Service of that name is elsewhere: "+detect.List(same, 3))
	}
	return out
}

func (c *calls) investigation() []detect.Command {
	o := c.first.Object
	out := []detect.Command{{Why: "what the program itself says", Command: detect.Kubectl("logs", o.Name, "-n", o.Namespace, "--all-containers", "--previous", "--tail=50")}}
	if s := c.peer.service; s != nil {
		out = append(out,
			detect.Command{Why: "what is ready behind the Service", Command: detect.Kubectl("get", "endpointslices", "-n", s.Namespace, "-l", "kubernetes.io/service-name="+s.Name)},
			detect.Command{Why: "its ports and selector", Command: detect.Kubectl("describe", "service", s.Name, "-n", s.Namespace)})
	} else if c.cause == symptom.NetworkDNS {
		out = append(out, detect.Command{Why: "the Services that there are", Command: detect.Kubectl("get", "services", "-A")})
	}
	if c.cause == symptom.NetworkTimeout {
		namespace := o.Namespace
		if c.peer.service != nil {
			namespace = c.peer.service.Namespace
		}
		out = append(out, detect.Command{Why: "policies that may drop the packets", Command: detect.Kubectl("get", "networkpolicies", "-n", namespace)})
	}
	return out
}

func (c *calls) recommendations() []detect.Recommendation {
	text := fmt.Sprintf("See to %s first: its callers fail for it.", c.whom())
	switch {
	case c.isServer():
		text = "See whether the pods of the cluster's DNS run and are ready, and whether a network policy blocks port 53."
	case c.cause == symptom.NetworkDNS:
		text = fmt.Sprintf("Correct the name %s where the callers are configured, or make what it should name.", c.peer.address)
	case c.cause == symptom.NetworkTLS:
		text = "Renew or trust the certificate that the message speaks of, or use the protocol that the peer speaks."
	case c.peer.local:
		text = "See why what should listen in the same pod does not, or has not started first."
	}
	return []detect.Recommendation{{Urgency: detect.Immediate, Text: text}}
}
