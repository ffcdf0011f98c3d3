package collect

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// askew is from when on two clocks tell different times: requests take seconds,
// and a Date is of whole seconds.
const askew = time.Minute

// serverClock is how far an API server's clock is ahead of ours, by the Date of its
// last answer.
type serverClock struct{ ahead atomic.Int64 }

// hear takes the Date of an answer (RFC 9110) to what was asked and heard at
// some time by our clock.
func (c *serverClock) hear(answer *http.Response, asked, heard time.Time) {
	told, err := http.ParseTime(answer.Header.Get("Date"))
	if err == nil {
		ours := asked.Add(heard.Sub(asked) / 2)
		c.ahead.Store(int64(told.Add(time.Second / 2).Sub(ours))) // it leaves parts of a second out
	}
}

// setClock has everything be judged by the API server's clock, which dates what it
// keeps, where ours tells another time.
func (l *Live) setClock() {
	ahead := time.Duration(l.server.ahead.Load())
	if ahead.Abs() < askew {
		ahead = 0
	}
	was := l.ahead
	l.ahead = ahead
	if l.Notice != nil && (ahead-was).Abs() >= askew && ahead != 0 {
		l.Notice(fmt.Sprintf("the clock of this machine is %s the API server's, by which all times are told: set it",
			awry(-ahead)))
	}
}

func (l *Live) clock() time.Time { return l.now().Add(l.ahead) }

func awry(ahead time.Duration) string {
	by := strings.TrimSuffix(ahead.Abs().Round(time.Minute).String(), "0s")
	if strings.HasSuffix(by, "h0m") {
		by = strings.TrimSuffix(by, "0m")
	}
	if ahead < 0 {
		return by + " behind"
	}
	return by + " ahead of"
}

// skewOf is the gap of nodes whose kubelets date what happens with another clock
// than the API server's: what came first is not known there. A clock is ahead
// where something is yet to happen, and behind where a pod was seen before it
// was made.
func skewOf(p *cluster.Parts) (cluster.Gap, bool) {
	by := map[string]time.Duration{}
	note := func(node string, skew time.Duration) {
		if node != "" && skew.Abs() > max(askew, by[node].Abs()) {
			by[node] = skew
		}
	}
	ahead := func(node string, t time.Time) {
		if t.After(p.At) {
			note(node, t.Sub(p.At))
		}
	}
	for i := range p.Pods {
		pod := &p.Pods[i]
		if pod.Started.Before(pod.Created) && !pod.Started.IsZero() && !pod.Static {
			note(pod.Node, pod.Started.Sub(pod.Created))
		}
		for _, c := range pod.Containers {
			ahead(pod.Node, c.State.StartedAt)
			ahead(pod.Node, c.State.FinishedAt)
			ahead(pod.Node, c.Last().FinishedAt)
		}
		for _, c := range pod.Conditions {
			ahead(pod.Node, c.Transition)
		}
	}
	for i := range p.Events {
		ahead(p.Events[i].Host, p.Events[i].Last)
	}
	return skewGap(by), len(by) > 0
}

func skewGap(by map[string]time.Duration) cluster.Gap {
	nodes := slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		return cmp.Or(cmp.Compare(by[b].Abs(), by[a].Abs()), cmp.Compare(a, b))
	})
	var parts []string
	for _, node := range nodes {
		parts = append(parts, fmt.Sprintf("%s (%s)", node, strings.TrimSuffix(awry(by[node]), " of")))
	}
	return cluster.Gap{Resource: cluster.Clocks,
		Reason: fmt.Sprintf("what came first is not known on nodes whose clock is not the API server's: %s", shortList(parts)),
		Remedy: "set the clocks of these nodes, by NTP"}
}
