package report

import (
	"fmt"
	"regexp"
	"strings"
)

// across is what lies between patterns: the tree and the matrices.
func (m *markdown) across() {
	if len(m.r.Patterns) == 0 {
		return
	}
	m.head(3, "Cross-resource correlations")
	var lines []string
	heading := ""
	for _, b := range m.r.Tree {
		if b.Heading != heading {
			heading = b.Heading
			lines = append(lines, heading+":")
		}
		lines = append(lines, "  "+b.Root)
		for i, branch := range b.Branches {
			mark := "├─ "
			if i == len(b.Branches)-1 {
				mark = "└─ "
			}
			lines = append(lines, "    "+mark+branch)
		}
	}
	if len(lines) > 0 {
		m.block("", "", lines)
		m.WriteString("\n")
	}
	m.matrix()
}

// matrix has a row for each factor and a column for each root: of the
// affected so many, beside so many of the healthy.
func (m *markdown) matrix() {
	header := []string{"Factor"}
	var shown []int
	for i, id := range m.r.Matrix.Rows {
		if p := m.find(id); p != nil && m.isRoot(p) {
			header = append(header, m.labels[id])
			shown = append(shown, i)
		}
	}
	var rows [][]string
	for j, col := range m.r.Matrix.Columns {
		row, any := []string{col.Attribute + " " + col.Value}, false
		for _, i := range shown {
			x := m.r.Matrix.Cells[i][j]
			any = any || x.Affected > 0
			row = append(row, against(x))
		}
		if any {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	m.WriteString("**Correlation matrix**: of each pattern's affected so many have the factor, and of the healthy so many.\n\n")
	m.table(header, rows)
}

func against(x Cell) string {
	if x.Of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d; healthy %d/%d", x.Affected, x.Of, x.Healthy, x.HealthyOf)
}

// chain is a drawing (https://mermaid.js.org/syntax/flowchart.html) that
// GitHub and many chats show.
func (m *markdown) chain(p *Pattern) {
	if len(p.Chain) == 0 {
		return
	}
	at := map[Ref]int{}
	lines := []string{"flowchart LR"}
	for _, h := range p.Chain {
		for _, r := range []Ref{h.From, h.To} {
			if _, known := at[r]; !known {
				at[r] = len(at)
				lines = append(lines, fmt.Sprintf("  n%d[\"%s\"]", at[r], mermaid(r.Kind+" "+path(r.Namespace, r.Name))))
			}
		}
		lines = append(lines, fmt.Sprintf("  n%d -->|\"%s\"| n%d", at[h.From], mermaid(h.Edge.Class+", "+lag(h.LagSeconds)), at[h.To]))
	}
	m.WriteString("**Chain of dependencies**:\n\n")
	m.block("", "mermaid", lines)
	m.WriteString("\n")
	for _, h := range p.Chain {
		m.item("-", fmt.Sprintf("%s depends on %s, %s (%s: %s)", path(h.To.Namespace, h.To.Name), path(h.From.Namespace, h.From.Name), lag(h.LagSeconds), h.Edge.Class, h.Edge.How))
	}
	m.WriteString("\n")
}

// mermaid writes a text for a quoted label: what would end or mark it up is
// written as an entity of its own kind.
func mermaid(text string) string {
	return strings.NewReplacer("#", "#35;", "%", "#37;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "`", "'", "\\", "#92;", "&", "#amp;").Replace(text)
}

var (
	// markdownWord is what may be written as code: no character in it ends that, a
	// cell of a table or a quotation, and no comma behind it belongs to it.
	markdownWord = regexp.MustCompile("[^\\s“”\"|`*()<>\\[\\]]*[^\\s“”\"|`*()<>\\[\\],.:;]")
	// linked is what is made a link of, or tells somebody, whatever stands before
	// it: that is looked for in what is shown, where no backslash is left. These are
	// addresses, of mail too, people, teams and numbers of issues
	// (https://github.github.com/gfm/#autolinks-extension-,
	// https://github.com/github/cmark-gfm/issues/181).
	linked = regexp.MustCompile(`(?i)://|www\.|(?:^|\W)@\w|@[\w-]+\.\w|#\d`)
)

// inline writes text so that Markdown shows just this text: every character
// that may mark something up has a backslash before it, and words that would
// become links all the same stand as code, in which nothing is looked for.
func inline(text string) string {
	var b strings.Builder
	done := 0
	for _, at := range markdownWord.FindAllStringIndex(text, -1) {
		if word := text[at[0]:at[1]]; linked.MatchString(word) {
			escapeMarkup(&b, text[done:at[0]], done == 0)
			b.WriteString("`" + word + "`")
			done = at[1]
		}
	}
	escapeMarkup(&b, text[done:], done == 0)
	return b.String()
}

// escapeMarkup writes a text with a backslash before what may mark something up,
// some of it at the beginning of a line only.
func escapeMarkup(b *strings.Builder, text string, begins bool) {
	for i, r := range text {
		if strings.ContainsRune("\\`*_{}[]<>#|~!$&@", r) || begins && i == 0 && strings.ContainsRune("+-=", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
}

// fenceFor is longer than any run of backticks in a block.
func fenceFor(lines []string) string {
	longest, run := 2, 0
	for _, l := range lines {
		run = 0
		for _, r := range l {
			if r != '`' {
				run = 0
				continue
			}
			run++
			longest = max(longest, run)
		}
	}
	return strings.Repeat("`", longest+1)
}
