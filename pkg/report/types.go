// Package report is the versioned report and its renderings. It decides
// nothing: what is told, and in which order, comes from correlate.
package report

import "time"

// APIVersion and Kind of the report.
const (
	APIVersion = "kubectl-patterns/v1alpha1"
	Kind       = "PatternReport"
)

// Report is what programs read. Fields are only ever added. All times are
// UTC, RFC 3339.
type Report struct {
	APIVersion      string           `json:"apiVersion"`
	Kind            string           `json:"kind"`
	GeneratedAt     time.Time        `json:"generatedAt"`
	Cluster         Cluster          `json:"cluster"`
	Scope           Scope            `json:"scope"`
	Window          Window           `json:"window"`
	Sources         []Source         `json:"sources"`
	Totals          Totals           `json:"totals"`
	Patterns        []Pattern        `json:"patterns"`
	Timeline        []Entry          `json:"timeline"`
	Matrix          Matrix           `json:"matrix"`
	Tree            []Branches       `json:"tree"`
	Recommendations []Recommendation `json:"recommendations"`
	Skipped         []Skipped        `json:"skipped"`
	// Unexplained are failing pods that no pattern holds: they are not well,
	// and no detector knows why.
	Unexplained []Ref `json:"unexplained"`
	// Hidden counts the patterns that filters left out.
	Hidden int `json:"hidden"`
	// Ignored are the patterns that rules of the user's own kept from being
	// told. They are explained all the same: explainedBy may name one of them.
	Ignored []Ignored `json:"ignored,omitempty"`
	// Clusters are set where several contexts were asked for, a row for each,
	// in their order. Patterns and the other lists then say of which of them
	// each is (an ID is unique within one), cluster after cluster; cluster is
	// empty, and totals are sums.
	Clusters []ClusterRow `json:"clusters,omitempty"`
	// Across is what several clusters have in common; null unless several were
	// asked for.
	Across []Common `json:"across,omitzero"`
	// Node is set by `kubectl patterns node NAME`.
	Node *Node `json:"node,omitempty"`
	// Explain is set by `kubectl patterns explain ID`.
	Explain *Explain `json:"explain,omitempty"`
	// Rollout is set by `kubectl patterns rollout KIND/NAME`.
	Rollout *Rollout `json:"rollout,omitempty"`
}

// Cluster says what was looked at.
type Cluster struct {
	Context string `json:"context"`
	Server  string `json:"server"`
	Version string `json:"version"`
	Offline bool   `json:"offline"`
}

// Scope says whose failures were asked for.
type Scope struct {
	AllNamespaces bool     `json:"allNamespaces"`
	Namespaces    []string `json:"namespaces"`
	Selector      string   `json:"selector"`
	Node          string   `json:"node"`
}

// Window is the period that the events really cover.
type Window struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Source is one thing that was read, or could not be.
type Source struct {
	Resource string `json:"resource"`
	Cluster  string `json:"cluster,omitempty"` // the context, where several were asked for
	Objects  int    `json:"objects"`
	From     string `json:"from"`
	// Window is what a source of the past covers; left out for the others.
	Window *Window `json:"window,omitempty"`
	Gap    string  `json:"gap"`
	// Remedy is what would close the gap, such as the RBAC rule to grant.
	Remedy string `json:"remedy,omitempty"`
}

// Totals count what was looked at.
type Totals struct {
	Namespaces  int `json:"namespaces"`
	Nodes       int `json:"nodes"`
	Workloads   int `json:"workloads"`
	Pods        int `json:"pods"`
	FailingPods int `json:"failingPods"`
	// PodsInScope are those of Pods whose failures were asked for.
	PodsInScope int `json:"podsInScope"`
	Events      int `json:"events"`
}

// Ref names an object.
type Ref struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	UID       string `json:"uid,omitempty"`
	Cluster   string `json:"cluster,omitempty"` // the context, where several were asked for
}

