package probe

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func (b *builder) title() string {
	return fmt.Sprintf("%s %s: %s", b.tally.Who(), b.harm(), b.failure())
}

// harm is what the failing probe does to the pods.
func (b *builder) harm() string {
	one := len(b.tally.Pods) == 1
	pick := func(a, c string) string {
		if one {
			return a
		}
		return c
	}
	switch {
	case b.first.Cause == symptom.Readiness && b.tally.Ongoing:
		return pick("is not ready", "are not ready")
	case b.first.Cause == symptom.Readiness:
		return pick("was not ready", "were not ready")
	case !b.tally.Ongoing:
		return pick("was", "were") + " restarted by the " + b.first.Cause + " probe"
	case b.first.Cause == symptom.Liveness:
		return pick("keeps", "keep") + " being restarted by the liveness probe"
	}
	out := pick("does", "do") + " not get through the startup probe"
	if allowed := b.allowed(); allowed != "" {
		out += " within " + allowed
	}
	return out + fmt.Sprintf(", killed %s", detect.Count(b.kills(), "time"))
}

// allowed is how long the startup probe lets a start take, if all of the group
// say the same.
func (b *builder) allowed() string {
	specs := b.specs()
	if len(specs) != 1 {
		return ""
	}
	return detect.Span(budget(specs[0]))
}

// budget is how long a container has from its start until a probe that never
// succeeds has it killed.
func budget(p cluster.Probe) time.Duration {
	return time.Duration(p.Delay+p.Period*p.Failures) * time.Second
}

// failure is what the probe meets, in words.
func (b *builder) failure() string {
	at, port := b.target()
	switch b.first.Item {
	case symptom.ProbeRefused:
		return "nothing listens on " + port
	case symptom.ProbeSlow:
		return "no answer from " + at + b.within()
	case symptom.ProbeRoute:
		return "the kubelet has no way to " + at
	case symptom.ProbeProtocol:
		return at + " does not speak the probe's protocol, or breaks off"
	case symptom.ProbeServing:
		return "the gRPC health service on " + port + " does not say SERVING"
	case symptom.ProbeNoHealth:
		return "the server on " + port + " has no gRPC health service"
	case symptom.ProbeNoFile:
		return "the probe's command is not in the image"
	case symptom.ProbeCommand:
		return "the probe's command takes too long" + strings.Replace(b.within(), " within ", ", more than ", 1)
	case symptom.ProbeGate:
		return "readiness gate " + detect.List(b.first.Names, 1) + " is not met"
	case symptom.ProbeUnknown:
		return "the " + b.first.Cause + " probe " + b.probeOf() + "fails, in words that are gone"
	case symptom.ProbeOutput:
		if b.first.Template == "" {
			return "the probe's command fails without a word"
		}
		return "the probe says " + detect.Said(detect.ClipLine(b.first.Template, 80))
	}
	return b.first.Item + " from " + at
}

func (b *builder) probeOf() string {
	if at, _ := b.target(); at != "the probe's target" {
		return "of " + at + " "
	}
	return ""
}

// target is what the probes ask, with its path and without, where all of the
// group ask the same.
func (b *builder) target() (at, port string) {
	at, port = "the probe's target", "the probe's port"
	var ats, ports []string
	for _, p := range b.specs() {
		_, where, ok := strings.Cut(p.Handler, " ")
		if !ok {
			return at, port
		}
		number, _, _ := strings.Cut(strings.TrimPrefix(where, ":"), "/")
		ats, ports = appendNew(ats, where), appendNew(ports, "port "+number)
	}
	if len(ats) == 1 {
		at = ats[0]
	}
	if len(ports) == 1 {
		port = ports[0]
	}
	return at, port
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// within is the probe's timeout, where all of the group have the same.
func (b *builder) within() string {
	var timeouts []string
	for _, p := range b.specs() {
		timeouts = appendNew(timeouts, fmt.Sprintf(" within %ds", p.Timeout))
	}
	if len(timeouts) == 1 && timeouts[0] != " within 0s" {
		return timeouts[0]
	}
	return " within the probe's timeout"
}

// detail is how the template tries: "every 5s, timeout 1s, 3 failures".
func (b *builder) detail() string {
	specs := b.specs()
	if len(specs) != 1 {
		return ""
	}
	p := specs[0]
	out := fmt.Sprintf("The probe (%s) tries every %ds with a timeout of %ds, and acts on %s", p.Handler, p.Period, p.Timeout, detect.Count(int(p.Failures), "failure"))
	if p.Delay > 0 {
		out += fmt.Sprintf(", first %ds after the start", p.Delay)
	}
	return out + "."
}
