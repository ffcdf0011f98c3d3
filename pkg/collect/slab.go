package collect

import "strings"

// A slab makes room for so many objects, or bytes of text, at once at most. It
// begins with what one object needs, for some buckets hold no more.
const (
	slabOfObjects = 256
	slabOfText    = 32 << 10
)

// slab makes many small lists that are kept in few large pieces of memory. Apart
// from each other, among what decoding throws away, they would hold on to half
// as much again of memory that nothing is in.
type slab[T any] struct {
	free []T
	size int
}

// list is an empty one with room for n, and no more.
func (s *slab[T]) list(n int) []T {
	if n > len(s.free) {
		s.size = max(n, min(2*s.size, slabOfObjects))
		s.free = make([]T, s.size)
	}
	out := s.free[:0:n]
	s.free = s.free[n:]
	return out
}

// textSlab is the same for texts.
type textSlab struct {
	free *strings.Builder
	size int
}

// keep copies a text.
func (s *textSlab) keep(text string) string {
	if s.free == nil || s.free.Cap()-s.free.Len() < len(text) {
		s.size = max(len(text), min(2*s.size, slabOfText))
		s.free = &strings.Builder{}
		s.free.Grow(s.size)
	}
	from := s.free.Len()
	s.free.WriteString(text)
	return s.free.String()[from:]
}
