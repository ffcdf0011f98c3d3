package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Pattern is what is wrong TOGETHER: symptoms that one problem makes.
type Pattern struct {
	Detector string
	Category string
	Cause    string
	// Key is what makes it one problem (the registry, the node, the limit).
	// With detector and cause it makes the ID, so it must be the same run
	// after run: no pod names, no times.
	Key  string
	Tier Tier
	// Title is a sentence that a person would write, with numbers.
	Title string
	// Symptoms that make the pattern; every one's object is affected.
	Symptoms []*symptom.Symptom
	// Nodes that the pattern is about.
	Nodes []string
	// Also are further affected pods, such as those that sat on a lost node.
	Also []*cluster.Pod
	// Factors that the failure itself names.
	Factors []Factor
	// Change that the pattern is itself about (a rollout), if any.
	Change *cluster.Change
	// Contrast is set when the healthy counterpart of the affected was seen at
	// the same time (an old revision beside the new one).
	Contrast bool
	// Timing is set on patterns in time.
	Timing *Timing

	Probable        Cause
	Counter         []string
	Investigation   []Command
	Recommendations []Recommendation
}

// Factor is one value of an attribute that the affected share.
type Factor struct {
	Attribute string // of the contract: registry, node, memoryLimit, …
	Value     string
	// Holds reports for a pod whether it has this value; nil when it cannot
	// be told of healthy pods (an exit code, say).
	Holds func(*cluster.Pod) bool
	// Note says in words how the affected are known to have it; may be empty.
	Note string
	// Placement is set on attributes that differ between replicas (a node):
	// they are counted by pods, template attributes by workloads.
	Placement bool
}

// OnNode is the factor of sitting on one node.
func OnNode(node string) Factor {
	return Factor{Attribute: "node", Value: node, Placement: true, Holds: func(p *cluster.Pod) bool { return p.Node == node }}
}

// Cause is the probable cause in words.
type Cause struct {
	Text       string
	Confidence Confidence
	Why        string
}

// Confidence in a probable cause.
type Confidence string

// The three grades of confidence.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Tier is how well a claim is founded; it decides which words may be used.
type Tier string

// The tiers, best first.
const (
	Stated      Tier = "stated"      // Kubernetes or the container names it itself
	Strong      Tier = "strong"      // concentrated far beyond chance
	Suggestive  Tier = "suggestive"  // may be related
	Observation Tier = "observation" // counts only
)

// Command is something to type, and what it shows. Commands only read.
type Command struct {
	Why     string
	Command string
}

// Urgency of a recommendation.
type Urgency string

// The urgencies, most pressing first.
const (
	Immediate  Urgency = "immediate"
	Soon       Urgency = "soon"
	Later      Urgency = "later"
	Monitoring Urgency = "monitoring"
)

// Recommendation is something to do about a pattern.
type Recommendation struct {
	Urgency  Urgency
	Text     string
	Commands []string
}

// ID names the pattern: detector, cause and a hash of these and the key. The
// same problem has the same ID in every run. A cause may be the reason of an
// event, which is anybody's text, and an ID is typed into shells: it is made of
// letters, digits and hyphens, with "_" for everything else.
func (p *Pattern) ID() string {
	sum := sha256.Sum256([]byte(p.Detector + "\x00" + p.Cause + "\x00" + p.Key))
	cause := notOfIDs.ReplaceAllString(strings.ToLower(p.Cause[:min(len(p.Cause), longestCause)]), "_")
	return strings.ToLower(p.Detector) + "-" + cause + "-" + hex.EncodeToString(sum[:3])
}

var notOfIDs = regexp.MustCompile(`[^a-z0-9-]+`)

// longestCause is how much of a cause an ID tells, in bytes: that of all causes of
// ours, and the longest reason that the API takes.
const longestCause = 128
