package report

import (
	"cmp"
	"slices"
	"time"
)

// lane is what happened to one workload, node or other object, in the order
// of its times.
type lane struct {
	Subject Ref
	Entries []int // positions in the timeline
	first   time.Time
}

// lanes sorts a timeline by what its entries are about: those of pods go to
// their workload. The first that anything happened to comes first.
func (r *Report) lanes(entries []Entry) []lane {
	owner := r.owners()
	at := map[Ref]int{}
	var out []lane
	for i, e := range entries {
		of := e.Subject
		of.UID = ""
		if w, ok := owner[of]; ok {
			of = w
		}
		n, known := at[of]
		if !known {
			n = len(out)
			at[of] = n
			out = append(out, lane{Subject: of, first: e.Time})
		}
		out[n].Entries = append(out[n].Entries, i)
	}
	slices.SortStableFunc(out, func(a, b lane) int {
		return cmp.Or(a.first.Compare(b.first), cmp.Compare(a.Subject.Kind, b.Subject.Kind),
			cmp.Compare(a.Subject.Namespace, b.Subject.Namespace), cmp.Compare(a.Subject.Name, b.Subject.Name))
	})
	return out
}

// owners are the workloads of the pods that patterns name.
func (r *Report) owners() map[Ref]Ref {
	out := map[Ref]Ref{}
	for i := range r.Patterns {
		for _, a := range r.Patterns[i].Affected {
			if a.Kind == "Pod" && a.Workload.Name != "" {
				out[Ref{Kind: "Pod", Namespace: a.Namespace, Name: a.Name}] =
					Ref{Kind: a.Workload.Kind, Namespace: a.Namespace, Name: a.Workload.Name}
			}
		}
	}
	return out
}
