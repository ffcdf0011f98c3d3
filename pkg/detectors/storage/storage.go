// Package storage detects volumes that cannot be made, attached, mounted or
// written.
package storage

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups them by the StorageClass and driver, the volume, or the
// server that they have in common.
var Detector = &detect.Detector{
	Name:     "storage",
	Category: "infrastructure",
	Doc: `volumes that cannot be made, attached, mounted or written

Means that a volume cannot be made, attached, mounted or written, and that its pods
wait or fail for it.

Reads the events FailedMount, FailedAttachVolume and FailedMapVolume of pods, the
events of PersistentVolumeClaims (that none fits and no class is set is of type
Normal), claims with their StorageClass and provisioner, what programs say of full
and read-only file systems, and the kubelets' metrics where they were read.

Groups by StorageClass, driver and what the driver says, by NFS server, and by
volume where one is full, read-only or held by another node.

Speaks when a claim gets no volume (provisioning, also when its provisioner has not
begun after five minutes), when a volume cannot be attached or mounted, when another
node still holds it (multi-attach: with the pods that do), when half of a CSI driver
does not answer (csi-driver), and when a volume is full or read-only.

Silent on a mount that works within seconds or has worked since, on the kubelet's
caches that are not filled yet, on claims that wait for their first consumer, and on
missing ConfigMaps and Secrets, which belong to missing-config. That a pod waits for
volumes says nothing of why, and counts as evidence only.

What to do: see what the driver says, whether its pods run, whether the class, the
disk and the quota exist; for multi-attach, let the pod that holds the volume go.`,
	Causes: []string{symptom.StorageMount, symptom.StorageAttach, symptom.StorageMultiAttach, symptom.StorageProvisioning,
		symptom.StorageFull, symptom.StorageReadOnly, symptom.StorageCSIDriver},
	Needs: []cluster.Resource{cluster.Pods, cluster.Events},
	Any:   true,
	Run:   run,
}

func run(pass *detect.Pass) {
	for _, g := range detect.GroupBy(pass.Of(symptom.Storage), func(s *symptom.Symptom) string { return key(pass, s) }) {
		t := &trouble{pass: pass, symptoms: g.Symptoms, first: g.Symptoms[0]}
		t.also = t.waiting()
		t.tally = detect.Sum(g.Symptoms)
		t.tally.AddPods(pass.Snapshot, t.also)
		pass.Report(t.pattern(g.Key))
	}
}

func key(pass *detect.Pass, s *symptom.Symptom) string {
	parts := []string{s.Cause}
	switch s.Cause {
	case symptom.StorageProvisioning:
		parts = append(parts, "class "+s.Class)
	case symptom.StorageCSIDriver:
		parts = append(parts, "driver "+s.Driver, s.Item)
	case symptom.StorageMultiAttach:
		if node := lostHolder(pass, s); node != "" {
			parts = append(parts, "held by node "+node)
		} else {
			parts = append(parts, volume(s))
		}
	case symptom.StorageFull, symptom.StorageReadOnly:
		if s.About.IsZero() {
			parts = append(parts, s.Workload.String(), s.Item)
		} else {
			parts = append(parts, s.About.String())
		}
	default:
		parts = append(parts, origin(s), s.Template)
	}
	return strings.Join(parts, " | ")
}

// origin is what a volume comes from: class and driver, or a server or path.
func origin(s *symptom.Symptom) string {
	switch {
	case s.Class != "" || s.Driver != "":
		return strings.TrimSpace(s.Class + " " + s.Driver)
	case s.Item != "":
		return s.Item
	}
	return volume(s)
}

func volume(s *symptom.Symptom) string {
	if !s.About.IsZero() {
		return s.About.String()
	}
	return s.Object.Namespace + " " + s.Item
}

// lostHolder is the node that holds a volume and is not ready.
func lostHolder(pass *detect.Pass, s *symptom.Symptom) string {
	for _, peer := range s.Peers {
		if p := pass.Pod(peer.Namespace, peer.Name); p != nil {
			if n := pass.Node(p.Node); n != nil && !n.Ready() {
				return n.Name
			}
		}
	}
	return ""
}

