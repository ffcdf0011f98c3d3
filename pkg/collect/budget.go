package collect

import (
	"fmt"
	"io"
)

// Bounds on what saved data may make us hold. Streams may be of any length, for
// objects are read one by one.
const (
	mostOfObject = 512 << 20 // of one object, or of one YAML document
	mostNested   = 6         // archives in archives
	mostEntries  = 1 << 20   // files, folders and links in archives
)

var errLargeObject = fmt.Errorf("an object or document is longer than %d MiB", mostOfObject>>20)

// countEntries counts the entries of archives, and refuses those that have millions of
// them: each takes a moment, and packed they take nothing.
func (r *reading) countEntries(n int) error {
	if r.entries += n; r.entries > mostEntries {
		return fmt.Errorf("the archive has more than %d entries: unpack what is wanted of it", mostEntries)
	}
	return nil
}

// budget ends a stream that goes on for too long without an object coming to
// its end.
type budget struct {
	r    io.Reader
	left int64
}

func (b *budget) renew() {
	if b != nil {
		b.left = mostOfObject
	}
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLargeObject
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
