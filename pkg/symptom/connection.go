package symptom

import (
	"net"
	"net/url"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
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
		"no such host", "server misbehaving", "name or service not known", "eai_again",
		"temporary failure in name resolution", "unknownhostexception", "host not found in upstream"},
		pattern: lazyregexp.New(`\benotfound\b|lookup \S{1,253} on \S{1,60}:\d+: `)}, // whatever went wrong with the name server
	{cause: "dns", source: "curl, BusyBox, musl, Rust std, MySQL, Kafka, .NET, Erlang, PHP, nginx", texts: []string{
		"could not resolve host", "couldn't resolve host", "could not be resolved", "bad address '", "name does not resolve", "failed to lookup address information",
		"unknown mysql server host", "no resolvable bootstrap urls", ":nxdomain", "no address associated with hostname", "nodename nor servname",
		"resource temporarily unavailable (", "(00000001, 11)", "getaddrinfo"}},
	{cause: "tls", source: "Go crypto/x509", texts: []string{"x509:", "tls: "}},
	{cause: "tls", source: "Go net/http, OpenSSL, Python ssl, Java JSSE, Node.js, .NET", texts: []string{
		"server gave http response to https client", "certificate verify failed", "ssl routines:", "sslhandshakeexception", "pkix path building failed",
		"unable to verify the first certificate", "self-signed certificate", "self signed certificate", "cert_has_expired", "err_tls_cert_altname_invalid",
		"certificate has expired", "unable_to_verify_leaf_signature", "the ssl connection could not be established", "unable_to_get_issuer_cert", "wrong_version_number", "ssl_error_syscall"}},
	{cause: "refused", source: "ECONNREFUSED in all runtimes", texts: []string{
		"connection refused", "econnrefused", "connectionrefusederror"},
		pattern: lazyregexp.New(`connection to \S+ refused`)}, // PostgreSQL's JDBC driver
	{cause: "refused", source: "curl, MySQL (errno 111), Erlang, Kafka", texts: []string{
		"couldn't connect to server", "actively refused", "broker may not be available"},
		pattern: lazyregexp.New(`can't connect to mysql server on '[^']{1,253}' \(111\)`)},
	{cause: "reset", source: "ECONNRESET, EPIPE", texts: []string{
		"connection reset", "econnreset", "broken pipe", "socket hang up", "unexpected eof"}},
	{cause: "reset", source: "MySQL, PostgreSQL, nginx, envoy, Go", texts: []string{
		"server closed the connection unexpectedly", "upstream prematurely closed", "lost connection to mysql server", "server has gone away",
		"remote end closed connection", "disconnect/reset before headers"}, pattern: lazyregexp.New(`": eof$`)},
	{cause: "timeout", source: "ETIMEDOUT, Go net/http", texts: []string{
		"i/o timeout", "connection timed out", "etimedout", "deadline exceeded", "timed out", "timeout expired",
		"no route to host", "network is unreachable"}},
	{cause: "timeout", source: "Node.js undici, Ruby, Java, MySQL (errno 110, 113), Go net/http, BusyBox", texts: []string{
		"und_err_connect_timeout", "net::opentimeout", "net::readtimeout", "noroutetohostexception", "ehostunreach", "enetunreach", "handshake timeout",
		"connecttimeout", "connection timeout", "connect timeout", "timeout occurred after waiting"},
		pattern: lazyregexp.New(`can't connect to mysql server on '[^']{1,253}' \(11[03]\)`)},
}

// lookup finds a name that was not resolved. The address behind "on" is the
// name server's: not the peer, whatever went wrong with it.
var lookup = lazyregexp.New(`lookup ([\w.\-]+)(?: on \S+: |: (?:no such host|server misbehaving|i/o timeout|(?i:temporary failure)))`)

