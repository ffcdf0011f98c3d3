package detect

import (
	"fmt"
	"strconv"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// signals are the names of the signals that end processes, by number
// (signal(7), x86 and ARM).
var signals = map[int32]string{
	1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS",
	8: "SIGFPE", 9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE",
	14: "SIGALRM", 15: "SIGTERM", 31: "SIGSYS",
}

// ExitName is the cause of the taxonomy for an exit code: the name of the
// signal for 128+n, else the number; "unknown" where it is not told.
func ExitName(code int32) string {
	if code == cluster.ExitCodeUntold {
		return exitUnknown
	}
	if name := ExitSignal(code); name != "" {
		return name
	}
	return strconv.Itoa(int(code))
}

// ExitSignal names the signal that an exit code of 128+n stands for; empty
// for all others.
func ExitSignal(code int32) string { return signals[code-128] }

// exitUnknown is the name of a code that is not told.
const exitUnknown = "unknown"

// ExitText is an exit code in words: "exit code 1", "exit code 137 (SIGKILL)".
func ExitText(code int32) string {
	if code == cluster.ExitCodeUntold {
		return "an exit code that is not told"
	}
	if name := ExitSignal(code); name != "" {
		return fmt.Sprintf("exit code %d (%s)", code, name)
	}
	return fmt.Sprintf("exit code %d", code)
}

// ExitBrief is an exit code in a column: "exit 1".
func ExitBrief(code int32) string {
	if code == cluster.ExitCodeUntold {
		return "exit code not told"
	}
	return fmt.Sprintf("exit %d", code)
}

// ExitNamed is the exit code that ExitName made a cause of; 0 for what is none.
func ExitNamed(cause string) int32 {
	for n, name := range signals {
		if name == cause {
			return 128 + n
		}
	}
	if cause == exitUnknown {
		return cluster.ExitCodeUntold
	}
	code, _ := strconv.ParseInt(cause, 10, 32)
	return int32(code)
}

// meanings say what an exit code usually means; it is a habit, not a rule.
var meanings = map[int32]string{
	0:   "The process finishes with success, but the pod's restart policy starts it again: a one-shot command in a long-running workload?",
	2:   "Exit code 2: a Go panic, or wrong arguments in a shell or in Python.",
	3:   "Exit code 3: the JVM ends so with ExitOnOutOfMemoryError; else the application's own.",
	78:  "Exit code 78: by sysexits.h a configuration error.",
	124: "Exit code 124: the timeout command ended the process.",
	126: "Exit code 126: the command is there but may not be executed.",
	127: "Exit code 127: the command was not found.",
	132: "SIGILL: the processor lacks an instruction that the program uses.",
	134: "SIGABRT: an abort, such as Node.js at its heap limit, an unhandled .NET exception, or a failed assertion.",
	135: "SIGBUS: memory-mapped file or /dev/shm full.",
	137: "SIGKILL without an OOM reason: the grace period ran out after SIGTERM, or somebody killed the process.",
	139: "SIGSEGV: the program accessed memory that is not its own.",
	141: "SIGPIPE: the program wrote to a closed pipe.",
	143: "SIGTERM: the process was asked to stop, and did.",
	159: "SIGSYS: seccomp forbade a system call.",
	255: "Exit code 255: exit(-1), or the runtime lost the process.",
}

// ExitMeaning is what an exit code usually means; it is a habit, not a rule.
func ExitMeaning(code int32) string {
	if m := meanings[code]; m != "" {
		return m
	}
	if code == cluster.ExitCodeUntold {
		return "It is known that the containers ended, but not how."
	}
	if name := ExitSignal(code); name != "" {
		return name + ": a signal ended the process."
	}
	return "Exit code " + strconv.Itoa(int(code)) + ": an error of the application's own."
}
