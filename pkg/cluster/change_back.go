package cluster

import (
	"cmp"
	"slices"
	"time"
)

// takenBack is the rollback of a StatefulSet or DaemonSet: its current
// revision is not the newest that was made. It is dated by the workload's last
// write, or by the first pod that was made of the older revision again.
func (s *Snapshot) takenBack(w *Workload, revs []*Revision) (Change, bool) {
	if (w.Kind != "StatefulSet" && w.Kind != "DaemonSet") || w.Revision == "" || len(revs) < 2 {
		return Change{}, false
	}
	newest := newestOf(revs)
	i := slices.IndexFunc(revs, func(r *Revision) bool { return r.Name == w.Revision })
	if i < 0 || newest.Name == w.Revision {
		return Change{}, false
	}
	at := s.remade(w, revs[i], newest.Created)
	if wr := LastWrite(w.Writes).Time; wr.After(newest.Created) && (at.IsZero() || wr.Before(at.Add(sameWrite))) {
		at = wr
	}
	if at.IsZero() {
		return Change{}, false
	}
	before, now := s.templateOf(w.Ref, newest), s.templateOf(w.Ref, revs[i])
	what := "an older revision made current again"
	if before != nil && now != nil {
		_, what = describe(before, now, 0)
	}
	return Change{Time: at, Kind: Rollback, Object: w.Key(), What: what, By: w.author(at)}, true
}

func newestOf(revs []*Revision) *Revision {
	return slices.MaxFunc(revs, func(a, b *Revision) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Number, b.Number)) })
}

// remade is when the first pod of a revision was made after a time; zero if
// none was.
func (s *Snapshot) remade(w *Workload, r *Revision, after time.Time) time.Time {
	var at time.Time
	for _, p := range s.PodsOf(w.Ref) {
		if p.Revision() == r.Hash && p.Created.After(after.Add(sameWrite)) && (at.IsZero() || p.Created.Before(at)) {
			at = p.Created
		}
	}
	return at
}

// daemonRevisions says of each DaemonSet which revision is current. Its status
// does not, and a rollback leaves the date of the older revision as it was:
// a pod is always made of the current one, so that the youngest tells, if it
// is younger than the newest revision.
func (s *Snapshot) daemonRevisions() {
	for i := range s.Workloads {
		w := &s.Workloads[i]
		if w.Kind != "DaemonSet" || w.Revision != "" {
			continue
		}
		revs := s.RevisionsOf(w.Ref)
		if len(revs) < 2 {
			continue
		}
		newest := newestOf(revs)
		current, youngest := newest, newest.Created.Add(sameWrite)
		for _, p := range s.PodsOf(w.Ref) {
			at := slices.IndexFunc(revs, func(r *Revision) bool { return r.Hash == p.Revision() })
			if at >= 0 && p.Created.After(youngest) {
				current, youngest = revs[at], p.Created
			}
		}
		w.Revision = current.Name
	}
}
