package correlate

import (
	"errors"
	"slices"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

func storyOf(ids ...string) *Story {
	s := &Story{}
	for _, id := range ids {
		s.Patterns = append(s.Patterns, &Pattern{ID: id, Pattern: detect.Pattern{}})
	}
	return s
}

func TestFind(t *testing.T) {
	s := storyOf("oom-container-limit-aaaaaa", "image-pull-auth-bbbbbb", "image-pull-auth-bbbbbb-2", "image-pull-dns-cccccc")
	for name, want := range map[string]string{
		"oom":                      "oom-container-limit-aaaaaa",
		"image-pull-auth-bbbbbb":   "image-pull-auth-bbbbbb", // exact, though another begins so
		"image-pull-auth-bbbbbb-2": "image-pull-auth-bbbbbb-2",
		"image-pull-d":             "image-pull-dns-cccccc",
	} {
		if p, err := s.Find(name); err != nil || p.ID != want {
			t.Errorf("%q finds %v, %v", name, p, err)
		}
	}
	var a *Ambiguous
	if _, err := s.Find("image-pull"); !errors.As(err, &a) || len(a.Fits) != 3 {
		t.Errorf("image-pull: %v", err)
	}
	if _, err := s.Find("omm-container-limit"); !errors.As(err, &a) || len(a.Fits) != 0 || a.Near[0] != "oom-container-limit-aaaaaa" {
		t.Errorf("nearest first: %v", err)
	}
	if _, err := storyOf("oom-container-limit-aaaaaa").Find(""); err == nil {
		t.Error("an empty name finds something")
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"abc", "abc", 0}, {"ab", "ba", 2}} {
		if got := edits(c.a, c.b); got != c.want || edits(c.b, c.a) != got {
			t.Errorf("%q and %q: %d edits", c.a, c.b, got)
		}
	}
	if got := nearest("b", []string{"c", "a", "bb"}); !slices.Equal(got, []string{"a", "bb", "c"}) {
		t.Errorf("nearest %v", got)
	}
}

func TestNearest(t *testing.T) {
	for name, c := range map[string]struct {
		among []string
		want  string
	}{
		"paymets":   {[]string{"payments", "orders"}, "payments"},
		"pay":       {[]string{"orders", "payments"}, "payments"},
		"zookeeper": {[]string{"orders", "payments"}, ""},
		"node-l":    {[]string{"node-1", "node-2"}, "node-1"},
		"x":         {nil, ""},
	} {
		if got := Nearest(name, c.among); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
