package lazyregexp

import (
	"slices"
	"sync"
	"testing"
)

func TestUsedBySeveralAtOnce(t *testing.T) {
	r := New(`(\w+)=(\d+)`)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if got := r.FindStringSubmatch("a=1 b=22"); !slices.Equal(got, []string{"a=1", "a", "1"}) {
				t.Errorf("found %q", got)
			}
			if got := r.ReplaceAllString("a=1 b=22", "$2=$1"); got != "1=a 22=b" {
				t.Errorf("replaced %q", got)
			}
		})
	}
	all.Wait()
}

func TestEachKnowsWhatIsNotCompiled(t *testing.T) {
	broken := New(`(`)
	found := false
	Each(func(r *Regexp) { found = found || r == broken && r.String() == "(" })
	if !found {
		t.Error("what was made is not known")
	}
	defer func() {
		if recover() == nil {
			t.Error("a broken expression was used")
		}
	}()
	broken.MatchString("x")
}
