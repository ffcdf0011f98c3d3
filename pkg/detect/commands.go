package detect

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// LastWords is the command that shows what a failing container said last: of
// its run before, where it was restarted.
func LastWords(s *symptom.Symptom) string {
	args := []string{"logs", s.Object.Name, "-n", s.Object.Namespace, "--tail=50"}
	if s.Container != "" {
		args = append(args, "-c", s.Container)
	}
	if s.Restarts > 0 {
		args = append(args, "--previous")
	}
	return Kubectl(args...)
}

// Restarts are the commands that restart those workloads that can be.
func Restarts(workloads []cluster.Ref) []string {
	var out []string
	for _, w := range workloads {
		if Rolls(w) {
			out = append(out, Kubectl("rollout", "restart", Target(w), "-n", w.Namespace))
		}
	}
	return out
}

// Rolls reports whether a workload replaces its pods when its template changes.
func Rolls(w cluster.Ref) bool {
	return w.Kind == "Deployment" || w.Kind == "StatefulSet" || w.Kind == "DaemonSet"
}

// Target names an object as kubectl takes it: deployment/web.
func Target(ref cluster.Ref) string { return strings.ToLower(ref.Kind) + "/" + ref.Name }
