package symptom

import "github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"

// networkWords is one row: what is wrong with a connection is told by the
// table of connections.
var networkWords = []word{
	{kind: Network, signature: signature{cause: NetworkRefused, source: "see connectionSignatures", pattern: lazyregexp.New(`.`)}, names: nameConnection},
}

// plain are words that are of a connection whether or not they name the peer;
// "timed out" and "EOF" may be of anything.
var plain = lazyregexp.New(`(?i)connection refused|econnrefused|connectionrefused|i/o timeout|connection timed out|etimedout|no route to host|network is unreachable|sockettimeoutexception|connect timed out` +
	`|connection reset by peer|socketexception: connection reset|econnreset|sockettimeout|connection timeout|connecttimeout`)

// aboutCertificate are words of TLS that say so without naming the peer.
var aboutCertificate = lazyregexp.New(`(?i)certificate|x509|certification path|sslhandshake|pkix|ssl routines|verify_leaf|wrong_version|issuer_cert|cert_|ssl connection`)

func nameConnection(h *hearing, i int, s *said) bool {
	text := h.lines[i].text
	class := classify(connectionSignatures, text)
	if class == "" {
		return false
	}
	s.target = ParseConnection(text)
	s.cause = networkCauses[class]
	switch {
	case s.target.Class == "dns":
		s.cause = NetworkDNS
	case s.target.Host == "" && class != "dns" && class != "tls" && !plain.MatchString(text):
		return false
	case s.target.Host == "" && class == "tls" && !aboutCertificate.MatchString(text):
		return false
	}
	if s.cause == NetworkDNS {
		s.item = NameServer(text)
	}
	return true
}

// endWords explain an end, and belong to no other kind.
var endWords = []word{
	{kind: Exit, signature: signature{cause: EndedPort, source: "bind(2)", texts: []string{"address already in use", "eaddrinuse", "bind: permission denied", "listen eacces"}}},
	{kind: Exit, signature: signature{cause: EndedPermission, source: "EACCES and EPERM in all runtimes", pattern: lazyregexp.New(
		`permissionerror: |eacces: permission denied|accessdeniedexception: /|(?:open|mkdir|create|write|read|rename|unlink|stat|chown|chmod|access|cannot \w+)\b.{0,200}: permission denied|changing ownership of .{1,200}: operation not permitted|unauthorizedaccessexception: access to the path`)}, names: namePath},
	{kind: Exit, signature: signature{cause: EndedModule, source: "Node.js, Python, JVM, ld.so, Ruby", texts: []string{
		"cannot find module", "modulenotfounderror", "err_module_not_found", "noclassdeffounderror", "classnotfoundexception", "could not find or load main class", "error while loading shared libraries", "cannot load such file", "importerror: "}}},
	{kind: Exit, signature: signature{cause: EndedFile, source: "ENOENT in all runtimes", texts: []string{
		"filenotfounderror", "enoent: no such file or directory", "filenotfoundexception", "nosuchfileexception"}, pattern: lazyregexp.New(
		`(?:open|stat|lstat|read|load|access|chdir|find)\w*:? .{0,200}no such file or directory|(?:config(?:uration)? file|\.ya?ml|\.json|\.toml|\.conf|\.properties|\.ini|\.env)\b.{0,80}(?:not found|does not exist|no such file)|can't (?:open|cd to) .{1,200}`)}, names: namePath},
	{kind: Exit, signature: signature{cause: EndedCrash, source: "Go, Rust, C, Python, JVM, .NET, Node.js", texts: []string{
		"panic: runtime error", "segmentation fault", "sigsegv", "unhandled exception", "uncaught exception", "unhandledpromiserejection", "fatal error has been detected by the java runtime", "stack smashing detected", "core dumped", "double free or corruption"},
		pattern: lazyregexp.New(`^(?:panic: |fatal error: |thread '.{1,80}' panicked|assertion .{1,200} failed|terminate called after throwing)`)}},
}
