package symptom

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// What follows finds the names in lines that a row of the table matched. Each
// may refuse the row by returning false.

// refusedRequest is the API server's text of a request that the authorizer refused
// (apiserver/pkg/endpoints/handlers/responsewriters/errors.go).
var (
	refusedRequest = lazyregexp.New(`[Ff]orbidden: User "([^"]{1,300})" cannot ([\w*]+) resource "([^"]{1,253})"(?: in API group "([^"]{0,253})")?(?: in the namespace "([^"]{1,63})")?`)
	// refusedPath is the form for paths that are no resources.
	refusedPath = lazyregexp.New(`[Ff]orbidden: User "([^"]{1,300})" cannot (\w+) path "([^"]{1,300})"`)
)

// anonymous is whom the API server takes a request without credentials for.
const anonymous = "system:anonymous"

// ParseAccess finds in a message which request the API server refused to
// whom. It needs the sentence of the authorizer: quotas, policies and webhooks
// say "forbidden" too.
func ParseAccess(message string) (Access, bool) {
	message = strings.ReplaceAll(message, `\"`, `"`)
	if m := refusedRequest.FindStringSubmatch(message); m != nil {
		return Access{User: m[1], Verb: m[2], Resource: m[3], Group: m[4], Namespace: m[5]}, true
	}
	if m := refusedPath.FindStringSubmatch(message); m != nil {
		return Access{User: m[1], Verb: m[2], Resource: m[3]}, true
	}
	return Access{}, false
}

// ServiceAccount is namespace and name of the user, if it is one.
func (a Access) ServiceAccount() (cluster.Ref, bool) {
	rest, ok := strings.CutPrefix(a.User, "system:serviceaccount:")
	namespace, name, both := strings.Cut(rest, ":")
	if !ok || !both || namespace == "" || name == "" {
		return cluster.Ref{}, false
	}
	return cluster.Ref{Kind: "ServiceAccount", Namespace: namespace, Name: name}, true
}

func nameAccess(h *hearing, i int, s *said) bool {
	var ok bool
	s.access, ok = ParseAccess(h.lines[i].text)
	return ok && s.access.User != anonymous
}

// namedObject is an object that the API server does not find, as clients
// print it.
var namedObject = lazyregexp.New(`\b(configmaps|secrets|serviceaccounts) "([^"]{1,253})" not found`)

func nameObject(h *hearing, i int, s *said) bool {
	m := namedObject.FindStringSubmatch(h.lines[i].text)
	if m == nil {
		return false
	}
	s.cause = map[string]string{"configmaps": "configmap", "secrets": "secret", "serviceaccounts": "service-account"}[m[1]]
	s.object = cluster.Ref{Kind: map[string]string{"configmaps": "ConfigMap", "secrets": "Secret", "serviceaccounts": "ServiceAccount"}[m[1]], Name: m[2]}
	return true
}

// pathForms find the file that a system call was about.
var pathForms = []*lazyregexp.Regexp{
	lazyregexp.New(`(?i)(?:open|mkdir|write|create|rename|sync|close|mkstemp|unlink|remove|stat|chmod|chown|truncate|copy|exec)\w*:? ["'` + "`" + `‘]?(/[^\s"'` + "`" + `:;,’]{1,200})`),
	lazyregexp.New(`["'` + "`" + `‘](/[^\s"'` + "`" + `:;,’]{1,200})["'` + "`" + `’]`),
	lazyregexp.New(`(?:^|\s)(/[^\s"'` + "`" + `:;,]{1,200}):`),
}

func pathIn(text string) string {
	for _, form := range pathForms {
		if m := form.FindStringSubmatch(text); m != nil && len(m[1]) > 1 {
			return m[1]
		}
	}
	return ""
}

func namePath(h *hearing, i int, s *said) bool {
	s.item = pathIn(h.lines[i].text)
	return true
}

func namePeer(h *hearing, i int, s *said) bool {
	s.target.Host, s.target.Port = peerIn(h.lines[i].text)
	return true
}

// ofTwoPrograms refuses versions of TLS, and fields that a configuration file
// has and its program does not know: a misspelt setting is no other version.
func ofTwoPrograms(h *hearing, i int) bool {
	return notTLS(h, i) && !configFile.MatchString(h.lines[i].text)
}

var configFile = lazyregexp.New(`(?i)\bconfig|\.(?:ya?ml|json|toml|ini|conf|properties)\b|\bsettings?\b|\bflags?\b`)

func notTLS(h *hearing, i int) bool {
	return classify(connectionSignatures, h.lines[i].text) != "tls" && !strings.Contains(strings.ToLower(h.lines[i].text), "tls")
}

// exitIs asks for one of some exit codes: a shell script may print the same
// words and go on.
func exitIs(codes ...int32) func(*hearing, int) bool {
	return func(h *hearing, _ int) bool { return slices.Contains(codes, h.exit) }
}

// loginUser finds who was refused.
var loginUser = lazyregexp.New(`(?i)\b(?:for user|user(?:name)?|role|principal|login for|account)[:= ]{1,2}["'\[\x60(]{0,2}([\w.@\-]{1,120})["'\]\x60)]?`)

// notUsers are words that follow "user" in sentences.
var notUsers = []string{"name", "and", "or", "is", "not", "was", "has", "with", "from", "password", "authentication", "credentials", "failed", "for", "does", "pair", "may", "unknown", "account", "to", "in"}

func nameLogin(h *hearing, i int, s *said) bool {
	text := h.lines[i].text
	for _, m := range loginUser.FindAllStringSubmatch(text, 4) {
		if !slices.Contains(notUsers, strings.ToLower(m[1])) {
			s.item = m[1]
			break
		}
	}
	if s.client == "kubernetes" {
		s.item = ""
		s.target = Connection{Class: Rejected, Host: "kubernetes.default.svc", Port: "443"}
		return true
	}
	s.target.Class = Rejected
	s.target.Host, s.target.Port = peerIn(text)
	if s.target.Host == "" { // MySQL's 'user'@'host' names the client's address
		s.target.Class = ""
	}
	return true
}
