package synth

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

var admissionKinds = []kind{
	{"admission/quota", 5, (*gen).quota},
	{"admission/limit-range", 3, (*gen).limitRange},
	{"admission/pod-security", 2, (*gen).podSecurity},
	{"admission/webhook-denied", 4, (*gen).webhookDenied},
	{"admission/webhook-down", 6, (*gen).webhookDown},
	{"admission/policy", 3, (*gen).policy},
}

// quota: what a namespace may use is used up, for one workload or two.
func (g *gen) quota() truth.Truth {
	ns, quota := g.names.namespace(), g.names.object("limits")
	why := pick(g,
		func(pod string) string {
			return fmt.Sprintf("pods %q is forbidden: exceeded quota: %s, requested: requests.cpu=500m, used: requests.cpu=3900m, limited: requests.cpu=4", pod, quota)
		},
		func(pod string) string {
			return fmt.Sprintf("pods %q is forbidden: exceeded quota: %s, requested: limits.memory=1Gi,pods=1, used: limits.memory=15Gi,pods=20, limited: limits.memory=16Gi,pods=20", pod, quota)
		},
		func(pod string) string {
			return fmt.Sprintf("pods %q is forbidden: failed quota: %s: must specify limits.memory for: app; requests.cpu for: app", pod, quota)
		},
		func(pod string) string {
			return fmt.Sprintf("pods %q is forbidden: exceeded quota: %s, requested: pods=1, used: pods=10, limited: pods=10", pod, quota)
		},
		func(pod string) string {
			return fmt.Sprintf("pods %q is forbidden: insufficient quota to consume: count/pods.batch", pod)
		})
	since := g.between(5*time.Minute, 50*time.Minute)
	a := g.app(in(ns), replicas(4))
	a.refuse(why, 2, since)
	apps := []*app{a}
	if g.variant%2 == 1 {
		b := g.app(in(ns), replicas(3), statefulSet)
		b.refuse(why, 1, since)
		apps = append(apps, b)
	}
	return one("admission", "quota", apps...)
}

func (g *gen) limitRange() truth.Truth {
	a, since := g.newApp(replicas(3))
	a.refuse(func(pod string) string {
		return fmt.Sprintf("pods %q is forbidden: %s", pod, pick(g, "minimum memory usage per Container is 64Mi, but request is 16Mi",
			"maximum cpu usage per Container is 2, but limit is 4", "cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000"))
	}, 3, since)
	return one("admission", "limit-range", a)
}

func (g *gen) podSecurity() truth.Truth {
	a, since := g.newApp(pick(g, option(replicas(2)), daemonSet))
	a.refuse(func(pod string) string {
		return pick(g,
			fmt.Sprintf(`pods %q is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`, pod),
			fmt.Sprintf(`pods %q is forbidden: violates PodSecurity "baseline:v1.%d": host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volume "proc"), privileged (container "agent" must not set securityContext.privileged=true)`, pod, g.minor))
	}, len(a.pods), since)
	return one("admission", "pod-security", a)
}

func (g *gen) webhookDenied() truth.Truth {
	a, since := g.newApp()
	a.refuse(func(pod string) string {
		return pick(g,
			`admission webhook "validate.kyverno.svc-fail" denied the request: `+"\n\nresource Pod/"+a.namespace+"/"+pod+" was blocked due to the following policies \n\nrequire-labels:\n  check-team: 'validation error: label team is required. rule check-team failed at path /metadata/labels/team/'",
			`admission webhook "validation.gatekeeper.sh" denied the request: [container-must-have-limits] container <app> has no resource limits`,
			`admission webhook "pods.checker.example.com" denied the request without explanation`,
			`admission webhook "mutate.linkerd.io" denied the request: pods "`+pod+`" is forbidden: exceeded the quota of sidecars`)
	}, len(a.pods), since)
	return one("admission", "webhook-denied", a)
}

