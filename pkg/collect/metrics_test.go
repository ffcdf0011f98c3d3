package collect

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func usageOf(t *testing.T, usages []cluster.Usage, pod, container string) cluster.Usage {
	t.Helper()
	for _, u := range usages {
		if u.Pod.Name == pod && u.Container == container {
			return u
		}
	}
	t.Fatalf("nothing of %s/%s among %d containers", pod, container, len(usages))
	return cluster.Usage{}
}

// TestMetricsOfTwoSamples reads what the kubelet of 1.36 answered twice.
func TestMetricsOfTwoSamples(t *testing.T) {
	parts, err := (&Files{Paths: []string{"testdata/metrics-1", "testdata/metrics-2", "-"}, Stdin: strings.NewReader(podJSON)}).Read(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	at := func(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
	want := cluster.Usage{Pod: cluster.Ref{Kind: "Pod", Namespace: "media", Name: "encoder-7fb56569f7-559z5"}, Container: "encoder", Node: "node-1",
		At: at(1795377949672), Since: at(1795377911572), Periods: 381, Throttled: 372, ThrottledFor: 66713 * time.Millisecond, CPU: 0.100, WorkingSet: 2002944}
	got := usageOf(t, parts.Usages, want.Pod.Name, "encoder")
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, .001), cmp.Transformer("ms", func(d time.Duration) int64 { return d.Milliseconds() })); diff != "" {
		t.Error(diff)
	}
	// The idle one is told by /metrics/resource alone here.
	idle := usageOf(t, parts.Usages, "idle-9bbcc5648-h8ngq", "idle")
	if idle.Periods != 0 || idle.WorkingSet != 1343488 || idle.CPU < 0 || idle.CPU > .001 {
		t.Errorf("idle: %+v", idle)
	}
	if len(parts.Usages) != 4 {
		t.Errorf("%d containers, want 4: sandboxes and cgroups of pods are none", len(parts.Usages))
	}
	if len(parts.Filesystems) != 3 || parts.Filesystems[0].Left != 60158980096 {
		t.Errorf("the newest of each of three filesystems is wanted: %+v", parts.Filesystems)
	}
	want2 := []cluster.Source{{Resource: cluster.Metrics, Objects: 3, From: "metrics-1"}, {Resource: cluster.Metrics, Objects: 3, From: "metrics-2"}}
	var sources []cluster.Source
	for _, s := range parts.Sources {
		if s.Resource == cluster.Metrics {
			sources = append(sources, s)
		}
	}
	if diff := cmp.Diff(want2, sources); diff != "" {
		t.Error(diff)
	}
}

// line is one line of a family about container c of pod shop/p.
func line(family, cgroup string, value float64, ms int64) string {
	return fmt.Sprintf("%s{container=\"c\",cpu=\"total\",id=%q,image=\"i\",name=\"n\",namespace=\"shop\",pod=\"p\"} %g %d\n", family, cgroup, value, ms)
}

func cfs(cgroup string, periods, throttled float64, ms int64) string {
	return line("container_cpu_cfs_periods_total", cgroup, periods, ms) + line("container_cpu_cfs_throttled_periods_total", cgroup, throttled, ms)
}

const t0 = int64(1795377900000) // 2026-11-22T20:05:00Z

