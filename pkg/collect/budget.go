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
)

var errLargeObject = fmt.Errorf("an object or document is longer than %d MiB", mostOfObject>>20)

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
