package cmd

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// onTerminal is a progress as on a terminal of 60 columns.
func onTerminal(w *bytes.Buffer) *progress {
	return &progress{w: w, width: func() int { return 60 }, patience: patience, pace: pace}
}

func TestProgressIsCalmAndGoneAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := onTerminal(&out)
		told := func() string {
			p.mu.Lock() // it is written to meanwhile
			defer p.mu.Unlock()
			return out.String()
		}
		end := p.during()
		p.note(cluster.Pods, 500)
		p.note(cluster.Pods, 1000) // of the same, so far
		p.note(cluster.Events, 20)
		time.Sleep(patience - pace)
		synctest.Wait()
		if told() != "" {
			t.Errorf("tells of a quick read: %q", told())
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if n := strings.Count(told(), "\r"); n < 5 || n > 20 {
			t.Errorf("drawn %d times in 3 seconds", n)
		}
		_, _ = p.Write([]byte("warning: x\n"))
		if !strings.HasSuffix(told(), "\r\x1b[Kwarning: x\n") {
			t.Errorf("a warning stands behind the line: %q", told())
		}
		time.Sleep(time.Second)
		end()
		for _, drawn := range strings.Split(out.String(), "\r\x1b[K") {
			if len(drawn) > 59 {
				t.Errorf("the terminal would break %q", drawn)
			}
		}
		if !strings.Contains(out.String(), "reading, 2s: events 20; 1020 objects of 2 kinds so far") || !strings.HasSuffix(out.String(), "\r\x1b[K") {
			t.Errorf("told %q", out.String())
		}
	})
}

// TestProgressOfSeveralClusters: each counts by itself, and what it says goes where
// the rest of it does, never into the line.
func TestProgressOfSeveralClusters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, said bytes.Buffer
		p := onTerminal(&out)
		p.clusters = 3
		eu, us := p.part("eu", &said), p.part("us", &said)
		end := p.during()
		defer eu.during()() // a part draws nothing
		eu.note(cluster.Pods, 1500)
		us.note(cluster.Pods, 500)
		_, _ = us.Write([]byte("warning: x\n"))
		p.ended()
		time.Sleep(2*time.Second + pace)
		end()
		if !strings.Contains(out.String(), "reading, 2s: 1 of 3 clusters; 2000 objects so far") || !strings.HasSuffix(out.String(), "\r\x1b[K") {
			t.Errorf("told %q", out.String())
		}
		if said.String() != "warning: x\n" {
			t.Errorf("of the cluster: %q", said.String())
		}
	})
}

func TestProgressGoesToTerminalsAlone(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.patience, p.pace = 0, time.Millisecond
	end := p.during()
	p.note(cluster.Pods, 5)
	time.Sleep(5 * time.Millisecond)
	end()
	if out.Len() != 0 {
		t.Errorf("into a pipe: %q", out.String())
	}
}