func TestUsageOfSamples(t *testing.T) {
	start := func(cgroup string, s float64, ms int64) string {
		return line("container_start_time_seconds", cgroup, s, ms)
	}
	type said struct {
		Periods, Throttled int64
		Total              bool
		Since              int64
	}
	for name, c := range map[string]struct {
		samples []string
		want    said
	}{
		"two samples":                {[]string{cfs("/a", 100, 10, t0), cfs("/a", 300, 110, t0+20000)}, said{200, 100, false, t0}},
		"three, in no order":         {[]string{cfs("/a", 200, 60, t0+10000), cfs("/a", 300, 110, t0+20000), cfs("/a", 100, 10, t0)}, said{200, 100, false, t0}},
		"one sample":                 {[]string{cfs("/a", 100, 10, t0) + start("/a", 1795370000, t0)}, said{100, 10, true, 1795370000000}},
		"one, start not told":        {[]string{cfs("/a", 100, 10, t0)}, said{100, 10, true, -62135596800000}},
		"the same numbers again":     {[]string{cfs("/a", 100, 10, t0), cfs("/a", 100, 10, t0)}, said{100, 10, true, -62135596800000}},
		"restarted between":          {[]string{cfs("/a", 900, 800, t0) + start("/a", 1795370000, t0), cfs("/b", 30, 3, t0+20000) + start("/b", 1795377910, t0+20000)}, said{30, 3, true, 1795377910000}},
		"old run still told of":      {[]string{cfs("/a", 900, 800, t0), cfs("/a", 900, 800, t0+1000) + cfs("/b", 30, 3, t0+20000)}, said{30, 3, true, -62135596800000}},
		"counters began anew":        {[]string{cfs("/a", 900, 800, t0), cfs("/a", 30, 3, t0+20000)}, said{30, 3, true, -62135596800000}},
		"more throttled than all":    {[]string{cfs("/a", 100, 900, t0)}, said{100, 100, true, -62135596800000}},
		"a start that is no time":    {[]string{cfs("/a", 100, 10, t0) + start("/a", 1e18, t0)}, said{100, 10, true, -62135596800000}},
		"values that are no numbers": {[]string{cfs("/a", 100, 10, t0) + line("container_cpu_usage_seconds_total", "/a", math.Inf(1), t0) + line("container_memory_working_set_bytes", "/a", math.NaN(), t0)}, said{100, 10, true, -62135596800000}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSampler()
			for _, text := range c.samples {
				points, err := exposition(strings.NewReader(text), time.Time{})
				if err != nil {
					t.Fatal(err)
				}
				s.add("worker-1", points)
			}
			u := usageOf(t, s.usages(), "p", "c")
			if diff := cmp.Diff(c.want, said{u.Periods, u.Throttled, u.Total, u.Since.UnixMilli()}); diff != "" {
				t.Error(diff)
			}
			if u.WorkingSet != -1 || u.CPU != -1 || u.CPUWait != -1 {
				t.Errorf("what is not told must not read 0: %+v", u)
			}
		})
	}
}

func TestExpositionIsReadInPart(t *testing.T) {
	good := cfs("/a", 100, 10, t0)
	other := `other_family{a="` + strings.Repeat("x", 200000) + `",b="\"}"} 1` + "\n# HELP container_cpu_cfs_periods_total x\n# TYPE other_family histogram\nplain 3\n"
	for name, c := range map[string]struct {
		text string
		n    int
		err  string
	}{
		"other families, comments, long lines": {other + good + other, 1, ""},
		"carriage returns":                     {strings.ReplaceAll(other+good, "\n", "\r\n"), 1, ""},
		"empty":                                {"", 0, ""},
		"no pod":                               {"container_cpu_cfs_periods_total{id=\"/\"} 1 1\n", 0, ""},
		"sandbox of Docker":                    {strings.ReplaceAll(good, `container="c"`, `container="POD"`), 0, ""},
		"a page instead":                       {good + "<html>\n" + good, 1, "line 3: invalid metric name"},
		"value":                                {good + "container_cpu_cfs_periods_total{a=\"b\"} x\n", 1, `line 3: expected float as value, got "x"`},
		"cut in a kept line":                   {good + good[:40], 1, "line 3: it ends in the middle of a line"},
		"cut in another line":                  {good + other[:150000], 1, "line 3: it ends in the middle of a line"},
	} {
		t.Run(name, func(t *testing.T) {
			points, err := exposition(strings.NewReader(c.text), time.Time{})
			if got := fmt.Sprint(err); (c.err == "") != (err == nil) || (err != nil && !strings.Contains(got, c.err)) {
				t.Errorf("error %q, want %q", got, c.err)
			}
			if len(points) != c.n {
				t.Errorf("%d points, want %d", len(points), c.n)
			}
		})
	}
}