// peerPatterns find the peer's host and port in a message.
var peerPatterns = []*lazyregexp.Regexp{
	lazyregexp.New(`(?:dial|read|write) (?:tcp|udp)[46]?(?: [\d.:\[\]a-f]+->| )(\[[^\s\]]+\]|[\w.\-]+):(\d+)`),
	lazyregexp.New(`(?:ECONNREFUSED|ETIMEDOUT|ECONNRESET) ([\w.:\-]+):(\d+)`),
	lazyregexp.New(`(?:ENOTFOUND|EAI_AGAIN) ([\w.\-]+)`),
	lazyregexp.New(`UnknownHostException: ([\w.\-]+)`),
	lazyregexp.New(`connection to server at "([^"\s]+)"(?: \([^)]*\))?, port (\d+) failed`),
	lazyregexp.New(`could not translate host name "([^"\s]+)"`),
	lazyregexp.New(`\bhost='([^'\s]+)', port=(\d+)`),
	lazyregexp.New(`in upstream "([\w.\-]+)(?::(\d+))?`),
	lazyregexp.New(`(?i)connect(?:ing|ion)?\b[^:\n]{0,20}?\b(?:to|at) ([\w.\-]+):(\d+)`),
	lazyregexp.New(`connect\(2\) for "?([\w.\-]+)"?(?::| port )(\d+)`),
	lazyregexp.New(`(?i)(?:connection refused|timed out|unable to connect to|connect to|connection to node -?\d+ \(|bootstrap broker):? ?([\w.\-]+)(?:/[\w.:<>\-]*)?:(\d+)\b`),
	lazyregexp.New(`(?i)mysql server (?:on|host) '([\w.\-]+)(?::(\d+))?'`),
	lazyregexp.New(`\bhost=([\w.\-]+)(?: port=(\d+))?`),                         // pgx, libpq
	lazyregexp.New(`(?i)failed to connect to ([\w.\-]+) port (\d+)`),            // curl
	lazyregexp.New(`(?i)connect to ([\w.\-]+) port (\d+)`),                      // nc
	lazyregexp.New(`(?i)could ?n[o']t resolve host(?:name)?:? ["']?([\w.\-]+)`), // curl, ssh
	lazyregexp.New(`bad address '([\w.\-]+)(?::(\d+))?'`),                       // BusyBox
	lazyregexp.New(`getaddrinfo for ([\w.\-]+) failed`),                         // PHP
	lazyregexp.New(`([\w.\-]+) could not be resolved`),                          // nginx
	lazyregexp.New(`ServerSelectionTimeoutError: ([\w.\-]+):(\d+)`),             // PyMongo
	lazyregexp.New(`(?:^|[\s/])([\w.\-]+):(\d+)/(?:bootstrap|\d+): `),           // librdkafka
	lazyregexp.New(`after waiting \d+ seconds for ([\w.\-]+):(\d+)`),            // wait-for-it
	lazyregexp.New(`tcp connect \(([\w.\-]+):(\d+)\)`),                          // Erlang
	lazyregexp.New(`(?i)can't connect to remote host \(([\w.\-]+)`),             // BusyBox
	lazyregexp.New(`Failed to resolve '([\w.\-]+)'`),                            // urllib3
}

var (
	urlInText = lazyregexp.New(`[a-z][a-z0-9+.\-]*://[^\s"'<>]+`)
	// hostForm refuses what an escape (%1B) may put into the host of a URL.
	hostForm = lazyregexp.New(`^[\w.:\-]+$`)
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
	if host, port := peerIn(message); host != "" {
		return Connection{Class: class, Host: host, Port: port}
	}
	return Connection{}
}

// pgxPeer is how pgx tells one of several addresses that it tried.
var pgxPeer = lazyregexp.New(`^\s*\[?[\da-f.:]+\]?:(\d+) \(([\w.\-]+)\): `)

// peerIn finds host and port of the peer that a message is about.
func peerIn(message string) (host, port string) {
	if m := pgxPeer.FindStringSubmatch(message); m != nil {
		return m[2], m[1]
	}
	for _, p := range peerPatterns {
		m := p.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		if len(m) > 2 {
			port = m[2]
		}
		return strings.TrimSuffix(strings.TrimPrefix(m[1], "["), "]"), port
	}
	for _, m := range inParentheses.FindAllStringSubmatch(message, 4) {
		if !noPeer.MatchString(m[1]) {
			return m[1], m[2]
		}
	}
	return peerByURL(message)
}

var (
	// inParentheses is how many clients add the peer to what the system says.
	inParentheses = lazyregexp.New(`\(([\w][\w.\-]{0,252}):(\d{2,5})\)`)
	// noPeer tells places in the code and numbers of other things.
	noPeer = lazyregexp.New(`(?i)\.(?:go|js|ts|mjs|py|rb|php|c|cc|cpp|h|rs|java|kt|scala|cs|ex|exs|erl|lua|pl|sh)$|^(?:pid|line|code|errno|status|exit|signal|id|size|len|error|node|internal)$`)
)

func peerByURL(message string) (host, port string) {
	u, err := url.Parse(urlInText.FindString(message))
	if err != nil || !hostForm.MatchString(u.Hostname()) {
		return "", ""
	}
	return u.Hostname(), u.Port()
}

// Address is host:port, or the host alone.
func (c Connection) Address() string {
	if c.Port == "" {
		return c.Host
	}
	return net.JoinHostPort(c.Host, c.Port)
}
