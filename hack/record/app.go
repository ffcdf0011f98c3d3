package main

import (
	"maps"
	"strings"
)

// object is an object of the API, or a part of one.
type object = map[string]any

// app is a workload to be: what differs from one to the next.
type app struct {
	kind, ns, name, image string
	replicas              int
	container             object            // more fields of its first container
	pod                   object            // more fields of its pods' spec
	spec                  object            // more fields of the workload's spec
	sidecars              []object          // more containers
	labels                map[string]string // of its pods
	play                  map[string]string // annotations of the pods, without prefix: how they fare
	service               bool
}

// ref is how truth files name a workload.
func (a *app) ref() string { return a.ns + "/" + a.name }

// main is the name of its first container.
func (a *app) main() string {
	if name, ok := a.container["name"].(string); ok {
		return name
	}
	return a.name
}

// env adds a variable to the first container.
func (a *app) env(name string, value any) *app {
	variable := object{"name": name}
	if s, ok := value.(string); ok {
		variable["value"] = s
	} else {
		variable["valueFrom"] = value
	}
	list, _ := a.container["env"].([]any)
	a.container["env"] = append(list, variable)
	return a
}

// volume mounts one into the first container.
func (a *app) volume(name string, source object) *app {
	volumes, _ := a.pod["volumes"].([]any)
	a.pod["volumes"] = append(volumes, with(object{"name": name}, source))
	mounts, _ := a.container["volumeMounts"].([]any)
	a.container["volumeMounts"] = append(mounts, object{"name": name, "mountPath": "/var/" + name})
	return a
}

func (a *app) requests(cpu, memory string) *app {
	a.container["resources"] = object{"requests": object{"cpu": cpu, "memory": memory}}
	return a
}

func (a *app) limit(memory string) *app {
	a.container["resources"] = object{"requests": object{"cpu": "50m", "memory": memory}, "limits": object{"memory": memory}}
	return a
}

// with is a copy of an object with the fields of others.
func with(o object, more ...object) object {
	out := maps.Clone(o)
	for _, m := range more {
		maps.Copy(out, m)
	}
	return out
}

func (a *app) template() object {
	annotations := object{}
	for key, value := range a.play {
		annotations[prefix+key] = value
	}
	labels := object{"app": a.name}
	for key, value := range a.labels {
		labels[key] = value
	}
	containers := []any{with(object{"name": a.name, "image": a.image}, a.container)}
	for _, s := range a.sidecars {
		containers = append(containers, s)
	}
	return object{
		"metadata": object{"labels": labels, "annotations": annotations},
		"spec":     with(object{"containers": containers}, a.pod),
	}
}

// manifest is the workload as it is applied.
func (a *app) manifest() object {
	template := a.template()
	spec := object{"template": template, "selector": object{"matchLabels": object{"app": a.name}}}
	version := "apps/v1"
	switch a.kind {
	case "Deployment":
		spec["replicas"] = a.replicas
	case "StatefulSet":
		spec["replicas"], spec["serviceName"] = a.replicas, a.name
	case "DaemonSet":
	case "Job":
		version = "batch/v1"
		delete(spec, "selector")
		never(template)
	case "CronJob":
		version = "batch/v1"
		never(template)
		jobSpec := with(object{"template": template}, part(a.spec, "jobTemplate"))
		return a.whole(version, with(object{"jobTemplate": object{"spec": jobSpec}}, without(a.spec, "jobTemplate")))
	}
	return a.whole(version, with(spec, a.spec))
}

func never(template object) {
	if spec := part(template, "spec"); spec["restartPolicy"] == nil {
		spec["restartPolicy"] = "Never"
	}
}

func part(o object, key string) object {
	p, _ := o[key].(object)
	return p
}

func without(o object, key string) object {
	out := maps.Clone(o)
	delete(out, key)
	return out
}

func (a *app) whole(version string, spec object) object {
	return object{
		"apiVersion": version, "kind": a.kind,
		"metadata": object{"name": a.name, "namespace": a.ns, "labels": object{"app": a.name, "app.kubernetes.io/part-of": a.ns}},
		"spec":     spec,
	}
}

func (a *app) serviceObject() object {
	port := object{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}
	if a.name == "coredns" {
		port = object{"name": "dns", "port": 53, "targetPort": 53, "protocol": "UDP"}
	}
	spec := object{"selector": object{"app": a.name}, "ports": []any{port}}
	if a.kind == "StatefulSet" {
		spec["clusterIP"] = "None"
	}
	return object{"apiVersion": "v1", "kind": "Service", "metadata": object{"name": a.name, "namespace": a.ns, "labels": object{"app": a.name}}, "spec": spec}
}

// tagOf and repositoryOf are the parts of an image before and behind its tag.
func tagOf(image string) string { return image[strings.LastIndex(image, ":")+1:] }

func repositoryOf(image string) string { return image[:strings.LastIndex(image, ":")] }