const volumes = `{"node": {"fs": {"time": "2026-11-22T20:05:00Z", "availableBytes": 5, "capacityBytes": 10, "inodesFree": 1, "inodes": 4}},
 "pods": [{"podRef": {"name": "db-0", "namespace": "shop"}, "volume": [
  {"name": "config", "availableBytes": 1, "capacityBytes": 2},
  {"name": "block", "capacityBytes": 2, "pvcRef": {"name": "raw", "namespace": "shop"}},
  {"name": "data", "time": "2026-11-22T20:05:00Z", "availableBytes": 3, "capacityBytes": 100, "pvcRef": {"name": "data-db-0", "namespace": "shop"}}]}]}`

func TestSummary(t *testing.T) {
	got, err := summary(strings.NewReader(volumes), "worker-1")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 20, 5, 0, 0, time.UTC)
	want := []cluster.Filesystem{
		{Of: cluster.OfNode, Node: "worker-1", At: at, Capacity: 10, Left: 5, Inodes: 4, InodesLeft: 1},
		{Of: cluster.OfVolume, Node: "worker-1", Pod: cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "db-0"}, Volume: "data",
			Claim: cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: "shop", Name: "data-db-0"}, At: at, Capacity: 100, Left: 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if used := got[1].BytesUsed(); math.Abs(used-.97) > 1e-9 {
		t.Errorf("used %v, want .97", used)
	}
	if got[1].InodesUsed() != 0 {
		t.Error("inodes that are not told must not count as used")
	}
	for text, want := range map[string]string{
		volumes[:300]: "the file ends in the middle of an object",
		"":            "the file ends in the middle of an object",
		"{\n x}":      "line 2, column ",
	} {
		if _, err := summary(strings.NewReader(text), "n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %q", text, err, want)
		}
	}
}

// TestWhereMetricsAreFound gives the same sample in all the ways in which
// saved data are given.
func TestWhereMetricsAreFound(t *testing.T) {
	dir := t.TempDir()
	sample := map[string]string{"cadvisor-worker-1.prom": cfs("/a", 100, 10, t0), "summary-worker-1.json": volumes}
	var buf bytes.Buffer
	gz := gzip.NewWriter(&buf)
	tw := tar.NewWriter(gz)
	for name, text := range sample {
		write(t, filepath.Join(dir, "dump", "metrics-3", name), text)
		if err := tw.WriteHeader(&tar.Header{Name: "dump/metrics-3/" + name, Mode: 0o600, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "dump.tar.gz"), buf.String())
	var packed bytes.Buffer
	gz = gzip.NewWriter(&packed)
	_, _ = gz.Write([]byte(sample["cadvisor-worker-1.prom"])) // into memory
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "packed", "metrics-3", "cadvisor-worker-1.prom.gz"), packed.String())
	write(t, filepath.Join(dir, "packed", "metrics-3", "summary-worker-1.json"), volumes)
	t.Chdir(filepath.Join(dir, "dump", "metrics-3"))
	for _, path := range []string{filepath.Join(dir, "dump"), filepath.Join(dir, "dump", "metrics-3"), filepath.Join(dir, "dump.tar.gz"), filepath.Join(dir, "packed"), "."} {
		parts, err := (&Files{Paths: []string{path, "-"}, Stdin: strings.NewReader(podJSON)}).Read(t.Context(), cluster.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		if u := usageOf(t, parts.Usages, "p", "c"); u.Node != "worker-1" || u.Throttled != 10 {
			t.Errorf("%s: %+v", path, u)
		}
		if len(parts.Filesystems) != 2 {
			t.Errorf("%s: %d filesystems, want 2", path, len(parts.Filesystems))
		}
		for _, s := range parts.Sources {
			if s.Resource == cluster.Metrics && (s.From != "metrics-3" || s.Objects != 2) || s.Resource == "others" || s.Resource == "" {
				t.Errorf("%s: source %+v", path, s)
			}
		}
	}
}

