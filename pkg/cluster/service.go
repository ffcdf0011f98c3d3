package cluster

import (
	"slices"
	"time"
)

// Service with what its EndpointSlices say of the backends.
type Service struct {
	Ref
	Created    time.Time
	Type       string
	ClusterIPs []string
	Selector   map[string]string
	// ExternalName is the host that a Service of this type stands for.
	ExternalName string
	// TargetPods and Addresses are what EndpointSlices name that somebody else
	// than Kubernetes' own controller wrote: the backends of a Service without a
	// selector. Pods by name, in the Service's namespace.
	TargetPods, Addresses []string
	// Ready and NotReady count the addresses of its EndpointSlices; both
	// are -1 when no EndpointSlices were read.
	Ready, NotReady int
	Writes          []Write
}

// Claim is a PersistentVolumeClaim.
type Claim struct {
	Ref
	Created      time.Time
	Phase        string
	StorageClass string
	Volume       string
	Provisioner  string // the annotation of whoever is to make the volume
	AccessModes  []string
	Conditions   []Condition
}

// Config is a ConfigMap or Secret, of which only metadata was ever asked: of
// the values of ConfigMaps, where they were read, the hosts that they name are
// kept and nothing else.
type Config struct {
	Ref
	Created   time.Time
	Writes    []Write
	Endpoints []Endpoint // From is the key
	// Release is set when it is the record of a Helm release.
	Release *Release
}

// Changed is when the object's content was last written by somebody: the
// newest write of who owns some of it, or its creation when no write is told.
// Where nobody's fields are known, any write counts; a label alone is none.
func (c *Config) Changed() (time.Time, Write) {
	w := LastWrite(slices.DeleteFunc(slices.Clone(c.Writes), func(w Write) bool { return !w.Data }))
	if w.Time.IsZero() {
		w = LastWrite(c.Writes)
	}
	if w.Time.Before(c.Created) {
		return c.Created, w
	}
	return w.Time, w
}
