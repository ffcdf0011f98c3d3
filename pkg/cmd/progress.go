package cmd

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// patience is how long a read may take before it is worth a word, and pace how
// often that is said anew.
const (
	patience = time.Second
	pace     = 200 * time.Millisecond
)

// progress tells on a terminal what is being read and how far, in one line
// that is gone when reading is over. Into a file or a pipe it writes nothing.
type progress struct {
	w              io.Writer
	width          func() int // of the terminal; nil: there is none
	patience, pace time.Duration

	// whole is the progress that this one of a cluster among several, named in,
	// is a part of; nil elsewhere.
	whole *progress
	in    string

	mu       sync.Mutex
	started  time.Time
	objects  map[counted]int // so far
	last     counted
	clusters int // that are read, 0: one, of which kinds are told
	done     int // of these
	drawn    bool
	stop     chan struct{}
	stopped  chan struct{}
}

// counted is what objects are counted by.
type counted struct {
	in       string // the cluster, of several
	resource cluster.Resource
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, patience: patience, pace: pace}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		p.width = func() int {
			if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
				return n
			}
			return 80
		}
	}
	return p
}

// part is the progress of one of several clusters. What is said meanwhile goes
// where that of the cluster does.
func (p *progress) part(name string, w io.Writer) *progress {
	return &progress{w: w, whole: p, in: name}
}

// ended notes that one of several clusters is read.
func (p *progress) ended() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
}

// during tells how a reading goes until the returned function ends it.
func (p *progress) during() (end func()) {
	if p.width == nil {
		return func() {}
	}
	p.started, p.objects = time.Now(), map[counted]int{}
	p.stop, p.stopped = make(chan struct{}), make(chan struct{})
	go p.run()
	return func() {
		close(p.stop)
		<-p.stopped
	}
}

func (p *progress) run() {
	defer close(p.stopped)
	tick := time.NewTicker(p.pace)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			p.mu.Lock()
			p.erase()
			p.mu.Unlock()
			return
		case <-tick.C:
			p.draw()
		}
	}
}

// note takes in how many objects of a resource were read so far.
func (p *progress) note(resource cluster.Resource, objects int) {
	if p.whole != nil {
		p.whole.count(counted{p.in, resource}, objects)
		return
	}
	p.count(counted{"", resource}, objects)
}

func (p *progress) count(of counted, objects int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.objects != nil { // else nobody looks on
		p.objects[of], p.last = objects, of
	}
}

func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	took := time.Since(p.started)
	if took < p.patience {
		return
	}
	line := []rune(p.line(took))
	p.drawn = true
	_, _ = fmt.Fprintf(p.w, "\r\x1b[K%s", string(line[:min(len(line), max(p.width()-1, 0))]))
}

func (p *progress) line(took time.Duration) string {
	all := 0
	for _, n := range p.objects {
		all += n
	}
	switch {
	case p.clusters > 0:
		return fmt.Sprintf("reading, %s: %d of %s; %s so far", detect.Span(took), p.done, detect.Count(p.clusters, "cluster"), detect.Count(all, "object"))
	case p.last.resource == "":
		return "reading, " + detect.Span(took)
	}
	return fmt.Sprintf("reading, %s: %s %d; %s of %s so far", detect.Span(took), p.last.resource, p.objects[p.last],
		detect.Count(all, "object"), detect.Count(len(p.objects), "kind"))
}

// erase leaves nothing behind: the line is cleared, and the next thing that is
// written stands in its place.
func (p *progress) erase() {
	if p.drawn {
		_, _ = io.WriteString(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

// Write writes what somebody has to say meanwhile, in lines of its own.
func (p *progress) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	return p.w.Write(text)
}
