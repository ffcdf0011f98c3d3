package main

import (
	"bufio"
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	protobufMagic = "k8s\x00" // what every answer in protobuf begins with
	headSize      = 16 << 10  // holds all that comes before the first item

	unknownRaw protowire.Number = 2 // of runtime.Unknown: the list
	listMeta   protowire.Number = 1 // of every list
)

var errNoList = errors.New("the answer is no list in protobuf")

// continueToken looks at the beginning of a list for the token of the next page,
// so that the list itself need not be kept.
func continueToken(in *bufio.Reader) (string, error) {
	head, _ := in.Peek(headSize)
	if len(head) < len(protobufMagic) || string(head[:len(protobufMagic)]) != protobufMagic {
		return "", errNoList
	}
	for head = head[len(protobufMagic):]; ; {
		number, kind, n := protowire.ConsumeTag(head)
		if n < 0 {
			return "", errNoList
		}
		head = head[n:]
		if number == unknownRaw {
			return tokenOf(head)
		}
		if n = protowire.ConsumeFieldValue(number, kind, head); n < 0 {
			return "", errNoList
		}
		head = head[n:]
	}
}

// tokenOf reads the length of a list and then its first field, its metadata.
func tokenOf(raw []byte) (string, error) {
	_, n := protowire.ConsumeVarint(raw)
	if n < 0 {
		return "", errNoList
	}
	number, _, tag := protowire.ConsumeTag(raw[n:])
	if tag < 0 || number != listMeta {
		return "", errNoList
	}
	bytes, size := protowire.ConsumeBytes(raw[n+tag:])
	if size < 0 {
		return "", errNoList
	}
	var meta metav1.ListMeta
	err := meta.Unmarshal(bytes)
	return meta.Continue, err
}
