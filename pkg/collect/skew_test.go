package collect

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestServersClockCounts: where ours tells another time, that of the server's
// answers is gone by, and it is said once.
func TestServersClockCounts(t *testing.T) {
	for _, c := range []struct {
		ahead time.Duration // of the server
		says  string
	}{
		{5 * time.Hour, "5h behind the API server's"}, {-90 * time.Minute, "1h30m ahead of the API server's"}, {20 * time.Second, ""}, {0, ""},
	} {
		now := at(0).Time
		var said []string
		l := &Live{now: func() time.Time { return now }, server: &serverClock{}, Notice: func(s string) { said = append(said, s) }}
		l.server.hear(&http.Response{Header: http.Header{"Date": {now.Add(c.ahead).Format(http.TimeFormat)}}}, now.Add(-time.Second), now)
		l.setClock()
		l.setClock()
		if (c.says == "") != (len(said) == 0) || len(said) > 1 || !strings.Contains(strings.Join(said, ""), c.says) {
			t.Errorf("%s: says %q", c.ahead, said)
		}
		want := now
		if c.says != "" {
			want = now.Add(c.ahead)
		}
		if off := l.clock().Sub(want).Abs(); off > 2*time.Second {
			t.Errorf("%s: judged from %s, want %s", c.ahead, l.clock(), want)
		}
	}
}

func TestWrongClocksOfNodesAreNamed(t *testing.T) {
	now := at(0).Time
	pod := func(node string, created, started time.Time) cluster.Pod {
		return cluster.Pod{Node: node, Created: created, Started: started}
	}
	p := cluster.Parts{At: now, Pods: []cluster.Pod{
		pod("right", now.Add(-time.Hour), now.Add(-time.Hour+time.Second)),
		pod("seconds-behind", now.Add(-time.Hour), now.Add(-time.Hour-5*time.Second)),
		pod("behind", now.Add(-time.Hour), now.Add(-3*time.Hour)),
		{Node: "static", Static: true, Created: now.Add(-time.Hour), Started: now.Add(-3 * time.Hour)},
		{Node: "ahead", Containers: []cluster.Container{{State: cluster.State{StartedAt: now.Add(30 * time.Minute)}}}},
	}, Events: []cluster.Event{{Host: "ahead", Last: now.Add(time.Hour)}, {Host: "", Last: now.Add(time.Hour)}}}
	gap, found := skewOf(&p)
	if want := "behind (2h behind), ahead (1h ahead)"; !found || !strings.HasSuffix(gap.Reason, ": "+want) {
		t.Errorf("%v %q, want %q", found, gap.Reason, want)
	}
	p.Pods, p.Events = p.Pods[:2], nil
	if gap, found := skewOf(&p); found {
		t.Errorf("says %q of clocks that are right", gap.Reason)
	}
}
