package collect

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

var start = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func second(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }

func TestOnlyWhatWasFollowedWasWatched(t *testing.T) {
	l := newLooking()
	pods, events := l.add(cluster.Pods), l.add(cluster.Events)
	if l.at(second(0)) != nil {
		t.Error("while it lists nothing is watched")
	}
	l.set(pods, following, nil)
	if l.at(second(10)) != nil {
		t.Error("pods alone are not all")
	}
	l.set(events, following, nil)
	first := l.at(second(20))
	if first == nil || !first.From.Equal(second(20)) || !slices.Equal(first.Resources, []cluster.Resource{cluster.Pods, cluster.Events}) {
		t.Fatalf("%+v", first)
	}
	l.set(events, apart, errors.New("connection refused"))
	if l.at(second(30)) != nil {
		t.Error("out of reach is not watched")
	}
	if since, trouble := l.now(); !since.IsZero() || !strings.Contains(strings.Join(trouble, ""), "events (connection refused)") {
		t.Errorf("%v %v", since, trouble)
	}
	l.set(events, following, nil)
	if w := l.at(second(40)); w == nil || w.Key != first.Key || !w.From.Equal(second(20)) || !w.To.Equal(second(40)) {
		t.Errorf("what was resumed is one period: %+v", w)
	}
	l.set(events, lost, errExpired)
	l.set(events, listing, nil)
	l.set(events, following, nil)
	if w := l.at(second(50)); w == nil || w.Key == first.Key || !w.From.Equal(second(50)) {
		t.Errorf("after a loss another period begins: %+v", w)
	}
	if w := l.at(second(500)); w == nil || !w.From.Equal(second(500)) {
		t.Errorf("a machine that slept did not look: %+v", w)
	}
	l.set(pods, refused, errors.New("forbidden"))
	if w := l.at(second(510)); w == nil || !slices.Equal(w.Resources, []cluster.Resource{cluster.Events}) {
		t.Errorf("what may not be read is not among what was followed: %+v", w)
	}
}

func cartPod(restarts int32, ready string, readySince time.Time, last cluster.State) *cluster.Pod {
	return &cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "cart-5f-1", UID: "u1"}, Created: start,
		Owner: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "cart-5f", UID: "r1"}, Node: "node-1",
		Conditions: []cluster.Condition{{Type: "Ready", Status: ready, Transition: readySince}, {Type: "Initialized", Status: "True", Transition: second(9)}},
		Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "cart", Image: "cart:1"}, Restarts: restarts, State: cluster.State{Phase: cluster.Running}, Ended: &last}}}
}

func tell(t *testing.T, f *facts, object any, uid string, version int64) {
	t.Helper()
	if err := f.add(sight{object: object, uid: uid, version: version}); err != nil {
		t.Fatal(err)
	}
}

func TestPodsTellEndsAndTurns(t *testing.T) {
	f := newFacts()
	cart := cluster.Ref{Kind: "Deployment", Namespace: "shop", Name: "cart"}
	tell(t, f, &cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: "cart-5f", UID: "r1"}, Owner: cart}, "r1", 1)
	tell(t, f, cartPod(0, "False", start, cluster.State{}), "u1", 2)
	if b := f.take(second(1)); len(b.Ends)+len(b.Turns) != 0 || len(b.Objects) != 2 {
		t.Fatalf("a pod's beginning is no turn: %+v", b)
	}
	oom := cluster.State{Phase: cluster.Terminated, Reason: "OOMKilled", ExitCode: 137, FinishedAt: second(60)}
	tell(t, f, cartPod(1, "True", second(65), oom), "u1", 3)
	tell(t, f, cartPod(1, "True", second(65), oom), "u1", 4)
	b := f.take(second(70))
	if len(b.Objects) != 1 || len(b.Ends) != 1 || len(b.Turns) != 1 {
		t.Fatalf("%+v", b)
	}
	if e := b.Ends[0]; e.Workload != cart || e.Restarts != 0 || e.State != oom || e.Node != "node-1" || e.Image != "cart:1" {
		t.Errorf("%+v", e)
	}
	if turn := b.Turns[0]; turn.Workload != cart || turn.Type != "Ready" || turn.Status != "True" {
		t.Errorf("%+v", turn)
	}
	// The same end, as it is told before the container is started again.
	p := cartPod(0, "False", second(60), cluster.State{})
	p.Containers[0].State = oom
	tell(t, f, p, "u1", 5)
	if b := f.take(second(80)); len(b.Ends) != 1 || b.Ends[0].Restarts != 0 {
		t.Errorf("%+v", b.Ends)
	}
}

