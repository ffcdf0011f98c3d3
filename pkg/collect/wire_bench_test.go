package collect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/wire"
)

// copies is how many objects a list of the benchmarks has.
const copies = 2000

// first reads the first object of a recording, as a real API server made it.
func first[T any](b testing.TB, resource string) T {
	b.Helper()
	var list struct{ Items []T }
	if err := json.Unmarshal(within(b, "../../hack/score/testdata/incidents/rollout-crash/data.tar.gz", resource+".json"), &list); err != nil {
		b.Fatal(err)
	}
	return list.Items[0]
}

// manyPods are the pods of workloads of ten, encoded as an API server does.
func manyPods(b testing.TB) []byte {
	pod := first[corev1.Pod](b, "pods")
	list := &corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}}
	for i := range copies {
		p := pod.DeepCopy()
		p.Name, p.UID, p.Spec.NodeName = fmt.Sprintf("web-%d", i), types.UID(fmt.Sprintf("00000000-0000-0000-0000-%012d", i)), fmt.Sprintf("node-%d", i%100)
		for o := range p.OwnerReferences {
			p.OwnerReferences[o].UID = types.UID(fmt.Sprintf("00000000-0000-0000-0001-%012d", i/10))
		}
		list.Items = append(list.Items, *p)
	}
	return encoded(b, list)
}

func manyEvents(b testing.TB) []byte {
	event := first[corev1.Event](b, "events")
	list := &corev1.EventList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "EventList"}}
	for i := range copies {
		e := event.DeepCopy()
		e.InvolvedObject.Name, e.Message = fmt.Sprintf("web-%d", i), fmt.Sprintf("%s %d", e.Message, i)
		list.Items = append(list.Items, *e)
	}
	return encoded(b, list)
}

func encoded(b testing.TB, list runtime.Object) []byte {
	b.Helper()
	var out bytes.Buffer
	if err := protobuf.NewSerializer(nil, nil).Encode(list, &out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkList is a list of 2,000 objects read as a scan reads it, beside what
// client-go does of the same bytes: decode them.
func BenchmarkList(b *testing.B) {
	pods, events := manyPods(b), manyEvents(b)
	b.Run("pods", func(b *testing.B) { readList(b, pods, (*bucket).wirePod) })
	b.Run("pods, decoded alone", func(b *testing.B) { decodeList(b, pods, &corev1.PodList{}) })
	b.Run("events", func(b *testing.B) { readList(b, events, object(wantedOfEvent, (*bucket).event)) })
	b.Run("events, decoded alone", func(b *testing.B) { decodeList(b, events, &corev1.EventList{}) })
}

func readList(b *testing.B, raw []byte, add func(*bucket, []byte) error) {
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		into := newBucket()
		if err := wire.List(bytes.NewReader(raw), func(wire.Meta) {}, func(item []byte) error { return add(into, item) }); err != nil {
			b.Fatal(err)
		}
	}
}

func decodeList(b *testing.B, raw []byte, into runtime.Object) {
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		fresh := into.DeepCopyObject()
		var unknown runtime.Unknown
		if err := unknown.Unmarshal(raw[4:]); err != nil {
			b.Fatal(err)
		}
		if err := fresh.(interface{ Unmarshal([]byte) error }).Unmarshal(unknown.Raw); err != nil {
			b.Fatal(err)
		}
	}
}
