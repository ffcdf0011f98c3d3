package cluster

import (
	"reflect"
	"testing"
	"time"
)

func TestWatchedPeriodsThatTouchAreOne(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 11, 24, 10, m, 0, 0, time.UTC) }
	s := New(Parts{At: at(59)}).WithPast(Parts{Past: Past{Watched: []Span{
		{at(30), at(40)}, {at(0), at(10)}, {at(5), at(20)}, {at(20), at(25)}, {at(50), at(50)},
	}}})
	want := []Span{{at(0), at(25)}, {at(30), at(40)}}
	if !reflect.DeepEqual(s.Past.Watched, want) {
		t.Errorf("watched %v, want %v", s.Past.Watched, want)
	}
}

func TestThePastIsInOrder(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 11, 24, 10, m, 0, 0, time.UTC) }
	end := func(m int) End { return End{State: State{Phase: Terminated, FinishedAt: at(m)}} }
	s := New(Parts{At: at(59)}).WithPast(Parts{Past: Past{
		Ends:    []End{end(9), end(3)},
		Turns:   []Turn{{Condition: Condition{Type: "Ready", Transition: at(8)}}, {Condition: Condition{Type: "Ready", Transition: at(2)}}},
		Changes: []Change{{Time: at(7)}, {Time: at(1)}},
	}})
	if !s.Past.Ends[0].State.FinishedAt.Equal(at(3)) || !s.Past.Turns[0].Transition.Equal(at(2)) || !s.Past.Changes[0].Time.Equal(at(1)) {
		t.Errorf("not in order: %+v", s.Past)
	}
}
