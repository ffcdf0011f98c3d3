package collect

import "math"

// The lengths of words that may be keys.
const (
	shortestKey = 20
	longestKey  = 512
)

// maskGenerated masks the words that look generated.
func maskGenerated(text string) string {
	var out []byte
	from := 0
	eachLongWord(text, func(begin, end int) bool {
		if isGenerated(text[begin:end]) {
			out = append(append(out, text[from:begin]...), "***"...)
			from = end
		}
		return true
	})
	if from == 0 {
		return text
	}
	return string(append(out, text[from:]...))
}

func hasGenerated(text string) bool {
	found := false
	eachLongWord(text, func(begin, end int) bool {
		found = isGenerated(text[begin:end])
		return !found
	})
	return found
}

// eachLongWord calls f with the places of what may be a key, base64 and its
// variants, until it returns false.
func eachLongWord(text string, f func(begin, end int) bool) {
	begin := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && i-begin < longestKey && inKeys[text[i]] {
			continue
		}
		if i-begin >= shortestKey && !f(begin, i) {
			return
		}
		begin = i + 1
		if i < len(text) && inKeys[text[i]] { // longer than a key
			begin = i
		}
	}
}

// inKeys are the characters of base64 and its variants.
var inKeys = func() (out [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_=-") {
		out[c] = true
	}
	return out
}()

// isGenerated reports whether a word looks like a key and not like a name: all
// three sorts of characters, often in turn, and more than four bits a
// character. Digests and UUIDs have one case; names of classes and paths
// change sort seldom. A word as long as the lines of a key in base64 may change
// it less often by chance.
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
	often := turns*2 > len(word) || (len(word) >= 60 && turns*5 > len(word)*2)
	return upper && lower && digit && often && entropy(counts[:], len(word)) > 4
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
