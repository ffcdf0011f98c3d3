package symptom

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// claimStates say what is wrong with a claim or its volume, in words that
// follow its name.
var claimStates = []signature{
	{cause: "is not bound", source: "volumebinding/volume_binding.go", texts: []string{"unbound immediate persistentvolumeclaim"}},
	{cause: "is bound to a volume that does not exist", source: "volumebinding", texts: []string{"non-existent"}},
	{cause: "is being deleted", source: "volumebinding/volume_binding.go", texts: []string{"is being deleted"}},
	{cause: "was not made for its pod yet", source: "volumebinding/volume_binding.go", texts: []string{"waiting for ephemeral volume controller"}},
	{cause: "does not exist", source: "volumebinding/volume_binding.go", texts: []string{"not found"}},
	{cause: "has its volume in another zone or on another node", source: "volumebinding, volumezone; 1.33 and newer say PersistentVolume's", texts: []string{
		"volume node affinity conflict", "persistentvolume's node affinity", "no available volume zone"}},
	{cause: "finds no node that can take one more volume", source: "nodevolumelimits/csi.go", texts: []string{"exceed max volume count"}},
	{cause: "finds no volume to bind", source: "volumebinding/binder.go", texts: []string{"didn't find available persistent volumes to bind"}},
	{cause: "finds too little free storage", source: "volumebinding/binder.go", texts: []string{"did not have enough free storage"}},
	{cause: "is in use by another pod", source: "volumerestrictions", texts: []string{"readwriteoncepod", "no available disk"}},
	{cause: "needs a CSI driver that is not installed on the nodes", source: "nodevolumelimits/csi.go, 1.35 and newer", texts: []string{"csi driver is not installed"}},
	{cause: "got no volume in time", source: "volumebinding, PreBind", texts: []string{"binding volumes"}},
}

// nameClaim finds the PersistentVolumeClaim that keeps a pod from being
// placed: the one that the text quotes, else those of the pod's claims that
// are not bound, else its only one.
func (r *recogniser) nameClaim(s *Symptom, clause string) {
	if s.Item = classify(claimStates, clause); s.Item == "" {
		s.Item = "is in the way: " + clause
	}
	if name := quoted(clause); name != "" && strings.Contains(strings.ToLower(clause), "persistentvolumeclaim \"") {
		s.About = claimRef(s.Object.Namespace, name)
	} else if s.Pod != nil {
		r.nameUnboundClaims(s)
	}
	if c := r.s.Claim(s.About.Namespace, s.About.Name); c != nil {
		s.Class, s.Driver = c.StorageClass, c.Provisioner
	}
}

func (r *recogniser) nameUnboundClaims(s *Symptom) {
	claims := r.claimsOf(s.Pod)
	for _, ref := range claims {
		c := r.s.Claim(ref.Namespace, ref.Name)
		if c == nil || c.Phase == "Bound" {
			continue
		}
		if s.About.IsZero() {
			s.About = ref
		} else {
			s.Peers = append(s.Peers, ref)
		}
	}
	if s.About.IsZero() && len(claims) == 1 {
		s.About = claims[0]
	}
}

// claimsOf are the claims that a pod mounts: those that it names, and those
// that were made for its ephemeral volumes, which bear its name.
func (r *recogniser) claimsOf(p *cluster.Pod) []cluster.Ref {
	var out []cluster.Ref
	if p.Template != nil {
		for _, name := range p.Template.Claims {
			out = append(out, claimRef(p.Namespace, name))
		}
	}
	if len(out) > 0 {
		return out
	}
	for i := range r.s.Claims {
		c := &r.s.Claims[i]
		if c.Namespace == p.Namespace && strings.HasPrefix(c.Name, p.Name+"-") {
			out = append(out, c.Key())
		}
	}
	return out
}

// mounts reports whether a pod mounts a claim, as claimsOf has it.
func mounts(p *cluster.Pod, claim cluster.Ref) bool {
	if p.Namespace != claim.Namespace {
		return false
	}
	if p.Template != nil && len(p.Template.Claims) > 0 {
		return slices.Contains(p.Template.Claims, claim.Name)
	}
	return strings.HasPrefix(claim.Name, p.Name+"-")
}

func claimRef(namespace, name string) cluster.Ref {
	return cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: namespace, Name: name}
}

// claimFails reports whether a claim is not merely waiting for its volume: it
// is not there, or its events say what fails.
func (r *recogniser) claimFails(ref cluster.Ref) bool {
	if ref.IsZero() {
		return false
	}
	if len(r.s.Claims) > 0 && r.s.Claim(ref.Namespace, ref.Name) == nil {
		return true
	}
	for _, e := range r.s.EventsOf(ref) {
		if e.Reason == "ProvisioningFailed" || e.Reason == "FailedBinding" {
			return true
		}
	}
	return false
}
