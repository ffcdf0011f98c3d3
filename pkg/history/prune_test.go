package history

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestPrune(t *testing.T) {
	s := opened(t, temporary(t))
	keep(t, s, everything(t))
	keep(t, s, &Batch{At: minute(10), Objects: []Object{object(t, pod("cart-1", "Failed"), 11), object(t, pod("brief", "Running"), 12)}, Sightings: []Sighting{sighting("e2", 1, 10)},
		Watch: &Watch{Key: "w1", From: noon, To: minute(20)}})
	keep(t, s, &Batch{At: minute(11), Objects: []Object{Gone(pod("brief", "").Ref, 13)}})
	removed, err := s.Prune(t.Context(), minute(5))
	if err != nil || removed != (Counts{0, 2, 1, 1, 1}) {
		t.Fatalf("removed %+v, %v", removed, err)
	}
	past, _, err := s.Past(t.Context(), Query{})
	if err != nil || len(past.Events) != 1 || len(past.Ends)+len(past.Turns)+len(past.Changes) != 0 || past.Watched[0].From != minute(5) {
		t.Errorf("left: %+v, %v", past, err)
	}
	if p, err := s.At(t.Context(), minute(6), nil); err != nil || len(p.Pods) != 1 || p.Pods[0].Phase != "Running" || p.Pods[0].Template == nil {
		t.Errorf("the version that held at the cut must stay: %+v, %v", p.Pods, err)
	}
	if removed, err = s.Prune(t.Context(), minute(15)); err != nil || removed.Versions != 3 {
		t.Errorf("removed %+v, %v", removed, err)
	}
	var objects, strings int
	_ = s.db.QueryRow("SELECT count(*) FROM objects").Scan(&objects)
	_ = s.db.QueryRow("SELECT count(*) FROM strings").Scan(&strings)
	if objects != 1 || strings != 2 { // the pod with its kind and namespace
		t.Errorf("%d objects and %d strings are left of one pod", objects, strings)
	}
	// What was forgotten must be found anew.
	if n := keep(t, s, everything(t)); n.Sightings != 2 || n.Ends != 1 {
		t.Errorf("after pruning: %+v", n)
	}
}

func TestBoundBySize(t *testing.T) {
	s := opened(t, temporary(t))
	for hour := range 48 {
		b := Batch{At: minute(60 * hour), Watch: &Watch{Key: "w", From: noon, To: minute(60 * hour)}}
		for i := range 200 {
			e := sighting(fmt.Sprint(hour, "-", i), 1, 60*hour)
			e.Message = fmt.Sprintf("attempt %d of hour %d: %s", i, hour, strings.Repeat("x", 200))
			b.Sightings = append(b.Sightings, e)
		}
		keep(t, s, &b)
	}
	now := minute(48 * 60)
	const size = 2 << 20
	if used, _ := s.used(t.Context()); used < 2*size {
		t.Fatalf("only %d bytes to begin with", used)
	}
	removed, err := s.Bound(t.Context(), now, 14*24*time.Hour, size)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.size(); got > size {
		t.Errorf("%d bytes on disk, %d are allowed", got, size)
	}
	past, _, err := s.Past(t.Context(), Query{})
	if err != nil || removed.Sightings+len(past.Events) != 48*200 || len(past.Events) < 1000 {
		t.Fatalf("%d removed, %d left, %v", removed.Sightings, len(past.Events), err)
	}
	if oldest := past.Events[len(past.Events)-1].Last; past.Watched[0].From.After(oldest) || now.Sub(oldest) < 10*time.Hour {
		t.Errorf("the newest must stay, and what was watched with it: %v, watched %v", oldest, past.Watched)
	}
	if removed, err = s.Bound(t.Context(), now, time.Hour, size); err != nil || removed.Sightings == 0 {
		t.Errorf("by age: %+v, %v", removed, err)
	}
	if _, err = s.Bound(t.Context(), now, time.Hour, 1<<10); !errors.Is(err, ErrSize) {
		t.Errorf("a size that nothing fits in: %v", err)
	}
}

func TestSummary(t *testing.T) {
	s := opened(t, temporary(t))
	about := About{Cluster: "u", Context: "prod", Server: "https://1", Version: "v1.36.1", Keep: time.Hour, MaxSize: 1 << 29}
	if err := s.SetAbout(t.Context(), about); err != nil {
		t.Fatal(err)
	}
	keep(t, s, everything(t))
	keep(t, s, &Batch{Watch: &Watch{Key: "w2", From: minute(3), To: minute(4), Namespaces: []string{"shop"}}})
	got, err := s.Summarise(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Summary{About: about, Facts: Counts{1, 2, 1, 1, 1}, Objects: 1, From: noon, To: minute(4), Watched: 0.5, Size: got.Size}
	if got != want || got.Size == 0 {
		t.Errorf("%+v, want %+v", got, want)
	}
	if id := got.Identity(); id != (cluster.Identity{Context: "prod", Server: "https://1", Version: "v1.36.1", Offline: true}) {
		t.Errorf("%+v", id)
	}
}
