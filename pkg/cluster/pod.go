package cluster

import "time"

// Pod is a pod with what it asked for (Template) and what became of it.
type Pod struct {
	Ref
	Created time.Time
	// Deleting is when deletion was asked for: deletionTimestamp less the
	// grace period, which the API adds to it. Zero unless being deleted.
	Deleting time.Time
	// Owner is the controller that made the pod (ReplicaSet, Job, …), zero
	// for a bare pod. Snapshot.WorkloadOf resolves it to the top.
	Owner    Ref
	Labels   map[string]string
	Node     string
	Template *Template // shared by all pods of one revision
	Phase    string
	Reason   string
	Message  string
	Started  time.Time // status.startTime: when the kubelet saw it
	IP       string
	QOSClass string
	// Static is set on mirrors of static pods: their node owns them, and their
	// events carry another UID.
	Static     bool
	Conditions []Condition
	Containers []Container // init, sidecar, regular and ephemeral ones
}

// Condition is one entry of any object's status.conditions.
type Condition struct {
	Type       string
	Status     string // True, False, Unknown
	Reason     string
	Message    string
	Transition time.Time // lastTransitionTime: moves only when Status changes
	Updated    time.Time // lastUpdateTime of Deployments, else zero
}

// Role says how a container takes part in its pod.
type Role string

// The four roles of containers.
const (
	Regular   Role = "container"
	Init      Role = "init"
	Sidecar   Role = "sidecar" // an init container with restartPolicy Always
	Ephemeral Role = "ephemeral"
)

// Container is the status of one container.
type Container struct {
	*ContainerIdentity // never nil
	Ready              bool
	Restarts           int32
	State              State
	Ended              *State `json:"Last"` // the termination before the present state, nil if there is none
}

// ContainerIdentity is what a container is. Replicas have it alike, so it is kept
// once for all of them and not to be changed.
type ContainerIdentity struct {
	Name    string
	Role    Role
	Image   string // as the runtime names it; Template has what was asked
	ImageID string
	// MemoryLimit and CPULimit are those of the running instance when the
	// status tells them (in-place resize), in canonical form; else empty.
	MemoryLimit string
	CPULimit    string
}

// Phase of a container.
const (
	Waiting    = "waiting"
	Running    = "running"
	Terminated = "terminated"
)

// State is a container's state: waiting, running or terminated; the zero
// State means none is told.
type State struct {
	Phase      string
	Reason     string
	Message    string
	ExitCode   int32
	StartedAt  time.Time
	FinishedAt time.Time
}

// Last is the termination before the present state, or the zero State: most
// containers have ended never, so it takes no room in them.
func (c *Container) Last() *State {
	if c.Ended == nil {
		return &State{}
	}
	return c.Ended
}

// Condition returns the pod's condition of a type, or the zero Condition.
func (p *Pod) Condition(typ string) Condition { return findCondition(p.Conditions, typ) }

// Ready reports whether the pod's Ready condition is True.
func (p *Pod) Ready() bool { return p.Condition("Ready").Status == "True" }

// Finished reports whether the pod is in a terminal phase.
func (p *Pod) Finished() bool { return p.Phase == "Succeeded" || p.Phase == "Failed" }

// Revision names the revision of its workload that the pod belongs to: the
// hash its controller labelled it with, else empty.
func (p *Pod) Revision() string {
	if h := p.Labels["pod-template-hash"]; h != "" {
		return h
	}
	return p.Labels["controller-revision-hash"]
}

// SpecOf is what the template asks for the named container, nil if unknown.
func (p *Pod) SpecOf(container string) *ContainerSpec {
	if p.Template == nil {
		return nil
	}
	return p.Template.Container(container)
}

func findCondition(cs []Condition, typ string) Condition {
	for i := range cs {
		if cs[i].Type == typ {
			return cs[i]
		}
	}
	return Condition{}
}
