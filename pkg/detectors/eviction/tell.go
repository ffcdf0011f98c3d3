package eviction

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

func (e *evictions) title() string {
	who := e.tally.Who()
	switch e.first.Cause {
	case symptom.EvictedStorageLimit:
		return who + " evicted: more ephemeral storage than the limit" + of(e.limit())
	case symptom.EvictedEmptyDirLimit:
		return fmt.Sprintf("%s evicted: emptyDir volume%s larger than its limit%s", who, space(e.first.Item), of(e.limit()))
	case symptom.EvictedPreempted:
		return who + " preempted to make room for " + e.preemptor()
	case symptom.EvictedTaint:
		return who + " evicted by " + e.taint()
	}
	title := who + " evicted through the API"
	if e.first.Node != "" {
		title += " from node " + e.first.Node
	}
	return title + " and not replaced"
}

func of(limit string) string {
	if limit == "" {
		return ""
	}
	return " of " + limit
}

func space(word string) string {
	if word == "" {
		return ""
	}
	return " " + word
}

// limit is the one that was exceeded; empty when they differ.
func (e *evictions) limit() string {
	limits := detect.Values(e.symptoms, func(s *symptom.Symptom) string { return s.Limit })
	if len(limits) == 1 {
		return limits[0]
	}
	return ""
}

func (e *evictions) preemptor() string {
	if e.first.About.IsZero() {
		return "a pod of higher priority"
	}
	return e.first.About.Path()
}

func (e *evictions) taint() string {
	out := "a taint"
	if e.first.Item != "" {
		out = "taint " + e.first.Item
	}
	if e.first.Node != "" {
		out += " on node " + e.first.Node
	}
	return out
}

func (e *evictions) probable() detect.Cause {
	c := detect.Cause{Confidence: detect.High, Why: "Kubernetes says so: " + detect.Said(e.first.Message)}
	switch e.first.Cause {
	case symptom.EvictedStorageLimit:
		c.Text = "The containers wrote more to their own file system, logs and emptyDir volumes than their limit of ephemeral storage allows."
	case symptom.EvictedEmptyDirLimit:
		c.Text = "What the containers wrote into the emptyDir volume exceeded its sizeLimit."
	case symptom.EvictedPreempted:
		c.Text = fmt.Sprintf("The cluster had no room left for %s, which has a higher priority, so these pods had to go.", e.preemptor())
	case symptom.EvictedTaint:
		c.Text = fmt.Sprintf("The pods do not tolerate %s, whose effect NoExecute drives away what runs.", e.taint())
	default:
		c.Text = "Somebody evicted the pods (a drain, an autoscaler, the descheduler), and the workload has fewer pods than it wants since."
		c.Confidence = detect.Medium
	}
	return c
}

func (e *evictions) counter() []string {
	switch e.first.Cause {
	case symptom.EvictedStorageLimit:
		if e.first.Item == "" {
			return []string{"the limit is that of all containers of the pod together: the kubelet does not say which of them wrote"}
		}
	case symptom.EvictedPreempted:
		if e.first.About.IsZero() {
			return []string{"which pod needed the room is not known: it is named by its UID alone, and is no longer there"}
		}
	case symptom.EvictedAPI:
		return []string{"who evicted them is not told; an eviction through the API respects PodDisruptionBudgets"}
	}
	return nil
}

func (e *evictions) investigation() []detect.Command {
	pod := e.first.Object
	out := []detect.Command{{Why: "the pods and their states", Command: detect.Kubectl("get", "pods", "-n", pod.Namespace, "-o", "wide")}}
	switch e.first.Cause {
	case symptom.EvictedStorageLimit, symptom.EvictedEmptyDirLimit:
		out = append(out, detect.Command{Why: "limits and volumes, and what the kubelet says", Command: detect.Kubectl("describe", "pod", pod.Name, "-n", pod.Namespace)})
	case symptom.EvictedPreempted:
		out = append(out, detect.Command{Why: "which priorities there are", Command: detect.Kubectl("get", "priorityclasses")},
			detect.Command{Why: "who was preempted, while the events live", Command: detect.Kubectl("get", "events", "-A", "--field-selector", "reason=Preempted")})
	default:
		if e.first.Node != "" {
			out = append(out, detect.Command{Why: "taints, state and events of the node", Command: detect.Kubectl("describe", "node", e.first.Node)})
		}
		out = append(out, detect.Command{Why: "what a drain has to respect", Command: detect.Kubectl("get", "poddisruptionbudgets", "-n", pod.Namespace)})
	}
	return out
}

func (e *evictions) recommendations() []detect.Recommendation {
	who := detect.List(detect.Paths(e.tally.Workloads), 3)
	switch e.first.Cause {
	case symptom.EvictedStorageLimit:
		return []detect.Recommendation{{Urgency: detect.Soon, Text: fmt.Sprintf("Find what %s writes (logs, caches, temporary files) and bound it, or raise its limit of ephemeral storage.", who)}}
	case symptom.EvictedEmptyDirLimit:
		return []detect.Recommendation{{Urgency: detect.Soon, Text: fmt.Sprintf("Bound what %s writes into the volume, or raise the volume's sizeLimit.", who)}}
	case symptom.EvictedPreempted:
		return []detect.Recommendation{{Urgency: detect.Soon, Text: fmt.Sprintf("Add nodes, or give %s a priority that fits what it is worth.", who)}}
	case symptom.EvictedTaint:
		return []detect.Recommendation{{Urgency: detect.Soon, Text: fmt.Sprintf("If the node is meant to be empty, nothing; else take the taint off, or give %s a toleration.", who)}}
	}
	return []detect.Recommendation{{Urgency: detect.Immediate, Text: fmt.Sprintf("See why %s has not got its pods back: no room on other nodes, or new pods that fail.", who)}}
}
