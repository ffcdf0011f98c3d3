package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (s *set) until(what string, limit time.Duration, check func() (bool, error)) {
	s.do("wait until "+what, func() error { return until(s.ctx, limit, what, check) })
}

// settled waits until every pod of the set is ready or has completed, and
// every workload has as many as it wants.
func (s *set) settled() {
	s.until("all is well", 90*time.Second, func() (bool, error) {
		pods, err := s.pods("")
		if err != nil {
			return false, err
		}
		for i := range pods {
			if p := &pods[i]; p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed && !ready(p) {
				return false, fmt.Errorf("pod %s/%s is not ready", p.Namespace, p.Name)
			}
		}
		return s.complete()
	})
}

func (s *set) complete() (bool, error) {
	for _, ns := range s.namespaces {
		deployments, err := s.c.client.AppsV1().Deployments(ns).List(s.ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		for i := range deployments.Items {
			d := &deployments.Items[i]
			if d.Status.ObservedGeneration < d.Generation || d.Status.AvailableReplicas != *d.Spec.Replicas || d.Status.Replicas != *d.Spec.Replicas {
				return false, fmt.Errorf("%s/%s, a Deployment, is not complete", ns, d.Name)
			}
		}
		sets, err := s.c.client.AppsV1().StatefulSets(ns).List(s.ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		for i := range sets.Items {
			if d := &sets.Items[i]; d.Status.AvailableReplicas != *d.Spec.Replicas {
				return false, fmt.Errorf("StatefulSet %s/%s is not complete", ns, d.Name)
			}
		}
	}
	return true, nil
}

// pods lists the pods of the set, or of one app (namespace/name).
func (s *set) pods(ref string) ([]corev1.Pod, error) {
	var out []corev1.Pod
	for _, ns := range s.namespaces {
		list, err := s.c.client.CoreV1().Pods(ns).List(s.ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		for i := range list.Items {
			if p := &list.Items[i]; ref == "" || ns+"/"+p.Labels["app"] == ref {
				out = append(out, *p)
			}
		}
	}
	return out, nil
}

// wait waits until at least count pods of each app are so.
func (s *set) wait(what string, count int, is func(p *corev1.Pod) bool, apps ...*app) {
	for _, a := range apps {
		s.until(fmt.Sprintf("%d pods of %s: %s", count, a.ref(), what), 60*time.Second, func() (bool, error) {
			pods, err := s.pods(a.ref())
			n := 0
			for i := range pods {
				if is(&pods[i]) {
					n++
				}
			}
			return n >= count, errors.Join(err, fmt.Errorf("%d of %d", n, len(pods)))
		})
	}
}

// played waits until the scripts of all pods of apps are at their end.
func (s *set) played(apps ...*app) {
	for _, a := range apps {
		want := fmt.Sprint(actionsIn(a.play["script"]))
		s.wait("script played", max(1, a.replicas), func(p *corev1.Pod) bool { return p.Annotations[prefix+"step"] == want }, a)
	}
}

// event waits for events of a reason about objects of a namespace.
func (s *set) event(ns, reason string, count int) {
	s.until(fmt.Sprintf("%d events %s in %s", count, reason, ns), 60*time.Second, func() (bool, error) {
		list, err := s.c.client.CoreV1().Events(ns).List(s.ctx, metav1.ListOptions{FieldSelector: "reason=" + reason})
		return err == nil && len(list.Items) >= count, err
	})
}

func ready(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

func failed(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodFailed }

func unschedulable(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse
	})
}

// clean takes the set away: pods at once, the rest as the controllers get to it.
func (s *set) clean(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	now, background := int64(0), metav1.DeletePropagationBackground
	atOnce := metav1.DeleteOptions{GracePeriodSeconds: &now, PropagationPolicy: &background}
	core := s.c.client.CoreV1()
	var errs []error
	for i := len(s.trash) - 1; i >= 0; i-- {
		o := s.trash[i]
		if o["kind"] == "Node" {
			continue // after its pods
		}
		resource, err := s.c.resource(o, "")
		if err == nil {
			err = resource.Delete(ctx, text(o, "metadata", "name"), metav1.DeleteOptions{PropagationPolicy: &background})
		}
		errs = append(errs, gone(err))
	}
	for _, ns := range s.namespaces {
		errs = append(errs, gone(core.Pods(ns).DeleteCollection(ctx, atOnce, metav1.ListOptions{})))
	}
	errs = append(errs, until(ctx, 40*time.Second, "the namespaces are gone", func() (bool, error) { return s.empty(ctx, atOnce) }))
	errs = append(errs, core.Nodes().DeleteCollection(ctx, atOnce, metav1.ListOptions{}))
	errs = append(errs, core.Events("default").DeleteCollection(ctx, atOnce, metav1.ListOptions{}))
	return errors.Join(errs...)
}

// empty deletes what pods there still are, until none is made any more.
func (s *set) empty(ctx context.Context, atOnce metav1.DeleteOptions) (bool, error) {
	left := 0
	for _, ns := range s.namespaces {
		if _, err := s.c.client.CoreV1().Namespaces().Get(ctx, ns, metav1.GetOptions{}); apierrors.IsNotFound(err) {
			continue
		}
		left++
		if err := gone(s.c.client.CoreV1().Pods(ns).DeleteCollection(ctx, atOnce, metav1.ListOptions{})); err != nil {
			return false, err
		}
	}
	return left == 0, fmt.Errorf("%d are left", left)
}

func gone(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
