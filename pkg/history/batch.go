package history

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Batch is what a recorder saw since the one before.
type Batch struct {
	// At is when it was seen, by the recorder's clock.
	At        time.Time
	Objects   []Object
	Sightings []Sighting
	Ends      []cluster.End
	Turns     []cluster.Turn
	Changes   []cluster.Change
	Watch     *Watch
}

// Facts is the number of facts in a batch, those that are known already
// included.
func (b *Batch) Facts() int {
	return len(b.Objects) + len(b.Sightings) + len(b.Ends) + len(b.Turns) + len(b.Changes)
}

// Sighting is an event as it was once seen: the same event with a greater
// count is another.
type Sighting struct {
	UID string
	cluster.Event
}

// Watch is an unbroken period in which a recorder saw everything in its
// scope. It is told again and again while it grows.
type Watch struct {
	// Key is the period's own: no other run of any recorder has it.
	Key        string
	From, To   time.Time
	Namespaces []string           // empty: all
	Resources  []cluster.Resource // what was followed
}

// covers reports whether what is asked for was looked at.
func (w *Watch) covers(namespaces []string) bool {
	if len(w.Namespaces) == 0 {
		return true
	}
	for _, ns := range namespaces {
		found := false
		for _, own := range w.Namespaces {
			found = found || own == ns
		}
		if !found {
			return false
		}
	}
	return len(namespaces) > 0
}
