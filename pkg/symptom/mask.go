package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// masks replace the variable parts of a message, in this order. What
// discriminates is never masked: HTTP status, exit code, signal, resource
// and condition names.
var masks = []struct {
	pattern *lazyregexp.Regexp
	with    string
}{
	{lazyregexp.New(`\b([a-z][a-z0-9+.\-]{1,20}://[^\s/"'<>?#]+)[/?#][^\s"'<>]+`), "$1/<path>"},
	{lazyregexp.New(`(?i)\b((?:request|req|trace|correlation|span|transaction|session)[-_ ]?id["']?(?: ?[=:] ?| )["']?)[\w\-]{6,}`), "$1<id>"},
	{lazyregexp.New(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`), "<uuid>"},
	{lazyregexp.New(`sha256:[0-9a-f]{16,64}`), "<digest>"},
	{lazyregexp.New(`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?`), "<time>"},
	{lazyregexp.New(`^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ `), "<time> "},                                          // klog
	{lazyregexp.New(`\b\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?`), "<time>"},                      // web servers
	{lazyregexp.New(`\b[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Z]{3,4})?(?: \d{4})?`), "<time>"}, // syslog, date(1)
	{lazyregexp.New(`\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b`), "<time>"},
	{lazyregexp.New(`\b\d{4}-\d\d-\d\d\b`), "<date>"},
	{lazyregexp.New(`\b1[5-9]\d{8}(?:\.\d+|\d{3})?\b`), "<time>"}, // seconds or milliseconds since 1970
	{lazyregexp.New(`\[?\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){7}\b(?:\]:\d+|\])?|\[?\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6}::(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?\b(?:\]:\d+|\])?`), "<addr>"},
	{lazyregexp.New(`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:->\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?)?\b`), "<addr>"},
	{lazyregexp.New(`\b0x[0-9a-fA-F]+\b`), "<hex>"},
	{lazyregexp.New(`\b[0-9a-f]*(?:[a-f][0-9]|[0-9][a-f])[0-9a-f]*\b`), ""}, // decided by maskHex
	{lazyregexp.New(`-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b`), "-<pod>"},
	{lazyregexp.New(`\b(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ns|µs|us|ms|s)\b`), "<duration>"},
	{lazyregexp.New(`\b\d+(?:\.\d+)? (?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?|days?)\b`), "<duration>"},
	{lazyregexp.New(`\b\d+(?:\.\d+)?(?:[KMGT]i?B?|bytes)\b`), "<size>"},
	{lazyregexp.New(`\b(out of range) \[-?\d+(?::-?\d*)*\](?: with (length|capacity) \d+)?`), "$1 [<n>]"}, // Go, Rust
	{lazyregexp.New(`(?i)\b((?:attempt|retry|try|retries|attempts)(?: number)?[ =:#(]{1,3})\d+(?:( ?/ ?| of )\d+)?`), "$1<n>"},
	{lazyregexp.New(`(?i)\b\d+( (?:attempts|retries|tries|times)\b)`), "<n>$1"},
	{lazyregexp.New(`\b(pid|PID|line|goroutine|thread|id|seq|offset)([ =:#]+)\d+`), "$1$2<n>"},
}

// Mask replaces what varies from one occurrence of a message to the next, so
// that the same trouble has the same text. It keeps the first line and at
// most 200 characters: what follows are stack traces.
func Mask(message string) string {
	message, _, _ = strings.Cut(strings.TrimSpace(message), "\n")
	message = strings.TrimSpace(message) // a line may end in CR LF
	for _, m := range masks {
		if m.with == "" {
			message = m.pattern.ReplaceAllStringFunc(message, maskHex)
			continue
		}
		message = m.pattern.ReplaceAllString(message, m.with)
	}
	if r := []rune(message); len(r) > 200 {
		message = string(r[:200])
	}
	return message
}

func maskHex(s string) string {
	if len(s) >= 12 {
		return "<hex>"
	}
	return s
}

// mask is Mask for the words of a program: the names of its own pod and node,
// and those of others, differ from replica to replica and are masked too; the
// time and level at the beginning say nothing of what is wrong.
func (r *recogniser) mask(p *cluster.Pod, text string) string {
	text = Mask(r.maskNames(p, text))
	return strings.TrimSpace(logHead.ReplaceAllString(text, ""))
}

// logHead is what loggers write before a message.
var logHead = lazyregexp.New(`^(?:[\[(]?<time>[\])]?(?: UTC|Z)?[ :|\-]*|\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\]?[ :|\-]+|\[\d{1,7}\] )+`)

// objectName matches what may be the name of a pod or node.
var objectName = lazyregexp.New(`[a-z0-9][a-z0-9.\-]{2,252}`)

func (r *recogniser) maskNames(p *cluster.Pod, text string) string {
	if r.names == nil {
		r.names = map[string]string{}
		for i := range r.s.Pods {
			r.names[r.s.Pods[i].Name] = "<pod>"
		}
		for i := range r.s.Nodes {
			r.names[r.s.Nodes[i].Name] = "<node>"
		}
	}
	if p != nil && p.IP != "" {
		text = strings.ReplaceAll(text, p.IP, "<addr>")
	}
	return objectName.ReplaceAllStringFunc(text, func(word string) string {
		name := strings.TrimRight(word, ".-")
		if with, ok := r.names[name]; ok && strings.ContainsAny(name, "-0123456789") {
			return with + word[len(name):]
		}
		return word
	})
}
