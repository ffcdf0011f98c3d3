package correlate

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// builtin are the controllers that Kubernetes brings with it.
var builtin = []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob", "Pod", "Node"}

// familyNumbers tells workloads apart that are independent witnesses. An
// operator that makes a StatefulSet for each tenant makes many workloads of
// one program: all of one controller, one operator and the same images are one
// family. Every other workload is a family of its own.
type familyNumbers map[string]int32

func (n familyNumbers) of(s *cluster.Snapshot, workload cluster.Ref, pod *cluster.Pod) int32 {
	key := workload.String()
	operator := ""
	if w := s.Workload(workload); w != nil && !w.Maker.IsZero() && !slices.Contains(builtin, w.Maker.Kind) {
		operator = w.Maker.Kind
	} else if w == nil && !slices.Contains(builtin, workload.Kind) {
		operator = workload.Kind // it makes its pods itself
	}
	if operator != "" && pod.Template != nil {
		key = workload.Kind + " of " + operator + ": " + strings.Join(imagesOf(pod.Template), " ")
	}
	number, known := n[key]
	if !known {
		number = int32(len(n))
		n[key] = number
	}
	return number
}

func imagesOf(t *cluster.Template) []string {
	var out []string
	for i := range t.Containers {
		out = append(out, t.Containers[i].Image)
	}
	slices.Sort(out)
	return out
}
