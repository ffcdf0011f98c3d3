package main

import (
	"encoding/base64"
	"fmt"
	"strings"
)

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, "|")
}

// background makes a cluster in which all is well: nodes, and workloads in so
// many namespaces. It returns the namespaces.
func (s *set) background(hosts, spaces int) []string {
	s.nodes(hosts)
	s.system()
	var out []string
	for range spaces {
		ns := s.namespace()
		out = append(out, ns)
		s.config(ns)
		for range s.between(2, 4) {
			s.deploy(s.healthy(ns))
		}
	}
	return out
}

// system is what every cluster runs in namespaces of its own.
func (s *set) system() {
	ns := s.namespaceCalled(s.once(func() string { return s.of([]string{"platform", "infra", "cluster-addons", "base"}) + "-" + s.hex(3) }))
	dns := s.app(ns)
	dns.name, dns.image, dns.replicas, dns.service = "coredns", "registry.k8s.io/coredns/coredns:v1.12.1", 2, true
	agent := s.app(ns)
	agent.kind, agent.service = "DaemonSet", false
	agent.pod = object{"tolerations": []any{object{"operator": "Exists"}}}
	s.deploy(dns, agent)
}

// healthy thinks of a workload that fares well, with the references of usual
// ones.
func (s *set) healthy(ns string) *app {
	a := s.app(ns).requests(fmt.Sprintf("%dm", s.between(1, 4)*50), fmt.Sprintf("%dMi", s.between(1, 4)*64))
	switch s.r.IntN(6) {
	case 0:
		a.kind = "StatefulSet"
	case 1:
		a.play["ready-after"] = "2s"
	case 2:
		a.env("LOG_LEVEL", object{"configMapKeyRef": object{"name": ns + "-settings", "key": "LOG_LEVEL"}})
	case 3:
		a.volume("settings", object{"configMap": object{"name": ns + "-settings"}})
	case 4:
		a.pod["imagePullSecrets"] = []any{object{"name": ns + "-pull"}}
	}
	a.container["readinessProbe"] = object{"httpGet": object{"path": "/healthz", "port": 8080}}
	return a
}

// config makes what the workloads of a namespace read.
func (s *set) config(ns string) {
	s.put(configMap(ns, ns+"-settings", "LOG_LEVEL", "REGION"),
		object{
			"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson",
			"metadata": object{"name": ns + "-pull", "namespace": ns},
			"data":     object{".dockerconfigjson": encoded(`{"auths":{}}`)},
		})
}

func configMap(ns, name string, keys ...string) object {
	data := object{}
	for _, key := range keys {
		data[key] = "x"
	}
	return object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": object{"name": name, "namespace": ns}, "data": data}
}

func secret(ns, name string, keys ...string) object {
	data := object{}
	for _, key := range keys {
		data[key] = encoded("x")
	}
	return object{"apiVersion": "v1", "kind": "Secret", "metadata": object{"name": name, "namespace": ns}, "data": data}
}

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
