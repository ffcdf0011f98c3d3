package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// kinds are what is recorded, by the name of its file.
var kinds = []struct {
	file     string
	resource schema.GroupVersionResource
	global   bool
	metaOnly bool // neither values of ConfigMaps nor, ever, of Secrets
}{
	{file: "pods", resource: core("pods")},
	{file: "events", resource: core("events")},
	{file: "nodes", resource: core("nodes"), global: true},
	{file: "services", resource: core("services")},
	{file: "persistentvolumeclaims", resource: core("persistentvolumeclaims")},
	{file: "configmaps-meta", resource: core("configmaps"), metaOnly: true},
	{file: "secrets-meta", resource: core("secrets"), metaOnly: true},
	{file: "deployments", resource: group("apps", "deployments")},
	{file: "replicasets", resource: group("apps", "replicasets")},
	{file: "statefulsets", resource: group("apps", "statefulsets")},
	{file: "daemonsets", resource: group("apps", "daemonsets")},
	{file: "controllerrevisions", resource: group("apps", "controllerrevisions")},
	{file: "jobs", resource: group("batch", "jobs")},
	{file: "cronjobs", resource: group("batch", "cronjobs")},
	{file: "endpointslices", resource: group("discovery.k8s.io", "endpointslices")},
}

func core(name string) schema.GroupVersionResource { return group("", name) }

func group(name, resource string) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: name, Version: "v1", Resource: resource}
}

// eventTTL is how long an API server keeps events by default (--event-ttl).
const eventTTL = time.Hour

// snapshot reads all kinds and tells them as the set's clock says.
func (s *set) snapshot() (map[string][]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	s.linger()
	c := s.clock(time.Now().UTC())
	s.truth.At = c.at.Format(time.RFC3339)
	files := map[string][]byte{}
	for _, kind := range kinds {
		items, err := s.list(s.ctx, kind.resource, kind.global)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			if kind.metaOnly {
				delete(item, "data")
				delete(item, "binaryData")
			}
			hide(item)
			if kind.file == "events" {
				c.sinceBegan(item)
			}
			c.retell(item, c.share(item))
		}
		if kind.file == "nodes" {
			heartbeats(items, c)
		}
		if kind.file == "events" {
			madeAtFirst(items)
			items = slices.DeleteFunc(items, func(e object) bool { return c.at.Sub(lastSeen(e)) > eventTTL })
		}
		data, err := json.MarshalIndent(object{"apiVersion": "v1", "items": items, "kind": "List", "metadata": object{"resourceVersion": ""}}, "", " ")
		if err != nil {
			return nil, err
		}
		files[kind.file+".json"] = append(data, '\n')
	}
	return files, nil
}

// shortest is how long an incident takes at least: a shorter one would have to
// be stretched too much.
const shortest = 8 * time.Second

func (s *set) linger() {
	if left := shortest - time.Since(s.began); left > 0 && left <= shortest {
		s.rest(left)
	}
}

// list reads the objects of the set's namespaces, and events about its nodes,
// which are kept in namespace default.
func (s *set) list(ctx context.Context, resource schema.GroupVersionResource, global bool) ([]object, error) {
	found, err := s.c.dynamic.Resource(resource).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", resource.Resource, err)
	}
	items := []object{}
	for i := range found.Items {
		item := found.Items[i]
		if !global && !slices.Contains(s.namespaces, item.GetNamespace()) && (resource.Resource != "events" || item.GetNamespace() != "default") {
			continue
		}
		plain, err := decode(item.Object)
		if err != nil {
			return nil, err
		}
		items = append(items, plain)
	}
	slices.SortFunc(items, func(a, b object) int {
		return strings.Compare(text(a, "metadata", "namespace")+"/"+text(a, "metadata", "name"), text(b, "metadata", "namespace")+"/"+text(b, "metadata", "name"))
	})
	return items, nil
}

// decode makes plain JSON values of an object, numbers as they stand.
func decode(o object) (object, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out object
	return out, d.Decode(&out)
}

// prefix begins all annotations that steer the simulated kubelets.
const prefix = "fake.kubelet/"

// hide takes out what only a simulated cluster has: the annotations that steer
// it, and the name of who plays the kubelets.
func hide(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if strings.HasPrefix(strings.TrimPrefix(key, "f:"), prefix) {
				delete(v, key)
				continue
			}
			hide(item)
		}
		if v["manager"] == "kwok" {
			v["manager"] = "kubelet"
		}
		for _, name := range []string{"annotations", "f:annotations", "f:metadata"} {
			left, ok := v[name].(map[string]any)
			if _, dot := left["."]; ok && (len(left) == 0 || len(left) == 1 && dot) {
				delete(v, name)
			}
		}
	case []any:
		for _, item := range v {
			hide(item)
		}
	}
}

// heartbeats of living kubelets are at most five minutes old.
func heartbeats(nodes []object, c *clock) {
	for n, node := range nodes {
		conditions, _ := dig(node, "status", "conditions").([]any)
		for _, item := range conditions {
			condition, _ := item.(map[string]any)
			if condition["status"] == "Unknown" {
				continue
			}
			told := c.at.Add(-time.Duration(n*37%280) * time.Second)
			changed, err := time.Parse(time.RFC3339, fmt.Sprint(condition["lastTransitionTime"]))
			if err == nil && told.Before(changed) {
				told = changed
			}
			condition["lastHeartbeatTime"] = told.Format(time.RFC3339)
		}
	}
}

// madeAtFirst dates events by when they were first seen: a played one may have
// come into being with a count.
func madeAtFirst(events []object) {
	for _, e := range events {
		if at := text(e, "firstTimestamp"); at != "" {
			part(e, "metadata")["creationTimestamp"] = at
		}
	}
}

func lastSeen(event object) time.Time {
	var last time.Time
	for _, path := range [][]string{{"series", "lastObservedTime"}, {"lastTimestamp"}, {"eventTime"}, {"metadata", "creationTimestamp"}} {
		t, err := time.Parse(time.RFC3339Nano, text(event, path...))
		if err == nil && t.After(last) {
			last = t
		}
	}
	return last
}

func dig(o object, path ...string) any {
	var value any = o
	for _, key := range path {
		fields, _ := value.(map[string]any)
		value = fields[key]
	}
	return value
}

func text(o object, path ...string) string {
	s, _ := dig(o, path...).(string)
	return s
}
