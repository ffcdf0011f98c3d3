package synthetic

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// missSecret deletes a Secret, and pods that want it are made anew.
func (m *maker) missSecret() {
	begin := m.ago(15*time.Minute, 50*time.Minute)
	for _, w := range m.workloads {
		for _, p := range w.pods {
			if !m.isGuilty(p) || !m.chance(m.Fault.Share) {
				continue
			}
			_, name, _ := strings.Cut(m.out.Guilty[0].Value, "/")
			m.out.Hit[w.Ref] = true
			m.renew(p, begin)
			m.cannot(p, "CreateContainerConfigError", fmt.Sprintf("secret %q not found", name))
		}
	}
}

// renew lets a pod be one that was made just now, and has not started.
func (m *maker) renew(p *cluster.Pod, begin time.Time) {
	p.Created = begin.Add(time.Duration(m.IntN(60)) * time.Second)
	p.Started, p.Phase = p.Created.Add(time.Second), "Pending"
	for i := range p.Conditions {
		p.Conditions[i].Transition = p.Started
	}
	p.Conditions[1] = cluster.Condition{Type: "Ready", Status: "False", Reason: "ContainersNotReady", Transition: p.Started}
	for i := range p.Containers {
		p.Containers[i].State = cluster.State{Phase: cluster.Running, StartedAt: p.Started.Add(3 * time.Second)}
	}
}

// cannot keeps the first container of a pod from being made, as the kubelet
// says it.
func (m *maker) cannot(p *cluster.Pod, reason, message string) {
	c := &p.Containers[0]
	c.Ready, c.State = false, cluster.State{Phase: cluster.Waiting, Reason: reason, Message: message}
	m.out.Events = append(m.out.Events, cluster.Event{Object: p.Ref, Container: c.Name, Warning: true, Reason: "Failed", Component: "kubelet", Host: p.Node,
		Message: "Error: " + message, First: p.Started.Add(2 * time.Second), Last: m.ago(5*time.Second, 2*time.Minute), Count: 20})
}

// exceedQuota lets the Deployments of a namespace have a pod less than they
// shall: their quota is used up.
func (m *maker) exceedQuota() {
	ns := m.crowded()
	m.refuse(func(w *workload) bool { return w.Namespace == ns }, func(pod string) string {
		return fmt.Sprintf("pods %q is forbidden: exceeded quota: compute, requested: memory=512Mi, used: memory=8Gi, limited: memory=8Gi", pod)
	})
}

// crowded is the namespace with most Deployments.
func (m *maker) crowded() string {
	count, best := map[string]int{}, m.workloads[0].Namespace
	for _, w := range m.workloads {
		if w.Kind == "Deployment" && len(w.pods) > 1 {
			if count[w.Namespace]++; count[w.Namespace] > count[best] {
				best = w.Namespace
			}
		}
	}
	return best
}

// loseWebhook lets nobody answer an admission webhook that is asked about
// every pod.
func (m *maker) loseWebhook() {
	left := 4
	m.refuse(func(*workload) bool { left--; return left >= 0 }, func(string) string {
		return `Internal error occurred: failed calling webhook "pods.policy.example.com": failed to call webhook: Post "https://policy.guard.svc:443/validate?timeout=10s": no endpoints available for service "policy"`
	})
}

// refuse lets no pod be made for Deployments: one that was lost is not
// replaced.
func (m *maker) refuse(whom func(*workload) bool, why func(pod string) string) {
	since := m.ago(12*time.Minute, 50*time.Minute)
	for _, w := range m.workloads {
		if w.Kind != "Deployment" || len(w.pods) < 2 || m.isRolling(w) || !whom(w) {
			continue
		}
		m.out.Hit[w.Ref] = true
		w.pods, w.missing = w.pods[:len(w.pods)-1], 1
		r := w.revisions[0]
		message := why(r.Name + "-" + m.letters(5))
		r.Conditions = []cluster.Condition{{Type: "ReplicaFailure", Status: "True", Reason: "FailedCreate", Message: message, Transition: since}}
		w.Conditions = []cluster.Condition{{Type: "ReplicaFailure", Status: "True", Reason: "FailedCreate", Message: message, Transition: since, Updated: since}}
		m.out.Events = append(m.out.Events, cluster.Event{Object: r.Ref, Warning: true, Reason: "FailedCreate", Component: "replicaset-controller",
			Message: "Error creating: " + message, First: since, Last: m.ago(5*time.Second, 5*time.Minute), Count: 14})
	}
}

// loseDNS lets CoreDNS crash, and of those who ask it some crash with it.
func (m *maker) loseDNS() {
	begin := m.ago(20*time.Minute, 50*time.Minute)
	dns := m.add("kube-system", "coredns", 2)
	m.out.Root = dns.Ref
	for _, p := range dns.pods {
		m.crash(p, begin, "plugin/loop: Loop (127.0.0.1:48211 -> :53) detected for zone \".\"")
	}
	m.out.Hit[dns.Ref] = true
	m.out.Services = append(m.out.Services, cluster.Service{Ref: cluster.Ref{Kind: "Service", Namespace: "kube-system", Name: "kube-dns"}, Created: dns.Created,
		Type: "ClusterIP", ClusterIPs: []string{"10.96.0.10"}, Selector: dns.Selector, NotReady: len(dns.pods)})
	for i, w := range m.workloads {
		if w == dns || !m.chance(m.Fault.Share) {
			continue
		}
		m.out.Hit[w.Ref] = true
		for _, p := range w.pods {
			m.crash(p, begin.Add(time.Minute), fmt.Sprintf("dial tcp: lookup db%d.example.com on 10.96.0.10:53: read udp 10.128.0.7:41234->10.96.0.10:53: i/o timeout", i%7))
		}
	}
}

// add makes one more Deployment, on nodes as chance has it.
func (m *maker) add(namespace, name string, size int) *workload {
	w := &workload{size: size}
	w.Ref = cluster.Ref{Kind: "Deployment", Namespace: namespace, Name: name}
	w.Created, w.Selector = at.Add(-100*24*time.Hour), map[string]string{"app": name}
	w.Template = &cluster.Template{RestartPolicy: "Always", ServiceAccount: name, Containers: []cluster.ContainerSpec{{Name: name, Role: cluster.Regular,
		PullPolicy: "IfNotPresent", Image: "registry.k8s.io/" + name + ":v1.12.0", MemoryLimit: "170Mi", MemoryRequest: "70Mi"}}}
	m.workloads = append(m.workloads, w)
	m.place(w)
	return w
}