// Workload names a controller of pods in the namespace of what it is said of.
type Workload struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Pattern is what is wrong together.
type Pattern struct {
	ID          string   `json:"id"`
	Cluster     string   `json:"cluster,omitempty"` // the context, where several were asked for
	Detector    string   `json:"detector"`
	Cause       string   `json:"cause"`
	Category    string   `json:"category"`
	Severity    string   `json:"severity"`
	Tier        string   `json:"tier"`
	Title       string   `json:"title"`
	ExplainedBy string   `json:"explainedBy"`
	Explains    []string `json:"explains"`
	// Follows says what decided that it is explained by another; left out for a root.
	Follows   *Follows   `json:"follows,omitempty"`
	Frequency Frequency  `json:"frequency"`
	FirstSeen *time.Time `json:"firstSeen"`
	LastSeen  *time.Time `json:"lastSeen"`
	// FirstSeenIsBound is set when it began at firstSeen or earlier.
	FirstSeenIsBound bool              `json:"firstSeenIsBound,omitempty"`
	Ongoing          bool              `json:"ongoing"`
	Affected         []Affected        `json:"affected"`
	SharedFactors    []SharedFactor    `json:"sharedFactors"`
	PrecedingChanges []PrecedingChange `json:"precedingChanges"`
	Impact           []Impact          `json:"impact"`
	Evidence         []Evidence        `json:"evidence"`
	CounterEvidence  []Sentence        `json:"counterEvidence"`
	ProbableCause    ProbableCause     `json:"probableCause"`
	Timeline         []Entry           `json:"timeline"`
	// SeenBefore is set when the history tells of it earlier.
	SeenBefore *SeenBefore `json:"seenBefore,omitempty"`
	// Timing is set on patterns in time.
	Timing *Timing `json:"timing,omitempty"`
	// Chain is how failures went on along dependencies, depth first: each hop
	// from what changed or failed before to what depends on it.
	Chain           []Hop            `json:"chain,omitempty"`
	Investigation   []Command        `json:"investigation"`
	Recommendations []Recommendation `json:"recommendations"`
	// EvidenceFile is set with --evidence-dir.
	EvidenceFile string `json:"evidenceFile"`
}

// Hop is one step along a dependency: to depends on from, and failed
// lagSeconds after it (less than 0 where means of noticing differ).
type Hop struct {
	From       Ref  `json:"from"`
	To         Ref  `json:"to"`
	LagSeconds int  `json:"lagSeconds"`
	Edge       Edge `json:"edge"`
}

// Edge says how a dependency is known: by what Kubernetes calls itself
// (certain), by the dependant's own words (observed) or by a manifest
// (declared).
type Edge struct {
	Class string `json:"class"`
	How   string `json:"how"`
	// Hidden is set when no manifest that was read declares it.
	Hidden bool `json:"hidden,omitempty"`
}

// Frequency is how much of the cluster a pattern touches, and how often.
type Frequency struct {
	Pods                     int  `json:"pods"`
	Workloads                int  `json:"workloads"`
	Namespaces               int  `json:"namespaces"`
	Nodes                    int  `json:"nodes"`
	Occurrences              int  `json:"occurrences"`
	OccurrencesAreLowerBound bool `json:"occurrencesAreLowerBound"`
}

// Affected is one affected object.
type Affected struct {
	Kind      string   `json:"kind"`
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	Workload  Workload `json:"workload"`
	Node      string   `json:"node"`
	Container string   `json:"container"`
	Image     string   `json:"image"`
	Detail    string   `json:"detail"`
}

// SharedFactor is what the affected have in common and the healthy have not.
type SharedFactor struct {
	Attribute  string      `json:"attribute"`
	Value      string      `json:"value"`
	Unit       string      `json:"unit"`
	Affected   int         `json:"affected"`
	AffectedOf int         `json:"affectedOf"`
	Healthy    int         `json:"healthy"`
	HealthyOf  int         `json:"healthyOf"`
	RiskRatio  *float64    `json:"riskRatio"`
	Interval   []float64   `json:"interval"`
	P          *float64    `json:"p"`
	Q          *float64    `json:"q"`
	Tested     int         `json:"tested"`
	Tier       string      `json:"tier"`
	Aliases    []Attribute `json:"aliases"`
	With       []Attribute `json:"with,omitempty"`    // held together with the value
	Residue    int         `json:"residue,omitempty"` // affected workloads that no compared factor covers
	Text       string      `json:"text"`
}

// Attribute with a value.
type Attribute struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

// PrecedingChange is a linked change shortly before the pattern.
type PrecedingChange struct {
	Time        time.Time `json:"time"`
	LeadSeconds int       `json:"leadSeconds"`
	Kind        string    `json:"kind"`
	Namespace   string    `json:"namespace"`
	Name        string    `json:"name"`
	What        string    `json:"what"`
	By          string    `json:"by"`
	Link        string    `json:"link"`
	Chance      *float64  `json:"chance"`
	Tier        string    `json:"tier"`
	// Contrast sets those whom the change reached against the others.
	Contrast string `json:"contrast,omitempty"`
	// Reversal says that the failures ended when the change was undone.
	Reversal string `json:"reversal,omitempty"`
	// Rivals are other linked changes that lie as near, or nearer.
	Rivals []string `json:"rivals,omitempty"`
}

