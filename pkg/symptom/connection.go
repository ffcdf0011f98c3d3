package symptom

import (
	"net"
	"net/url"
	"regexp"
	"strings"
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
		"temporary failure in name resolution", "unknownhostexception", "host not found in upstream"},
		pattern: regexp.MustCompile(`lookup \S{1,253} on \S{1,60}:\d+: `)}, // whatever went wrong with the name server
	{cause: "tls", source: "Go crypto/x509", texts: []string{"x509:", "tls: "}},
	{cause: "refused", source: "ECONNREFUSED in all runtimes", texts: []string{
		"connection refused", "econnrefused", "connectionrefusederror"},
		pattern: regexp.MustCompile(`connection to \S+ refused`)}, // PostgreSQL's JDBC driver
	{cause: "reset", source: "ECONNRESET, EPIPE", texts: []string{
		"connection reset", "econnreset", "broken pipe", "socket hang up", "unexpected eof"}},
	{cause: "timeout", source: "ETIMEDOUT, Go net/http", texts: []string{
		"i/o timeout", "connection timed out", "etimedout", "deadline exceeded", "timed out", "timeout expired",
		"no route to host", "network is unreachable"}},
}

// lookup finds a name that was not resolved. The address behind "on" is the
// name server's: not the peer, whatever went wrong with it.
var lookup = regexp.MustCompile(`lookup ([\w.\-]+)(?: on \S+: |: (?:no such host|server misbehaving|i/o timeout|(?i:temporary failure)))`)

// peerPatterns find the peer's host and port in a message.
var peerPatterns = []*regexp.Regexp{
	regexp.MustCompile(`(?:dial|read|write) (?:tcp|udp)[46]?(?: [\d.:\[\]a-f]+->| )(\[[^\s\]]+\]|[\w.\-]+):(\d+)`),
	regexp.MustCompile(`(?:ECONNREFUSED|ETIMEDOUT|ECONNRESET) ([\w.:\-]+):(\d+)`),
	regexp.MustCompile(`(?:ENOTFOUND|EAI_AGAIN) ([\w.\-]+)`),
	regexp.MustCompile(`UnknownHostException: ([\w.\-]+)`),
	regexp.MustCompile(`connection to server at "([^"\s]+)"(?: \([^)]*\))?, port (\d+) failed`),
	regexp.MustCompile(`could not translate host name "([^"\s]+)"`),
	regexp.MustCompile(`\bhost='([^'\s]+)', port=(\d+)`),
	regexp.MustCompile(`in upstream "([\w.\-]+)(?::(\d+))?`),
	regexp.MustCompile(`(?i)connect(?:ing|ion)?\b[^:\n]{0,20}?\b(?:to|at) ([\w.\-]+):(\d+)`),
	regexp.MustCompile(`connect\(2\) for "?([\w.\-]+)"?(?::| port )(\d+)`),
	regexp.MustCompile(`(?i)connection refused \(([\w.\-]+):(\d+)`),
}

var (
	urlInText = regexp.MustCompile(`[a-z][a-z0-9+.\-]*://[^\s"'<>]+`)
	// hostForm refuses what an escape (%1B) may put into the host of a URL.
	hostForm = regexp.MustCompile(`^[\w.:\-]+$`)
)

// ParseConnection finds in a message which peer could not be reached and how
// it failed. Class is empty unless both are told.
func ParseConnection(message string) Connection {
	class := classify(connectionSignatures, message)
	if class == "" {
		return Connection{}
	}
	if m := lookup.FindStringSubmatch(message); m != nil {
		return Connection{Class: "dns", Host: m[1]}
	}
	for _, p := range peerPatterns {
		if m := p.FindStringSubmatch(message); m != nil {
			c := Connection{Class: class, Host: strings.TrimSuffix(strings.TrimPrefix(m[1], "["), "]")}
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
	if err != nil || !hostForm.MatchString(u.Hostname()) {
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
