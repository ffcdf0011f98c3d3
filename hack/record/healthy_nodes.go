package main

import (
	"time"

	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// drained: a node is cordoned and emptied by the eviction API, as `kubectl
// drain` does; everything is back elsewhere.
func (s *set) drained() {
	spaces := s.background(4, 3)
	host := s.hosts[0]
	s.begins()
	s.drain(host, spaces)
	s.rest(time.Second)
	s.settled()
	s.tells("a node is drained; all its pods are back on others")
}

func (s *set) rebootedLongAgo() {
	s.background(4, 3)
	s.settled()
	host := s.hosts[1]
	s.node(host, script{
		object{"event": object{"reason": "Rebooted", "message": "Node $NODE has been rebooted, boot id: " + s.hex(8)}},
		condition("Ready", "False", "KubeletNotReady", "container runtime is down"),
		after("700ms", condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")),
	})
	s.rest(1500 * time.Millisecond)
	s.nodeIs(host, "Ready", "True")
	s.begins()
	s.tells("a node rebooted days ago")
}

// nodeAdded: a node joins a minute ago, and a rollout uses it.
func (s *set) nodeAdded() {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	s.deploy(a)
	s.begins()
	s.nodes(1)
	a.replicas += 3
	s.deploy(a)
	s.until("scaled up", 40*time.Second, s.complete)
	s.tells("a node joins, with the warnings of its start")
}

// spotReplaced: a node goes, another comes, and the pods move.
func (s *set) spotReplaced() {
	s.background(4, 2)
	host := s.hosts[2]
	s.begins()
	s.do("delete node "+host, func() error {
		return s.c.client.CoreV1().Nodes().Delete(s.ctx, host, metav1.DeleteOptions{})
	})
	s.nodes(1)
	now := int64(0)
	s.do("delete its pods", func() error {
		pods, err := s.pods("")
		if err != nil {
			return err
		}
		for i := range pods {
			if p := &pods[i]; p.Spec.NodeName == host {
				if err := gone(s.c.client.CoreV1().Pods(p.Namespace).Delete(s.ctx, p.Name, metav1.DeleteOptions{GracePeriodSeconds: &now})); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.rest(time.Second)
	s.settled()
	s.tells("a node was taken away and replaced; its pods are back")
}

// drain cordons a node and evicts its pods, as `kubectl drain` does.
func (s *set) drain(host string, spaces []string) {
	s.patchNode(host, []byte(`{"spec":{"unschedulable":true}}`))
	s.do("drain "+host, func() error {
		for _, ns := range spaces {
			pods, err := s.c.client.CoreV1().Pods(ns).List(s.ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=" + host})
			if err != nil {
				return err
			}
			for i := range pods.Items {
				eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pods.Items[i].Name, Namespace: ns}}
				if err := s.c.client.CoreV1().Pods(ns).EvictV1(s.ctx, eviction); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
