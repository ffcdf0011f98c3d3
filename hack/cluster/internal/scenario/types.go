// Package scenario reads scenarios: what happens in a cluster, as data.
package scenario

import (
	"io/fs"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// DefaultTimeout is how long a step may take that says nothing else.
const DefaultTimeout = time.Minute

// Scenario is a folder with a scenario.yaml and the manifests that it applies.
type Scenario struct {
	Name        string   `json:"-"`
	Files       fs.FS    `json:"-"`
	Description string   `json:"description"`
	Include     []string `json:"include,omitempty"` // played before; each only once
	Steps       []Step   `json:"steps,omitempty"`
}

// Step does one thing: exactly one of the actions is set.
type Step struct {
	Say     string           `json:"say,omitempty"` // progress line instead of the step's own
	Timeout *metav1.Duration `json:"timeout,omitempty"`

	Apply          string           `json:"apply,omitempty"` // file with manifests
	Delay          *metav1.Duration `json:"delay,omitempty"`
	Wait           *Wait            `json:"wait,omitempty"`
	SetImage       *SetImage        `json:"set-image,omitempty"`
	RolloutRestart *Object          `json:"rollout-restart,omitempty"`
	Patch          *Patch           `json:"patch,omitempty"`
	Delete         *Object          `json:"delete,omitempty"`
	Annotate       *Annotate        `json:"annotate,omitempty"`
	KillNode       string           `json:"kill-node,omitempty"`
}

// Object names an object. Kind may be short where it is unambiguous.
type Object struct {
	APIVersion string `json:"apiVersion,omitempty"` // found by kind if empty
	Kind       string `json:"kind,omitempty"`       // Deployment if empty
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

// SetImage changes the image of a workload's first container.
type SetImage struct {
	Object `json:",inline"`
	Image  string `json:"image"`
}

// Patch merges into an object.
type Patch struct {
	Object      `json:",inline"`
	Subresource string         `json:"subresource,omitempty"`
	Merge       map[string]any `json:"merge"`
}

// Annotate sets annotations on objects that exist: on pods, or on a node. They
// are how stages are chosen; see stages/README.md.
type Annotate struct {
	Pods *Pods             `json:"pods,omitempty"`
	Node string            `json:"node,omitempty"`
	Set  map[string]string `json:"set"`
}

// Pods selects pods. Empty fields select all.
type Pods struct {
	Namespaces []string `json:"namespaces,omitempty"`
	Selector   string   `json:"selector,omitempty"` // label selector
	Node       string   `json:"node,omitempty"`
	Running    bool     `json:"running,omitempty"` // phase Running, not being deleted
	Count      *int     `json:"count,omitempty"`   // take as many, oldest first
}

// Wait waits for one condition.
type Wait struct {
	// Rollouts waits until every Deployment, StatefulSet and DaemonSet of the
	// namespaces is complete; of all namespaces if the list is empty.
	Rollouts *Rollouts `json:"rollouts,omitempty"`
	Pods     *PodCount `json:"pods,omitempty"`
	Node     *NodeIs   `json:"node,omitempty"`
	// Events waits for as many events of a reason.
	Events *Events `json:"events,omitempty"`
	// Condition waits for a condition of any object.
	Condition *Condition `json:"condition,omitempty"`
}

// Events counts the events of a reason in all of some namespaces.
type Events struct {
	Namespaces []string `json:"namespaces"`
	Reason     string   `json:"reason"`
	AtLeast    int      `json:"at-least"`
}

// Condition is one of an object's status.
type Condition struct {
	Object `json:",inline"`
	Type   string `json:"type"`
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"` // any if empty
}

// Rollouts selects workloads.
type Rollouts struct {
	Namespaces []string `json:"namespaces,omitempty"`
	Name       string   `json:"name,omitempty"`
}

// PodCount waits until as many of the selected pods are in a state.
type PodCount struct {
	Pods     `json:",inline"`
	Waiting  []string `json:"waiting,omitempty"` // one of these waiting reasons
	Phase    string   `json:"phase,omitempty"`
	Reason   string   `json:"reason,omitempty"` // reason of the pod's status
	Ready    *bool    `json:"ready,omitempty"`
	Restarts *int32   `json:"restarts,omitempty"` // at least
	Exactly  *int     `json:"exactly,omitempty"`
	AtLeast  *int     `json:"at-least,omitempty"`
}

// NodeIs waits for a node's condition, or for a taint.
type NodeIs struct {
	Name      string `json:"name"` // all nodes if empty
	Condition string `json:"condition,omitempty"`
	Status    string `json:"status,omitempty"`
	Taint     string `json:"taint,omitempty"`
}