func TestRolloutsAreToldOnce(t *testing.T) {
	cart := cluster.Ref{Kind: "Deployment", Namespace: "shop", Name: "cart", UID: "d"}
	revision := func(name, image string, number int64, created time.Time) *cluster.Revision {
		return &cluster.Revision{Ref: cluster.Ref{Kind: "ReplicaSet", Namespace: "shop", Name: name, UID: name}, Owner: cart, Number: number, Created: created,
			Template: &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "cart", Image: image}}}}
	}
	f := newFacts()
	tell(t, f, &cluster.Workload{Ref: cart, Created: start, Revision: "1"}, "d", 1)
	tell(t, f, revision("cart-a", "cart:1", 1, start), "cart-a", 2)
	if b := f.take(second(1)); len(b.Changes) != 0 {
		t.Errorf("the first revision is no change: %+v", b.Changes)
	}
	tell(t, f, revision("cart-b", "cart:2", 2, second(600)), "cart-b", 3)
	b := f.take(second(601))
	if len(b.Changes) != 1 || b.Changes[0].Kind != cluster.Rollout || !strings.Contains(b.Changes[0].What, "cart:1 → ") {
		t.Fatalf("%+v", b.Changes)
	}
	for n := range 5 {
		tell(t, f, revision("cart-"+strings.Repeat("c", n+1), "cart:3", int64(3+n), second(700+n)), strings.Repeat("c", n+1), int64(4+n))
	}
	f.take(second(710))
	if n := len(f.revisions[cart.Key()]); n != enough {
		t.Errorf("%d revisions are held", n)
	}
	f.forget(history.Gone(cart, 99))
	if len(f.revisions)+len(f.workloads)+len(f.touched) != 0 {
		t.Error("what is gone is held on to")
	}
}

func TestNodesTellChanges(t *testing.T) {
	f := newFacts()
	node := func(status string, since time.Time) *cluster.Node {
		return &cluster.Node{Ref: cluster.Ref{Kind: "Node", Name: "node-1", UID: "n"}, Created: start.Add(-time.Hour),
			Conditions: []cluster.Condition{{Type: "DiskPressure", Status: status, Reason: "KubeletHasDiskPressure", Transition: since}}}
	}
	tell(t, f, node("False", start.Add(-time.Hour)), "n", 1)
	if b := f.take(second(0)); len(b.Changes)+len(b.Turns) != 0 {
		t.Errorf("%+v", b)
	}
	tell(t, f, node("True", second(30)), "n", 2)
	b := f.take(second(31))
	if len(b.Changes) != 1 || b.Changes[0].Kind != cluster.NodeCondition || len(b.Turns) != 1 || !b.Turns[0].Workload.IsZero() {
		t.Errorf("%+v", b)
	}
}

func TestEventsGoWithoutAFact(t *testing.T) {
	f := newFacts()
	e := &cluster.Event{Object: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "x"}, Reason: "BackOff", Count: 2}
	tell(t, f, e, "e1", 1)
	if err := f.add(sight{object: e, uid: "e1", gone: true}); err != nil {
		t.Fatal(err)
	}
	if b := f.take(start); len(b.Sightings) != 1 || b.Sightings[0].UID != "e1" || b.Sightings[0].Count != 2 {
		t.Errorf("%+v", b.Sightings)
	}
}
