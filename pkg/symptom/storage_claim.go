package symptom

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

const (
	// provisionGrace is how long a volume may fail to be made without a word.
	provisionGrace = 10 * time.Second
	// silentProvisioner is how long an external provisioner may be waited for.
	// It says when it begins; one that has not after minutes does not run.
	silentProvisioner = 5 * time.Minute
)

// claims looks at the claims asked for; where pods are asked for by their
// labels, at those that such pods mount.
func (r *recogniser) claims() {
	for i := range r.s.Claims {
		c := &r.s.Claims[i]
		if r.s.Scope.Includes(c.Namespace) && (r.s.Scope.MatchPod == nil || r.isMountedInScope(c.Key())) {
			r.claim(c)
		}
	}
}

func (r *recogniser) isMountedInScope(claim cluster.Ref) bool {
	return slices.ContainsFunc(r.s.PodsIn(claim.Namespace), func(p *cluster.Pod) bool {
		return mounts(p, claim) && r.s.Scope.MatchPod(p.Labels)
	})
}

// claim recognises a PersistentVolumeClaim that gets no volume, or lost it.
// That it waits for its first consumer is no failure.
func (r *recogniser) claim(c *cluster.Claim) {
	if c.Phase == "Bound" {
		return
	}
	s := Symptom{Kind: Storage, Cause: StorageProvisioning, Object: c.Key(), About: c.Key(), Class: c.StorageClass, Driver: c.Provisioner}
	var waits []*cluster.Event
	begun := false
	for _, e := range r.s.EventsOf(c.Key()) {
		switch {
		case e.Last.Before(c.Created):
		case e.Reason == "ExternalProvisioning":
			waits = append(waits, e)
		case e.Reason == "Provisioning":
			begun = true
		case isClaimFailure(e):
			s.addClaimEvent(e, provisionerSaid(e.Message))
		}
	}
	if len(s.Evidence) == 0 && !begun {
		r.provisionerIsSilent(&s, c, waits)
	}
	if s.Message == "" || r.s.At.Sub(s.First) < provisionGrace && s.Count < 2 {
		return
	}
	s.Ongoing, s.Last, s.Template = true, r.s.At, Mask(s.Message)
	s.Workload = r.workloadOfClaim(c.Key())
	r.add(s)
}

// isClaimFailure knows the events of a claim that tell of a failure; that no
// volume fits and no class is set is of type Normal
// (pkg/controller/volume/persistentvolume/pv_controller.go).
func isClaimFailure(e *cluster.Event) bool {
	switch e.Reason {
	case "ProvisioningFailed", "ClaimLost", "ClaimMisbound", "VolumeMismatch":
		return true
	case "FailedBinding":
		return e.Warning || strings.Contains(e.Message, "no storage class is set")
	}
	return false
}

func (s *Symptom) addClaimEvent(e *cluster.Event, message string) {
	s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
	s.Count += e.Count
	s.Message = message
	s.Evidence = append(s.Evidence, fromEvent(e))
}

// provisionerIsSilent takes it for a failure that an external provisioner was
// asked minutes ago and has not begun.
func (r *recogniser) provisionerIsSilent(s *Symptom, c *cluster.Claim, waits []*cluster.Event) {
	for _, e := range waits {
		s.addClaimEvent(e, e.Message)
	}
	if r.s.At.Sub(s.First) < silentProvisioner {
		s.Message = ""
		return
	}
	s.Item = firstOf(c.Provisioner, between(s.Message, "provisioner '", "'"))
	s.Driver = s.Item
}

// between is the text between two others, empty when they are not there.
func between(text, before, after string) string {
	_, rest, ok := strings.Cut(text, before)
	if !ok {
		return ""
	}
	found, _, ok := strings.Cut(rest, after)
	if !ok {
		return ""
	}
	return found
}

// workloadOfClaim is the workload that mounts a claim; zero when none does, or
// several.
func (r *recogniser) workloadOfClaim(claim cluster.Ref) cluster.Ref {
	var found cluster.Ref
	for _, p := range r.s.PodsIn(claim.Namespace) {
		if !mounts(p, claim) {
			continue
		}
		w := r.s.WorkloadOf(p)
		if !found.IsZero() && found != w {
			return cluster.Ref{}
		}
		found = w
	}
	return found
}
