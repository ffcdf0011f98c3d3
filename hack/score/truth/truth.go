// Package truth holds what is true of an incident: what a good report of it
// must and must not say.
package truth

import (
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// Truth says what a good report must and must not say of an incident. An
// incident without roots is a healthy cluster: of it, nothing at warning or
// above is true unless it is tolerated.
type Truth struct {
	Incident     string     `json:"incident"`
	At           string     `json:"at"`                     // the moment of the recording
	Roots        []Expected `json:"roots"`                  // each must come out unexplained, at warning or above
	Consequences []Expected `json:"consequences,omitempty"` // may be told, explained by something
	Tolerated    []Expected `json:"tolerated,omitempty"`    // true of the set-up, counts neither way
}

// Expected describes a pattern; an empty list allows anything.
type Expected struct {
	Detector  []string `json:"detector,omitempty"`
	Cause     []string `json:"cause,omitempty"`
	Workloads []string `json:"workloads,omitempty"` // namespace/name; all must be among the affected
	Nodes     []string `json:"nodes,omitempty"`     // all must be among the affected
	Factor    *Factor  `json:"factor,omitempty"`    // must be among the shared factors
	Change    *Change  `json:"change,omitempty"`    // must be among the preceding changes
}

// Factor is what the affected share.
type Factor struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

// Change is what was changed before; an empty Kind allows any.
type Change struct {
	Kind      string `json:"kind,omitempty"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// Read reads the truth.yaml of an incident's folder.
func Read(folder string) (Truth, error) {
	var t Truth
	raw, err := os.ReadFile(filepath.Join(folder, "truth.yaml")) //nolint:gosec // the user names the folder
	if err != nil {
		return t, err
	}
	if err := yaml.UnmarshalStrict(raw, &t); err != nil {
		return t, fmt.Errorf("reading %s/truth.yaml: %w", folder, err)
	}
	return t, nil
}
