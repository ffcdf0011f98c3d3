package cluster

import "slices"

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
	// RestartedAt is the annotation that `kubectl rollout restart` writes.
	RestartedAt string
}

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
	HasReadiness  bool
	HasLiveness   bool
	HasStartup    bool
}

// ConfigRef is a reference to a ConfigMap or Secret.
type ConfigRef struct {
	Name     string
	Via      string // env, volume
	Optional bool
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
		slices.Equal(t.Containers, o.Containers) &&
		slices.Equal(t.PullSecrets, o.PullSecrets) &&
		slices.Equal(t.ConfigMaps, o.ConfigMaps) &&
		slices.Equal(t.Secrets, o.Secrets) &&
		slices.Equal(t.Claims, o.Claims) &&
		slices.Equal(t.Endpoints, o.Endpoints)
}
