package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// said is what the words of a program tell of its failure: those that it left
// as termination message, or the end of its log.
type said struct {
	kind  Kind   // Exit for words that explain an end and are of no kind of their own
	cause string // of the taxonomy; for Exit of the Ended list
	line  string // the telling line, as it came
	// What the words name. Each may be empty.
	target Connection
	item   string
	object cluster.Ref
	access Access
	client string // the protocol of the peer, by the client's wording
	frames string // top frames of the stack trace
	raw    bool   // no row knows line: it is merely the last error, or the first line
	// isError is set when a raw line shows that it is an error.
	isError bool
}

// listen finds in the words of a program why it failed. It looks from the end
// to the beginning, for the last error before the end outweighs all earlier
// ones; it goes on behind an error that no row knows only while that is one
// link of a chain, or merely says that the program gives up; and it stops
// where the program says that it recovered.
func listen(text string, exitCode int32) said {
	h := &hearing{lines: linesOf(text), exit: exitCode}
	out := h.search()
	if out.line == "" {
		out.line, out.isError = h.lastError()
		out.raw = true
	}
	out.frames = topFrames(h.lines)
	return out
}

// hearing is one run of listen.
type hearing struct {
	lines  []line
	exit   int32
	blocks map[int]said // by first line
	errors int          // errors passed over that no row knows
}

// Words of other lines that decide whether a line counts.
var (
	recovered = lazyregexp.New(`(?i)\b(?:connected (?:to|successfully)|connection (?:re-?)?established|re-?connected|successfully|succeeded|recovered` +
		`|listening on|listening at|server (?:is )?(?:started|running|listening|ready)|ready to accept|startup complete|started \w+ in \d|connected\.?$)`)
	notRecovered = lazyregexp.New(`(?i)\b(?:not|never|cannot|can't|couldn't|unable|fail\w*|un|without) [^.;:]{0,30}(?:connected|successfully|succeeded|recovered|listening)`)
	// givingUp are errors that only say that there was one.
	givingUp = lazyregexp.New(`(?i)giving up|gave up|exiting|shutting down|shut(?:ting)? ?down|terminating|aborting|failed to start|startup failed|start-?up error|application run failed` +
		`|application failed to start|unable to start|could not start|cannot start|initiali[sz]ation failed|failed to initiali[sz]e|failed to (?:connect|run|boot)|could not connect|cannot connect|unable to connect` +
		`|retries (?:exhausted|exceeded)|max(?:imum)? (?:number of )?(?:retries|attempts)|after \d+ (?:attempts|retries|tries)|npm err|elifecycle|exit(?:ed)? (?:status|code|with)|command failed|process exited|errors? occurred|see above|\bpreparing |fatal error$|error creating bean|connection (?:error|failed|failure)|operational ?error|dependency .{0,40}(?:unavailable|not ready)`)
	// anError is how a line of unstated level shows that it is an error.
	anError = lazyregexp.New(`^(?:panic: |fatal error: |fatal: |FATAL|Fatal|[Ee]rror:|ERROR|Unhandled |Uncaught |thread '.{1,80}' panicked|[\w.$:]{0,160}(?:Error|Exception|Panic)(?::|$| \[))`)
	// link joins the errors of one chain.
	link = lazyregexp.New(`^(?:Caused by:|The above exception was the direct cause|During handling of the above exception|\s*\[cause\]:|\s*---> |\s*--- End of inner|nested exception|Wrapped by:)`)
)

// reach is how many lines a search goes back without having found anything.
const reach = 60

func (h *hearing) search() said {
	h.blocks = blocksIn(h.lines)
	for i := len(h.lines) - 1; i >= 0 && len(h.lines)-i <= reach; i-- {
		l := &h.lines[i]
		if s, ok := h.blocks[i]; ok {
			return s
		}
		if isRecovery(l) {
			break
		}
		if l.level == quiet || isFrame(l.text) || (l.level == warning && h.errors == 0) {
			continue
		}
		if s, ok := h.understand(i); ok {
			if s.cause == EndedLeader {
				return h.beforeLeaving(s, i)
			}
			return h.withTarget(s, i)
		}
		if h.ends(i) {
			break
		}
	}
	return said{}
}

