package main

import (
	"bufio"
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func TestGoals(t *testing.T) {
	measured := map[string]sample{
		patterns:  {Wall: 2 * time.Second, CPU: 3 * time.Second, Peak: 200 * mebibyte, Requests: 150, ServerCPU: 2 * time.Second, Growth: 40 * mebibyte},
		floor:     {Wall: time.Second, CPU: time.Second, Requests: 52, ServerCPU: 2 * time.Second, Growth: 10 * mebibyte},
		decode:    {CPU: 2 * time.Second},
		dump:      {Wall: 31 * time.Second, Peak: 2000 * mebibyte},
		namespace: {Wall: time.Second / 2, Lists: 1},
	}
	want := []bool{
		true,  // 2 s of 31 s
		false, // 2 s of 1 s
		true,  // 3 s of 2 s: the bound itself is met
		false, // a tenth of the memory
		true,  // 200 MiB
		true,  // 98 requests more
		true,  // as much of the server
		true,  // 30 MiB more
		true,  // half a second
		false, // one list too many
	}
	found := goals(measured)
	if len(found) != len(want) {
		t.Fatalf("%d goals are judged, not %d: %+v", len(found), len(want), found)
	}
	for i, g := range found {
		if g.met != want[i] {
			t.Errorf("%s, found %s: met %v", g.says, g.found, g.met)
		}
	}
	if got := goals(map[string]sample{dump: measured[dump]}); len(got) != 0 {
		t.Errorf("judged without being measured: %+v", got)
	}
}

func TestLinear(t *testing.T) {
	small := figures{10_000, map[string]sample{patterns: {Wall: time.Second, Peak: 100 * mebibyte}}}
	large := figures{100_000, map[string]sample{patterns: {Wall: 12 * time.Second, Peak: 1100 * mebibyte}}}
	path := filepath.Join(t.TempDir(), "figures")
	if err := small.save(path); err != nil {
		t.Fatal(err)
	}
	kept, err := load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := linear(kept, large); len(got) != 2 || got[0].met || !got[1].met {
		t.Errorf("twelve times the time and eleven times the memory: %+v", got)
	}
	if got := linear(small, figures{}); got != nil {
		t.Errorf("judged without being measured: %+v", got)
	}
}

func TestMedianOfEachFigure(t *testing.T) {
	got := median([]sample{{Wall: 3, Peak: 1, Bytes: 5}, {Wall: 1, Peak: 9, Bytes: 6}, {Wall: 2, Peak: 4, Bytes: 7}})
	if want := (sample{Wall: 2, Peak: 4, Bytes: 6}); got != want {
		t.Errorf("got %+v, not %+v", got, want)
	}
	if got := median([]sample{{Wall: 1}, {Wall: 3}}); got.Wall != 2 {
		t.Errorf("of two: %v", got.Wall)
	}
}

const served = `# HELP apiserver_request_total Counter
apiserver_request_total{code="200",component="apiserver",group="",resource="pods",scope="cluster",subresource="",verb="LIST",version="v1"} 20
apiserver_request_total{code="410",component="apiserver",group="",resource="pods",scope="namespace",subresource="",verb="LIST",version="v1"} 1
apiserver_request_total{code="200",component="apiserver",group="",resource="nodes",scope="cluster",subresource="",verb="LIST",version="v1"} 2
apiserver_request_total{code="404",component="apiserver",group="apps",resource="replicasets",scope="resource",subresource="",verb="GET",version="v1"} 4
apiserver_request_total{code="200",component="apiserver",group="",resource="namespaces",scope="resource",subresource="",verb="GET",version="v1"} 8
apiserver_request_total{code="200",component="",group="",resource="",scope="",subresource="/readyz",verb="GET",version=""} 16
apiserver_request_total{code="200",component="apiserver",group="coordination.k8s.io",resource="leases",scope="resource",subresource="",verb="PUT",version="v1"} 32
apiserver_response_sizes_sum{component="apiserver",group="",resource="pods",scope="cluster",subresource="",verb="LIST",version="v1"} 1.5e+06
apiserver_response_sizes_sum{component="apiserver",group="",resource="leases",scope="resource",subresource="",verb="GET",version="v1"} 64
`

func TestCountsWhatIsAskedFromOutside(t *testing.T) {
	var v view
	if err := count(strings.NewReader(served), &v); err != nil {
		t.Fatal(err)
	}
	if want := (view{requests: 27, lists: 20, bytes: 1.5e6}); v != want {
		t.Errorf("got %+v, not %+v", v, want)
	}
	if err := count(strings.NewReader(`apiserver_request_total{verb="LIST"} many`), &v); err == nil {
		t.Error("what is no number was counted")
	}
}

func TestProcess(t *testing.T) {
	got, err := cpuOf("42 (a) b (c)) S 1 42 42 0 -1 4194560 1 0 0 0 150 50 0 0 20 0")
	if err != nil || got != 2*time.Second {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := cpuOf("42"); err == nil {
		t.Error("an unknown form was read")
	}
	if got := kibibytes("VmPeak:\t 9 kB\nVmHWM:\t    2048 kB\n", "VmHWM:"); got != 2*mebibyte {
		t.Errorf("peak %d", got)
	}
}

// answer is a list as the API server sends it.
func answer(t *testing.T, list *corev1.PodList) io.Reader {
	t.Helper()
	raw, err := list.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	envelope := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: "PodList"}, Raw: raw}
	out, err := envelope.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(append([]byte(protobufMagic), out...))
}

func TestContinueTokenBeforeTheList(t *testing.T) {
	many := make([]corev1.Pod, 2000)
	for _, token := range []string{"", "next"} {
		for _, items := range [][]corev1.Pod{nil, many} {
			in := bufio.NewReaderSize(answer(t, &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "7", Continue: token}, Items: items}), headSize)
			got, err := continueToken(in)
			if err != nil || got != token {
				t.Errorf("%d items: %q, %v, not %q", len(items), got, err, token)
			}
			if err := drop(in, true); err != nil {
				t.Errorf("%d items: decode: %v", len(items), err)
			}
		}
	}
	if _, err := continueToken(bufio.NewReader(strings.NewReader(`{"kind":"PodList"}`))); err == nil {
		t.Error("JSON was taken for protobuf")
	}
}
