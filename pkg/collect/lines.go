package collect

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// lines counts lines as a stream is read, to say where it is broken. Only
// the latest newlines are kept, so that a file of a gigabyte costs little.
type lines struct {
	r     io.Reader
	n     int64   // bytes read
	count int     // newlines seen
	at    []int64 // offset after every newline, of the latest ones
	blank int     // bytes of white space since the last that was none
}

// mostBlank is how much white space may stand in one place. The decoder looks at
// all of it anew with each of its reads. In a string that may be as much as an
// object has room for, which is less.
const mostBlank = 4 << 20

var errBlank = fmt.Errorf("more than %d MiB of white space in one place", mostBlank>>20)

// keep is how many of the latest newlines are remembered: the decoder reads
// ahead of what it reports by its buffer only.
const keep = 1 << 16

func (l *lines) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c > ' ' {
			l.blank = 0
			continue
		}
		l.blank++
		if c == '\n' {
			l.count++
			l.at = append(l.at, l.n+int64(i)+1)
		}
	}
	if l.blank > mostBlank {
		err = errBlank
	}
	if len(l.at) > 2*keep {
		l.at = append(l.at[:0], l.at[len(l.at)-keep:]...)
	}
	l.n += int64(n)
	return n, err
}

// locate adds line and column to a decoding error.
func (l *lines) locate(err error, offset int64) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err, offset = errors.New("the file ends in the middle of an object"), l.n
	}
	line, start := l.count-len(l.at)+1, int64(0)
	for _, at := range l.at {
		if at > offset {
			break
		}
		line, start = line+1, at
	}
	return fmt.Errorf("line %d, column %d: %w", line, offset-start+1, err)
}

// withoutLogs takes the container logs out that `kubectl cluster-info dump`
// prints between its JSON documents.
type withoutLogs struct {
	r       *bufio.Reader
	logs    *dumpedLogs
	pending []byte
}

func (w *withoutLogs) Read(p []byte) (int, error) {
	for len(w.pending) == 0 {
		line, err := w.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil
		}
		if len(line) > 0 && !w.logs.take(line) {
			w.pending = append(w.pending, line...)
		}
		if err != nil && len(w.pending) == 0 {
			return 0, err
		}
	}
	n := copy(p, w.pending)
	w.pending = w.pending[:copy(w.pending, w.pending[n:])]
	return n, nil
}

// interruptible ends a stream when the run is interrupted: a pipe or a device
// may never end by itself.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i *interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}
