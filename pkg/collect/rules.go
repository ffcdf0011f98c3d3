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
		fmt.Fprintf(&out, "- apiGroups: [%q]\n%s", r.Group, flow("resources", strings.Split(r.Name, " ")))
		if len(r.Names) > 0 {
			out.WriteString(flow("resourceNames", r.Names))
		}
		out.WriteString(flow("verbs", r.Verbs))
	}
	return out.String()
}

// together joins the rights that differ in their resource alone; their names
// are then parted by spaces, which no resource has.
func together(rights []Right) []Right {
	var out []Right
	for _, r := range rights {
		at := slices.IndexFunc(out, func(x Right) bool {
			return x.Group == r.Group && x.Risk == r.Risk && slices.Equal(x.Verbs, r.Verbs) && slices.Equal(x.Names, r.Names)
		})
		switch {
		case at < 0:
			out = append(out, r)
		case !slices.Contains(strings.Split(out[at].Name, " "), r.Name):
			out[at].Name += " " + r.Name
		}
	}
	slices.SortStableFunc(out, func(a, b Right) int { return cmp.Compare(a.Group, b.Group) })
	return out
}

// flow is a field with a list, folded where YAML allows it.
func flow(field string, items []string) string {
	quote := func(s string) string {
		if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-/") == "" {
			return s
		}
		return fmt.Sprintf("%q", s)
	}
	words := make([]string, len(items))
	for i := range items {
		words[i] = quote(items[i])
	}
	lines := folded(strings.Join(words, ", "), 70-len(field))
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
