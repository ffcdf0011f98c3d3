// Package sharedfactor describes the detector of failures that are
// concentrated on something without a known cause; its patterns are made when
// patterns are explained, which knows what others explain.
package sharedfactor

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Detector of failures without a known cause that share a place or an object.
var Detector = &detect.Detector{
	Name:     "shared-factor",
	Category: "any",
	Doc: `failures of no known cause that are concentrated on one node, zone, kernel, image or object

Means that workloads fail, perhaps each in its own way, and that what they share the
healthy do not: it says where to look, not why.

Reads the failures that no other detector knows a cause of, those pods too that fail
and of which only warnings tell that no detector knows, and of all pods the node with
its zone, pool, kernel and versions, images, ConfigMaps, Secrets, accounts and volumes.

Groups by the value that they are concentrated on. Values that the same pods have
cannot be told apart and are named together.

Speaks when failures of at least three workloads lie on one value far beyond chance:
exact tests between workloads, and within them for what differs between replicas, so
that replicas are not taken for witnesses; at most one claim in a hundred expected to
be false among all values compared (q up to 0.01), at least five times as often
affected as others (95 % sure of twice), and half of all such failures on it. What
one operator makes alike for many tenants is one witness, and two are needed.

Silent when another pattern names the same value or knows the cause, when only part
of a group of failures lies on it (its own shared factors tell that), on
namespaces, labels and limits, and where there are too few to compare.

What to do: compare what it names with its like: a node with its peers, an object
with what it was before.`,
	Causes: []string{"ATTRIBUTE"},
	Needs:  []cluster.Resource{cluster.Pods},
}
