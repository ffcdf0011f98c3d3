package configdrift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// class is a group of fields that matter to the same failures.
type class string

const (
	image     class = "image"
	command   class = "command"
	env       class = "env"
	config    class = "ConfigMap reference"
	secret    class = "Secret reference"
	pull      class = "imagePullSecrets"
	account   class = "service account"
	memory    class = "memory"
	cpu       class = "CPU"
	extended  class = "other resources"
	probe     class = "probe"
	claims    class = "claims"
	placement class = "placement"
	ports     class = "host ports"
)

// relevance says which fields a failure of a kind can come from, what matters
// most first.
var relevance = map[symptom.Kind][]class{
	symptom.ImagePull:     {image, pull, account},
	symptom.OOM:           {memory, image, command, env, config},
	symptom.MissingConfig: {config, secret, account, pull},
	symptom.Environment:   {env, config, secret, image, command},
	symptom.Credentials:   {secret, env, config, account, image},
	symptom.RBAC:          {account, image},
	symptom.Version:       {image, env, config},
	symptom.Network:       {env, config, command, image},
	symptom.Start:         {image, command, config, secret},
	symptom.Scheduling:    {cpu, memory, extended, placement, ports, claims},
	symptom.Storage:       {claims, config, secret, placement},
	symptom.Admission:     {memory, cpu, account, image, ports, extended},
	symptom.Exit:          {image, command, env, config, secret, account, claims, memory},
	symptom.CrashLoop:     {image, command, env, config, secret, account, claims, memory},
	symptom.Probe:         {probe, cpu, image, command, env, config, secret, memory},
	symptom.Unready:       {probe, cpu, image, command, env, config, secret, memory},
	symptom.Throttling:    {cpu},
}

// tellingFirst are the kinds, that which says most of the cause first: a pod
// that cannot log in ends, too.
var tellingFirst = []symptom.Kind{symptom.ImagePull, symptom.OOM, symptom.MissingConfig, symptom.Environment, symptom.Credentials, symptom.RBAC,
	symptom.Version, symptom.Network, symptom.Start, symptom.Scheduling, symptom.Storage, symptom.Admission, symptom.Probe, symptom.Exit,
	symptom.CrashLoop, symptom.Unready, symptom.Throttling}

// field is one thing that a template says: what it is called, and what it
// says in a form that can be compared. Shown is empty for what must not be.
type field struct {
	class        class
	name         string
	value, shown string
}

// fields takes a template apart, by keys in which the names of namespaces and
// environments are masked: that they differ is what namespaces are for.
func fields(t *cluster.Template, namespace string) map[string]field {
	out := map[string]field{}
	add := func(c class, name, value, shown string) {
		if value != "" {
			out[neutral(name, namespace)] = field{c, name, neutral(value, namespace), shown}
		}
	}
	for _, c := range t.Containers {
		containerFields(func(cl class, name, value, shown string) { add(cl, name+of(t, c.Name), value, shown) }, &c)
	}
	envFields(add, t)
	referenceFields(add, t)
	return out
}

// of names the container of a field where a pod has several.
func of(t *cluster.Template, container string) string {
	if len(t.Containers) < 2 {
		return ""
	}
	return " of container " + container
}

// environments are the words by which environments are called.
var environments = map[string]bool{"dev": true, "develop": true, "development": true, "test": true, "testing": true, "qa": true, "uat": true, "int": true,
	"integration": true, "stage": true, "staging": true, "stg": true, "preprod": true, "preview": true, "sandbox": true, "demo": true, "canary": true,
	"prod": true, "production": true, "prd": true, "live": true}

// neutral masks in a name, a host or an image the namespace that it stands in
// and the words for environments.
func neutral(text, namespace string) string {
	isPart := func(r rune) bool {
		return r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	var out strings.Builder
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return !isPart(r) })
		if end < 0 {
			end = len(text)
		}
		out.WriteString(neutralWord(text[:end], namespace))
		text = text[end:]
		if _, size := utf8.DecodeRuneInString(text); text != "" {
			out.WriteString(text[:size])
			text = text[size:]
		}
	}
	return out.String()
}

