package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// frameForms match one frame of a stack trace, and in it the function. Line
// numbers, offsets and addresses are left out: they differ from build to
// build.
var frameForms = []*lazyregexp.Regexp{
	lazyregexp.New("^\\s+at ([\\w.$<>/@`,|]+)\\("),                                         // Java, .NET: at com.acme.Shop.main(Shop.java:42)
	lazyregexp.New(`^\s+at (?:async |new )?([\w.$<>\[\] ]+?) \(`),                          // Node.js: at Shop.connect (/app/shop.js:1:2)
	lazyregexp.New(`^\s+at (?:async )?(?:file://)?(/[^\s:()]+):\d+`),                       // Node.js without a function
	lazyregexp.New(`^\s*File "([^"]+)", line \d+(?:, in (\S+))?`),                          // Python
	lazyregexp.New(`^\s*(?:from )?([^\s:()]+\.rb):\d+:in [` + "`'" + `]([^']+)'`),          // Ruby
	lazyregexp.New(`^([\w./\-]+(?:\.\(\*?[\w.\[\]]+\))?\.[\w.\[\]]+)\(.{0,200}\)$`),        // Go: main.(*Shop).connect(0xc000)
	lazyregexp.New(`^\s*#\d+ (?:0x[0-9a-f]+ in )?(?:/[^\s(]+\(\d+\): )?([\w\\:>{}\-]+)\(`), // PHP, gdb
	lazyregexp.New(`^\s+\d+: +(?:0x[0-9a-f]+ - )?([\w:<>{}$]+)`),                           // Rust
}

// pythonForm is the form whose traces have the innermost call last.
const pythonForm = 3

// traceHead begins a failure, and with it perhaps a trace; a further
// goroutine of Go is not the one that failed.
var traceHead = lazyregexp.New(`^(?:panic:|fatal error:|Traceback |Exception in |Caused by:)`)

// topFrames are the innermost functions of the last stack trace in a text, at
// most three, joined by " < ". The machinery of runtimes is passed over.
// Empty when there is no trace.
func topFrames(lines []line) string {
	var frames []string
	python, inTrace, over := false, false, false
	for i := range lines {
		if text := lines[i].text; traceHead.MatchString(text) {
			inTrace, over = false, false
		} else if strings.HasPrefix(text, "goroutine ") && len(frames) > 0 {
			over = true
		}
		if over {
			continue
		}
		name, isPython := frameOf(lines[i].text)
		if name == "" {
			inTrace = inTrace && (strings.HasPrefix(lines[i].text, " ") || strings.HasPrefix(lines[i].text, "\t"))
			continue
		}
		if !inTrace { // another trace begins: the last one counts
			frames, inTrace = nil, true
		}
		python = isPython
		if !isMachinery(name) {
			frames = append(frames, name)
		}
	}
	if python { // the innermost call stands last
		for i, j := 0, len(frames)-1; i < j; i, j = i+1, j-1 {
			frames[i], frames[j] = frames[j], frames[i]
		}
	}
	return strings.Join(frames[:min(3, len(frames))], " < ")
}

func frameOf(text string) (name string, python bool) {
	for i, form := range frameForms {
		m := form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if len(m) > 2 && m[2] != "" {
			return lastOf(m[1], "/") + ":" + m[2], i == pythonForm
		}
		return m[1], i == pythonForm
	}
	return "", false
}

func lastOf(path, sep string) string { return path[strings.LastIndex(path, sep)+1:] }

// isFrame reports whether a line belongs to a stack trace and says nothing of
// its own.
func isFrame(text string) bool {
	if name, _ := frameOf(text); name != "" {
		return !strings.Contains(text, "': ") // Ruby's first frame has the message behind it
	}
	t := strings.TrimSpace(text)
	return strings.HasPrefix(t, "... ") || goPlace.MatchString(text) || strings.HasPrefix(t, "goroutine ") || strings.Trim(t, "^~ ") == ""
}

// goPlace is the second line of a frame of Go.
var goPlace = lazyregexp.New(`^\s+/\S+\.(?:go|s):\d+`)

// machinery are the functions by which runtimes end a program: every trace
// has them.
var machinery = []string{"runtime.", "panic(", "panic", "log.Fatal", "log.Panic", "os.Exit", "java.base/", "java.lang.Thread.", "jdk.internal.",
	"sun.reflect.", "Module._", "Object.Module.", "node:internal", "internal/", "process.processTicksAndRejections", "core::panicking", "std::panicking", "rust_begin_unwind",
	"testing.", "<frozen", "System.Runtime.ExceptionServices", "System.Threading."}

func isMachinery(name string) bool {
	for _, m := range machinery {
		if strings.HasPrefix(name, m) {
			return true
		}
	}
	return false
}
