package symptom

import (
	"net"
	"net/url"
	"regexp"
)

// Connection is a peer that a message says could not be reached.
type Connection struct {
	Class string // refused, timeout, reset, dns, tls; "" when no peer is named
	Host  string
	Port  string
}

// connectionSignatures classify how a connection failed.
var connectionSignatures = []signature{
	{cause: "dns", source: "Go net, glibc, Node.js, Java", texts: []string{
		"no such host", "server misbehaving", "name or service not known", "enotfound", "eai_again",
		"temporary failure in name resolution", "unknownhostexception"}},
	{cause: "tls", source: "Go crypto/x509", texts: []string{"x509:", "tls: "}},
	{cause: "refused", source: "ECONNREFUSED in all runtimes", texts: []string{
		"connection refused", "econnrefused", "connectionrefusederror"}},
	{cause: "reset", source: "ECONNRESET, EPIPE", texts: []string{
		"connection reset", "econnreset", "broken pipe", "socket hang up", "unexpected eof"}},
	{cause: "timeout", source: "ETIMEDOUT, Go net/http", texts: []string{
		"i/o timeout", "connection timed out", "etimedout", "deadline exceeded", "timed out",
		"no route to host", "network is unreachable"}},
}

// peerPatterns find the peer's host and port in a message.
var peerPatterns = []*regexp.Regexp{
	regexp.MustCompile(`(?:dial|read|write) (?:tcp|udp)[46]?(?: [\d.:\[\]a-f]+->| )([\w.\-\[\]]+):(\d+)`),
	regexp.MustCompile(`lookup ([\w.\-]+)`),
	regexp.MustCompile(`(?:ECONNREFUSED|ETIMEDOUT|ECONNRESET) ([\w.\-]+):(\d+)`),
	regexp.MustCompile(`(?:ENOTFOUND|EAI_AGAIN) ([\w.\-]+)`),
	regexp.MustCompile(`connection to server at "([^"]+)"(?: \([^)]*\))?, port (\d+) failed`),
	regexp.MustCompile(`could not translate host name "([^"]+)"`),
	regexp.MustCompile(`(?i)connection refused(?: -)? (?:connect\(2\) for |\()"?([\w.\-]+):(\d+)`),
}

var urlInText = regexp.MustCompile(`[a-z][a-z0-9+.\-]*://[^\s"'<>]+`)

// ParseConnection finds in a message which peer could not be reached and how
// it failed. Class is empty unless both are told.
func ParseConnection(message string) Connection {
	class := classify(connectionSignatures, message)
	if class == "" {
		return Connection{}
	}
	for _, p := range peerPatterns {
		if m := p.FindStringSubmatch(message); m != nil {
			c := Connection{Class: class, Host: m[1]}
			if len(m) > 2 {
				c.Port = m[2]
			}
			return c
		}
	}
	return connectionByURL(class, message)
}

func connectionByURL(class, message string) Connection {
	raw := urlInText.FindString(message)
	if raw == "" {
		return Connection{}
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return Connection{}
	}
	return Connection{Class: class, Host: u.Hostname(), Port: u.Port()}
}

// Address is host:port, or the host alone.
func (c Connection) Address() string {
	if c.Port == "" {
		return c.Host
	}
	return net.JoinHostPort(c.Host, c.Port)
}