// Impact on one workload.
type Impact struct {
	Namespace string   `json:"namespace"`
	Workload  Workload `json:"workload"`
	Service   string   `json:"service"`
	// Routes are what leads requests to it: "Ingress shop/web (shop.example.com)".
	Routes          []string `json:"routes,omitempty"`
	Desired         int      `json:"desired"`
	Ready           int      `json:"ready"`
	State           string   `json:"state"`
	DowntimeSeconds int      `json:"downtimeSeconds"`
	// DowntimeIsLowerBound is set when nothing was ready for that long at least.
	DowntimeIsLowerBound bool `json:"downtimeIsLowerBound,omitempty"`
	// DowntimeAtMostSeconds is the upper bound, where there is a lower one only
	// and something tells it; 0 means that nothing does.
	DowntimeAtMostSeconds int `json:"downtimeAtMostSeconds,omitempty"`
	// Since and Until are when it was not as wanted.
	Since *time.Time `json:"since,omitempty"`
	Until *time.Time `json:"until,omitempty"`
	// RecoveredBy says how it became well again, HealedItself that no change
	// is known that did it, WorsenedBy which single points of failure it had.
	RecoveredBy  string   `json:"recoveredBy,omitempty"`
	HealedItself bool     `json:"healedItself,omitempty"`
	WorsenedBy   []string `json:"worsenedBy,omitempty"`
}

// Evidence is one thing that the cluster says itself.
type Evidence struct {
	Source  string     `json:"source"`
	Subject Ref        `json:"subject"`
	Time    *time.Time `json:"time"`
	Reason  string     `json:"reason"`
	Text    string     `json:"text"`
	Count   int        `json:"count"`
}

// Sentence is a text that stands by itself.
type Sentence struct {
	Text string `json:"text"`
}

// ProbableCause in words.
type ProbableCause struct {
	Text       string `json:"text"`
	Confidence string `json:"confidence"`
	Why        string `json:"why"`
}

// Command to investigate.
type Command struct {
	Why     string `json:"why"`
	Command string `json:"command"`
}

// Recommendation what to do.
type Recommendation struct {
	Urgency  string   `json:"urgency"`
	Text     string   `json:"text"`
	Commands []string `json:"commands"`
	// AlertRule is a PrometheusRule in YAML that would have told of Patterns;
	// with urgency monitoring only.
	AlertRule string   `json:"alertRule"`
	Patterns  []string `json:"patterns"`
	Cluster   string   `json:"cluster,omitempty"` // the context, where several were asked for
}

// Entry of a timeline.
type Entry struct {
	Time    time.Time  `json:"time"`
	Until   *time.Time `json:"until,omitempty"`
	Kind    string     `json:"kind"`
	Subject Ref        `json:"subject"`
	Reason  string     `json:"reason"`
	Message string     `json:"message"`
	Count   int        `json:"count"`
	Pattern string     `json:"pattern"`
	Cluster string     `json:"cluster,omitempty"` // the context, where several were asked for
}

// Matrix of patterns against factors.
type Matrix struct {
	Rows    []string    `json:"rows"`
	Columns []Attribute `json:"columns"`
	Cells   [][]Cell    `json:"cells"`
	// Between are the pairs of patterns that touch the same, or of which one
	// follows from the other.
	Between []Between `json:"between,omitempty"`
}

// Cell of the matrix.
type Cell struct {
	Unit      string `json:"unit"`
	Affected  int    `json:"affected"`
	Of        int    `json:"of"`
	Healthy   int    `json:"healthy"`
	HealthyOf int    `json:"healthyOf"`
}

// Branches is one group of the tree.
type Branches struct {
	Heading  string   `json:"heading"`
	Root     string   `json:"root"`
	Branches []string `json:"branches"`
	Cluster  string   `json:"cluster,omitempty"` // the context, where several were asked for
}

// Skipped is a detector that could not judge. Unasked is set when it lacks
// nothing but what nobody asked for, Partly when it judged by a part of what
// it needs.
type Skipped struct {
	Detector string `json:"detector"`
	Why      string `json:"why"`
	Unasked  bool   `json:"unasked,omitempty"`
	Partly   bool   `json:"partly,omitempty"`
	Cluster  string `json:"cluster,omitempty"` // the context, where several were asked for
}
