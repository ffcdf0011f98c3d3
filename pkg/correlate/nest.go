package correlate

import (
	"slices"
	"time"
)

// rule says when a pattern of one detector follows from one of another. The
// first rule that holds for a pattern decides, so the order is precedence:
// what is closer to the machine explains what is further from it.
type rule struct {
	child, parent string
	holds         func(parent, child *Pattern) bool
}

var rules = []rule{
	{"image-pull", "node-pressure", func(p, c *Pattern) bool {
		return c.Cause == "disk-full" && p.Cause == "disk-pressure" && onItsNodes(p, c)
	}},
	{"oom", "node-pressure", func(p, c *Pattern) bool {
		return c.Cause == "node-oom" && p.Cause == "memory-pressure" && onItsNodes(p, c)
	}},
	{"exit-code", "node-failure", func(p, c *Pattern) bool { return onItsNodes(p, c) && whileItLasted(p, c) }},
	{"exit-code", "node-pressure", func(p, c *Pattern) bool {
		return onItsNodes(p, c) && covers(p, c) && whileItLasted(p, c)
	}},
	{"exit-code", "oom", samePods},
	{"exit-code", "rollout-cascade", samePods},
	{"exit-code", "rollout-failure", func(p, c *Pattern) bool { return p.Contrast && p.Cause == "crash" && samePods(p, c) }},
	{"rollout-cascade", "rollout-failure", func(p, c *Pattern) bool {
		return c.Change != nil && slices.Contains(p.Tally.Workloads, c.Change.Object)
	}},
	{"rollout-failure", "node-failure", samePods},
	{"rollout-failure", "image-pull", samePods},
	{"rollout-failure", "oom", samePods},
	{"rollout-failure", "rollout-cascade", samePods},
	{"rollout-failure", "exit-code", samePods},
	{"rollout-failure", "node-pressure", func(p, c *Pattern) bool { return len(c.Tally.Pods) == 0 && covers(p, c) }},
}

// nest gives every consequence its parent. No pattern explains itself, not
// even by way of others.
func nest(ps []*Pattern) {
	byID := map[string]*Pattern{}
	for _, p := range ps {
		byID[p.ID] = p
	}
	for _, r := range rules {
		for _, child := range ps {
			if child.Detector != r.child || child.ExplainedBy != "" {
				continue
			}
			if parent := bestParent(r, ps, child, byID); parent != nil {
				child.ExplainedBy = parent.ID
				parent.Explains = append(parent.Explains, child.ID)
			}
		}
	}
	for _, p := range ps {
		slices.Sort(p.Explains)
		for up := byID[p.ExplainedBy]; up != nil; up = byID[up.ExplainedBy] {
			if p.Severity.Rank() < up.Severity.Rank() {
				up.Severity = p.Severity // an incident is as bad as the worst that follows
			}
		}
	}
}

func bestParent(r rule, ps []*Pattern, child *Pattern, byID map[string]*Pattern) *Pattern {
	var best *Pattern
	for _, p := range ps {
		if p.Detector != r.parent || p == child || !startsBefore(p, child) || !r.holds(p, child) || descends(p, child, byID) {
			continue
		}
		if best == nil || compare(p, best) < 0 {
			best = p
		}
	}
	return best
}

// startsBefore allows clocks to differ, and a lost node to be noticed only
// when its lease runs out.
func startsBefore(parent, child *Pattern) bool {
	allowed := tolerance
	if parent.Detector == "node-failure" {
		allowed = time.Minute
	}
	return !parent.Tally.First.After(child.Tally.First.Add(allowed))
}

func descends(p, ancestor *Pattern, byID map[string]*Pattern) bool {
	for ; p != nil; p = byID[p.ExplainedBy] {
		if p == ancestor {
			return true
		}
	}
	return false
}

// covers reports whether every workload that the child touches is touched by
// the parent.
func covers(parent, child *Pattern) bool {
	if len(child.Tally.Workloads) == 0 {
		return false
	}
	for _, w := range child.Tally.Workloads {
		if !slices.Contains(parent.Tally.Workloads, w) {
			return false
		}
	}
	return true
}

// samePods reports whether every pod that the child touches is touched by the
// parent. A child without pods (a rollout past its deadline that never got
// one) is judged by its workload.
func samePods(parent, child *Pattern) bool {
	if len(child.Tally.Pods) == 0 {
		return covers(parent, child)
	}
	for _, pod := range child.Tally.Pods {
		if !slices.Contains(parent.Tally.Pods, pod) {
			return false
		}
	}
	return true
}

// afterwards is how long after a node's trouble failures on it may still be
// laid to it.
const afterwards = 5 * time.Minute

// whileItLasted reports whether the child began during the parent's trouble,
// or just after it.
func whileItLasted(parent, child *Pattern) bool {
	return parent.Tally.Ongoing || child.Tally.First.Before(parent.Tally.Last.Add(afterwards))
}

// onItsNodes reports whether everything that the child touches sits on nodes
// that the parent is about.
func onItsNodes(parent, child *Pattern) bool {
	if len(child.Tally.Nodes) == 0 {
		return false
	}
	for _, n := range child.Tally.Nodes {
		if !slices.Contains(parent.Nodes, n) {
			return false
		}
	}
	return true
}
