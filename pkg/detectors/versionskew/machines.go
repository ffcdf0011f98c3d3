package versionskew

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// supported is how many minor versions a kubelet may be older than the API
// server, and oldSupported how many before Kubernetes 1.28 (Kubernetes
// version skew policy, kubernetes.io/releases/version-skew-policy). It must
// not be newer at all.
const (
	supported    = 3
	oldSupported = 2
	widened      = 28
)

// machines observes nodes of different versions.
func machines(pass *detect.Pass) {
	kubelets, runtimes := map[int][]string{}, map[string][]string{}
	for i := range pass.Nodes {
		n := &pass.Nodes[i]
		if m, ok := minor(n.Info.KubeletVersion); ok {
			kubelets[m] = append(kubelets[m], n.Name)
		}
		if r := runtimeOf(n); r != "" {
			runtimes[r] = append(runtimes[r], n.Name)
		}
	}
	if p, ok := kubeletPattern(pass, kubelets); ok {
		pass.Report(p)
	}
	if len(runtimes) > 1 {
		pass.Report(runtimePattern(pass, runtimes))
	}
}

// minor is the minor version of "v1.34.4-gke.1": of Kubernetes 1, the only
// one that there is.
func minor(version string) (int, bool) {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) < 2 || parts[0] != "1" {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimRight(parts[1], "+"))
	return n, err == nil
}

// runtimeOf is a node's runtime with its major version, of Linux nodes only:
// those of Windows have their own.
func runtimeOf(n *cluster.Node) string {
	name, version, ok := strings.Cut(n.Info.ContainerRuntime, "://")
	if !ok || strings.Contains(n.Info.OSImage, "Windows") {
		return ""
	}
	if name == "cri-o" { // its version is that of Kubernetes
		return name
	}
	major, _, _ := strings.Cut(version, ".")
	return name + " " + major
}

func kubeletPattern(pass *detect.Pass, byMinor map[int][]string) (detect.Pattern, bool) {
	if len(byMinor) == 0 {
		return detect.Pattern{}, false
	}
	minors := make([]int, 0, len(byMinor))
	for m := range byMinor {
		minors = append(minors, m)
	}
	slices.Sort(minors)
	oldest, newest := minors[0], minors[len(minors)-1]
	server, known := minor(pass.Identity.Version)
	allowed := supported
	if known && server < widened {
		allowed = oldSupported
	}
	outside := func(m int) bool { return known && (m > server || server-m > allowed) }
	breaks := slices.ContainsFunc(minors, outside)
	if newest-oldest <= 1 && !breaks {
		return detect.Pattern{}, false
	}
	p := observation("kubelets")
	var parts []string
	for _, m := range slices.Backward(minors) {
		parts = append(parts, fmt.Sprintf("v1.%d on %s", m, detect.Count(len(byMinor[m]), "node")))
		if m == newest && len(minors) > 1 && !outside(m) {
			continue
		}
		p.addNodes(pass, byMinor[m], fmt.Sprintf("kubelet v1.%d", m))
	}
	p.Title = fmt.Sprintf("Kubelets are %d minor versions apart: %s", newest-oldest, detect.List(parts, 4))
	p.Probable = detect.Cause{Text: "An upgrade of the nodes is under way, or stopped halfway.", Confidence: detect.Low, Why: "the nodes report these versions"}
	if breaks {
		p.Title = fmt.Sprintf("Kubelets too far from the API server's v1.%d: %s", server, detect.List(parts, 4))
		p.Probable.Why = fmt.Sprintf("a kubelet must not be newer than the API server, and at most %d minor versions older", allowed)
	}
	return p.Pattern, true
}

func runtimePattern(pass *detect.Pass, byRuntime map[string][]string) detect.Pattern {
	names := make([]string, 0, len(byRuntime))
	for r := range byRuntime {
		names = append(names, r)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := len(byRuntime[b]) - len(byRuntime[a]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	p := observation("runtimes")
	var parts []string
	for i, r := range names {
		parts = append(parts, fmt.Sprintf("%s on %s", r, detect.Count(len(byRuntime[r]), "node")))
		if i > 0 {
			p.addNodes(pass, byRuntime[r], "container runtime "+r)
		}
	}
	p.Title = "Nodes run different container runtimes: " + detect.List(parts, 4)
	p.Probable = detect.Cause{Text: "An upgrade of the nodes is under way, or node pools were made from different images.", Confidence: detect.Low,
		Why: "the nodes report these runtimes"}
	return p.Pattern
}

// nodesPattern gathers nodes.
type nodesPattern struct{ detect.Pattern }

func observation(key string) *nodesPattern {
	return &nodesPattern{detect.Pattern{Cause: symptom.MixedVersions, Key: key, Tier: detect.Observation,
		Investigation: []detect.Command{{Why: "the versions of all nodes", Command: detect.Kubectl("get", "nodes", "-o", "wide")}},
		Recommendations: []detect.Recommendation{{Urgency: detect.Later,
			Text: "Finish the upgrade, so that a failure on some nodes cannot be one of versions."}}}}
}

func (p *nodesPattern) addNodes(pass *detect.Pass, nodes []string, message string) {
	for _, n := range nodes {
		s := observed(pass, cluster.Ref{Kind: "Node", Name: n}, message)
		s.Node = n
		p.Symptoms = append(p.Symptoms, s)
		p.Nodes = append(p.Nodes, n)
	}
}
