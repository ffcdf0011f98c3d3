package symptom

import (
	"regexp"
	"strings"
)

// masks replace the variable parts of a message, in this order. What
// discriminates is never masked: HTTP status, exit code, signal, resource
// and condition names.
var masks = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`), "<uuid>"},
	{regexp.MustCompile(`sha256:[0-9a-f]{16,64}`), "<digest>"},
	{regexp.MustCompile(`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?`), "<time>"},
	{regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:->\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?)?\b`), "<addr>"},
	{regexp.MustCompile(`\b0x[0-9a-fA-F]+\b`), "<hex>"},
	{regexp.MustCompile(`\b[0-9a-f]*(?:[a-f][0-9]|[0-9][a-f])[0-9a-f]*\b`), ""}, // decided by maskHex
	{regexp.MustCompile(`-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b`), "-<pod>"},
	{regexp.MustCompile(`\b(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ns|µs|us|ms|s)\b`), "<duration>"},
	{regexp.MustCompile(`\b\d+(?:\.\d+)?(?:[KMGT]i?B?|bytes)\b`), "<size>"},
	{regexp.MustCompile(`\b(pid|PID|line|goroutine|thread|id|seq|offset)([ =:#]+)\d+`), "$1$2<n>"},
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
