package wire

import (
	"google.golang.org/protobuf/encoding/protowire"
)

// Number of a field.
type Number = protowire.Number

// Message says which fields of a message are wanted, by their numbers: nil
// those that are not, Whole those that are wanted with all that is in them,
// and any other Message those of which a part is wanted.
type Message [64]*Message

// Whole wants everything.
var Whole = &Message{}

// Thin appends to a buffer a message with the wanted fields alone. Lengths are
// padded to five bytes, which every decoder reads, so that they can be filled
// in afterwards.
func Thin(to, message []byte, wanted *Message) ([]byte, error) {
	if wanted == Whole {
		return append(to, message...), nil
	}
	for len(message) > 0 {
		number, kind, head := protowire.ConsumeTag(message)
		if head < 0 {
			return nil, protowire.ParseError(head)
		}
		size := protowire.ConsumeFieldValue(number, kind, message[head:])
		if size < 0 {
			return nil, protowire.ParseError(size)
		}
		field := message[:head+size]
		message = message[head+size:]
		part := wanted.of(number)
		switch {
		case part == nil:
		case part == Whole || kind != protowire.BytesType:
			to = append(to, field...)
		default:
			var err error
			if to, err = thinField(to, field, head, part); err != nil {
				return nil, err
			}
		}
	}
	return to, nil
}

func (m *Message) of(n protowire.Number) *Message {
	if int(n) >= len(m) {
		return nil
	}
	return m[n]
}

// padded is how many bytes a length takes.
const padded = 5

func thinField(to, field []byte, head int, part *Message) ([]byte, error) {
	inner, n := protowire.ConsumeBytes(field[head:])
	if n < 0 {
		return nil, protowire.ParseError(n)
	}
	to = append(to, field[:head]...)
	at := len(to)
	to, err := Thin(append(to, make([]byte, padded)...), inner, part)
	if err != nil {
		return nil, err
	}
	pad(to[at:at+padded], uint64(len(to)-at-padded))
	return to, nil
}

// pad writes a number as a varint of as many bytes as there are.
func pad(to []byte, n uint64) {
	for i := range to {
		to[i] = byte(n)&0x7f | 0x80
		n >>= 7
	}
	to[len(to)-1] &= 0x7f
}

// Field is the last value of a field of messages, strings or bytes; nil where
// there is none.
func Field(message []byte, number protowire.Number) ([]byte, error) {
	var out []byte
	err := Each(message, number, func(value []byte) { out = value })
	return out, err
}

// Each gives out every value of a repeated field of messages, strings or bytes.
func Each(message []byte, number protowire.Number, do func([]byte)) error {
	for len(message) > 0 {
		n, kind, head := protowire.ConsumeTag(message)
		if head < 0 {
			return protowire.ParseError(head)
		}
		size := protowire.ConsumeFieldValue(n, kind, message[head:])
		if size < 0 {
			return protowire.ParseError(size)
		}
		if n == number && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message[head : head+size])
			do(value)
		}
		message = message[head+size:]
	}
	return nil
}

// number is the last value of a field of numbers; 0 where there is none.
func number(message []byte, field Number) (uint64, error) {
	var out uint64
	for len(message) > 0 {
		n, kind, head := protowire.ConsumeTag(message)
		if head < 0 {
			return 0, protowire.ParseError(head)
		}
		size := protowire.ConsumeFieldValue(n, kind, message[head:])
		if size < 0 {
			return 0, protowire.ParseError(size)
		}
		if n == field && kind == protowire.VarintType {
			out, _ = protowire.ConsumeVarint(message[head:])
		}
		message = message[head+size:]
	}
	return out, nil
}
