package report

import (
	"strconv"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func podObject(p *cluster.Pod) object {
	o, meta := newObject(p.Ref, p.Created)
	meta.put("labels", p.Labels).put("ownerReferences", owners(p.Owner)).at("deletionTimestamp", p.Deleting)
	status := object{}.put("phase", p.Phase).put("reason", p.Reason).put("message", p.Message).at("startTime", p.Started).
		put("podIP", p.IP).put("qosClass", p.QOSClass).put("conditions", conditions(p.Conditions))
	for _, c := range p.Containers {
		list := map[cluster.Role]string{cluster.Init: "initContainerStatuses", cluster.Sidecar: "initContainerStatuses", cluster.Ephemeral: "ephemeralContainerStatuses"}[c.Role]
		if list == "" {
			list = "containerStatuses"
		}
		all, _ := status[list].([]object)
		status[list] = append(all, containerStatus(&c))
	}
	return o.put("spec", podSpec(p.Template).put("nodeName", p.Node)).put("status", status)
}

func containerStatus(c *cluster.Container) object {
	return object{"ready": c.Ready, "restartCount": c.Restarts}.put("name", c.Name).put("image", c.Image).put("imageID", c.ImageID).
		put("state", containerState(&c.State)).put("lastState", containerState(c.Last())).
		put("resources", object{}.put("limits", object{}.put("memory", c.MemoryLimit).put("cpu", c.CPULimit)))
}

func containerState(s *cluster.State) object {
	if s.Phase == "" {
		return nil
	}
	inner := object{}.put("reason", s.Reason).put("message", s.Message).at("startedAt", s.StartedAt).at("finishedAt", s.FinishedAt)
	if s.Phase == cluster.Terminated {
		inner["exitCode"] = s.ExitCode
	}
	return object{s.Phase: inner}
}

// podSpec is what a template asks for.
func podSpec(t *cluster.Template) object {
	o := object{}
	if t == nil {
		return o
	}
	for i := range t.Containers {
		list := map[cluster.Role]string{cluster.Init: "initContainers", cluster.Sidecar: "initContainers", cluster.Ephemeral: "ephemeralContainers"}[t.Containers[i].Role]
		if list == "" {
			list = "containers"
		}
		all, _ := o[list].([]object)
		o[list] = append(all, containerSpec(t, &t.Containers[i]))
	}
	return o.put("serviceAccountName", t.ServiceAccount).put("priorityClassName", t.PriorityClass).put("restartPolicy", t.RestartPolicy).
		put("hostNetwork", t.HostNetwork).put("imagePullSecrets", convert(t.PullSecrets, func(s string) object { return object{"name": s} })).
		put("tolerations", convert(t.Tolerations, func(x cluster.Toleration) object {
			return object{}.put("key", x.Key).put("operator", x.Operator).put("value", x.Value).put("effect", x.Effect)
		}))
}

func containerSpec(t *cluster.Template, c *cluster.ContainerSpec) object {
	limits := object{}.put("memory", c.MemoryLimit).put("cpu", c.CPULimit)
	requests := object{}.put("memory", c.MemoryRequest).put("cpu", c.CPURequest)
	o := object{}.put("name", c.Name).put("image", c.Image).put("imagePullPolicy", c.PullPolicy).
		put("resources", object{}.put("limits", limits).put("requests", requests)).
		put("readinessProbe", probe(&c.Readiness)).put("livenessProbe", probe(&c.Liveness)).put("startupProbe", probe(&c.Startup))
	if c.Role == cluster.Sidecar {
		o["restartPolicy"] = "Always"
	}
	var env []object
	for _, e := range t.Env {
		if e.Container == c.Name {
			env = append(env, variable(&e))
		}
	}
	return o.put("env", env)
}

// variable is a variable of an environment with where it comes from. A value
// is not kept, and so not there.
func variable(e *cluster.EnvVar) object {
	o := object{"name": e.Name}
	kind, from, _ := strings.Cut(e.From, " ")
	name, key, _ := strings.Cut(from, "/")
	switch kind {
	case "ConfigMap":
		o["valueFrom"] = object{"configMapKeyRef": object{"name": name, "key": key}}
	case "Secret":
		o["valueFrom"] = object{"secretKeyRef": object{"name": name, "key": key}}
	case "field":
		o["valueFrom"] = object{"fieldRef": object{"fieldPath": from}}
	}
	return o
}

func probe(p *cluster.Probe) object {
	if !p.Exists() {
		return nil
	}
	o := object{}.put("initialDelaySeconds", p.Delay).put("periodSeconds", p.Period).put("timeoutSeconds", p.Timeout).put("failureThreshold", p.Failures)
	how, at, _ := strings.Cut(p.Handler, " ")
	port, path, hasPath := strings.Cut(strings.TrimPrefix(at, ":"), "/")
	switch how {
	case "http", "https":
		get := object{"port": portOf(port)}
		if hasPath {
			get["path"] = "/" + path
		}
		o["httpGet"] = get
	case "tcp":
		o["tcpSocket"] = object{"port": portOf(port)}
	case "grpc":
		if n, err := strconv.Atoi(port); err == nil {
			o["grpc"] = object{"port": n}
		}
	case "exec":
		o["exec"] = object{}
	}
	return o
}

// portOf is a port by number, or by name.
func portOf(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return text
}
