package main

import (
	"fmt"
	"time"
)

// admissionPlays are refused by the real admission chain.
func admissionPlays() []incident {
	return []incident{
		{"admission-quota", (*set).quota},
		{"admission-quota-must-specify", (*set).quotaUnspecified},
		{"admission-limit-range", (*set).limitRange},
		{"admission-pod-security", (*set).podSecurity},
		{"admission-webhook-down", (*set).webhookDown},
		{"admission-webhook-denies", (*set).webhookDenies},
		{"admission-policy", (*set).policy},
	}
}

// refused deploys what will not be let in, and waits until that is said.
func (s *set) refused(cause string, apps ...*app) {
	s.deploy(apps...)
	for _, a := range apps {
		s.event(a.ns, "FailedCreate", 1)
	}
	s.rest(3 * time.Second)
	s.root("admission", cause, apps...)
	s.follows("rollout-failure|rollout-cascade", "shared-factor|burst")
}

func (s *set) quota() {
	spaces := s.background(3, 2)
	ns := s.namespace()
	a := s.app(ns).requests("500m", "128Mi")
	a.replicas = 2
	s.put(object{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": object{"name": "compute", "namespace": ns}, "spec": object{"hard": object{"requests.cpu": "1200m", "pods": "20"}}})
	s.deploy(a)
	s.begins()
	a.replicas = s.between(4, 8)
	s.refused("quota", a)
	s.tells(fmt.Sprintf("%s was scaled up beyond the quota of its namespace; %s is well", a.ref(), spaces[0]))
}

func (s *set) quotaUnspecified() {
	s.background(3, 2)
	ns := s.namespace()
	s.put(object{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": object{"name": "limits", "namespace": ns}, "spec": object{"hard": object{"limits.memory": "8Gi"}}})
	s.begins()
	a := s.app(ns)
	s.refused("quota", a)
	s.tells(a.ref() + " names no memory limit, which the quota of its namespace asks for")
}

func (s *set) limitRange() {
	s.background(3, 2)
	ns := s.namespace()
	s.put(object{"apiVersion": "v1", "kind": "LimitRange", "metadata": object{"name": "bounds", "namespace": ns}, "spec": object{"limits": []any{
		object{"type": "Container", "max": object{"memory": "1Gi"}, "default": object{"memory": "256Mi"}},
	}}})
	s.begins()
	a := s.app(ns).limit(fmt.Sprintf("%dGi", s.between(2, 6)))
	s.refused("limit-range", a)
	s.tells(a.ref() + " wants more memory than the LimitRange of its namespace allows")
}

func (s *set) podSecurity() {
	s.background(3, 2)
	ns := s.namespace("pod-security.kubernetes.io/enforce", s.of([]string{"restricted", "baseline"}))
	s.begins()
	pair := s.apps(ns, 2)
	for _, a := range pair {
		a.pod["hostNetwork"] = true
		a.container["securityContext"] = object{"privileged": true}
	}
	s.refused("pod-security", pair...)
	s.tells("the Pod Security standard of " + ns + " forbids what two workloads ask for")
}

// webhookDown: a webhook that has to be asked has no endpoints; nothing new is
// let in, in any namespace.
func (s *set) webhookDown() {
	spaces := s.background(3, 3)
	home := s.namespace()
	hook := s.app(home)
	hook.replicas, hook.service = 1, true
	s.deploy(hook)
	s.begins()
	hook.replicas = 0
	s.deploy(hook)
	name := s.of([]string{"validate", "check", "guard"}) + ".policy." + s.of(orgs) + ".example"
	s.put(webhook(name, object{"service": object{"name": hook.name, "namespace": home, "path": "/validate", "port": 80}}, home))
	s.rest(2 * time.Second)
	var all []*app
	for _, ns := range spaces {
		all = append(all, s.app(ns))
	}
	s.refused("webhook-down", all...)
	s.tells("webhook " + name + " does not answer: no pod is let in, in three namespaces")
}

// webhook is a validating one for pods in all namespaces but its own.
func webhook(name string, client object, except string) object {
	return object{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": object{"name": name},
		"webhooks": []any{object{
			"name": name, "clientConfig": client, "sideEffects": "None", "admissionReviewVersions": []any{"v1"}, "timeoutSeconds": 2,
			"rules":             []any{object{"apiGroups": []any{""}, "apiVersions": []any{"v1"}, "operations": []any{"CREATE"}, "resources": []any{"pods"}}},
			"namespaceSelector": object{"matchExpressions": []any{object{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": []any{except, "kube-system"}}}},
		}},
	}
}

// webhookDenies: one that answers, on this machine, and says no.
func (s *set) webhookDenies() {
	spaces := s.background(3, 2)
	s.begins()
	message := s.of([]string{
		"[require-owner-label] you must provide labels: {\"owner\"}",
		"images must come from registry.corp.example",
		"validation error: An image tag is required. rule validate-image-tag failed at path /spec/containers/0/image/",
	})
	url, bundle, stop := s.deny(message)
	defer stop()
	name := s.of([]string{"validation.gatekeeper.sh", "validate.kyverno.svc-fail", "pods.policy.corp.example"})
	s.put(webhook(name, object{"url": url, "caBundle": bundle}, "none"))
	s.rest(time.Second)
	s.refused("webhook-denied", s.app(spaces[0]))
	s.tells("webhook " + name + " denies a new workload: " + message)
}

func (s *set) policy() {
	spaces := s.background(3, 2)
	name := s.of([]string{"no-latest-tag", "require-limits", "owners-only"}) + "." + s.of(orgs) + ".example"
	s.put(object{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": object{"name": name},
		"spec": object{
			"failurePolicy":    "Fail",
			"matchConstraints": object{"resourceRules": []any{object{"apiGroups": []any{""}, "apiVersions": []any{"v1"}, "operations": []any{"CREATE"}, "resources": []any{"pods"}}}},
			"validations":      []any{object{"expression": "object.spec.containers.all(c, has(c.resources.limits) && 'memory' in c.resources.limits)", "message": "all containers must have a memory limit"}},
		},
	})
	s.begins()
	s.put(object{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding", "metadata": object{"name": name},
		"spec": object{"policyName": name, "validationActions": []any{"Deny"}},
	})
	s.rest(3 * time.Second)
	s.refused("policy", s.app(spaces[0]))
	s.tells("admission policy " + name + " forbids a new workload")
}
