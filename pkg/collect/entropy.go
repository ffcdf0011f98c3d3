package collect

import (
	"math"
	"regexp"
)

// maskWords is maskText for what applications write: beside what is called a
// credential, it masks what looks generated.
func maskWords(text string) string {
	return token.ReplaceAllStringFunc(maskText(text), func(word string) string {
		if isGenerated(word) {
			return "***"
		}
		return word
	})
}

// token matches what may be a key: base64 and its variants.
var token = regexp.MustCompile(`[A-Za-z0-9+/_=\-]{20,512}`)

// isGenerated reports whether a word looks like a key and not like a name: all
// three sorts of characters, often in turn, and more than four bits a
// character. Digests and UUIDs have one case; names of classes and paths
// change sort seldom.
func isGenerated(word string) bool {
	var upper, lower, digit bool
	turns, last := 0, 0
	var counts [128]int
	for i := range len(word) {
		c := word[i]
		counts[c&0x7f]++
		sort := 0
		switch {
		case c >= 'A' && c <= 'Z':
			upper, sort = true, 1
		case c >= 'a' && c <= 'z':
			lower, sort = true, 2
		case c >= '0' && c <= '9':
			digit, sort = true, 3
		}
		if sort != last {
			turns++
		}
		last = sort
	}
	return upper && lower && digit && turns*2 > len(word) && entropy(counts[:], len(word)) > 4
}

func entropy(counts []int, n int) float64 {
	bits := 0.0
	for _, c := range counts {
		if c > 0 {
			p := float64(c) / float64(n)
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