// trouble is one group of volumes.
type trouble struct {
	pass     *detect.Pass
	symptoms []*symptom.Symptom
	first    *symptom.Symptom
	also     []*cluster.Pod
	tally    detect.Tally
}

// waiting are the pods that wait for the claims that are in trouble
// themselves.
func (t *trouble) waiting() []*cluster.Pod {
	claims := map[cluster.Ref]bool{}
	for _, s := range t.symptoms {
		if s.Object.Kind == "PersistentVolumeClaim" {
			claims[s.Object.Key()] = true
		}
	}
	if len(claims) == 0 {
		return nil
	}
	var out []*cluster.Pod
	for i := range t.pass.Pods {
		p := &t.pass.Pods[i]
		if p.Ready() || p.Finished() || p.Template == nil {
			continue
		}
		if slices.ContainsFunc(p.Template.Claims, func(name string) bool {
			return claims[cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: p.Namespace, Name: name}]
		}) {
			out = append(out, p)
		}
	}
	return out
}

func (t *trouble) pattern(key string) detect.Pattern {
	return detect.Pattern{
		Cause:           t.first.Cause,
		Key:             key,
		Symptoms:        t.symptoms,
		Also:            t.also,
		Title:           t.title(),
		Factors:         t.factors(),
		Probable:        t.probable(),
		Counter:         t.counter(),
		Investigation:   t.investigation(),
		Recommendations: t.recommendations(),
	}
}

// factors that the failure itself names, each where all have the same.
func (t *trouble) factors() []detect.Factor {
	var out []detect.Factor
	if slices.Contains([]string{symptom.StorageMultiAttach, symptom.StorageFull, symptom.StorageReadOnly}, t.first.Cause) {
		return t.claimFactor() // of one volume, whatever its class
	}
	if class := t.one(func(s *symptom.Symptom) string { return s.Class }); class != "" {
		out = append(out, detect.Factor{Attribute: "storageClass", Value: class, Holds: t.holds(func(c *cluster.Claim) bool { return c.StorageClass == class })})
	}
	if driver := t.one(func(s *symptom.Symptom) string { return s.Driver }); driver != "" {
		out = append(out, detect.Factor{Attribute: "csiDriver", Value: driver, Holds: t.holds(func(c *cluster.Claim) bool { return c.Provisioner == driver })})
	}
	out = append(out, t.claimFactor()...)
	if node := t.one(func(s *symptom.Symptom) string { return s.Node }); node != "" && t.first.Item == symptom.CSINodePlugin {
		out = append(out, detect.OnNode(node))
	}
	return out
}

func (t *trouble) claimFactor() []detect.Factor {
	claims := t.claims()
	if len(claims) != 1 {
		return nil
	}
	return []detect.Factor{{Attribute: "persistentVolumeClaim", Value: claims[0], Holds: t.holds(func(c *cluster.Claim) bool { return c.Path() == claims[0] })}}
}

// one is the value that all symptoms have; empty when they differ or any has
// none.
func (t *trouble) one(of func(*symptom.Symptom) string) string {
	value := of(t.first)
	if slices.ContainsFunc(t.symptoms, func(s *symptom.Symptom) bool { return of(s) != value }) {
		return ""
	}
	return value
}

func (t *trouble) claims() []string {
	return detect.Values(t.symptoms, func(s *symptom.Symptom) string {
		if s.About.Kind != "PersistentVolumeClaim" {
			return ""
		}
		return s.About.Path()
	})
}

// holds reports of a pod whether it mounts such a claim.
func (t *trouble) holds(fits func(*cluster.Claim) bool) func(*cluster.Pod) bool {
	return func(p *cluster.Pod) bool {
		return p.Template != nil && slices.ContainsFunc(p.Template.Claims, func(name string) bool {
			c := t.pass.Claim(p.Namespace, name)
			return c != nil && fits(c)
		})
	}
}