func isRecovery(l *line) bool {
	return l.level <= quiet && recovered.MatchString(l.text) && !notRecovered.MatchString(l.text)
}

// ends reports whether an error that no row knows ends the search: it has
// nothing to do with what was said before it.
func (h *hearing) ends(i int) bool {
	l := &h.lines[i]
	isError := l.level == loud || anError.MatchString(l.text)
	if !isError {
		return false
	}
	h.errors++
	return !givingUp.MatchString(l.text) && !h.inChain(i)
}

// inChain reports whether an error is joined to the one before it.
func (h *hearing) inChain(i int) bool {
	if link.MatchString(h.lines[i].text) {
		return true
	}
	for j := i - 1; j >= 0 && i-j < reach; j-- {
		text := h.lines[j].text
		if link.MatchString(text) {
			return true
		}
		if !isFrame(text) && !strings.HasPrefix(text, " ") && !strings.HasPrefix(text, "Traceback ") {
			return false
		}
	}
	return false
}

// understand holds one line against the table.
func (h *hearing) understand(i int) (said, bool) {
	text := h.lines[i].text
	lower := strings.ToLower(text)
	if !tells(lower) {
		return said{}, false
	}
	for j := range wordTable {
		w := &wordTable[j]
		if !w.matches(lower) || (w.only != nil && !w.only(h, i)) {
			continue
		}
		s := said{kind: w.kind, cause: w.cause, line: strings.TrimSpace(text), client: w.client}
		if w.kind == "" {
			return said{}, false // looks like a failure and is none
		}
		if w.names != nil && !w.names(h, i, &s) {
			continue
		}
		return s, true
	}
	return said{}, false
}

// stems are parts of words without which no row of the table fits: most lines
// of a log have none and cost one look.
var stems = []string{"err", "fail", "refus", "denied", "forbidden", "timeout", "timed out", "time", "cannot", "can't", "couldn", "could not", "unable", "not ", "n't ", "no ", "without", "invalid",
	"illegal", "malformed", "bad", "missing", "required", "must", "should", "need", "unset", "undefined", "empty", "blank", "mandatory", "unbound", "exist", "exhaust", "expire", "enospc", "erofs",
	"eacces", "edquot", "read-only", "readonly", "memory", "bad_alloc", "panic", "fatal", "401", "535", "unauth", "authent", "noauth", "wrongpass", "password", "credential", "token", "signature",
	"unknown", "unsupported", "unrecognized", "version", "certificate", "ssl", "tls", "x509", "lookup", "resol", "reset", "eof", "broken", "hang up", "closed", "already", "limit", "segm", "core dumped",
	"pars", "exec", "aadsts", "ora-", "pool", "many", "loading", "starting up", "renew", "lost", "econn", "eaddr", "eai_", "enotfound", "getaddrinfo", "nxdomain", "unreach", "no route", "deadline", "sasl", "login", "listen",
	"exception", "violation", "schema", "protocol", "abort", "corruption", "smashing", "terminate", "assert", "not_", "perhaps", "gone", "connect", "rejected", "unhandled", "uncaught", "set the", "specify", "scheme", "format", "access"}

func tells(lower string) bool {
	for _, stem := range stems {
		if strings.Contains(lower, stem) {
			return true
		}
	}
	return false
}

// lastError is the last line that shows that it is an error, else the first
// line of all.
func (h *hearing) lastError() (text string, isError bool) {
	for i := len(h.lines) - 1; i >= 0; i-- {
		if l := &h.lines[i]; l.level == loud || (l.level == unleveled && anError.MatchString(l.text)) {
			return strings.TrimSpace(l.text), true
		}
	}
	if len(h.lines) > 0 {
		return strings.TrimSpace(h.lines[0].text), false
	}
	return "", false
}
