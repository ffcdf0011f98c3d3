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

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
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

// BenchmarkTrim takes reading apart: a list is cut to the wanted fields and
// decoded, and what was decoded is trimmed to the vocabulary of pkg/cluster.
func BenchmarkTrim(b *testing.B) {
	pods, events := manyPods(b), manyEvents(b)
	b.Run("pods, cut and decoded", func(b *testing.B) { readList(b, pods, decodedPod) })
	b.Run("pods, trimmed", func(b *testing.B) {
		all := decodedItems[corev1.PodList](b, pods).Items
		trim(b, cluster.Pods, func(into *bucket) {
			template := into.template(nil, &all[0].Spec) // decoded once for the pods of a revision
			for i := range all {
				into.addPod(&all[i].ObjectMeta, template, all[i].Spec.NodeName, &all[i].Status)
			}
		})
	})
	b.Run("events, cut and decoded", func(b *testing.B) { readList(b, events, object(wantedOfEvent, func(*bucket, *corev1.Event) {})) })
	b.Run("events, trimmed", func(b *testing.B) {
		all := decodedItems[corev1.EventList](b, events).Items
		trim(b, cluster.Events, func(into *bucket) {
			for i := range all {
				into.event(&all[i])
			}
		})
	})
}

// decodedPod does what wirePod does before it trims, of a pod whose spec is known.
func decodedPod(b *bucket, item []byte) error {
	parts, err := partsOf(item)
	if err != nil {
		return err
	}
	emptyMeta(&b.meta)
	emptyStatus(&b.status)
	if err := b.decode(&b.meta, parts.meta, wantedOfPodMeta); err != nil {
		return err
	}
	if err := b.decode(&b.status, parts.status, wantedOfPodStatus); err != nil {
		return err
	}
	_, err = b.wireTemplate(&b.meta, parts.spec)
	return err
}

func decodedItems[T any, P message[T]](b *testing.B, raw []byte) *T {
	b.Helper()
	var unknown runtime.Unknown
	if err := unknown.Unmarshal(raw[4:]); err != nil {
		b.Fatal(err)
	}
	var list T
	if err := P(&list).Unmarshal(unknown.Raw); err != nil {
		b.Fatal(err)
	}
	return &list
}

func trim(b *testing.B, of cluster.Resource, all func(*bucket)) {
	b.ReportAllocs()
	for b.Loop() {
		into := newBucket()
		into.expect(of, copies-PageSize) // as the first page says
		all(into)
	}
}
