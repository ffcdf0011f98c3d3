package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// truth says what a good report must and must not say of an incident.
type truth struct {
	Incident     string     `json:"incident"`
	At           string     `json:"at"`
	Roots        []expected `json:"roots"`
	Consequences []expected `json:"consequences"`
	Tolerated    []expected `json:"tolerated"`
}

// expected describes a pattern; an empty list allows anything.
type expected struct {
	Detector  []string `json:"detector"`
	Cause     []string `json:"cause"`
	Workloads []string `json:"workloads"`
	Nodes     []string `json:"nodes"`
	Factor    *factor  `json:"factor"`
	Change    *change  `json:"change"`
}

type factor struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

type change struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

func readTruth(folder string) (truth, error) {
	var t truth
	raw, err := os.ReadFile(filepath.Join(folder, "truth.yaml")) //nolint:gosec // the user names the folder
	if err != nil {
		return t, err
	}
	if err := yaml.UnmarshalStrict(raw, &t); err != nil {
		return t, fmt.Errorf("reading %s/truth.yaml: %w", folder, err)
	}
	return t, nil
}

// matches reports whether a pattern is the expected one: one of the
// detectors and causes, with every named workload and node affected.
func (e *expected) matches(p *report.Pattern) bool {
	return allowed(e.Detector, p.Detector) && allowed(e.Cause, p.Cause) &&
		containsAll(workloadsOf(p), e.Workloads) && containsAll(nodesOf(p), e.Nodes)
}

func allowed(list []string, value string) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

func containsAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}

func workloadsOf(p *report.Pattern) []string {
	var out []string
	for _, a := range p.Affected {
		switch a.Kind {
		case "Pod":
			out = append(out, a.Namespace+"/"+a.Workload.Name)
		case "Node":
		default:
			out = append(out, a.Namespace+"/"+a.Name)
		}
	}
	return out
}

func nodesOf(p *report.Pattern) []string {
	var out []string
	for _, a := range p.Affected {
		if a.Kind == "Node" {
			out = append(out, a.Name)
		} else if a.Node != "" {
			out = append(out, a.Node)
		}
	}
	return out
}

func (e *expected) factorFound(p *report.Pattern) bool {
	return slices.ContainsFunc(p.SharedFactors, func(f report.SharedFactor) bool {
		return f.Attribute == e.Factor.Attribute && f.Value == e.Factor.Value
	})
}

func (e *expected) changeFound(p *report.Pattern) bool {
	return slices.ContainsFunc(p.PrecedingChanges, func(c report.PrecedingChange) bool {
		return (e.Change.Kind == "" || c.Kind == e.Change.Kind) && c.Namespace == e.Change.Namespace && c.Name == e.Change.Name
	})
}
