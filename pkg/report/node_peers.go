package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// NodeComparison sets the pods that failed in one way on the node against pods
// of the same revisions on peers. Its tier is "silent" where there is too
// little to compare; needed is then how many more workloads would do.
type NodeComparison struct {
	Class         string    `json:"class"` // image-pull, start, run or removal
	With          string    `json:"with"`
	Affected      int       `json:"affected"`
	Of            int       `json:"of"`
	PeersAffected int       `json:"peersAffected"`
	PeersOf       int       `json:"peersOf"`
	Workloads     int       `json:"workloads"`
	RiskRatio     *float64  `json:"riskRatio"`
	Interval      []float64 `json:"interval"`
	P             *float64  `json:"p"`
	Q             *float64  `json:"q"` // that any of so many nodes shows as much
	Nodes         int       `json:"nodes"`
	Tier          string    `json:"tier"`
	Needed        int       `json:"needed"`
	Alike         []string  `json:"alike"`
	Text          string    `json:"text"`
}

// NodeDifference is something that the node has and few peers have.
type NodeDifference struct {
	Attribute string   `json:"attribute"`
	Value     string   `json:"value"`
	PeersWith int      `json:"peersWith"`
	PeersOf   int      `json:"peersOf"`
	Peers     []string `json:"peers"` // those that have it too
}

func nodeComparison(c correlate.Comparison) NodeComparison {
	out := NodeComparison{Class: c.Class, With: c.With, Affected: c.Affected, Of: c.Of, PeersAffected: c.PeersAffected, PeersOf: c.PeersOf,
		Workloads: c.Workloads, Interval: []float64{}, Nodes: c.Nodes, Tier: string(c.Tier), Needed: c.Needed, Alike: orEmpty(c.Alike), Text: c.Text}
	if !math.IsNaN(c.P) {
		rr, p, q := round(c.RiskRatio), digits(c.P), digits(c.Q)
		out.RiskRatio, out.Interval, out.P, out.Q = &rr, []float64{round(c.Low), round(c.High)}, &p, &q
	}
	return out
}

// digits keeps three digits of a small number: those after are no news.
func digits(x float64) float64 {
	if x <= 0 {
		return 0
	}
	scale := math.Pow(10, math.Floor(math.Log10(x))-2)
	return math.Round(x/scale) * scale
}

func nodeDifference(d correlate.Difference) NodeDifference {
	return NodeDifference{Attribute: d.Attribute, Value: d.Value, PeersWith: len(d.Peers), PeersOf: d.Of, Peers: orEmpty(d.Peers)}
}

// comparisons tells what of the failures is more than chance.
func (t *text) comparisons(n *Node) {
	shown := worthTelling(n.Comparisons)
	if len(shown) == 0 {
		return
	}
	t.heading("More than chance?")
	for _, c := range shown {
		paint := t.palette.dim
		switch detect.Tier(c.Tier) {
		case detect.Strong:
			paint = t.palette.critical
		case detect.Suggestive:
			paint = t.palette.warning
		}
		t.bullet(2, "-", c.Text, paint)
	}
	t.paragraph(4, 0, "Like ones are pods of the same revisions, and those of workloads with one pod among themselves, "+
		"that went through the same in the same time.", t.palette.dim)
}

// worthTelling are the comparisons for which there was enough. A class of
// failures that has none is told of once, with all others: the last.
func worthTelling(all []NodeComparison) []NodeComparison {
	enough := map[string]bool{}
	for _, c := range all {
		enough[c.Class] = enough[c.Class] || c.Tier != string(correlate.Silent)
	}
	var out []NodeComparison
	for i, c := range all {
		last := i == len(all)-1 || all[i+1].Class != c.Class
		if c.Tier != string(correlate.Silent) || (last && !enough[c.Class]) {
			out = append(out, c)
		}
	}
	return out
}

// differencesShown is how many lines of differences are told.
const differencesShown = 10

// differs tells what the node has that its peers have not: what the same peers
// have stands on one line, for it cannot be told apart here.
func (t *text) differs(n *Node) {
	if len(n.Differs) == 0 {
		return
	}
	t.heading("What few of its peers have")
	lines := differLines(n.Differs)
	for _, l := range lines[:min(len(lines), differencesShown)] {
		t.bullet(2, "-", l, nil)
	}
	if more := len(lines) - differencesShown; more > 0 {
		t.line(4, cell{fmt.Sprintf("… %d more in -o json", more), t.palette.dim})
	}
}

func differLines(all []NodeDifference) []string {
	var lines []string
	for len(all) > 0 {
		first, same := all[0], 1
		for same < len(all) && slices.Equal(all[same].Peers, first.Peers) {
			same++
		}
		var names []string
		for _, d := range all[:same] {
			names = append(names, trait(d))
		}
		line := fmt.Sprintf("none of %s: %s", detect.Count(first.PeersOf, "peer"), strings.Join(names, "; "))
		if first.PeersWith > 0 {
			line = fmt.Sprintf("%d of %s (%s): %s", first.PeersWith, detect.Count(first.PeersOf, "peer"), detect.List(first.Peers, 3), strings.Join(names, "; "))
		}
		lines = append(lines, line)
		all = all[same:]
	}
	return lines
}

// attributeNames are what the attributes of a node are called in a text.
var attributeNames = map[string]string{
	"kernelVersion": "kernel", "osImage": "OS", "containerRuntime": "runtime", "kubeletVersion": "kubelet",
	"instanceType": "type", "nodePool": "pool", "age": "an age of about",
}

func trait(d NodeDifference) string {
	kind, name, labelled := strings.Cut(d.Attribute, ":")
	switch {
	case d.Attribute == "cordoned":
		return "cordoned"
	case labelled && kind == "label":
		return "label " + name + "=" + d.Value
	case labelled:
		return kind + " " + name + " " + d.Value
	}
	if short := attributeNames[d.Attribute]; short != "" {
		return short + " " + d.Value
	}
	return d.Attribute + " " + d.Value
}
