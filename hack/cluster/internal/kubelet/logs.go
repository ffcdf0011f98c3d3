package kubelet

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/stages"
)

// logOf is what a container of a pod wrote: annotation log, or log.NAME for one
// container; of a run that has ended, previous-log where that differs. As with
// a kubelet (validateContainerLogStatus of pkg/kubelet/kubelet_pods.go), who
// does not ask for the run before gets the one that ended, while none runs. The
// errors are those of kubelets.
func logOf(pod *corev1.Pod, container string, previous bool) (string, error) {
	all := slices.Concat(pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses)
	i := slices.IndexFunc(all, func(s corev1.ContainerStatus) bool { return s.Name == container })
	if i < 0 {
		return "", fmt.Errorf("container %q in pod %q is not available", container, pod.Name)
	}
	status := &all[i]
	if waiting := status.State.Waiting; waiting != nil && status.LastTerminationState.Terminated == nil {
		return "", fmt.Errorf("container %q in pod %q is waiting to start: %s", container, pod.Name, waiting.Reason)
	}
	if previous && status.LastTerminationState.Terminated == nil {
		return "", fmt.Errorf("previous terminated container %q in pod %q not found", container, pod.Name)
	}
	names := []string{"log"}
	if previous || status.State.Running == nil {
		names = []string{"previous-log", "log"}
	}
	for _, name := range names {
		for _, key := range []string{name + "." + container, name} {
			if text, ok := pod.Annotations[stages.Prefix+key]; ok {
				return strings.TrimRight(text, "\n") + "\n", nil
			}
		}
	}
	return "", nil
}

// cut leaves the last lines and the first bytes that were asked for.
func cut(text string, query url.Values) string {
	if lines, err := strconv.Atoi(query.Get("tailLines")); err == nil {
		all := strings.SplitAfter(text, "\n")
		if all[len(all)-1] == "" {
			all = all[:len(all)-1]
		}
		text = strings.Join(all[max(0, len(all)-lines):], "")
	}
	if limit, err := strconv.Atoi(query.Get("limitBytes")); err == nil && limit >= 0 && limit < len(text) {
		text = text[:limit]
	}
	return text
}
