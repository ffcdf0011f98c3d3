package symptom

import (
	"net"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// looked is how much of a message is searched for the name of a peer.
const looked = 4096

// NamesHost reports whether a message is about a host: it has the first label
// of its name where programs put whom they talk to, before a colon at the
// beginning ("orders: rpc error: …") or in the chain of wrapped errors, or
// behind the word service; or it has the name with its namespace anywhere. A
// name that merely occurs is not enough: many are common words.
func NamesHost(message, host string) bool {
	if len(message) > looked {
		message = message[:looked]
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	if net.ParseIP(host) != nil || len(labels[0]) < 2 {
		return false
	}
	if len(labels) > 1 && occurs(message, labels[0]+"."+labels[1], func(string, string) bool { return true }) {
		return true
	}
	return occurs(message, labels[0], func(before, after string) bool {
		if strings.HasPrefix(after, ": ") && (before == "" || strings.HasSuffix(before, ": ")) {
			return true
		}
		return endsWithService(before) && !strings.HasPrefix(after, ".")
	})
}

func endsWithService(before string) bool {
	before = strings.ToLower(strings.TrimRight(before, `"'`))
	return strings.HasSuffix(before, "service ") || strings.HasSuffix(before, "upstream ")
}

// occurs looks for a name as a whole word, of which fits says whether it is
// meant by what stands before and after it.
func occurs(text, name string, fits func(before, after string) bool) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		i += from
		before, after := text[:i], text[i+len(name):]
		if !endsInName(before) && !beginsAsName(after) && fits(before, after) {
			return true
		}
		from = i + 1
	}
}

func endsInName(s string) bool { return s != "" && isNameByte(s[len(s)-1]) }

func beginsAsName(s string) bool { return s != "" && isNameByte(s[0]) }

func isNameByte(c byte) bool {
	return c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// namedPeer is the peer that the words are about: that which they tell the
// address of, else the only one of the pod's template that they name.
func namedPeer(p *cluster.Pod, words said) Connection {
	if words.target.Host != "" || p == nil || p.Template == nil {
		return words.target
	}
	var found Connection
	for _, e := range p.Template.Endpoints {
		if !NamesHost(words.line, e.Host) || found.Host == e.Host {
			continue
		}
		if found.Host != "" {
			return Connection{}
		}
		found = Connection{Host: e.Host, Port: e.Port}
	}
	return found
}
