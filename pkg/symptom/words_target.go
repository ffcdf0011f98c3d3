package symptom

import "github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"

// around is how far from a telling line what it leaves out may stand.
const around = 12

// withTarget looks for the peer that the telling line does not name in the
// lines before it that say the same.
func (h *hearing) withTarget(s said, i int) said {
	if s.target.Host != "" || (s.kind != Network && s.kind != Credentials) {
		return s
	}
	if h.detailsAfter(&s, i) {
		return s
	}
	for j := i - 1; j >= 0 && i-j <= around; j-- {
		l := &h.lines[j]
		if l.level == quiet && isRecovery(l) {
			break
		}
		if l.level == quiet {
			continue
		}
		if found, done := h.targetAt(s, j); done {
			return found
		}
	}
	return s
}

// targetAt reads one of the lines before, and reports whether it settles the
// matter: it names the peer, or tells of another trouble.
func (h *hearing) targetAt(s said, j int) (said, bool) {
	other, ok := h.understand(j)
	switch {
	case ok && other.kind == s.kind && other.cause == s.cause && other.target.Host != "":
		return other, true
	case s.kind != Credentials:
		return s, false
	case ok:
		return s, other.kind == Network && other.target.Host != ""
	}
	l := &h.lines[j]
	host, port := peerIn(l.text)
	if host == "" || (l.level != loud && l.level != unleveled) || !connecting.MatchString(l.text) {
		return s, false
	}
	s.target = Connection{Class: s.target.Class, Host: host, Port: port}
	return s, true
}

// errorHost and errorPort are fields of Node.js' errors, which stand behind
// the message and the stack.
var (
	errorHost = lazyregexp.New(`\b(?:host|hostname|address): '([\w.:\-]{1,253})'`)
	errorPort = lazyregexp.New(`\bport: '?(\d{1,5})\b`)
)

func (h *hearing) detailsAfter(s *said, i int) bool {
	end := min(len(h.lines), i+around+1)
	for _, l := range h.lines[i:end] {
		if m := errorHost.FindStringSubmatch(l.text); m != nil && s.target.Host == "" {
			s.target.Host = m[1]
		}
		if m := errorPort.FindStringSubmatch(l.text); m != nil && s.target.Host != "" && s.target.Port == "" {
			s.target.Port = m[1]
		}
	}
	if s.target.Host != "" && s.kind == Network {
		s.target.Class = classify(connectionSignatures, s.line)
	}
	return s.target.Host != ""
}

// beforeLeaving looks for why a leader could not renew its lease: that it
// could not reach the API server says more than that it leaves.
func (h *hearing) beforeLeaving(s said, i int) said {
	for j := i - 1; j >= 0 && i-j <= around; j-- {
		if isRecovery(&h.lines[j]) {
			break
		}
		if why, ok := h.understand(j); ok && (why.kind == Network || why.kind == RBAC || why.kind == Credentials) {
			return why
		}
	}
	return s
}

var connecting = lazyregexp.New(`(?i)connect|host=|log(?:ging )?in|authenticat|dial`)
