package archive

import (
	"encoding/json"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// PastKind tells the file of the past from other JSON.
const PastKind = "Past"

// Past is what was known of the time before the snapshot, in the words of
// package cluster: no API has objects of it.
type Past struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Past       cluster.Past `json:"past"`
}

// ParsePast reads it.
func ParsePast(raw []byte) (cluster.Past, error) {
	var p Past
	err := json.Unmarshal(raw, &p)
	return p.Past, err
}

func isEmpty(p *cluster.Past) bool {
	return len(p.Watched)+len(p.Events)+len(p.Ends)+len(p.Turns)+len(p.Changes)+len(p.Series) == 0
}
