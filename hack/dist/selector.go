package main

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

type osArch struct{ os, arch string }

func (p osArch) String() string { return p.os + "/" + p.arch }

// supported are the platforms that krew checks manifests for. A function,
// so that nobody can change the list.
func supported() []osArch {
	return []osArch{
		{"windows", "386"}, {"windows", "amd64"}, {"windows", "arm64"},
		{"linux", "386"}, {"linux", "amd64"}, {"linux", "arm"}, {"linux", "arm64"}, {"linux", "ppc64le"},
		{"darwin", "386"}, {"darwin", "amd64"}, {"darwin", "arm64"},
	}
}

func selectorFor(p osArch) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"os": p.os, "arch": p.arch}}
}

// matches are the supported platforms that a selector takes in. An empty
// one, which to Kubernetes means everything, krew refuses: it matches none.
func matches(sel *metav1.LabelSelector) ([]osArch, error) {
	if isEmpty(sel) {
		return nil, nil
	}
	s, err := metav1.LabelSelectorAsSelector(sel)
	if err != nil {
		return nil, fmt.Errorf("no valid selector: %w", err)
	}
	var out []osArch
	for _, p := range supported() {
		if s.Matches(labels.Set{"os": p.os, "arch": p.arch}) {
			out = append(out, p)
		}
	}
	return out, nil
}

// onlyPair is the one platform of a selector; a binary runs on no more.
func onlyPair(sel *metav1.LabelSelector) (osArch, bool) {
	pairs, err := matches(sel)
	if err != nil || len(pairs) != 1 {
		return osArch{}, false
	}
	return pairs[0], true
}

func (vs *violations) checkSelector(field string, sel *metav1.LabelSelector) {
	if isEmpty(sel) {
		vs.add(field, ruleSelector, "is missing or empty")
		return
	}
	if sel.MatchLabels != nil && len(sel.MatchLabels) == 0 || sel.MatchExpressions != nil && len(sel.MatchExpressions) == 0 {
		vs.add(field, ruleSelector, "has an empty part")
	}
	for _, key := range selectorKeys(sel) {
		if key != "os" && key != "arch" {
			vs.add(field, ruleSelector, "key %q is neither os nor arch", key)
		}
	}
	vs.checkMatches(field, sel)
}

func (vs *violations) checkMatches(field string, sel *metav1.LabelSelector) {
	pairs, err := matches(sel)
	switch {
	case err != nil:
		vs.add(field, ruleSelector, "%v", err)
	case len(pairs) == 0:
		vs.add(field, ruleSelector, "matches no platform that krew supports")
	case len(pairs) > 1:
		vs.add(field, ruleSelector, "matches several platforms (%s), a binary runs on one", joinPairs(pairs))
	}
}

func isEmpty(sel *metav1.LabelSelector) bool {
	return sel == nil || len(sel.MatchLabels) == 0 && len(sel.MatchExpressions) == 0
}

func selectorKeys(sel *metav1.LabelSelector) []string {
	var keys []string
	for k := range sel.MatchLabels {
		keys = append(keys, k)
	}
	for _, e := range sel.MatchExpressions {
		keys = append(keys, e.Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (vs *violations) checkOverlap(ps []platform) {
	first := map[osArch]int{}
	for i, p := range ps {
		pairs, err := matches(p.Selector)
		if err != nil {
			continue // told by checkMatches
		}
		for _, pair := range pairs {
			if j, ok := first[pair]; ok {
				vs.add(platformField(i)+".selector", ruleOverlap, "%s is already matched by %s", pair, platformField(j))
				continue
			}
			first[pair] = i
		}
	}
}

func joinPairs(pairs []osArch) string {
	out := make([]string, len(pairs))
	for i, p := range pairs {
		out[i] = p.String()
	}
	return strings.Join(out, ", ")
}
