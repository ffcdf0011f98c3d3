package cmd

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// patience is how long a read may take before it is worth a word.
const patience = time.Second

// progress tells on a terminal what has been read, once reading takes long.
// Into a file or a pipe it writes nothing.
type progress struct {
	w       io.Writer
	started time.Time
	mu      sync.Mutex
	objects int
	kinds   int
}

func newProgress(w io.Writer) *progress {
	p := &progress{started: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.w = w
	}
	return p
}

func (p *progress) note(resource cluster.Resource, objects int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.objects += objects
	p.kinds++
	if p.w == nil || time.Since(p.started) < patience {
		return
	}
	// \r and "erase line" leave nothing behind on the terminal.
	_, _ = fmt.Fprintf(p.w, "\r\x1b[Kread %s; %d objects of %d kinds so far\r\x1b[K", resource, p.objects, p.kinds)
}
