// Package lazyregexp holds regular expressions that are compiled when they are
// first used. The tables of texts have hundreds, of which one cluster asks for a
// few: to compile all of them takes every command a tenth of a second and 20 MB.
// Go has the same for itself in internal/lazyregexp.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression, safe for use by several goroutines.
type Regexp struct {
	text     string
	compiled func() *regexp.Regexp
}

// all are those that were made, for Each.
var all struct {
	sync.Mutex
	made []*Regexp
}

// New makes an expression of text, which is compiled when it is first used: a
// mistake in it is a panic there. A test that compiles Each one finds it before.
func New(text string) *Regexp {
	r := &Regexp{text, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
	all.Lock()
	defer all.Unlock()
	all.made = append(all.made, r)
	return r
}

// Each gives out every expression that was made.
func Each(do func(*Regexp)) {
	all.Lock()
	defer all.Unlock()
	for _, r := range all.made {
		do(r)
	}
}

// String is the text that the expression is made of.
func (r *Regexp) String() string { return r.text }

// The methods are those of regexp.Regexp.

// MatchString reports whether s contains a match.
func (r *Regexp) MatchString(s string) bool { return r.compiled().MatchString(s) }

// FindString is the leftmost match, else empty.
func (r *Regexp) FindString(s string) string { return r.compiled().FindString(s) }

// FindSubmatch is the leftmost match and what its parentheses took, else nil.
func (r *Regexp) FindSubmatch(b []byte) [][]byte { return r.compiled().FindSubmatch(b) }

// FindStringSubmatch is the same of a string.
func (r *Regexp) FindStringSubmatch(s string) []string { return r.compiled().FindStringSubmatch(s) }

// FindAllString is every match, n at most unless n is negative.
func (r *Regexp) FindAllString(s string, n int) []string { return r.compiled().FindAllString(s, n) }

// FindAllStringIndex is where every match begins and ends.
func (r *Regexp) FindAllStringIndex(s string, n int) [][]int {
	return r.compiled().FindAllStringIndex(s, n)
}

// FindAllStringSubmatch is every match with what its parentheses took.
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.compiled().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex is where these begin and end.
func (r *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return r.compiled().FindAllStringSubmatchIndex(s, n)
}

// ReplaceAllString replaces every match; $1 stands for what parentheses took.
func (r *Regexp) ReplaceAllString(s, with string) string {
	return r.compiled().ReplaceAllString(s, with)
}

// ReplaceAllStringFunc replaces every match by what a function makes of it.
func (r *Regexp) ReplaceAllStringFunc(s string, with func(string) string) string {
	return r.compiled().ReplaceAllStringFunc(s, with)
}
