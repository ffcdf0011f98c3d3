package history

import (
	"crypto/sha256"
	_ "embed" // the dictionary
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// An object is kept as the JSON of the cluster package's type, compressed with
// zstd and a dictionary of what such JSON looks like. JSON because a field
// that is new or gone reads as its zero value, in both directions of an
// update; the dictionary because an object is too small to learn from itself:
// it makes a pod a fifth of what zstd alone would. The standard library's
// flate takes a dictionary too, but sets up a megabyte of tables for each
// object, which costs more than all the rest.
//
// The template that all pods of one revision share is kept once, by its sum.

// dictionary is part of the format: what was written with it is read with it.
//
//go:embed dictionary.json
var dictionary []byte

// dictionaryID stands in each frame. Another dictionary gets another number,
// and the old one stays for reading.
const dictionaryID = 1

// largest is what a frame may unpack to: an object of the API has a megabyte
// and a half at most.
const largest = 16 << 20

// packer compresses and decompresses.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newPacker() (*packer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderDictRaw(dictionaryID, dictionary), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<17), zstd.WithEncoderCRC(true))
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderDictRaw(dictionaryID, dictionary), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(largest))
	if err != nil {
		return nil, err
	}
	return &packer{enc, dec}, nil
}

func (p *packer) pack(raw []byte) []byte { return p.enc.EncodeAll(raw, make([]byte, 0, len(raw)/3)) }

func (p *packer) unpack(body []byte, into any) error {
	raw, err := p.dec.DecodeAll(body, nil)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return nil
}

// Object is one version of one object, ready to be kept.
type Object struct {
	Ref cluster.Ref
	// Version is the resourceVersion: of two recorders the one that lags behind
	// must not write what is older over what is newer. 0 where it is not told.
	Version  int64
	body     []byte // JSON; nil for an object that is gone
	template []byte
	sum      int64
}

// Sum tells versions of one object apart: equal ones have equal sums.
func (o *Object) Sum() int64 { return o.sum }

// Gone is the last version of an object that was deleted.
func Gone(ref cluster.Ref, version int64) Object { return Object{Ref: ref, Version: version} }

// The kinds of objects that are kept, by their type.
type kept interface {
	cluster.Pod | cluster.Node | cluster.Workload | cluster.Revision | cluster.Service | cluster.Claim
}

// ObjectOf is a version of an object.
func ObjectOf[T kept](x T, version int64) (Object, error) {
	ref, template := partsOf(&x)
	o := Object{Ref: ref, Version: version}
	var err error
	if o.body, err = json.Marshal(&x); err != nil {
		return o, fmt.Errorf("keeping %s: %w", ref, err)
	}
	if template != nil {
		if o.template, err = json.Marshal(template); err != nil {
			return o, fmt.Errorf("keeping the template of %s: %w", ref, err)
		}
	}
	o.sum = sumOf(o.body, o.template)
	return o, nil
}

// partsOf takes the template out of an object.
func partsOf(x any) (cluster.Ref, *cluster.Template) {
	var ref cluster.Ref
	var slot **cluster.Template
	switch x := x.(type) {
	case *cluster.Pod:
		ref, slot = x.Ref, &x.Template
	case *cluster.Workload:
		ref, slot = x.Ref, &x.Template
	case *cluster.Revision:
		ref, slot = x.Ref, &x.Template
	case *cluster.Node:
		ref = x.Ref
	case *cluster.Service:
		ref = x.Ref
	case *cluster.Claim:
		ref = x.Ref
	}
	if slot == nil {
		return ref, nil
	}
	template := *slot
	*slot = nil
	return ref, template
}

// sumOf is never 0, which is the sum of nothing.
func sumOf(texts ...[]byte) int64 {
	h := sha256.New()
	for _, t := range texts {
		_, _ = h.Write(t) // never fails
		_, _ = h.Write([]byte{0})
	}
	return int64(binary.BigEndian.Uint64(h.Sum(nil))>>1) | 1 //nolint:gosec // shifted: it fits
}
