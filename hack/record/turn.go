package main

import (
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// What happens to pods and nodes that have long been there.

// turn lets a script happen to running pods of an app, oldest name first: to
// all when count is 0.
func (s *set) turn(a *app, lines script, count int) {
	s.turnSome(a, lines, count, func(*corev1.Pod) bool { return true })
}

func (s *set) turnSome(a *app, lines script, count int, is func(p *corev1.Pod) bool) {
	raw, err := json.Marshal(lines)
	s.do("write script", func() error { return err })
	s.mark(a, map[string]string{"fault": "script", "script": string(raw), "step": "0"}, count, is)
}

// turned waits until such a script is over in so many pods.
func (s *set) turned(a *app, lines script, count int) {
	want := fmt.Sprint(len(lines))
	s.wait("script played", count, func(p *corev1.Pod) bool { return p.Annotations[prefix+"step"] == want }, a)
}

// mark sets annotations of running pods of an app, which steer how they fare.
func (s *set) mark(a *app, set map[string]string, count int, is func(p *corev1.Pod) bool) []corev1.Pod {
	var marked []corev1.Pod
	s.do("mark pods of "+a.ref(), func() error {
		pods, err := s.pods(a.ref())
		if err != nil {
			return err
		}
		for i := range pods {
			p := &pods[i]
			if p.Status.Phase != corev1.PodRunning || p.DeletionTimestamp != nil || !is(p) || count > 0 && len(marked) == count {
				continue
			}
			if _, err := s.c.client.CoreV1().Pods(p.Namespace).Patch(s.ctx, p.Name, types.MergePatchType, annotations(set), metav1.PatchOptions{}); err != nil {
				return err
			}
			marked = append(marked, *p)
		}
		if len(marked) == 0 {
			return fmt.Errorf("no pod to mark")
		}
		return nil
	})
	return marked
}

func annotations(set map[string]string) []byte {
	prefixed := map[string]string{}
	for key, value := range set {
		prefixed[prefix+key] = value
	}
	raw, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": prefixed}})
	if err != nil {
		panic(err) // texts only
	}
	return raw
}

// node lets a script happen to a node: at one moment, but for what comes after.
func (s *set) node(name string, lines script) {
	for i, action := range lines {
		if action["after"] == nil && i > 0 {
			action["same"] = true
		}
	}
	raw, err := json.Marshal(lines)
	s.do("write script", func() error { return err })
	s.patchNode(name, annotations(map[string]string{"script": string(raw), "step": "0"}))
}

func (s *set) patchNode(name string, patch []byte) {
	s.do("patch node "+name, func() error {
		_, err := s.c.client.CoreV1().Nodes().Patch(s.ctx, name, types.StrategicMergePatchType, patch, metav1.PatchOptions{FieldManager: "kubectl"})
		return err
	})
}

// nodeIs waits for a condition of a node.
func (s *set) nodeIs(name, kind, status string) {
	s.until(fmt.Sprintf("%s of %s is %s", kind, name, status), 90*time.Second, func() (bool, error) {
		node, err := s.c.client.CoreV1().Nodes().Get(s.ctx, name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		for _, c := range node.Status.Conditions {
			if string(c.Type) == kind && string(c.Status) == status {
				return true, nil
			}
		}
		return false, nil
	})
}

// condition is an action of a node's script.
func condition(kind, status, reason, message string) object {
	return object{"after": "150ms", "same": true, "conditions": []any{object{"type": kind, "status": status, "reason": reason, "message": message}}}
}

// busiest is the node that most pods of apps are on.
func (s *set) busiest(apps ...*app) (host string) {
	s.do("find the busiest node", func() error {
		count := map[string]int{}
		for _, a := range apps {
			pods, err := s.pods(a.ref())
			if err != nil {
				return err
			}
			for i := range pods {
				count[pods[i].Spec.NodeName]++
			}
		}
		for _, h := range s.hosts {
			if count[h] > count[host] {
				host = h
			}
		}
		return nil
	})
	return host
}

// onNode keeps the apps that have a pod there.
func (s *set) onNode(host string, apps []*app) []*app {
	var out []*app
	s.do("see what runs on "+host, func() error {
		for _, a := range apps {
			pods, err := s.pods(a.ref())
			if err != nil {
				return err
			}
			for i := range pods {
				if pods[i].Spec.NodeName == host {
					out = append(out, a)
					break
				}
			}
		}
		return nil
	})
	return out
}

func on(host string) func(p *corev1.Pod) bool {
	return func(p *corev1.Pod) bool { return p.Spec.NodeName == host }
}
