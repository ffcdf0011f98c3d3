package collect

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/wire"
)

// recorded reads a kind from every recording of the scoreboard.
func recorded[T any](t *testing.T, resource string) []T {
	t.Helper()
	files, err := filepath.Glob("../../hack/score/testdata/incidents/*/data.tar.gz")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	var out []T
	for _, file := range files {
		var list struct{ Items []T }
		if err := json.Unmarshal(within(t, file, resource+".json"), &list); err != nil {
			t.Fatal(file, err)
		}
		out = append(out, list.Items...)
	}
	return out
}

// within is a file of an archive.
func within(t testing.TB, archive, name string) []byte {
	t.Helper()
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(plain); ; {
		head, err := files.Next()
		if err != nil {
			t.Fatal(archive, name, err)
		}
		if filepath.Base(head.Name) == name {
			raw, err := io.ReadAll(files)
			if err != nil {
				t.Fatal(err)
			}
			return raw
		}
	}
}

// TestPodsInProtobuf: what is skipped while decoding is not missed, and what
// was decoded for one pod is right for the others of its revision.
func TestPodsInProtobuf(t *testing.T) {
	inJSON, inProtobuf := newBucket(), newBucket()
	for _, p := range recorded[corev1.Pod](t, "pods") {
		inJSON.pod(&p)
		raw, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if err := inProtobuf.wirePod(raw); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(inJSON.Pods, inProtobuf.Pods); diff != "" {
		t.Error(diff)
	}
	if len(inProtobuf.specs) == 0 || len(inProtobuf.specs) >= len(inProtobuf.Pods) {
		t.Errorf("%d specs decoded for %d pods", len(inProtobuf.specs), len(inProtobuf.Pods))
	}
}

func TestEventsInProtobuf(t *testing.T) {
	inJSON, inProtobuf := newBucket(), newBucket()
	add := object(wantedOfEvent, (*bucket).event)
	for _, e := range recorded[corev1.Event](t, "events") {
		inJSON.event(&e)
		raw, err := e.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if err := add(inProtobuf, raw); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(inJSON.Events, inProtobuf.Events); diff != "" {
		t.Error(diff)
	}
}

// answer is a list as the API server's own encoder writes it.
func answer(t *testing.T, list runtime.Object) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := protobuf.NewSerializer(nil, nil).Encode(list, &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pods(names ...string) *corev1.PodList {
	list := &corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}, ListMeta: metav1.ListMeta{Continue: "more"}}
	for _, n := range names {
		list.Items = append(list.Items, corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: n}})
	}
	return list
}

// TestListIsWholeOrAnError: cut anywhere, a list is an error.
func TestListIsWholeOrAnError(t *testing.T) {
	whole := answer(t, pods("a", "b"))
	read := func(raw []byte) (names []string, token string, err error) {
		b := newBucket()
		err = wire.List(bytes.NewReader(raw), func(m wire.Meta) { token = m.Continue }, b.wirePod)
		for _, p := range b.Pods {
			names = append(names, p.Name)
		}
		return names, token, err
	}
	names, token, err := read(whole)
	if diff := cmp.Diff([]string{"a", "b"}, names); diff != "" || token != "more" || err != nil {
		t.Fatalf("%s, %q, %v", diff, token, err)
	}
	raw := bytes.LastIndex(whole, []byte("shop"))
	for n := range raw {
		if _, _, err := read(whole[:n]); !errors.Is(err, io.ErrUnexpectedEOF) && (n > 0 || !errors.Is(err, wire.ErrForm)) {
			t.Fatalf("cut at %d of %d: %v", n, len(whole), err)
		}
	}
}

func FuzzPodsInProtobuf(f *testing.F) {
	p := pods("a", "b")
	p.Items[0].Spec.NodeName = "n1"
	var out bytes.Buffer
	if err := protobuf.NewSerializer(nil, nil).Encode(p, &out); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, n := newBucket(), 0
		err := wire.List(bytes.NewReader(raw), func(wire.Meta) {}, func(item []byte) error {
			n++
			return b.wirePod(item)
		})
		if err == nil && n != len(b.Pods) {
			t.Errorf("%d items, %d pods", n, len(b.Pods))
		}
	})
}
