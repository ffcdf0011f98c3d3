package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// Node is what a report about one node adds.
type Node struct {
	Name       string          `json:"name"`
	Conditions []NodeCondition `json:"conditions"`
	Taints     []string        `json:"taints"`
	Cordoned   bool            `json:"cordoned"`
	Labels     NodeLabels      `json:"labels"`
	Pods       int             `json:"pods"`
	FailedPods int             `json:"failedPods"`
	Services   []NodeService   `json:"services"`
	Peers      []NodePeers     `json:"peers"`
	// Comparisons say which of the failures are more than chance, Differs what
	// the node has that few of its peers have.
	Comparisons []NodeComparison `json:"comparisons"`
	Differs     []NodeDifference `json:"differs"`
}

// NodeCondition is one condition. Healthy is empty where the meaning of the
// type is not known.
type NodeCondition struct {
	Type    string     `json:"type"`
	Status  string     `json:"status"`
	Reason  string     `json:"reason"`
	Message string     `json:"message"`
	Since   *time.Time `json:"since"`
	Healthy string     `json:"healthy"`
}

// NodeLabels is where the node stands.
type NodeLabels struct {
	Zone         string `json:"zone"`
	NodePool     string `json:"nodePool"`
	InstanceType string `json:"instanceType"`
	Kernel       string `json:"kernelVersion"`
	Runtime      string `json:"containerRuntime"`
	Kubelet      string `json:"kubeletVersion"`
}

// NodeService is a workload's part of the node.
type NodeService struct {
	Namespace string   `json:"namespace"`
	Workload  Workload `json:"workload"`
	Service   string   `json:"service"`
	Pods      int      `json:"pods"`
	Failed    int      `json:"failed"`
	Reasons   []string `json:"reasons"`
}

// NodePeers is the same share among other nodes.
type NodePeers struct {
	What   string `json:"what"`
	Nodes  int    `json:"nodes"`
	Pods   int    `json:"pods"`
	Failed int    `json:"failed"`
}

// AddNode adds the view of one node to a report.
func (r *Report) AddNode(v correlate.NodeView) {
	n := &Node{Name: v.Name, Pods: v.Self.Pods, FailedPods: v.Self.Failed, Conditions: []NodeCondition{}, Taints: []string{},
		Services: convert(v.Services, func(s correlate.NodeService) NodeService {
			return NodeService{s.Workload.Namespace, workload(s.Workload), s.Service, s.Pods, s.Failed, orEmpty(s.Reasons)}
		}),
		Peers:       convert(v.Peers, func(p correlate.Peers) NodePeers { return NodePeers{p.What, p.Nodes, p.Pods, p.Failed} }),
		Comparisons: convert(v.Comparisons, nodeComparison),
		Differs:     convert(v.Differs, nodeDifference),
	}
	if v.Node != nil {
		n.Cordoned = v.Node.Unschedulable
		n.Conditions = convert(v.Node.Conditions, nodeCondition)
		n.Taints = convert(v.Node.Taints, taint)
		n.Labels = NodeLabels{v.Node.Zone(), v.Node.Pool(), v.Node.InstanceType(), v.Node.Info.KernelVersion, v.Node.Info.ContainerRuntime, v.Node.Info.KubeletVersion}
	}
	r.Node = n
}

func nodeCondition(c cluster.Condition) NodeCondition {
	out := NodeCondition{Type: c.Type, Status: c.Status, Reason: c.Reason, Message: c.Message, Since: moment(c.Transition)}
	if bad, known := cluster.Unhealthy(c); known && (bad || c.Status != "Unknown") {
		out.Healthy = map[bool]string{false: "yes", true: "no"}[bad]
	}
	return out
}

func taint(t cluster.Taint) string {
	s := t.Key
	if t.Value != "" {
		s += "=" + t.Value
	}
	return s + ":" + t.Effect
}

// NodeText writes the report about one node, then its patterns.
func NodeText(w io.Writer, r *Report, s Style) error {
	t := &text{canvas: newCanvas(w, s), r: r, number: map[string]int{}}
	t.numberPatterns()
	t.node(r.Node)
	for i := range r.Patterns {
		if t.isRoot(&r.Patterns[i]) {
			t.pattern(&r.Patterns[i])
		}
	}
	t.recommendations()
	t.gaps()
	return t.err
}

