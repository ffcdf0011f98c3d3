package cmd

import (
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// damage is done to every value of a cluster's objects: the key is that of the
// field it is in.
type damage struct {
	name string
	to   func(r *rand.Rand, key string, v any) any
}

// hostileTexts are what the owner of a pod may write wherever text goes.
var hostileTexts = []string{
	"\x1b[2J\x1b]0;owned\a", "\u202egnp.exe", "a\u200bb\ufeff", "\u009b31m", "</script><script>alert(1)</script>", `" onmouseover="alert(1)`,
	"javascript:alert(1)", "=cmd|' /C calc'!A0", "@SUM(1+1)", "![x](https://evil.example/x.png)", "[x](javascript:alert(1))", "```\n# heading\n",
	"'; rm -rf / #", "$(reboot)", "`reboot`", "../../etc/passwd", "line\r\nbreak\x00nul", strings.Repeat("漢", 3000), "\xff\xfe broken",
}

// written are the fields whose text their owner chooses freely.
var written = regexp.MustCompile(`^(message|image|value|command|args|kubernetes\.io/.*|app.*|note|reason|kernelVersion|osImage|reportingComponent|component|host|path|externalName)$`)

var stamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`)

func timesTo(moment string) func(*rand.Rand, string, any) any {
	return func(r *rand.Rand, _ string, v any) any {
		if s, ok := v.(string); ok && stamp.MatchString(s) && r.IntN(2) == 0 {
			return moment
		}
		return v
	}
}

func numbersTo(n float64) func(*rand.Rand, string, any) any {
	return func(_ *rand.Rand, _ string, v any) any {
		if _, ok := v.(float64); ok {
			return n
		}
		return v
	}
}

// damages are kinds of damage: to what is told of a cluster, and by whom.
var damages = []damage{
	{"hostile texts", func(r *rand.Rand, key string, v any) any {
		if s, ok := v.(string); ok && written.MatchString(key) {
			return s + hostileTexts[r.IntN(len(hostileTexts))]
		}
		return v
	}},
	{"missing fields", func(r *rand.Rand, _ string, v any) any {
		if r.IntN(25) == 0 {
			return nil
		}
		return v
	}},
	{"other types", func(r *rand.Rand, _ string, v any) any {
		if r.IntN(60) > 0 {
			return v
		}
		return []any{"text", 7.5, true, []any{}, map[string]any{}, -1.0}[r.IntN(6)]
	}},
	{"year 1", timesTo("0001-01-01T00:00:01Z")},
	{"year 9999", timesTo("9999-12-31T23:59:59Z")},
	{"the future", timesTo("2031-06-01T00:00:00Z")},
	{"1970", timesTo("1970-01-01T00:00:00Z")},
	{"no times", timesTo("not a time")},
	{"negative counts", numbersTo(-1)},
	{"enormous counts", numbersTo(math.MaxInt32)},
	{"no counts", numbersTo(0)},
	{"one name for all", func(_ *rand.Rand, key string, v any) any {
		if key == "name" {
			return "one"
		}
		return v
	}},
	{"one UID for all", func(_ *rand.Rand, key string, v any) any {
		if key == "uid" {
			return "1"
		}
		return v
	}},
	{"cycles of owners", func(_ *rand.Rand, key string, v any) any {
		m, ok := v.(map[string]any)
		if !ok || key != "metadata" {
			return v
		}
		m["ownerReferences"] = []any{map[string]any{"apiVersion": "v1", "kind": "Pod", "name": m["name"], "uid": m["uid"], "controller": true}}
		return m
	}},
	{"other cases and spaces", func(r *rand.Rand, key string, v any) any {
		if s, ok := v.(string); ok && key != "kind" && key != "apiVersion" && r.IntN(4) == 0 {
			return " " + strings.ToUpper(s) + "\t"
		}
		return v
	}},
	{"everything twice", func(_ *rand.Rand, key string, v any) any {
		if items, ok := v.([]any); ok && key != "items" {
			return append(slices.Clone(items), items...)
		}
		return v
	}},
}

// done goes through an object, children first.
func (d *damage) done(r *rand.Rand, key string, v any) any {
	switch x := v.(type) {
	case []any:
		for i := range x {
			x[i] = d.done(r, key, x[i])
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			if key != "" || k != "kind" && k != "apiVersion" { // what it is remains known
				x[k] = d.done(r, k, x[k])
			}
		}
	}
	return d.to(r, key, v)
}
