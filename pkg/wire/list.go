package wire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrForm is returned for an answer that is no list in Kubernetes' protobuf.
var ErrForm = errors.New("not a list in Kubernetes' protobuf form")

// magic begins every protobuf answer of an API server.
var magic = []byte("k8s\x00")

// The fields that are read of runtime.Unknown, of lists and of their metadata.
const (
	unknownRaw    protowire.Number = 2
	listMeta      protowire.Number = 1
	listItems     protowire.Number = 2
	metaContinue  protowire.Number = 3
	metaRemaining protowire.Number = 4
)

// largest is how many bytes one object may have: etcd takes 1.5 MiB at most.
const largest = 64 << 20

// Meta is what a page says of the list that it is a part of.
type Meta struct {
	Continue  string // the token of the next page, empty on the last one
	Remaining int    // objects on the pages that follow, 0 where it is not told
}

// List reads one list. meta is told of it before all items; each is given the
// bytes of one item, which it may keep until it returns. A list that ends early
// is an error (io.ErrUnexpectedEOF), whatever was given out before.
func List(from io.Reader, meta func(Meta), each func(item []byte) error) error {
	l := pool.Get().(*list)
	defer l.free()
	l.in.Reset(from)
	l.left, l.meta, l.each = math.MaxInt64, meta, each
	head := make([]byte, len(magic))
	switch n, err := io.ReadFull(l.in, head); {
	case n == 0 && errors.Is(err, io.EOF) || !bytes.HasPrefix(magic, head[:n]):
		return ErrForm
	case err != nil:
		return err
	}
	told := false
	for {
		number, kind, err := l.tag()
		switch {
		case errors.Is(err, io.EOF):
			if !told {
				return io.ErrUnexpectedEOF
			}
			return nil
		case err != nil:
			return err
		case number == unknownRaw && kind == protowire.BytesType:
			told = true
			err = l.raw()
		default:
			err = l.skip(kind)
		}
		if err != nil {
			return err
		}
	}
}

type list struct {
	in   *bufio.Reader
	left int64 // bytes of the message at hand that are still to come
	buf  []byte
	meta func(Meta)
	each func([]byte) error
}

// pool holds the buffers of lists that were read: a large one has hundreds of
// pages.
var pool = sync.Pool{New: func() any { return &list{in: bufio.NewReaderSize(nil, 64<<10)} }}

// free gives the buffers of a list back. What one huge object needed is let go.
func (l *list) free() {
	l.in.Reset(nil)
	l.meta, l.each = nil, nil
	if cap(l.buf) > 1<<20 {
		l.buf = nil
	}
	pool.Put(l)
}

// raw reads the list itself.
func (l *list) raw() error {
	size, err := l.uvarint()
	if err != nil {
		return broken(err)
	}
	outside := l.left
	l.left = int64(min(size, math.MaxInt64))
	for l.left > 0 {
		if err := l.field(); err != nil {
			return broken(err)
		}
	}
	l.left = outside
	return nil
}

func (l *list) field() error {
	number, kind, err := l.tag()
	if err != nil {
		return err
	}
	if kind != protowire.BytesType || number != listMeta && number != listItems {
		return l.skip(kind)
	}
	message, err := l.bytes()
	switch {
	case err != nil:
		return err
	case number == listItems:
		return l.each(message)
	}
	m, err := metaOf(message)
	if err == nil {
		l.meta(m)
	}
	return err
}

func metaOf(message []byte) (Meta, error) {
	token, err := Field(message, metaContinue)
	if err != nil {
		return Meta{}, err
	}
	remaining, err := number(message, metaRemaining)
	return Meta{Continue: string(token), Remaining: int(min(remaining, math.MaxInt32))}, err
}

func (l *list) tag() (protowire.Number, protowire.Type, error) {
	v, err := l.uvarint()
	if err != nil {
		return 0, 0, err
	}
	number, kind := protowire.DecodeTag(v)
	if number < protowire.MinValidNumber {
		return 0, 0, ErrForm
	}
	return number, kind, nil
}

func (l *list) uvarint() (uint64, error) { return binary.ReadUvarint(l) }

// ReadByte makes a list a source of varints.
func (l *list) ReadByte() (byte, error) {
	if l.left <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	l.left--
	return l.in.ReadByte()
}

// bytes reads a message into the one buffer that all share.
func (l *list) bytes() ([]byte, error) {
	size, err := l.size()
	if err != nil {
		return nil, err
	}
	if int64(cap(l.buf)) < size {
		l.buf = make([]byte, size+size/4)
	}
	l.buf = l.buf[:size]
	_, err = io.ReadFull(l.in, l.buf)
	return l.buf, err
}

func (l *list) size() (int64, error) {
	n, err := l.uvarint()
	switch {
	case err != nil:
		return 0, err
	case n > largest:
		return 0, fmt.Errorf("an object of %d bytes: %w", n, ErrForm)
	case int64(n) > l.left:
		return 0, ErrForm
	}
	l.left -= int64(n)
	return int64(n), nil
}

func (l *list) skip(kind protowire.Type) error {
	var err error
	n := int64(0)
	switch kind {
	case protowire.VarintType:
		_, err = l.uvarint()
	case protowire.Fixed32Type:
		n = 4
	case protowire.Fixed64Type:
		n = 8
	case protowire.BytesType:
		if n, err = l.size(); err == nil {
			_, err = io.CopyN(io.Discard, l.in, n)
		}
		return broken(err)
	default:
		err = ErrForm
	}
	if err == nil && n > 0 {
		l.left -= n
		_, err = io.CopyN(io.Discard, l.in, n)
	}
	return broken(err)
}

// broken is an end in the midst of a list.
func broken(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
