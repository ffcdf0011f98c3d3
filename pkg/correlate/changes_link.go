package correlate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// link says how a change is tied to a pattern's affected, "" when it is not.
func (e *explainer) link(p *Pattern, c cluster.Change) string {
	switch c.Kind {
	case cluster.Rollout, cluster.Rollback, cluster.Restart:
		return e.rolloutLink(p, c)
	case cluster.Scaling:
		return scalingLink(p, c)
	case cluster.HelmRelease:
		return e.releaseLink(p, c)
	case cluster.SettingWrite, cluster.AccessWrite, cluster.ScalerWrite, cluster.BudgetWrite, cluster.SchemaWrite:
		return e.settingLink(p, c)
	case cluster.PolicyWrite:
		return e.policyLink(p, c)
	case cluster.ServiceWrite:
		return e.serviceLink(p, c)
	case cluster.ConfigWrite:
		return e.configLink(p, c)
	}
	return e.machineLink(p, c)
}

// machineLink ties what happened to a node to those who ran there, or who
// wanted to.
func (e *explainer) machineLink(p *Pattern, c cluster.Change) string {
	switch c.Kind {
	case cluster.NodeJoined, cluster.KubeletStart:
		return e.nodeLink(p, c)
	case cluster.NodeTainted:
		if p.Detector == "scheduling" && e.namesTaint(p, c.Object.Name) {
			return "a taint that the scheduler names is on it"
		}
	case cluster.NodeCordoned:
		if p.Detector == "scheduling" && p.Cause == "cordoned" {
			return "one of the nodes that take no new pods"
		}
	case cluster.NodeCondition:
		if !slices.Contains(nodes, p.Detector) && slices.Contains(p.Tally.Nodes, c.Object.Name) {
			return fmt.Sprintf("node of %d of %d affected pods", podsOn(p, c.Object.Name), len(p.Tally.Pods))
		}
	}
	return ""
}

func scalingLink(p *Pattern, c cluster.Change) string {
	if slices.Contains(ofMachine, p.Detector) || !slices.Contains(p.Tally.Workloads, c.Object) {
		return ""
	}
	return fmt.Sprintf("replicas of 1 of %d affected workloads", len(p.Tally.Workloads))
}

// configLink ties the write of a ConfigMap or Secret to those who refer to it.
func (e *explainer) configLink(p *Pattern, c cluster.Change) string {
	if slices.Contains(ofMachine, p.Detector) || p.Detector == "scheduling" || e.cameWith(p, c) {
		return ""
	}
	k := e.referring(p, c.Object)
	if k == 0 {
		return ""
	}
	return fmt.Sprintf("%s of %d of %d affected workloads", referenceName(p, c.Object), k, len(p.Tally.Workloads))
}

// rolloutLink ties a rollout to what it rolled out and to those who call it.
func (e *explainer) rolloutLink(p *Pattern, c cluster.Change) string {
	if slices.Contains(ofMachine, p.Detector) {
		return "" // a rollout does not fill a node's disk by being one
	}
	if slices.Contains(p.Tally.Workloads, c.Object) {
		return fmt.Sprintf("revision of 1 of %d affected workloads", len(p.Tally.Workloads))
	}
	if k := e.calling(p, c.Object); k > 0 {
		return fmt.Sprintf("dependency of %d of %d affected workloads", k, len(p.Tally.Workloads))
	}
	return ""
}

