package symptom

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// level is how loud a line of a program calls itself.
type level int

const (
	unleveled level = iota
	quiet           // information and below
	warning
	loud // errors and worse
)

// line is one line of a program's output.
type line struct {
	text  string // without colours; of a JSON line its message and its error
	level level
}

// Bounds on what is looked at: the kubelet keeps 4 KiB of a termination
// message, and of a log the last lines are enough.
const (
	mostText = 16 << 10
	mostLine = 2 << 10
)

// ansi matches the colour codes that loggers write for terminals.
var ansi = lazyregexp.New(`\x1b\[[0-9;]{0,16}[A-Za-z]`)

// linesOf takes the end of a text apart. Empty lines are left out.
func linesOf(text string) []line {
	if len(text) > mostText {
		text = text[len(text)-mostText:]
	}
	var out []line
	for raw := range strings.Lines(text) {
		raw = strings.TrimRight(ansi.ReplaceAllString(raw, ""), "\r\n\t ")
		if len(raw) > mostLine {
			raw = strings.ToValidUTF8(raw[:mostLine], "")
		}
		if strings.TrimSpace(raw) != "" {
			out = append(out, parseLine(raw)...)
		}
	}
	return out
}

// parseLine gives one line, or of a JSON line with a stack trace in it the
// lines of that trace too.
func parseLine(raw string) []line {
	if strings.HasPrefix(raw, "{") {
		var fields map[string]any
		if json.Unmarshal([]byte(raw), &fields) == nil {
			if lines := jsonLine(fields); len(lines) > 0 {
				return lines
			}
		}
	}
	text := strings.ReplaceAll(raw, `\"`, `"`)
	return []line{{text: text, level: levelOf(text)}}
}

// levelWord finds the level that a line gives itself near its beginning: in
// upper case, in brackets, or as level=.
var levelWord = lazyregexp.New(`(?:^|[\s|:(<\]])(TRACE|DEBUG|INFO|NOTICE|LOG|WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|CRIT|SEVERE|PANIC|EMERG|ALERT)(?:[\s|:)>\]]|$)` +
	`|[\[<|\t](?i:(trace|debug|info|information|notice|warn|warning|error|err|fatal|critical|crit|panic|emerg|alert))(?:[\s\]>|]|$)` +
	`|\b(?:level|lvl|severity)="?(?i:([a-z]+))`)

// klogHead is the beginning of a line of Kubernetes' own logger.
var klogHead = lazyregexp.New(`^([IWEF])\d{4} \d\d:\d\d:\d\d`)

func levelOf(text string) level {
	if m := klogHead.FindStringSubmatch(text); m != nil {
		return map[string]level{"I": quiet, "W": warning, "E": loud, "F": loud}[m[1]]
	}
	head := text[:min(len(text), 120)]
	m := levelWord.FindStringSubmatch(head)
	if m == nil {
		return unleveled
	}
	return namedLevel(m[1] + m[2] + m[3])
}

func namedLevel(name string) level {
	switch strings.ToLower(name) {
	case "trace", "debug", "info", "information", "notice", "log", "verbose":
		return quiet
	case "warn", "warning":
		return warning
	case "error", "err", "fatal", "critical", "crit", "severe", "panic", "emerg", "alert", "dpanic", "emergency":
		return loud
	}
	return unleveled
}

// The fields of structured logs, as zap, zerolog, logrus, slog, bunyan, pino,
// winston, log4j, structlog, Serilog and the Elastic Common Schema name them.
var (
	levelFields   = []string{"level", "lvl", "severity", "loglevel", "log.level", "@l", "Level"}
	messageFields = []string{"msg", "message", "@m", "@mt", "event", "textPayload", "log", "Message", "RenderedMessage"}
	errorFields   = []string{"err", "error", "exception", "cause", "reason", "error.message", "errorMessage", "detail", "@x", "Exception", "exc_info"}
	stackFields   = []string{"stack", "stacktrace", "stack_trace", "error.stack_trace", "traceback", "errorVerbose"}
)

func jsonLine(fields map[string]any) []line {
	l := line{level: jsonLevel(fields)}
	var parts, trace []string
	for _, name := range slices.Concat(messageFields, errorFields) {
		text, stack := errorText(fields[name])
		if text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
		trace = append(trace, stack...)
	}
	for _, name := range stackFields {
		if s, ok := fields[name].(string); ok {
			trace = append(trace, strings.Split(s, "\n")...)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	l.text = strings.Join(parts, ": ")
	out := []line{}
	for _, t := range trace {
		out = append(out, line{text: t, level: l.level})
	}
	return append(out, l) // the message outweighs the trace, as what came last does
}

// errorText is what a field says: a text, or an object with the text in it
// and, in Node.js, the address beside it.
func errorText(field any) (text string, trace []string) {
	switch v := field.(type) {
	case string:
		first, rest, many := strings.Cut(strings.TrimSpace(v), "\n")
		if many {
			trace = strings.Split(rest, "\n")
		}
		return strings.TrimSpace(first), trace
	case map[string]any:
		for _, name := range slices.Concat(messageFields, errorFields) {
			if s, ok := v[name].(string); ok {
				text, _, _ = strings.Cut(s, "\n")
				break
			}
		}
		for _, name := range stackFields {
			if s, ok := v[name].(string); ok {
				trace = strings.Split(s, "\n")
			}
		}
	}
	return text, trace
}

func jsonLevel(fields map[string]any) level {
	for _, name := range levelFields {
		switch v := fields[name].(type) {
		case string:
			return namedLevel(v)
		case float64: // bunyan and pino: 30 is info, 40 warn, 50 error
			switch {
			case v < 40:
				return quiet
			case v < 50:
				return warning
			}
			return loud
		}
	}
	return unleveled
}
