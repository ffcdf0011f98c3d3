package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// Causes of a failing probe, as in the taxonomy.
const (
	Liveness  = "liveness"
	Readiness = "readiness"
	Startup   = "startup"
)

// What a probe met: Symptom.Item of Probe, or a status "HTTP 503".
const (
	ProbeRefused  = "connection refused"
	ProbeSlow     = "no answer in time"
	ProbeRoute    = "no route"
	ProbeProtocol = "protocol"
	ProbeServing  = "NOT_SERVING"
	ProbeNoHealth = "no health service" // the server knows no gRPC health checks
	ProbeNoFile   = "command not found"
	ProbeOutput   = "command" // the command failed, with the output in Template
	ProbeCommand  = "command timed out"
	ProbeGate     = "readiness gate"
	ProbeUnknown  = "unknown" // its events are gone
)

// unhealthy takes the kubelet's event apart (pkg/kubelet/prober/prober.go):
// "failed" in all versions, "errored: " up to 1.32, "errored and resulted in
// unknown state: " since; OpenShift's ProbeError has "error: ".
var unhealthy = lazyregexp.New(`(?s)^(Readiness|Liveness|Startup) probe (?:failed|errored(?: and resulted in [\w ]{1,40} state)?|error): ?(.*)$`)

// killedBy takes the kubelet's reason for a kill apart
// (pkg/kubelet/kuberuntime/kuberuntime_manager.go).
var killedBy = lazyregexp.New(`ontainer (\S{1,253}) failed (liveness|startup) probe`)

// probeSignatures classify what the probes of a port met (pkg/probe/http,
// tcp, grpc).
var probeSignatures = []signature{
	{cause: ProbeServing, source: "pkg/probe/grpc", texts: []string{`service unhealthy (responded with`}},
	{cause: ProbeNoHealth, source: "pkg/probe/grpc", texts: []string{"does not implement the grpc health protocol", "unknown service grpc.health"}},
	{cause: ProbeRefused, source: "ECONNREFUSED", texts: []string{"connection refused"}},
	{cause: ProbeRoute, source: "EHOSTUNREACH, ENETUNREACH", texts: []string{"no route to host", "network is unreachable"}},
	{cause: ProbeSlow, source: "Go net/http, net; pkg/probe/grpc", texts: []string{
		"context deadline exceeded", "client.timeout exceeded", "i/o timeout", "timeout: failed to connect service", "timeout: health rpc did not complete", "request canceled"}},
	{cause: ProbeProtocol, source: "Go net/http, crypto/tls", texts: []string{
		"server gave http response to https client", "malformed http", "connection reset by peer", "tls: ", "stopped after 10 redirects", "health rpc probe failed"},
		pattern: lazyregexp.New(`\beof\b`)},
}

// commandSignatures classify what the probes by a command met, beside what the
// command says itself.
var commandSignatures = []signature{
	{cause: ProbeNoFile, source: "runc, crun: exec", texts: []string{"executable file not found", "oci runtime exec failed"},
		pattern: lazyregexp.New(`exec: "[^"]{1,300}": (?:stat \S{1,300}: )?no such file or directory`)},
	{cause: ProbeCommand, source: "pkg/probe/exec, CRI ExecSync", texts: []string{"command timed out", "deadlineexceeded", "context deadline exceeded"},
		pattern: lazyregexp.New(`(?s)command ".*" timed out`)},
}

// probeNoise is what a probe meets when its container is just ending.
var probeNoise = []string{"no running task found", "container_exited state", "container is not running", "container not running", "not found: not found", "cannot exec in a stopped"}

// httpStatus is what the kubelet says of an answer that is no success.
var httpStatus = lazyregexp.New(`HTTP probe failed with statuscode: (\d{3})`)

// probeFailure says what a probe met, and what its command printed. Whether it
// is one by a command is known from the template, else by the text.
func probeFailure(text, handler string) (item, output string) {
	if m := httpStatus.FindStringSubmatch(text); m != nil {
		return "HTTP " + m[1], ""
	}
	byCommand := handler == "exec"
	if handler == "" {
		byCommand = !strings.HasPrefix(text, `Get "`) && !strings.HasPrefix(text, "dial tcp") && !strings.HasPrefix(text, "timeout: ") && !strings.HasPrefix(text, "error: ") && !strings.HasPrefix(text, "service unhealthy")
	}
	if !byCommand {
		if item := classify(probeSignatures, text); item != "" {
			return item, ""
		}
		return ProbeOutput, Mask(text)
	}
	if item := classify(commandSignatures, text); item != "" {
		return item, ""
	}
	return ProbeOutput, Mask(text)
}

// isProbeNoise reports whether a probe only met the end of its container.
func isProbeNoise(text string) bool {
	lower := strings.ToLower(text)
	for _, n := range probeNoise {
		if strings.Contains(lower, n) {
			return true
		}
	}
	return false
}
