package staleconfig

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

func (u *use) restart(workloads []cluster.Ref) []detect.Recommendation {
	r := detect.Recommendation{Urgency: detect.Soon, Text: fmt.Sprintf("Restart what runs with the old value of %s, so that it reads the new one.", u.name()),
		Commands: detect.Restarts(workloads)}
	return []detect.Recommendation{r, {Urgency: detect.Later,
		Text: "Let a change of it roll its pods by itself: name the object by a hash of its content, or put the hash into an annotation of the template."}}
}

func (u *use) takeBack() []detect.Recommendation {
	return []detect.Recommendation{{Urgency: detect.Immediate,
		Text: fmt.Sprintf("Take the last change of %s back, or correct it, and restart nothing that still runs before that.", u.name())}}
}

func others(n int, when string) string {
	if n == 1 {
		return fmt.Sprintf("the one that started %s it runs", when)
	}
	return fmt.Sprintf("all %d that started %s it run", n, when)
}

func fails(n int) string {
	if n == 1 {
		return "fails"
	}
	return "fail"
}
