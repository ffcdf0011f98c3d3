package collect

import (
	"bytes"
	"encoding/json"
)

// trimming trims the items of a list while the next ones are read, in the order in
// which they stand: to find where an object ends takes as long as to decode it.
type trimming struct {
	r          *reading
	file, kind string // kind is that of the list, empty if it does not name one
	full, free chan *batch
	filling    *batch
	done       chan struct{}
	// nameless are items that do not name their kind where the list does not
	// either, and held is how many bytes they take.
	nameless []json.RawMessage
	held     int
}

// batch is as many items as are handed over at once. Their memory is used again.
type batch struct {
	items []json.RawMessage
	n     int // of the items, those that are of this batch
	bytes int
}

const (
	bytesOfBatch = 256 << 10
	batches      = 3 // one is filled, one trimmed, and one waits
	// mostReused is how large memory of one item may be that is used again.
	mostReused = 1 << 20
)

// trim begins to trim the items of a list. Until wait has returned nothing else
// may use what a reading holds, but its stream.
func (r *reading) trim(file, kind string) *trimming {
	t := &trimming{r: r, file: file, kind: kind, full: make(chan *batch, batches), free: make(chan *batch, batches), done: make(chan struct{})}
	for range batches {
		t.free <- &batch{}
	}
	t.filling = <-t.free
	go t.run()
	return t
}

// next is where the next item goes.
func (t *trimming) next() *json.RawMessage {
	b := t.filling
	if b.n == len(b.items) {
		b.items = append(b.items, nil)
	}
	return &b.items[b.n]
}

// take takes the item that next was filled with.
func (t *trimming) take() {
	b := t.filling
	b.bytes += len(b.items[b.n])
	b.n++
	if b.bytes >= bytesOfBatch {
		t.full <- b
		t.filling = <-t.free
	}
}

// wait returns when all that was taken is trimmed, and with it the items that
// have to wait for the kind of their list.
func (t *trimming) wait() ([]json.RawMessage, error) {
	t.full <- t.filling
	close(t.full)
	<-t.done
	if t.held > mostOfObject {
		return nil, errLargeObject
	}
	return t.nameless, nil
}

func (t *trimming) run() {
	defer close(t.done)
	for b := range t.full {
		for i, raw := range b.items[:b.n] {
			t.item(raw)
			if cap(raw) > mostReused {
				b.items[i] = nil
			}
		}
		b.n, b.bytes = 0, 0
		t.free <- b
	}
}

func (t *trimming) item(raw json.RawMessage) {
	h, err := t.r.kindOf(t.file, raw)
	switch {
	case err != nil:
	case h.Kind != "" || t.kind != "":
		t.r.headed(t.file, raw, h, t.kind)
	default:
		if t.held += len(raw); t.held <= mostOfObject {
			t.nameless = append(t.nameless, bytes.Clone(raw))
		}
	}
}