func neutralWord(word, namespace string) string {
	if word == namespace {
		return "<namespace>"
	}
	parts := strings.Split(word, "-")
	for i, p := range parts {
		if environments[p] {
			parts[i] = "<environment>"
		}
	}
	return strings.Join(parts, "-")
}

// adder takes one field of a template.
type adder func(c class, name, value, shown string)

func containerFields(add adder, c *cluster.ContainerSpec) {
	add(image, "image", c.Image, c.Image)
	add(memory, "memory limit", c.MemoryLimit, c.MemoryLimit)
	add(memory, "memory request", c.MemoryRequest, c.MemoryRequest)
	add(cpu, "CPU limit", c.CPULimit, c.CPULimit)
	add(cpu, "CPU request", c.CPURequest, c.CPURequest)
	add(extended, "other resources", c.Extended, c.Extended)
	add(command, "command", fmt.Sprint(c.Command), "")
	for name, p := range map[string]cluster.Probe{"readiness probe": c.Readiness, "liveness probe": c.Liveness, "startup probe": c.Startup} {
		if p.Exists() {
			text := fmt.Sprintf("%s after %ds every %ds, timeout %ds, %d failures", p.Handler, p.Delay, p.Period, p.Timeout, p.Failures)
			add(probe, name, text, text)
		}
	}
}

// natural are variables that say which environment it is: they differ for
// that, and nothing is drifting.
var natural = []string{"ENV", "ENVIRONMENT", "APP_ENV", "NODE_ENV", "STAGE", "NAMESPACE", "POD_NAMESPACE", "REGION", "CLUSTER", "CLUSTER_NAME", "TENANT",
	"RAILS_ENV", "SPRING_PROFILES_ACTIVE", "ASPNETCORE_ENVIRONMENT", "DD_ENV"}

func envFields(add adder, t *cluster.Template) {
	hosts := map[string]string{}
	for _, e := range t.Endpoints {
		if name, ok := strings.CutPrefix(e.From, "env "); ok {
			hosts[name] += e.Host + ":" + e.Port + " "
		}
	}
	for _, v := range t.Env {
		if slices.Contains(natural, v.Name) {
			continue
		}
		// A host is compared instead of the value: what else a URL holds is
		// names and passwords, which are an environment's own.
		add(env, "env "+v.Name+of(t, v.Container), cmp.Or(v.From, hosts[v.Name], fmt.Sprint(v.Sum)), "")
	}
}

func referenceFields(add adder, t *cluster.Template) {
	add(account, "service account", t.ServiceAccount, t.ServiceAccount)
	add(pull, "imagePullSecrets", strings.Join(t.PullSecrets, ", "), strings.Join(t.PullSecrets, ", "))
	add(claims, "claims", strings.Join(t.Claims, ", "), strings.Join(t.Claims, ", "))
	add(ports, "host ports", strings.Join(t.HostPorts, ", "), strings.Join(t.HostPorts, ", "))
	for _, r := range t.ConfigMaps {
		add(config, "ConfigMap "+r.Name, "referred to", "")
	}
	for _, r := range t.Secrets {
		add(secret, "Secret "+r.Name, "referred to", "")
	}
	add(placement, "node selection", strings.Join(t.NodeSelector, ", "), strings.Join(t.NodeSelector, ", "))
	if t.PodAffinity {
		add(placement, "pod affinity or spread", "required", "required")
	}
	var tolerations []string
	for _, x := range t.Tolerations {
		if !strings.HasPrefix(x.Key, "node.kubernetes.io/") {
			tolerations = append(tolerations, fmt.Sprintf("%s %s %s %s", x.Key, x.Operator, x.Value, x.Effect))
		}
	}
	slices.Sort(tolerations)
	add(placement, "tolerations", strings.Join(tolerations, ", "), strings.Join(tolerations, ", "))
}
