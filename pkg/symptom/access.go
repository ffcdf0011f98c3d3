package symptom

import (
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// goesOn is how long after the last event a refusal is taken to stand:
// controllers try again after 1000 s at most (the default rate limiter).
const goesOn = 20 * time.Minute

// accessRefused recognises in events of any reason that the API server
// refused a service account something: the sentence of the authorizer tells,
// and never the word "forbidden", which quotas and policies say too.
func (r *recogniser) accessRefused() {
	type key struct {
		object cluster.Ref
		access Access
	}
	at := map[key]int{}
	var found []Symptom
	for i := range r.s.Events {
		e := &r.s.Events[i]
		if !strings.Contains(e.Message, " cannot ") {
			continue
		}
		access, ok := ParseAccess(e.Message)
		account, isAccount := access.ServiceAccount()
		if !ok || !isAccount || !r.eventInScope(e) {
			continue
		}
		k := key{e.Object.Key(), access}
		n, known := at[k]
		if !known {
			n = len(found)
			at[k] = n
			found = append(found, Symptom{Kind: RBAC, Cause: Forbidden, Object: e.Object.Key(), Pod: r.s.Pod(e.Object.Namespace, e.Object.Name), Container: e.Container,
				Workload: r.workloadKind(e.Object.Key()), Access: access, About: account, Node: e.Host, First: e.First})
			if e.Object.Kind != "Pod" {
				found[n].Pod = nil
			}
		}
		found[n].addEvent(e)
		found[n].Template = Mask(e.Message)
	}
	for _, s := range found {
		if r.s.At.Sub(s.Last) <= goesOn {
			s.Ongoing, s.Last = true, r.s.At
		}
		r.add(s)
	}
}
