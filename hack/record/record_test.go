package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func sample(t *testing.T) *clock {
	return &clock{
		began: at(t, "2026-11-24T10:00:20Z"), end: at(t, "2026-11-24T10:00:40.7Z"), at: at(t, "2026-10-05T03:00:00Z"),
		span: 20 * time.Minute, age: 100 * time.Hour, seed: 7,
	}
}

// TestClockKeepsOrder goes through a play in quarters of a second: nothing may
// change places with what follows it.
func TestClockKeepsOrder(t *testing.T) {
	c := sample(t)
	last := time.Time{}
	for moment := at(t, "2026-11-24T10:00:00Z"); !moment.After(c.end); moment = moment.Add(250 * time.Millisecond) {
		told := c.tell(moment, 0.5)
		if told.Before(last) {
			t.Fatalf("%s is told as %s, before %s", moment, told, last)
		}
		last = told
	}
}

func TestClockStretches(t *testing.T) {
	c := sample(t)
	for name, test := range map[string]struct {
		moment         string
		share          float64
		least, longest time.Duration // how long before the recording
	}{
		"the end":          {"2026-11-24T10:00:40Z", 1, 0, time.Minute},
		"its beginning":    {"2026-11-24T10:00:20Z", 1, 20 * time.Minute, 21 * time.Minute},
		"half of it":       {"2026-11-24T10:00:30Z", 1, 10 * time.Minute, 11 * time.Minute},
		"life before":      {"2026-11-24T10:00:10Z", 1, 100 * time.Hour, 101 * time.Hour},
		"of a younger app": {"2026-11-24T10:00:10Z", 0.1, 10 * time.Hour, 11 * time.Hour},
		"long before":      {"2026-10-24T10:00:40Z", 1, 31 * 24 * time.Hour, 31*24*time.Hour + time.Minute},
	} {
		ago := c.at.Sub(c.tell(at(t, test.moment), test.share))
		if ago < test.least || ago > test.longest {
			t.Errorf("%s is told as %s before the recording, want %s to %s", name, ago, test.least, test.longest)
		}
	}
	if told := c.tell(at(t, "2026-11-24T10:01:10Z"), 1); told.Sub(c.at) != 30*time.Second {
		t.Errorf("what is to come in 30 s is told as %s later", told.Sub(c.at))
	}
}

// TestEventsBeginWithTheIncident where they go on in it; what was over before
// stays where it was.
func TestEventsBeginWithTheIncident(t *testing.T) {
	for _, c := range []struct{ first, last, want string }{
		{"2026-11-24T10:00:15Z", "2026-11-24T10:00:30Z", "2026-11-24T10:00:20Z"},
		{"2026-11-24T10:00:25Z", "2026-11-24T10:00:30Z", "2026-11-24T10:00:25Z"},
		{"2026-11-24T10:00:05Z", "2026-11-24T10:00:10Z", "2026-11-24T10:00:05Z"},
		{"", "2026-11-24T10:00:30Z", ""},
	} {
		event := object{"firstTimestamp": c.first, "lastTimestamp": c.last}
		sample(t).sinceBegan(event)
		if event["firstTimestamp"] != c.want {
			t.Errorf("%s to %s: begins at %s, want %s", c.first, c.last, event["firstTimestamp"], c.want)
		}
	}
}

func TestRetellLeavesTextAlone(t *testing.T) {
	o := object{
		"time": "2026-11-24T10:00:30Z", "micro": "2026-11-24T10:00:30.123456Z", "null": nil,
		"message": "at 2026-11-24T10:00:30Z it ended", "epoch": "1970-01-01T00:00:00Z", "list": []any{"2026-11-24T10:00:40Z"},
	}
	sample(t).retell(o, 1)
	if o["message"] != "at 2026-11-24T10:00:30Z it ended" || o["epoch"] != "1970-01-01T00:00:00Z" || o["null"] != nil {
		t.Errorf("changed what is no time: %v", o)
	}
	if text := o["time"].(string); !strings.HasPrefix(text, "2026-10-05T02:") || !strings.HasSuffix(text, "Z") {
		t.Errorf("time %s", text)
	}
	if !regexp.MustCompile(`^2026-10-05T02:\d\d:\d\d\.\d{6}Z$`).MatchString(o["micro"].(string)) {
		t.Errorf("micro time %s", o["micro"])
	}
}

