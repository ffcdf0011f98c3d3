package symptom

import (
	"fmt"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// readQuota says of each resource that is over: "pods: 1 asked, 3 of 3 used".
func readQuota(m []string, namespace string, r *apiRefusal) {
	r.about = cluster.Ref{Kind: "ResourceQuota", Namespace: namespace, Name: m[1]}
	used, limited := amounts(m[3]), amounts(m[4])
	var names, told []string
	for _, a := range pairs(m[2]) {
		names = append(names, a[0])
		told = append(told, fmt.Sprintf("%s: %s asked, %s of %s used", a[0], a[1], orUnknown(used[a[0]]), orUnknown(limited[a[0]])))
	}
	r.item, r.usage = strings.Join(sorted(names), ","), strings.Join(told, "; ")
}

func orUnknown(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

// pairs reads "pods=1,requests.cpu=500m".
func pairs(list string) [][2]string {
	var out [][2]string
	for _, p := range strings.Split(list, ",") {
		if name, amount, ok := strings.Cut(strings.TrimSpace(p), "="); ok && name != "" {
			out = append(out, [2]string{name, amount})
		}
	}
	return out
}

func amounts(list string) map[string]string {
	out := map[string]string{}
	for _, p := range pairs(list) {
		out[p[0]] = p[1]
	}
	return out
}

// unspecified finds the resources in "cpu for: app,proxy; memory for: app"
// (1.25 and newer) and in the bare list before that.
var unspecified = lazyregexp.New(`([a-z0-9./-]{1,100}) for: `)

func readUnspecified(m []string, namespace string, r *apiRefusal) {
	r.about = cluster.Ref{Kind: "ResourceQuota", Namespace: namespace, Name: m[1]}
	var names []string
	for _, u := range unspecified.FindAllStringSubmatch(m[2], -1) {
		names = append(names, u[1])
	}
	if len(names) == 0 {
		names = strings.FieldsFunc(m[2], func(c rune) bool { return c == ',' || c == ' ' })
	}
	r.item = "must specify " + strings.Join(sorted(names), ",")
	r.usage = m[2]
}

func readUncovered(m []string, namespace string, r *apiRefusal) {
	r.about, r.item = cluster.Ref{Kind: "ResourceQuota", Namespace: namespace}, "not covered: "+m[1]
}

// readLimit keeps the rule with its bound as the item, for several may stand
// in one namespace.
func readLimit(m []string, namespace string, r *apiRefusal) {
	r.about, r.item = cluster.Ref{Kind: "LimitRange", Namespace: namespace}, m[1]+" is "+m[2]
	r.usage = "no " + m[5] + " is set"
	if m[3] != "" {
		r.usage = "the " + m[3] + " is " + m[4]
	}
}

func readRatio(m []string, namespace string, r *apiRefusal) {
	r.about, r.item = cluster.Ref{Kind: "LimitRange", Namespace: namespace}, m[1]+" is "+m[2]
	r.usage = "one of both is not set"
	if m[3] != "" {
		r.usage = "the ratio is " + m[3]
	}
}

func readDefault(m []string, namespace string, r *apiRefusal) {
	r.about, r.item = cluster.Ref{Kind: "LimitRange", Namespace: namespace}, m[2]+" request above the limit that was filled in"
	r.usage = "the request is " + m[1]
	if m[3] != "" {
		r.usage += ", the limit " + m[3]
	}
}

func readClass(m []string, _ string, r *apiRefusal) {
	r.about = cluster.Ref{Kind: "PriorityClass", Name: m[1]}
}

// fieldPath is the field that validation complains about.
var fieldPath = lazyregexp.New(`^\[?([A-Za-z][\w.\[\]"-]{0,200}): `)

func readInvalid(m []string, namespace string, r *apiRefusal) {
	r.about, r.item = cluster.Ref{Kind: "Namespace", Name: namespace}, "invalid: "+Mask(m[1])
	if f := fieldPath.FindStringSubmatch(m[1]); f != nil {
		r.item = "invalid: " + f[1]
	}
}

func readOther(m []string, namespace string, r *apiRefusal) {
	r.about, r.item = cluster.Ref{Kind: "Namespace", Name: namespace}, Mask(m[1])
}
