package correlate

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// agents are words in the names of the DaemonSets that serve a network plugin,
// for those that are not called like it.
var agents = map[string]string{"aws-cni": "aws-node", "azure-vnet": "azure-cn", "ovn-k8s-cni-overlay": "ovn"}

// isItsAgent reports whether the parent touches, on every node of the child,
// the DaemonSet that serves the network plugin or CSI driver which the child
// says fails there.
func isItsAgent(_ *explainer, parent, child *Pattern) bool {
	for _, c := range child.Symptoms {
		serves := slices.ContainsFunc(parent.Symptoms, func(p *symptom.Symptom) bool {
			return p.Workload.Kind == "DaemonSet" && p.Node != "" && p.Node == c.Node && servesDriver(p.Workload.Name, c.Driver)
		})
		if !serves {
			return false
		}
	}
	return len(child.Symptoms) > 0
}

// servesDriver compares names: "calico-node" serves the plugin calico,
// "ebs-csi-node" the driver ebs.csi.aws.com.
func servesDriver(daemonSet, driver string) bool {
	if word, known := agents[driver]; known {
		return strings.Contains(daemonSet, word)
	}
	if driver == "" {
		return false
	}
	if first, _, isCSI := strings.Cut(driver, "."); isCSI {
		return strings.Contains(daemonSet, "csi") && strings.Contains(daemonSet, first)
	}
	word, _, _ := strings.Cut(driver, "-")
	return len(word) > 3 && strings.Contains(daemonSet, word)
}