func TestHide(t *testing.T) {
	var o object
	err := json.Unmarshal([]byte(`{"metadata":{"annotations":{"fake.kubelet/fault":"crash"},"managedFields":[
		{"manager":"kwok","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:fake.kubelet/step":{}}},"f:status":{}}}]},
		"spec":{"template":{"metadata":{"annotations":{"fake.kubelet/script":"[]","other":"x"}}}}}`), &o)
	if err != nil {
		t.Fatal(err)
	}
	hide(o)
	got, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"metadata":{"managedFields":[{"fieldsV1":{"f:status":{}},"manager":"kubelet"}]},"spec":{"template":{"metadata":{"annotations":{"other":"x"}}}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestArchiveIsTheSameAgain(t *testing.T) {
	files := map[string][]byte{"b.json": []byte("{}"), "a.json": []byte("[]")}
	one, err := archive(files)
	if err != nil {
		t.Fatal(err)
	}
	two, err := archive(files)
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("two archives of the same files differ (%v)", err)
	}
}

// TestNamesComeFromTheSeed: the same seed says the same, another one another,
// and no set says a name twice.
func TestNamesComeFromTheSeed(t *testing.T) {
	draw := func(seed uint64) []string {
		n := names{r: rand.New(rand.NewPCG(seed, 1)), used: map[string]bool{}} //nolint:gosec // the same each time, on purpose
		var out []string
		for range 60 {
			out = append(out, n.namespace(), n.app(), n.registry(), n.version())
		}
		return out
	}
	one, same, other := strings.Join(draw(1), " "), strings.Join(draw(1), " "), strings.Join(draw(2), " ")
	if one != same || one == other {
		t.Error("names do not follow the seed")
	}
	seen := map[string]bool{}
	for i, name := range draw(3) {
		if i%4 == 3 {
			continue // versions may repeat
		}
		if seen[name] {
			t.Errorf("%s was said twice", name)
		}
		seen[name] = true
	}
}

func TestIncidentsHaveNamesOfTheirOwn(t *testing.T) {
	all := incidents()
	healthy := 0
	seen := map[string]bool{}
	for _, i := range all {
		if seen[i.name] || !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(i.name) {
			t.Errorf("name %q", i.name)
		}
		seen[i.name] = true
		if strings.HasPrefix(i.name, "healthy-") {
			healthy++
		}
	}
	if len(all) < 75 || healthy < 15 {
		t.Errorf("%d incidents, %d healthy clusters", len(all), healthy)
	}
	if got := choose(all, "healthy-*,pull-tls"); len(got) != healthy+1 {
		t.Errorf("chose %d, want %d", len(got), healthy+1)
	}
}

func TestScripts(t *testing.T) {
	a := &app{name: "web", image: "example.org/web:1", container: object{}, play: map[string]string{}}
	lines := join(a.starts(), crashes("web", 5, ends{code: 2, message: "first"}, ends{code: 1}))
	a.says(lines).only("example.org/web:2")
	if got := actionsIn(a.play["script"]); got != len(lines) || a.play["fault-image"] != "example.org/web:2" {
		t.Errorf("%d actions of %d, %v", got, len(lines), a.play)
	}
	for _, want := range []string{`"exitCode":2`, `"message":"first"`, `"restartCount":5`, `back-off 2m40s restarting failed container=web pod=$POD_$NAMESPACE($UID)`} {
		if !strings.Contains(a.play["script"], want) {
			t.Errorf("the script lacks %s:\n%s", want, a.play["script"])
		}
	}
	if part(warning("init:wait", "Failed", "m", 1), "event")["initContainer"] != "wait" {
		t.Error("an event about an init container does not name it")
	}
}

// TestIncidentsAreRecorded: what is listed is there to be judged, with its
// truth, and not so large that the repository suffers.
func TestIncidentsAreRecorded(t *testing.T) {
	for _, i := range incidents() {
		folder := filepath.Join("..", "score", "testdata", "incidents", i.name)
		told, err := truth.Read(folder)
		if err != nil {
			t.Errorf("%s: %v; record it: go run ./hack/record -only %s", i.name, err, i.name)
			continue
		}
		if isHealthy := strings.HasPrefix(i.name, "healthy-"); isHealthy != (len(told.Roots) == 0) || told.At == "" || told.Incident == "" {
			t.Errorf("%s: truth %+v", i.name, told)
		}
		if data, err := os.Stat(filepath.Join(folder, "data.tar.gz")); err != nil || data.Size() > 60<<10 {
			t.Errorf("%s: %v, %v", i.name, data, err)
		}
	}
}
