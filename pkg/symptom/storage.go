package symptom

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

const (
	// mountGrace is how long a mount may fail without a word: the kubelet
	// tries again at once, and the second try often works.
	mountGrace = 15 * time.Second
	// mountDelay is how long a mount must have failed to be told when it
	// worked at last.
	mountDelay = 2 * time.Minute
)

// volumeReasons are the reasons of events about a pod's volumes.
var volumeReasons = map[string]bool{
	"FailedMount": true, "FailedAttachVolume": true, "FailedMapVolume": true,
	"VolumeResizeFailed": true, "FileSystemResizeFailed": true,
}

// volumes recognises what is wrong with the volumes of a pod, each on its own.
// It stands while the pod has started nothing; a text that only says which
// volumes wait is evidence beside the one that says why. Pod is nil when only
// events are left.
func (r *recogniser) volumes(ref cluster.Ref, p *cluster.Pod, events []*cluster.Event) {
	if p != nil && (!p.Deleting.IsZero() || p.Finished()) {
		return
	}
	var found []*Symptom
	var waits, retries []*cluster.Event
	for _, e := range events {
		switch {
		case !volumeReasons[e.Reason] || passingMounts.MatchString(e.Message) || r.isOfMissing(ref, p, e):
		case strings.HasPrefix(e.Message, onlyWaits) && claimInPVC.FindString(e.Message) == "":
			waits = append(waits, e)
		case inFlight.MatchString(strings.ToLower(e.Message)):
			retries = append(retries, e)
		default:
			found = addVolumeEvent(found, ref, p, e)
		}
	}
	for _, e := range retries {
		found = addVolumeEvent(found, ref, p, e)
	}
	for _, s := range found {
		s.Evidence = append(s.Evidence, fromEvents(waits)...)
		if r.volumeFails(s, p) {
			r.add(*s)
		}
	}
}

func fromEvents(events []*cluster.Event) []Evidence {
	var out []Evidence
	for _, e := range events {
		out = append(out, fromEvent(e))
	}
	return out
}

// isOfMissing reports whether a mount fails for a ConfigMap, Secret, key or
// service account that is not there, which is told by missing.
func (r *recogniser) isOfMissing(ref cluster.Ref, p *cluster.Pod, e *cluster.Event) bool {
	var t *cluster.Template
	if p != nil {
		t = p.Template
	}
	return len(missingIn(e.Message, ref.Namespace, t)) > 0
}

// addVolumeEvent adds an event to the symptom of its volume and cause.
func addVolumeEvent(found []*Symptom, ref cluster.Ref, p *cluster.Pod, e *cluster.Event) []*Symptom {
	said := driverSaid(e.Message)
	cause := classify(storageSignatures, e.Message)
	if cause == "" {
		cause = map[string]string{"FailedAttachVolume": StorageAttach}[e.Reason]
	}
	if cause == "" {
		cause = StorageMount
	}
	volume := quoted(e.Message)
	retry := inFlight.MatchString(strings.ToLower(said))
	i := slices.IndexFunc(found, func(s *Symptom) bool { return s.Item == volume && (s.Cause == cause || retry) })
	if i < 0 {
		found = append(found, &Symptom{Kind: Storage, Cause: cause, Object: ref, Pod: p, Item: volume, Node: nodeOf([]*cluster.Event{e})})
		i = len(found) - 1
	}
	s := found[i]
	s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
	s.Count += e.Count
	if s.Message == "" || !retry {
		s.Message, s.Template = said, Mask(said)
	}
	s.Evidence = append(s.Evidence, fromEvent(e))
	return found
}

// volumeFails completes a symptom, and reports whether it is worth a word: it
// stands, or it held the pod up for long.
func (r *recogniser) volumeFails(s *Symptom, p *cluster.Pod) bool {
	r.nameVolume(s)
	if p != nil && startedLast(p).IsZero() {
		if s.Cause == StorageCSIDriver && r.nodeStarts(p.Node) {
			return false
		}
		s.Ongoing, s.Last = true, r.s.At
		return s.Count >= 3 || s.Last.Sub(s.First) >= mountGrace
	}
	if p != nil && s.Last.After(startedLast(p).Add(time.Minute)) && r.s.At.Sub(s.Last) < remount {
		s.Ongoing, s.Last = true, r.s.At // runs, and its volume fails all the same
		return s.Count >= 3
	}
	return s.Last.Sub(s.First) >= mountDelay
}

// nodeStarts reports whether a node is so new that its plugins may not have
// come up yet.
func (r *recogniser) nodeStarts(name string) bool {
	n := r.s.Node(name)
	return n != nil && r.s.At.Sub(n.Created) < nodeStartGrace
}

// nameVolume finds the claim behind a volume, with its class and driver, or
// the server or path that it is on; and who else holds it.
func (r *recogniser) nameVolume(s *Symptom) {
	text := s.Evidence[len(s.Evidence)-1].Text // with its frames
	for _, e := range s.Evidence {
		if driverSaid(e.Text) == s.Message {
			text = e.Text
		}
	}
	if about := r.claimBehind(s, text); !about.IsZero() {
		s.About = about
	}
	if c := r.s.Claim(s.About.Namespace, s.About.Name); c != nil {
		s.Class, s.Driver = c.StorageClass, c.Provisioner
	}
	if driver := driverIn(text); driver != "" {
		s.Driver = driver
	}
	switch item := mountItem(text); {
	case s.Cause == StorageCSIDriver && strings.Contains(text, "external-attacher"):
		s.Item = CSIController
	case s.Cause == StorageCSIDriver:
		s.Item = CSINodePlugin
	case item != "":
		s.Item = item
	case !s.About.IsZero():
		s.Item = ""
	}
	if s.Cause == StorageMultiAttach {
		s.Peers = r.holders(s)
	}
}

// claimBehind is the claim that the text names, whose volume it names, or
// that is the only one that the pod has.
func (r *recogniser) claimBehind(s *Symptom, text string) cluster.Ref {
	if m := claimInPVC.FindStringSubmatch(text); m != nil {
		return claimRef(m[1], m[2])
	}
	if c := r.s.ClaimOf(s.Object.Namespace, s.Item); c != nil {
		return c.Key()
	}
	if s.Pod != nil && strings.HasPrefix(s.Item, "pvc-") {
		if claims := r.claimsOf(s.Pod); len(claims) == 1 {
			return claims[0]
		}
	}
	return cluster.Ref{}
}

// holders are the pods that hold a volume elsewhere: those that the text
// names, else the pods of the same claim that are bound to another node.
func (r *recogniser) holders(s *Symptom) []cluster.Ref {
	var out []cluster.Ref
	if m := usedBy.FindStringSubmatch(s.Message); m != nil {
		for _, name := range strings.Split(m[1], ", ") {
			out = append(out, cluster.Ref{Kind: "Pod", Namespace: s.Object.Namespace, Name: strings.TrimSpace(name)})
		}
		return out
	}
	for _, p := range r.s.PodsIn(s.About.Namespace) {
		if p.Key() != s.Object.Key() && p.Node != "" && !p.Finished() && (s.Pod == nil || p.Node != s.Pod.Node) && mounts(p, s.About) {
			out = append(out, p.Key())
		}
	}
	return out
}