func TestBrokenMetricsLoseNothingElse(t *testing.T) {
	dir := t.TempDir()
	timeless := "container_cpu_cfs_periods_total{container=\"c\",namespace=\"shop\",pod=\"old\"} 5\n"
	for name, text := range map[string]string{
		"pods.json":                         podJSON,
		"metrics-1/cadvisor-worker-1.prom":  cfs("/a", 100, 10, t0) + "oops",
		"metrics-1/cadvisor-worker-2.prom":  timeless,
		"metrics-1/cadvisor-worker-3.prom":  strings.ReplaceAll(timeless, "old", "timed"),
		"metrics-1/time-worker-3.txt":       "2026-11-22T20:05:00Z\n",
		"metrics-1/time-worker-4.txt":       "yesterday",
		"metrics-1/summary-worker-1.json":   volumes[:200],
		"metrics-1/resource-worker-1.prom":  "",
		"metrics-1/notes.txt":               "not ours",
		"metrics-10/cadvisor-worker-1.prom": cfs("/a", 300, 60, t0+20000),
	} {
		write(t, filepath.Join(dir, name), text)
	}
	parts, err := (&Files{Paths: []string{dir}}).Read(t.Context(), cluster.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Pods) != 1 {
		t.Errorf("%d pods, want 1", len(parts.Pods))
	}
	if u := usageOf(t, parts.Usages, "p", "c"); u.Throttled != 50 || u.Total {
		t.Errorf("what stands before a broken line is lost: %+v", u)
	}
	if u := usageOf(t, parts.Usages, "timed", "c"); u.Periods != 5 || u.At.UnixMilli() != t0 {
		t.Errorf("the time beside it is not taken: %+v", u)
	}
	text := ""
	for _, g := range parts.Gaps {
		if g.Resource == "" {
			text += g.Reason + "\n"
		}
	}
	for _, want := range []string{
		"metrics-1/cadvisor-worker-1.prom: line 3: ", "metrics-1/cadvisor-worker-2.prom: nothing tells of when its values are",
		"metrics-1/time-worker-4.txt: line 1: no time", "metrics-1/summary-worker-1.json: line 3, column ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no gap says %q:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n"); n != 4 {
		t.Errorf("%d broken files, want 4:\n%s", n, text)
	}
}

func TestMetricsMoveTheMoment(t *testing.T) {
	pod := `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","creationTimestamp":%q}}`
	for created, want := range map[string]string{
		"2026-11-22T20:04:00Z": "2026-11-22T20:05:00Z", // asked a minute later
		"2026-11-22T18:00:00Z": "2026-11-22T18:00:00Z", // another day's, for all we know
		"2026-11-22T20:06:00Z": "2026-11-22T20:06:00Z",
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "metrics-1", "cadvisor-n.prom"), cfs("/a", 1, 0, t0))
		parts, err := (&Files{Paths: []string{dir, "-"}, Stdin: strings.NewReader(fmt.Sprintf(pod, created))}).Read(t.Context(), cluster.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		if got := parts.At.UTC().Format(time.RFC3339); got != want {
			t.Errorf("created %s: judged from %s, want %s", created, got, want)
		}
	}
}

func FuzzExposition(f *testing.F) {
	recorded, err := os.ReadFile("testdata/metrics-1/cadvisor-node-1.prom")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(recorded), cfs("/a", 1, 2, t0), cfs("/a", -1, math.NaN(), -1), "# TYPE x histogram\nx_bucket{le=\"1\"} 2\n", "{", "\x00", "container_start_time_seconds{container=\"c\",namespace=\"n\",pod=\"p\"} 9e99 9223372036854775807\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		points, _ := exposition(strings.NewReader(text), time.Time{})
		s := newSampler()
		s.add("n", points)
		for _, u := range s.usages() {
			if u.Container == "" || u.Pod.Name == "" || u.At.IsZero() || u.Periods < 0 || u.Throttled > u.Periods || u.Since.After(u.At) || math.IsNaN(u.CPU) {
				t.Errorf("%+v", u)
			}
		}
	})
}

func FuzzSummary(f *testing.F) {
	for _, seed := range []string{volumes, "{}", "null", "[]", `{"pods":[{"volume":[{"pvcRef":{"name":"x"},"availableBytes":18446744073709551615,"capacityBytes":1}]}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, _ := summary(strings.NewReader(text), "n")
		for i := range found {
			if u := found[i].BytesUsed(); u < 0 || u > 1 {
				t.Errorf("%+v is used to %v", found[i], u)
			}
		}
	})
}
