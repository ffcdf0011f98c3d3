package collect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Rules writes rights as the rules of a Role or ClusterRole, in YAML, those of
// one API group together. A right's risk stands above its rule as a comment.
func Rules(rights []Right) string {
	var out strings.Builder
	for _, r := range together(rights) {
		for _, line := range folded(r.Risk, 74) {
			fmt.Fprintf(&out, "# %s\n", line)
		}
		fmt.Fprintf(&out, "- apiGroups: [%q]\n%s", r.Group, flow("resources", r.resources))
		if len(r.Names) > 0 {
			out.WriteString(flow("resourceNames", r.Names))
		}
		out.WriteString(flow("verbs", r.Verbs))
	}
	return out.String()
}

// rule is rights that differ in their resource alone.
type rule struct {
	Right
	resources []string
}

func together(rights []Right) []rule {
	var out []rule
	for _, r := range rights {
		at := slices.IndexFunc(out, func(x rule) bool {
			return x.Group == r.Group && x.Risk == r.Risk && slices.Equal(x.Verbs, r.Verbs) && slices.Equal(x.Names, r.Names)
		})
		if at < 0 {
			at, out = len(out), append(out, rule{Right: r})
		}
		out[at].resources = append(out[at].resources, r.Name)
	}
	slices.SortStableFunc(out, func(a, b rule) int { return cmp.Compare(a.Group, b.Group) })
	return out
}

// flow is a field with a list of names, folded where YAML allows it. Names of
// resources, verbs and namespaces need no quotes.
func flow(field string, items []string) string {
	lines := folded(strings.Join(items, ", "), 70-len(field))
	return fmt.Sprintf("  %s: [%s]\n", field, strings.Join(lines, "\n    "))
}

// folded breaks a text between words; the empty text has no line.
func folded(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}
