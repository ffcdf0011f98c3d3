package collect

import (
	"net"
	"net/url"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// hostPort matches "host:port" and hosts of at least two labels that end as
// names of Services do. A lone word is not taken for a host: nearly any
// value would pass.
var hostPort = lazyregexp.New(`^(?:[\w.%+-]+(?::[^@\s]*)?@)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):(\d{2,5})(?:/.*)?$`)

var serviceHost = lazyregexp.New(`^[a-z0-9-]+\.[a-z0-9-]+\.svc(?:\.[a-z0-9.-]+)?$`)

// credentialName matches what is set to a credential: of such a value a URL
// alone is looked at for its host, as "user:12345" reads like host:port.
var credentialName = lazyregexp.New(`(?i)(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|credentials?|auth|userpass|(?:api|access|private|account|encryption|signing)[_.-]?key)["']?$`)

// addEndpoint keeps the hosts that a value names: URLs, host:port, lists of
// these, and the long names of Services. The value itself, which may hold a
// password, is dropped.
func addEndpoint(t *cluster.Template, name, value, from string) {
	if len(value) < 4 || len(value) > 2048 {
		return
	}
	if i := strings.IndexByte(value, '='); i > 0 && strings.HasPrefix(value, "-") {
		name, value = value[:i], value[i+1:] // --upstream=host:port
	}
	if credentialName.MatchString(name) && !strings.Contains(value, "://") {
		return
	}
	for _, part := range strings.Split(value, ",") {
		if host, port := endpoint(strings.TrimSpace(part)); host != "" {
			t.Endpoints = append(t.Endpoints, cluster.Endpoint{Host: host, Port: port, From: from})
		}
	}
}

func endpoint(value string) (host, port string) {
	if strings.Contains(value, "://") {
		u, err := url.Parse(value)
		if err != nil {
			return "", ""
		}
		return u.Hostname(), u.Port()
	}
	if m := hostPort.FindStringSubmatch(value); m != nil && isHost(m[1]) {
		return m[1], m[2]
	}
	if serviceHost.MatchString(value) {
		return value, ""
	}
	return "", ""
}

// isHost tells a host from a number before a colon, such as a time of day.
func isHost(s string) bool {
	return strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") || net.ParseIP(s) != nil
}