// webhookDown stops what is to be created in every namespace.
func (g *gen) webhookDown() truth.Truth {
	why := pick(g, `no endpoints available for service "injector"`, `dial tcp 10.96.31.7:443: connect: connection refused`,
		`context deadline exceeded`, `tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-05-01T10:00:00Z is after 2026-04-30T23:59:59Z`, `service "injector" not found`, `EOF`)
	text := `Internal error occurred: failed calling webhook "sidecar.injector.example.com": failed to call webhook: Post "https://injector.mesh.svc:443/inject?timeout=10s": ` + why
	since := g.between(3*time.Minute, 40*time.Minute)
	var apps []*app
	for i := range 3 {
		a := g.app(in(g.platform[i%len(g.platform)]), replicas(3))
		a.refuse(func(string) string { return text }, 1+i%2, since-time.Duration(i*20)*time.Second)
		apps = append(apps, a)
	}
	return one("admission", "webhook-down", apps...)
}

func (g *gen) policy() truth.Truth {
	a, since := g.newApp()
	a.refuse(func(pod string) string {
		return pick(g,
			fmt.Sprintf(`pods %q is forbidden: ValidatingAdmissionPolicy 'no-latest-tag' with binding 'no-latest-tag-everywhere' denied request: images must not use the tag latest`, pod),
			fmt.Sprintf(`pods %q is forbidden: no PriorityClass with name batch-low was found`, pod),
			fmt.Sprintf(`pods %q is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .containers[0].runAsUser: Invalid value: 0: must be in the ranges: [1000680000, 1000689999]]`, pod))
	}, len(a.pods), since)
	return roots(also(root("admission", "policy", a), "admission", "pod-security"))
}

var schedulingKinds = []kind{
	{"scheduling/insufficient-cpu", 3, (*gen).insufficientCPU},
	{"scheduling/insufficient-memory", 2, (*gen).insufficientMemory},
	{"scheduling/insufficient-other", 3, (*gen).insufficientOther},
	{"scheduling/taints", 4, (*gen).taints},
	{"scheduling/affinity", 6, (*gen).affinity},
	{"scheduling/volume", 4, (*gen).volumeAffinity},
	{"scheduling/ports", 2, (*gen).ports},
	{"scheduling/cordoned", 2, (*gen).cordoned},
}

// nowhere is the scheduler's message: what each node lacks, then what
// preemption would help.
func (g *gen) nowhere(reasons string) string {
	n := len(g.nodes)
	claims := ""
	if g.minor >= 34 {
		claims = "no new claims to deallocate, "
	}
	return fmt.Sprintf("0/%d nodes are available: %s. %spreemption: 0/%d nodes are available: %d Preemption is not helpful for scheduling.", n, reasons, claims, n, n)
}

// homeless are pods of a workload that no node takes.
func (g *gen) homeless(count int, reasons string, opts ...option) *app {
	since := g.between(3*time.Minute, 50*time.Minute)
	opts = append([]option{replicas(count + 1), with(asking(reasons))}, opts...)
	if g.variant%2 == 0 {
		opts = append(opts, fresh(since))
	}
	a := g.app(opts...)
	a.unfinished = g.variant%2 == 0
	for _, p := range a.pods[len(a.pods)-count:] {
		p.CreationTimestamp = g.ago(since)
		p.unschedulable(g.nowhere(reasons), since)
	}
	return a
}

// asking makes pods ask for more than the nodes have left, where that is what
// the scheduler says.
func asking(reasons string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		if strings.Contains(reasons, "Insufficient cpu") || strings.Contains(reasons, "Insufficient memory") {
			s.Containers[0].Resources = resources("7800m", "31Gi", "", "")
		}
	}
}

func (g *gen) insufficientCPU() truth.Truth {
	n := len(g.nodes)
	return one("scheduling", "insufficient-cpu", g.homeless(2, pick(g, fmt.Sprintf("%d Insufficient cpu", n),
		fmt.Sprintf("%d Insufficient cpu", n), fmt.Sprintf("1 Insufficient memory, %d Insufficient cpu", n))))
}

