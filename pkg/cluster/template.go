package cluster

import (
	"slices"
	"strings"
)

// Template is what a pod spec asks for: the part that all pods of one
// revision have in common.
type Template struct {
	Containers     []ContainerSpec
	ServiceAccount string
	PriorityClass  string
	RestartPolicy  string
	HostNetwork    bool
	MemoryLimit    string // of the pod as a whole, where one is set
	PullSecrets    []string
	ConfigMaps     []ConfigRef
	Secrets        []ConfigRef
	Claims         []string
	// Endpoints are the hosts that environment values and arguments name:
	// declared dependencies. The values themselves are not kept.
	Endpoints []Endpoint
	// Env are the names of the environment variables, with where each comes
	// from and a sum of its value, so that values can be compared unseen.
	Env []EnvVar
	// Mounts are where containers find their volumes.
	Mounts []Mount
	// HostPorts are the ports of the node that are asked for: "8080/TCP".
	HostPorts []string
	// NodeSelector and required node affinity, as "key=value" or
	// "key In (a,b)", sorted; of several terms of affinity one is enough, and
	// they stand as one: "key In (a,b) and other Exists or third Exists".
	NodeSelector []string
	Tolerations  []Toleration
	// PodAffinity is set when pod affinity, anti-affinity or topology spread
	// is required.
	PodAffinity bool
	// RestartedAt is the annotation that `kubectl rollout restart` writes.
	RestartedAt string
	// Security is the pod's security context, as ContainerSpec.Security.
	Security string
}

// Container is what the template asks for a container, nil if it has none of
// that name.
func (t *Template) Container(name string) *ContainerSpec {
	for i := range t.Containers {
		if t.Containers[i].Name == name {
			return &t.Containers[i]
		}
	}
	return nil
}

// EnvVar is one variable of a container's environment. Its value is not kept.
type EnvVar struct {
	Container string
	Name      string
	// From is "" for a literal value, else "ConfigMap name/key",
	// "Secret name/key" or "field path".
	From string
	// Sum is a hash of a literal value: equal values have equal sums.
	Sum uint64
}

// Mount is a volume in a container's file system.
type Mount struct {
	Container, Path string
	// Kind is PersistentVolumeClaim, ConfigMap or Secret, and Name the
	// object's; Kind is EmptyDir, or empty for volumes of any other sort.
	Kind, Name string
	SubPath    bool
}

// MountAt is the volume that a path of a container lies on, nil for the
// container's own file system.
func (t *Template) MountAt(container, path string) *Mount {
	var best *Mount
	for i := range t.Mounts {
		m := &t.Mounts[i]
		dir := strings.TrimSuffix(m.Path, "/")
		if m.Container == container && (path == dir || strings.HasPrefix(path, dir+"/")) && (best == nil || len(m.Path) > len(best.Path)) {
			best = m
		}
	}
	return best
}

// Toleration of a taint; empty Key with Operator Exists tolerates all.
type Toleration struct{ Key, Operator, Value, Effect string }

// ContainerSpec is what a template asks for one container. Quantities are in
// canonical form (128Mi, 500m), empty when unset.
type ContainerSpec struct {
	Name          string
	Role          Role
	Image         string
	PullPolicy    string
	MemoryLimit   string
	MemoryRequest string
	CPULimit      string
	CPURequest    string
	Readiness     Probe
	Liveness      Probe
	Startup       Probe
	// Command is a hash of command and arguments: equal ones have equal sums.
	Command uint64
	// Extended are the other resources that are asked for: "nvidia.com/gpu=1".
	Extended string
	// Security are the fields of the security context that are set:
	// "runAsUser=1000 readOnlyRootFilesystem=true -ALL".
	Security string
}

// Probe is what a template asks the kubelet to try; the zero Probe is none.
type Probe struct {
	Handler string // "http :8080/ready", "tcp :5432", "exec", "grpc :9000"
	// Delay, Period and Timeout are in seconds, Failures a number of tries, as
	// the API server defaulted them.
	Delay, Period, Timeout, Failures int32
}

// Exists reports whether there is such a probe.
func (p Probe) Exists() bool { return p.Handler != "" }

// ConfigRef is a reference to a ConfigMap or Secret.
type ConfigRef struct {
	Name string
	// Via says when a change of the object reaches the program: "env" and
	// "subPath" at the container's next start, "volume" within minutes.
	Via      string
	Optional bool
	Key      string // the one key that is referred to; empty for all
	Volume   string // the volume that refers to it, if one does
}

// Endpoint is a host that a container was told to talk to.
type Endpoint struct {
	Host string
	Port string // empty when not given
	From string // where it stands: "env VCS_URL", "args"
}

// Equal reports whether two templates ask for the same.
func (t *Template) Equal(o *Template) bool {
	return t.ServiceAccount == o.ServiceAccount &&
		t.PriorityClass == o.PriorityClass &&
		t.RestartPolicy == o.RestartPolicy &&
		t.HostNetwork == o.HostNetwork &&
		t.MemoryLimit == o.MemoryLimit &&
		t.RestartedAt == o.RestartedAt &&
		t.Security == o.Security &&
		t.PodAffinity == o.PodAffinity &&
		t.asksAlike(o)
}

func (t *Template) asksAlike(o *Template) bool {
	return slices.Equal(t.Containers, o.Containers) &&
		slices.Equal(t.PullSecrets, o.PullSecrets) &&
		slices.Equal(t.ConfigMaps, o.ConfigMaps) &&
		slices.Equal(t.Secrets, o.Secrets) &&
		slices.Equal(t.Claims, o.Claims) &&
		slices.Equal(t.Endpoints, o.Endpoints) &&
		slices.Equal(t.Env, o.Env) &&
		slices.Equal(t.Mounts, o.Mounts) &&
		slices.Equal(t.HostPorts, o.HostPorts) &&
		slices.Equal(t.NodeSelector, o.NodeSelector) &&
		slices.Equal(t.Tolerations, o.Tolerations)
}

// ConfiguredBy reports whether the containers get values or files of a
// ConfigMap or Secret of their namespace.
func (t *Template) ConfiguredBy(config Ref) bool {
	refs := t.ConfigMaps
	if config.Kind == "Secret" {
		refs = t.Secrets
	}
	return slices.ContainsFunc(refs, func(r ConfigRef) bool { return r.Name == config.Name })
}

// PullsWith reports whether images are pulled with a Secret of the namespace.
func (t *Template) PullsWith(config Ref) bool {
	return config.Kind == "Secret" && slices.Contains(t.PullSecrets, config.Name)
}

// RefersTo reports whether a template refers to a ConfigMap or Secret of its
// namespace in whatever way.
func (t *Template) RefersTo(config Ref) bool { return t.ConfiguredBy(config) || t.PullsWith(config) }