func (t *text) node(n *Node) {
	t.title("Node " + n.Name + ": " + t.where())
	t.blank()
	t.paragraph(0, 0, t.nodeVerdict(n), t.palette.bold)
	t.blank()
	t.conditions(n)
	taints := strings.Join(n.Taints, ", ")
	if n.Cordoned {
		taints = strings.TrimPrefix(taints+", cordoned", ", ")
	}
	if taints != "" {
		t.field(2, "Taints", taints, t.palette.warning)
	}
	t.field(2, "Place", place(n.Labels), nil)
	t.services(n)
	t.peers(n)
	t.comparisons(n)
	t.differs(n)
	if len(t.r.Timeline) > 0 {
		t.heading("Timeline")
		if t.drawLanes(t.r.Timeline, lanesInAll, "'kubectl patterns timeline' has them all") {
			t.blank()
		}
		t.entries(t.r.Timeline)
	}
}

func (t *text) nodeVerdict(n *Node) string {
	var bad []string
	for _, c := range n.Conditions {
		if c.Healthy == "no" {
			bad = append(bad, fmt.Sprintf("%s is %s", c.Type, c.Status))
		}
	}
	v := fmt.Sprintf("%d of %s that are or were here failed", n.FailedPods, detect.Count(n.Pods, "pod"))
	if len(n.Conditions) == 0 {
		return "Its conditions could not be read; " + v + "."
	}
	if len(bad) == 0 {
		return "All conditions of known meaning are good; " + v + "."
	}
	return strings.Join(bad, ", ") + "; " + v + "."
}

// conditions tells those in full that are bad or that nobody knows the meaning
// of; of the good ones that they are.
func (t *text) conditions(n *Node) {
	var rows [][]cell
	var good []string
	for _, c := range n.Conditions {
		since := ""
		if c.Since != nil {
			since = detect.Span(t.r.GeneratedAt.Sub(*c.Since))
		}
		if c.Healthy == "yes" {
			good = append(good, goodCondition(c, since))
			continue
		}
		var paint *color.Color
		if c.Healthy == "no" {
			paint = t.palette.critical
		}
		said := strings.Join(filled(c.Reason, detect.OneLine(c.Message, longest)), ": ")
		rows = append(rows, []cell{{c.Type, paint}, {c.Status, paint}, {since, nil}, {said, nil}})
	}
	t.listing(2, []string{"CONDITION", "STATUS", "FOR", "WHY"}, rows)
	if len(good) > 0 {
		t.field(2, "Good", strings.Join(good, ", "), t.palette.good)
	}
}

// goodCondition is a good condition in words: "Ready for 3h".
func goodCondition(c NodeCondition, since string) string {
	out := c.Type
	if c.Status == "False" {
		out = "no " + c.Type
	}
	if since != "" {
		out += " for " + since
	}
	return out
}

func place(l NodeLabels) string {
	var parts []string
	for _, x := range [][2]string{{"pool", l.NodePool}, {"zone", l.Zone}, {"type", l.InstanceType}, {"kernel", l.Kernel}, {"runtime", l.Runtime}, {"kubelet", l.Kubelet}} {
		if x[1] != "" {
			parts = append(parts, x[0]+" "+x[1])
		}
	}
	return strings.Join(parts, ", ")
}

func (t *text) services(n *Node) {
	var rows [][]cell
	for _, s := range n.Services {
		paint := t.palette.dim
		if s.Failed > 0 {
			paint = t.palette.warning
		}
		rows = append(rows, []cell{{s.Namespace + "/" + s.Workload.Name, nil}, {s.Service, nil},
			{fmt.Sprintf("%d/%d", s.Failed, s.Pods), paint}, {strings.Join(s.Reasons, ", "), nil}})
	}
	if len(rows) == 0 {
		return
	}
	t.heading("Impact by service")
	t.listing(2, []string{"WORKLOAD", "SERVICE", "FAILED/PODS", "HOW"}, rows)
}

func (t *text) peers(n *Node) {
	if len(n.Peers) == 0 {
		return
	}
	t.heading("Compared with its peers")
	rows := [][]cell{{{"this node", t.palette.bold}, {"1", nil}, {fmt.Sprintf("%d/%d", n.FailedPods, n.Pods), t.palette.bold}, {rate(n.FailedPods, n.Pods), nil}}}
	for _, p := range n.Peers {
		rows = append(rows, []cell{{p.What, nil}, {fmt.Sprint(p.Nodes), nil}, {fmt.Sprintf("%d/%d", p.Failed, p.Pods), nil}, {rate(p.Failed, p.Pods), nil}})
	}
	t.table(2, []string{"NODES", "COUNT", "FAILED/PODS", "SHARE"}, slices.Clip(rows))
}

func rate(part, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d %%", part*100/of)
}
