package report

import "strings"

// ruleLines are the lines of an alert rule, those that are too long broken
// where YAML means the same: within blocks at blanks, elsewhere behind the key.
// What has a word that is too long by itself, such as a pattern of many names,
// stands in quotes, in which YAML joins lines that end in a backslash.
func ruleLines(rule string, width int) []string {
	if rule == "" {
		return nil
	}
	var out []string
	lines := strings.Split(strings.TrimSuffix(rule, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		key, value, _ := strings.Cut(line, ": ")
		indent := indentOf(line)
		switch {
		case value == "|-" || value == ">-":
			n := 1
			for i+n < len(lines) && len(indentOf(lines[i+n])) > len(indent) {
				n++
			}
			out = append(out, blockLines(lines[i:i+n], value == ">-", width)...)
			i += n - 1
		case len(line) <= width:
			out = append(out, line)
		case len(indent)+4+len(value) <= width:
			out = append(out, key+":", indent+"    "+value)
		default:
			out = append(out, quotedLines(key, strings.Trim(value, `"`), indent, width)...)
		}
	}
	return out
}

func indentOf(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " "))] }

// blockLines are a key with a block behind it, whose lines are folded or not.
func blockLines(block []string, folded bool, width int) []string {
	out := block[:1:1]
	var whole []string
	fits := true
	for _, line := range block[1:] {
		indent := indentOf(line)
		for _, l := range atBlanks(line, width-len(indent)) {
			out = append(out, indent+l)
			fits = fits && len(indent)+len(l) <= width
		}
		whole = append(whole, strings.TrimLeft(line, " "))
	}
	if fits {
		return out
	}
	key, _, _ := strings.Cut(block[0], ": ")
	joint := "\n"
	if folded {
		joint = " "
	}
	return quotedLines(key, strings.Join(whole, joint), indentOf(block[0]), width)
}

// quotedLines are a key and a text in double quotes (YAML 1.2, 7.3.1). At the
// beginning of a line a blank would be lost without a backslash.
func quotedLines(key, text, indent string, width int) []string {
	out := []string{key + ":"}
	indent += "    "
	current := indent + `"`
	for _, r := range text {
		unit := string(r)
		switch r {
		case '"', '\\':
			unit = `\` + unit
		case '\n':
			unit = `\n`
		}
		if len(current)+len(unit) >= width && len(current) > len(indent)+8 {
			out, current = append(out, current+`\`), indent
			if r == ' ' {
				unit = `\ `
			}
		}
		current += unit
	}
	return append(out, current+`"`)
}

// atBlanks breaks a line at blanks, and a word that is too long behind the
// opening brackets that stand before its first string; a string stays whole.
func atBlanks(line string, width int) []string {
	var out []string
	current := ""
	for _, word := range strings.Fields(line) {
		if current != "" && len(current)+1+len(word) > width {
			out, current = append(out, current), ""
		}
		current = strings.TrimLeft(current+" "+word, " ")
		for len(current) > width {
			code, _, _ := strings.Cut(current[:max(width, 1)], `"`)
			at := strings.LastIndexAny(code, "({") + 1
			if at == 0 {
				break
			}
			out, current = append(out, current[:at]), current[at:]
		}
	}
	return append(out, current)
}
