package correlate

import (
	"slices"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// rule says when patterns of some detectors follow from patterns of others.
// The first rule that holds for a pattern decides, so the order is precedence:
// what is closer to the machine explains what is further from it.
type rule struct {
	child, parent []string // detectors, or "detector/cause"
	by            measure
	when          func(e *explainer, parent, child *Pattern) bool // nil: always
	// slack is how much later than the child the parent may be noticed;
	// negative means that it does not matter.
	slack time.Duration
	// link says what ties a child to its parent, where when alone decides.
	link string
}

// any order of time: parent and child are noticed by different means.
const anyOrder time.Duration = -1

// noticed is how long what comes first may take to be noticed: a probe's
// threshold, a node's lease.
const noticed = 2 * time.Minute

// nodes are the detectors of the machine itself.
var nodes = []string{"node-failure", "node-pressure"}

// said are the detectors that name a cause which a program, the kubelet or
// the API server said itself.
var said = []string{
	"oom", "storage", "missing-config", "rbac", "credentials", "environment", "network", "container-start",
}

// pods are the detectors of pods that fail, whatever the cause.
var pods = []string{"exit-code", "probe", "container-start", "oom", "image-pull", "missing-config", "storage", "network", "rbac",
	"credentials", "environment", "scheduling", "admission", "eviction", "version-skew", "stale-config"}

var rules = []rule{
	// The machine.
	{child: list("image-pull/disk-full"), parent: list("node-pressure/disk-pressure"), by: byNodes},
	{child: list("storage/full"), parent: list("node-pressure/disk-pressure"), by: byNodes, when: whileItLasted, slack: noticed},
	{child: list("storage/read-only"), parent: list("node-failure/kernel"), by: byNodes, when: whileItLasted, slack: noticed},
	{child: list("oom/node-oom"), parent: list("node-pressure/memory-pressure"), by: byNodes},
	{child: list("image-pull/dns", "image-pull/unreachable", "network/sandbox", "network/ip-exhaustion", "network/dns", "container-start/runtime", "eviction/taint", "storage/csi-driver"),
		parent: list("node-failure"), by: byNodes, when: whileItLasted, slack: noticed},
	{child: list("storage/attach", "storage/multi-attach"), parent: list("node-failure"), by: byLink, when: onPeersNode, slack: noticed, link: "what holds its volumes is on this node"},
	{child: list("network/sandbox", "storage/csi-driver"), parent: pods, by: byLink, when: isItsAgent, slack: noticed, link: "the agent of its network plugin or CSI driver fails on the same nodes"},
	{child: list("exit-code", "probe", "network"), parent: list("node-failure"), by: byNodes, when: whileItLasted, slack: noticed},
	{child: list("exit-code", "probe"), parent: list("node-pressure"), by: byNodes, when: func(e *explainer, p, c *Pattern) bool {
		return covers(p, c) && whileItLasted(e, p, c)
	}},
	{child: list("scheduling"), parent: append(list("eviction"), nodes...), by: byWorkloads, when: whileItLasted, slack: noticed},
	{child: list("eviction/taint", "eviction/api"), parent: list("node-failure"), by: byPods, slack: noticed},
	{child: list("node-failure/not-ready", "node-failure/unreachable"), parent: list("node-failure/shutdown", "node-failure/rebooted", "node-failure/kernel"), by: byNodes, when: whileItLasted, slack: noticed},

	// What is not there, for those who need it.
	{child: list("scheduling/volume"), parent: list("storage", "missing-config"), by: byLink, when: sharesClaim, slack: anyOrder, link: "both name the same claim or volume"},
	{child: list("network"), parent: list("rollout-cascade"), by: byPods},
	{child: list("network", "probe", "admission/webhook-down", "rollout-cascade"), parent: append(append(list("rollout-failure"), pods...), nodes...),
		by: byLink, when: needsParent, slack: noticed, link: "its pods call what fails here"},
	{child: list("rollout-cascade"), parent: append(list("rollout-failure"), pods...), by: byLink, when: isOfItsRollout, slack: noticed, link: "it tells of dependants of a rollout of what fails here"},

	// One pod's trouble in several voices.
	{child: list("credentials", "environment", "network"), parent: list("stale-config", "version-skew"), by: byPods, when: notMereObservation},
	{child: list("probe"), parent: append(list("stale-config", "version-skew"), said...), by: byPods, when: notMereObservation, slack: noticed},
	{child: list("probe"), parent: list("cpu-throttling"), by: byPods, when: timesOut, slack: noticed},
	{child: list("version-skew", "stale-config"), parent: list("rollout-cascade"), by: byPods, slack: anyOrder},
	{child: list("exit-code"), parent: append(list("stale-config", "version-skew"), said...), by: byPods, when: notMereObservation, slack: noticed},
	{child: list("exit-code"), parent: list("rollout-cascade"), by: byPods, when: notMereObservation, slack: noticed},
	{child: list("probe"), parent: list("rollout-cascade"), by: byPods, when: notMereObservation, slack: noticed},
	{child: list("probe"), parent: list("exit-code"), by: byPods, slack: noticed},
	{child: list("container-start", "environment", "network", "credentials"), parent: list("missing-config", "storage"), by: byPods, slack: noticed},

	// Jobs and rollouts as a whole: they follow from what is known of their
	// pods, and explain what is not.
	{child: list("job-failure"), parent: append(slices.DeleteFunc(slices.Clone(pods), func(d string) bool { return d == "exit-code" }), nodes...), by: byWorkloads, slack: anyOrder},
	{child: list("exit-code"), parent: list("job-failure"), by: byPods, slack: anyOrder},
	{child: list("exit-code"), parent: list("rollout-failure/crash"), by: byPods, when: func(_ *explainer, p, _ *Pattern) bool {
		return p.Contrast || p.Change != nil
	}},
	{child: list("probe"), parent: list("rollout-failure"), by: byPods, when: func(_ *explainer, p, _ *Pattern) bool { return p.Contrast }},
	{child: list("exit-code", "probe"), parent: list("config-drift"), by: byPods, slack: anyOrder, when: notMereObservation},
	{child: list("rollout-failure"), parent: append(list("rollout-cascade", "node-failure"), pods...), by: byPods, slack: noticed},
	{child: list("rollout-failure"), parent: list("admission", "scheduling", "eviction"), by: byWorkloads, slack: noticed},
	{child: list("rollout-failure"), parent: list("node-pressure"), by: byWorkloads, when: func(_ *explainer, _, c *Pattern) bool { return len(c.Tally.Pods) == 0 }},
	{child: append(list("unclassified"), causeless...), parent: list("shared-factor"), by: byPods, slack: anyOrder},
	{child: list("config-drift", "version-skew", "stale-config"), parent: append(list("rollout-failure", "rollout-cascade"), pods...), by: byPods, slack: anyOrder},

	// Along the graph of dependencies: what else the failing tell of whom they
	// need, and what manifests declare where all who need it fail, and they
	// alone.
	{child: list("exit-code", "probe", "network"), parent: append(list("rollout-failure"), pods...), by: byLink, when: followsOver, slack: noticed, link: "its workloads depend on what fails here, by way of others that fail"},
	{child: list("exit-code", "probe"), parent: list("rollout-cascade"), by: byLink, when: isInChain, slack: noticed, link: "its manifests name what was rolled out, others that do say so themselves, and it does not say what else fails it"},
	{child: list("exit-code", "probe"), parent: append(list("rollout-failure"), pods...), by: byLink, when: declaresParent, slack: noticed, link: "its workloads name what is down here in their manifests, and of all workloads just those fail that do"},

	// When: a pattern in time tells of failures that others explain, or of a
	// beginning. What keeps to a clock that is named tells more than an hour.
	{child: timings, parent: append(append(list("job-failure", "rollout-failure", "rollout-cascade", "shared-factor", "cpu-throttling"), pods...), nodes...), by: byWorkloads, slack: anyOrder},
	{child: timings, parent: nodes, by: byNodes, slack: anyOrder},
	{child: list("time-of-day", "burst", "gradual"), parent: list("periodic"), by: byWorkloads, slack: anyOrder},
	{child: list("burst", "gradual"), parent: list("time-of-day"), by: byWorkloads, slack: anyOrder},
}

// timings are the detectors of patterns in time.
var timings = []string{"burst", "periodic", "time-of-day", "gradual"}

func list(names ...string) []string { return names }

// notMereObservation keeps what is only counted from explaining anything.
func notMereObservation(_ *explainer, parent, _ *Pattern) bool { return parent.Tier != "observation" }

// timesOut reports whether all of a pattern is too slow, by its own words: that
// is what too little CPU does to a probe.
func timesOut(_ *explainer, _, child *Pattern) bool {
	return !slices.ContainsFunc(child.Symptoms, func(s *symptom.Symptom) bool { return !s.TimedOut() })
}

func (r *rule) isChild(p *Pattern) bool  { return named(r.child, p) }
func (r *rule) isParent(p *Pattern) bool { return named(r.parent, p) }

func named(list []string, p *Pattern) bool {
	return slices.Contains(list, p.Detector) || slices.Contains(list, p.Detector+"/"+p.Cause)
}

// over is how long after its end nothing follows from anything any more.
const over = time.Hour

// inTime reports whether the parent began before the child did, as far as
// clocks and means of noticing allow to say so. A parent that is known to be
// older than its first dated sign may have.
func (r *rule) inTime(parent, child *Pattern) bool {
	if !parent.Tally.Ongoing && !parent.Tally.Last.IsZero() && firstWithin(parent, child).Sub(parent.Tally.Last) > over {
		return false
	}
	if r.slack == anyOrder || parent.Tally.SinceBefore {
		return true
	}
	return !parent.Tally.First.After(firstWithin(parent, child).Add(tolerance + r.slack))
}
