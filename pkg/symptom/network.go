package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// Causes of network trouble: the first five are told by programs of a peer,
// the last two by the kubelet of the pod's own network.
const (
	NetworkDNS          = "dns"
	NetworkRefused      = "connection-refused"
	NetworkTimeout      = "connection-timeout"
	NetworkReset        = "connection-reset"
	NetworkTLS          = "tls"
	NetworkSandbox      = "sandbox"
	NetworkIPExhaustion = "ip-exhaustion"
)

// networkCauses joins the classes of a Connection to the causes of the
// taxonomy.
var networkCauses = map[string]string{
	"dns": NetworkDNS, "refused": NetworkRefused, "timeout": NetworkTimeout, "reset": NetworkReset, "tls": NetworkTLS,
}

// UnnamedNameServer stands for a name server that failed and whose address
// the message does not tell: glibc, musl, Node.js and .NET name none.
const UnnamedNameServer = "name server"

// asked finds the name server that Go's resolver asked: "lookup HOST on
// 10.96.0.10:53: …" (net.DNSError).
var asked = lazyregexp.New(`lookup \S{1,253} on (\[?[0-9A-Fa-f.:]{3,45}\]?:\d{1,5}):`)

// serverFailed are the words of a name server that does not answer, as
// opposed to one that answers that there is no such name: Go net
// (SERVFAIL is "server misbehaving"), glibc and musl (EAI_AGAIN), Node.js.
var serverFailed = []string{
	"server misbehaving", "i/o timeout", "operation not permitted", "connection refused", "network is unreachable", "no route to host",
	"temporary failure in name resolution", "eai_again", "deadline exceeded", "resource temporarily unavailable",
}

// NameServer is the address of the name server that a message says did not
// answer, or UnnamedNameServer where it does not say which; empty when the
// message tells of no name, or of one that does not exist.
func NameServer(message string) string {
	target := ParseConnection(message)
	lower := strings.ToLower(message)
	if target.Class != "dns" || strings.Contains(lower, "no such host") {
		return ""
	}
	for _, text := range serverFailed {
		if !strings.Contains(lower, text) {
			continue
		}
		if m := asked.FindStringSubmatch(message); m != nil {
			return m[1]
		}
		return UnnamedNameServer
	}
	return ""
}
