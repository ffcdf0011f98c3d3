package correlate

import (
	"net"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// sameness is what makes patterns of several clusters one incident. The cause
// is empty where a registry alone joins them.
type sameness struct {
	detector, cause, key string
	attribute, value     string
	workload             cluster.Ref // instead of a value
}

// tiered is a sameness with how well it is founded in one cluster.
type tiered struct {
	sameness
	tier detect.Tier
}

// whatIsOutside are attributes whose values name the same thing in every
// cluster, that which says most first; workload is the only one beside them,
// which has but the name in common.
var whatIsOutside = []string{"registry", "repository", "dependency", "image"}

// rank orders samenesses: those of one cause before those of several, what is
// outside of all clusters before names.
func (s sameness) rank() int {
	i := slices.Index(whatIsOutside, s.attribute)
	switch {
	case i < 0:
		i = len(whatIsOutside)
	case s.cause == "":
		i = len(whatIsOutside) + 1
	}
	return i
}

// samenesses are all by which a pattern may be the same elsewhere.
func samenesses(p *Pattern) []tiered {
	var out []tiered
	add := func(s sameness, tier detect.Tier) { out = append(out, tiered{s, weaker(p.Tier, tier)}) }
	for _, n := range outside(p) {
		add(sameness{detector: p.Detector, cause: p.Cause, attribute: n.attribute, value: n.value}, n.tier)
		if n.attribute == "registry" && n.tier == detect.Stated {
			add(sameness{detector: p.Detector, attribute: n.attribute, value: n.value}, detect.Observation)
		}
	}
	for _, w := range p.Tally.Workloads {
		add(sameness{detector: p.Detector, cause: p.Cause, key: p.Key, attribute: "workload", workload: w}, detect.Stated)
	}
	return out
}

// outside is what a pattern names that is outside of its cluster.
func outside(p *Pattern) []tiered {
	var out []tiered
	add := func(attribute, value string, tier detect.Tier) {
		s := tiered{sameness{attribute: attribute, value: value}, tier}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	last := ""
	for _, a := range p.Affected {
		if a.Image == last || p.Key == "" {
			continue // most replicas are alike
		}
		last = a.Image
		switch img := symptom.ParseImage(a.Image); p.Key {
		case img.Registry:
			add("registry", img.Registry, detect.Stated)
		case img.Registry + "/" + img.Repository:
			add("repository", p.Key, detect.Stated)
		}
	}
	for _, f := range p.Shared {
		if isOutside(p, &f) {
			add(f.Attribute, f.Value, f.Tier)
		}
	}
	return out
}

// isOutside reports whether a factor is something outside of the cluster. A
// registry that merely has the images of the affected is none: it counts where
// it is what makes them one problem, or where comparing found it.
func isOutside(p *Pattern, f *SharedFactor) bool {
	switch f.Attribute {
	case "registry", "repository":
		return f.Tier != detect.Observation && (f.Tier != detect.Stated || p.Key == f.Value)
	case "image":
		return f.Tier != detect.Observation
	case "dependency":
		return f.Tier == detect.Stated && isOutsideHost(f.Value)
	}
	return false
}

// isOutsideHost reports whether a name means the same host in every cluster:
// a Service, a short name and an address may be another one in each.
func isOutsideHost(name string) bool {
	host := strings.TrimSuffix(name, ".")
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.Contains(host, ".") && !strings.ContainsAny(host, "/, ") && net.ParseIP(host) == nil &&
		!strings.HasSuffix(host, ".svc") && !strings.HasSuffix(host, ".local") && !strings.Contains(host, ".svc.")
}

// tiers, best first.
var tiers = []detect.Tier{detect.Stated, detect.Strong, detect.Suggestive, detect.Observation}

func weaker(a, b detect.Tier) detect.Tier {
	return tiers[max(slices.Index(tiers, a), slices.Index(tiers, b), 0)]
}