// releaseLink ties a Helm release to the workloads that bear its mark.
func (e *explainer) releaseLink(p *Pattern, c cluster.Change) string {
	if slices.Contains(ofMachine, p.Detector) {
		return ""
	}
	n := 0
	for _, ref := range p.Tally.Workloads {
		if w := e.s.Workload(ref); w != nil && ref.Namespace == c.Object.Namespace && w.Delivery == cluster.HelmDelivery+c.Object.Name {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("release of %d of %d affected workloads", n, len(p.Tally.Workloads))
}

// serviceLink ties the write of a Service to those who say that they cannot
// reach it, and to what is told of the Service itself.
func (e *explainer) serviceLink(p *Pattern, c cluster.Change) string {
	callers := map[cluster.Ref]bool{}
	for _, s := range p.Symptoms {
		if s.Object.Key() == c.Object {
			return "the affected Service itself"
		}
		if s.Target.Host == "" {
			continue
		}
		if svc := e.s.ServiceNamed(s.Target.Host, s.Object.Namespace); svc != nil && svc.Key() == c.Object {
			callers[s.Workload.Key()] = true
		}
	}
	if len(callers) == 0 {
		return ""
	}
	return fmt.Sprintf("dependency of %d of %d affected workloads", len(callers), len(p.Tally.Workloads))
}

// namesTaint reports whether the scheduler names a taint that a node has:
// "node(s) had untolerated taint {dedicated: gpu}".
func (e *explainer) namesTaint(p *Pattern, name string) bool {
	n := e.s.Node(name)
	if n == nil {
		return false
	}
	return slices.ContainsFunc(p.Symptoms, func(s *symptom.Symptom) bool {
		return slices.ContainsFunc(n.Taints, func(t cluster.Taint) bool {
			return !strings.HasPrefix(t.Key, "node.kubernetes.io/") && strings.Contains(s.Message, "taint {"+t.Key+":")
		})
	})
}

// nodeLink ties what happened to a node to a pattern most of whose pods ran
// there.
func (e *explainer) nodeLink(p *Pattern, c cluster.Change) string {
	if slices.Contains(ofMachine, p.Detector) || p.Detector == "scheduling" {
		return ""
	}
	on := podsOn(p, c.Object.Name)
	if on == 0 || 2*on < len(p.Tally.Pods) {
		return ""
	}
	return fmt.Sprintf("node of %d of %d affected pods", on, len(p.Tally.Pods))
}

// calling counts the affected workloads that say that they cannot reach a
// Service of a workload.
func (e *explainer) calling(p *Pattern, dependency cluster.Ref) int {
	seen := map[cluster.Ref]bool{}
	for _, s := range p.Symptoms {
		if s.Target.Host == "" || seen[s.Workload.Key()] {
			continue
		}
		svc := e.s.ServiceNamed(s.Target.Host, s.Object.Namespace)
		if svc != nil && slices.Contains(e.backends(svc), dependency) {
			seen[s.Workload.Key()] = true
		}
	}
	return len(seen)
}

// cameWith reports whether a ConfigMap or Secret was created with, or before,
// the workloads that use it: part of their beginning, not a change.
func (e *explainer) cameWith(p *Pattern, c cluster.Change) bool {
	config := e.s.Config(c.Object)
	if config == nil || c.Time.Sub(config.Created) >= time.Second {
		return false
	}
	for _, ref := range p.Tally.Workloads {
		if w := e.s.Workload(ref); w != nil && ref.Namespace == c.Object.Namespace && config.Created.Sub(w.Created) < time.Minute {
			return true
		}
	}
	return false
}

func referenceName(p *Pattern, object cluster.Ref) string {
	if p.Detector == "image-pull" {
		return "imagePullSecrets"
	}
	return object.Kind + " reference"
}

// referring counts the affected workloads that refer to a ConfigMap or
// Secret in the way that can matter for the pattern: a pull is hurt by pull
// Secrets, everything else by configuration.
func (e *explainer) referring(p *Pattern, object cluster.Ref) int {
	n := 0
	seen := map[cluster.Ref]bool{}
	for _, s := range p.Symptoms {
		if s.Pod == nil || s.Pod.Template == nil || s.Pod.Namespace != object.Namespace || seen[s.Workload] {
			continue
		}
		if refers(s, object) {
			seen[s.Workload] = true
			n++
		}
	}
	return n
}

func refers(s *symptom.Symptom, object cluster.Ref) bool {
	if s.Kind == symptom.ImagePull {
		return s.Pod.Template.PullsWith(object)
	}
	return s.Pod.Template.ConfiguredBy(object)
}

func podsOn(p *Pattern, node string) int {
	n := 0
	for _, a := range p.Affected {
		if a.Kind == "Pod" && a.Node == node {
			n++
		}
	}
	return n
}