func (g *gen) insufficientMemory() truth.Truth {
	n := len(g.nodes)
	return one("scheduling", "insufficient-memory", g.homeless(2, pick(g, fmt.Sprintf("%d Insufficient memory", n),
		fmt.Sprintf("1 Insufficient cpu, %d Insufficient memory", n)), pick(g, option(replicas(3)), statefulSet)))
}

func (g *gen) insufficientOther() truth.Truth {
	n := len(g.nodes)
	return one("scheduling", "insufficient-other", g.homeless(1, pick(g, fmt.Sprintf("%d Insufficient nvidia.com/gpu", n),
		fmt.Sprintf("%d Too many pods", n), fmt.Sprintf("%d Insufficient ephemeral-storage", n))))
}

func (g *gen) taints() truth.Truth {
	for _, n := range g.nodes {
		n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: "dedicated", Value: "gpu", Effect: corev1.TaintEffectNoSchedule})
	}
	reason := fmt.Sprintf("%d node(s) had untolerated taint {dedicated: gpu}", len(g.nodes))
	if g.minor >= 34 {
		reason = fmt.Sprintf("%d node(s) had untolerated taint(s)", len(g.nodes))
	}
	if g.variant == 2 {
		reason = fmt.Sprintf("1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, %d node(s) had untolerated taint {dedicated: gpu}", len(g.nodes)-1)
	}
	return one("scheduling", "taints", g.homeless(2, reason))
}

func (g *gen) affinity() truth.Truth {
	n := len(g.nodes)
	return one("scheduling", "affinity", g.homeless(1, pick(g, fmt.Sprintf("%d node(s) didn't match Pod's node affinity/selector", n),
		fmt.Sprintf("%d node(s) didn't match pod anti-affinity rules", n), fmt.Sprintf("%d node(s) didn't match pod topology spread constraints", n),
		fmt.Sprintf("%d node(s) didn't match pod affinity rules", n),
		fmt.Sprintf("1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, %d node(s) didn't match Pod's node affinity/selector", n-1),
		fmt.Sprintf("%d node(s) didn't satisfy existing pods anti-affinity rules", n)), with(func(s *corev1.PodSpec) { s.NodeSelector = map[string]string{"disk": "nvme"} })))
}

// volumeAffinity is a volume in another zone than the nodes with room.
func (g *gen) volumeAffinity() truth.Truth {
	n, ns, name := len(g.nodes), g.names.namespace(), "data-"+g.names.app()
	zone := "node(s) had volume node affinity conflict"
	if g.minor >= 33 {
		zone = "node(s) didn't match PersistentVolume's node affinity"
	}
	reason := pick(g, fmt.Sprintf("%d %s", n, zone), fmt.Sprintf("1 Insufficient cpu, %d %s", n-1, zone), fmt.Sprintf("%d node(s) exceed max volume count", n),
		fmt.Sprintf("%d node(s) didn't find available persistent volumes to bind", n))
	g.addClaim(ns, name, "gp3", g.volumeName(), 30*24*time.Hour)
	return one("scheduling", "volume", g.homeless(1, reason, in(ns), replicas(1), with(claim("data", name))))
}

func (g *gen) ports() truth.Truth {
	reason := fmt.Sprintf("%d node(s) didn't have free ports for the requested pod ports", len(g.nodes))
	if g.variant == 1 {
		reason = fmt.Sprintf("1 Insufficient cpu, %d node(s) didn't have free ports for the requested pod ports", len(g.nodes)-1)
	}
	return one("scheduling", "ports", g.homeless(1, reason, with(func(s *corev1.PodSpec) { s.Containers[0].Ports[0].HostPort = 8080 })))
}

func (g *gen) cordoned() truth.Truth {
	since := g.between(10*time.Minute, 50*time.Minute)
	for _, n := range g.nodes {
		n.Spec.Unschedulable = true
		g.taint(n, corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule, since)
		g.nodeEvent(n, "Normal", "NodeNotSchedulable", fmt.Sprintf("Node %s status is now: NodeNotSchedulable", n.Name), "kubelet", since)
	}
	return one("scheduling", "cordoned", g.homeless(2, fmt.Sprintf("%d node(s) were unschedulable", len(g.nodes))))
}
