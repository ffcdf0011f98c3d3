package report

import "fmt"

// mostBranches is how many branches of a root the text shows: a registry that
// is out of reach may have hundreds. The report has them all.
const mostBranches = 12

// branches prints what stands below a root.
func (t *text) branches(all []string) {
	shown := all
	if len(all) > mostBranches+1 {
		shown = append(all[:mostBranches:mostBranches], fmt.Sprintf("… and %d more; -o json has them", len(all)-mostBranches))
	}
	for i, branch := range shown {
		mark := "├─ "
		if i == len(shown)-1 {
			mark = "└─ "
		}
		t.beside(6, mark, nil, branch, nil)
	}
}
