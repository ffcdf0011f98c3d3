package collect

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// paths are where a server has the kinds of the fixtures that a scan lists.
var paths = map[string]string{
	"/api/v1/pods": "core.v1.Pod", "/api/v1/events": "core.v1.Event", "/api/v1/nodes": "core.v1.Node", "/api/v1/services": "core.v1.Service",
	"/api/v1/persistentvolumeclaims": "core.v1.PersistentVolumeClaim",
	"/apis/apps/v1/replicasets":      "apps.v1.ReplicaSet", "/apis/apps/v1/deployments": "apps.v1.Deployment",
	"/apis/apps/v1/statefulsets": "apps.v1.StatefulSet", "/apis/apps/v1/daemonsets": "apps.v1.DaemonSet",
	"/apis/apps/v1/controllerrevisions": "apps.v1.ControllerRevision",
	"/apis/batch/v1/jobs":               "batch.v1.Job", "/apis/batch/v1/cronjobs": "batch.v1.CronJob",
	"/apis/discovery.k8s.io/v1/endpointslices": "discovery.k8s.io.v1.EndpointSlice",
}

// ofVersion serves one object of each kind as a Kubernetes of that version
// encodes it: in protobuf, of ControllerRevisions the metadata alone.
func ofVersion(t *testing.T, archive string) *Live {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, ok := paths[r.URL.Path]
		switch {
		case r.URL.Path == "/version":
			_, _ = w.Write([]byte(`{"gitVersion":"v` + strings.TrimSuffix(filepath.Base(archive), ".tar.gz") + `.0"}`))
		case !ok:
			http.NotFound(w, r)
		case strings.Contains(r.Header.Get("Accept"), "PartialObjectMetadata"):
			var m metav1.PartialObjectMetadata
			if err := json.Unmarshal(within(t, archive, kind+".json"), &m); err != nil {
				t.Error(err)
			}
			m.TypeMeta = metav1.TypeMeta{}
			list := metav1.PartialObjectMetadataList{Items: []metav1.PartialObjectMetadata{m},
				TypeMeta: metav1.TypeMeta{APIVersion: "meta.k8s.io/v1", Kind: "PartialObjectMetadataList"}}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(list)
		default:
			w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
			_, _ = w.Write(listOf(t, kind, within(t, archive, kind+".pb")))
		}
	}))
	t.Cleanup(s.Close)
	live, err := NewLive(&rest.Config{Host: s.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// listOf is a list of one object that is encoded already.
func listOf(t *testing.T, kind string, object []byte) []byte {
	t.Helper()
	const magic = "k8s\x00"
	var one runtime.Unknown
	if err := one.Unmarshal(object[len(magic):]); err != nil {
		t.Fatal(err)
	}
	dot := strings.LastIndex(kind, ".")
	list := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: one.APIVersion, Kind: kind[dot+1:] + "List"}}
	list.Raw = append([]byte{0x0a, 0x00, 0x12}, append(varint(len(one.Raw)), one.Raw...)...) // empty metadata, one item
	out, err := list.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte(magic), out...)
}

func varint(n int) []byte {
	var out []byte
	for ; n >= 0x80; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(out, byte(n))
}

// dumpOf reads the same objects as saved JSON.
func dumpOf(t *testing.T, archive string) cluster.Parts {
	t.Helper()
	folder := t.TempDir()
	for _, kind := range paths {
		if err := os.WriteFile(filepath.Join(folder, kind+".json"), within(t, archive, kind+".json"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parts, err := (&Files{Paths: []string{folder}}).Read(t.Context(), cluster.Scope{AllNamespaces: true})
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

// objectsOf leaves of what was read the objects, in a fixed order.
func objectsOf(p cluster.Parts) cluster.Parts {
	p = cluster.New(p).Parts
	p.At, p.Identity, p.Scope, p.Sources, p.Gaps = time.Time{}, cluster.Identity{}, cluster.Scope{}, nil, nil
	return p
}

// templates are compared whole: their own Equal is of less.
var templates = cmp.Comparer(func(a, b *cluster.Template) bool { return reflect.DeepEqual(a, b) })

// TestVersions: of an object with every field that its Kubernetes has, from 1.28
// to 1.37, the same is kept whether it comes in protobuf or in JSON, and the same of
// all these versions: nothing that is kept came or went between them.
func TestVersions(t *testing.T) {
	archives, err := filepath.Glob("testdata/versions/*.tar.gz")
	if err != nil || len(archives) != 10 {
		t.Fatalf("%d versions, %v", len(archives), err)
	}
	slices.Sort(archives)
	newest := objectsOf(dumpOf(t, archives[len(archives)-1]))
	if len(newest.Pods) != 1 || len(newest.Events) != 1 || len(newest.Nodes) != 1 || len(newest.Workloads) != 5 || len(newest.Services) != 1 || len(newest.Claims) != 1 {
		t.Fatalf("read %d pods, %d events, %d nodes, %d workloads, %d services, %d claims", len(newest.Pods), len(newest.Events),
			len(newest.Nodes), len(newest.Workloads), len(newest.Services), len(newest.Claims))
	}
	for _, archive := range archives {
		parts, err := ofVersion(t, archive).Read(t.Context(), cluster.Scope{AllNamespaces: true})
		if err != nil {
			t.Fatal(archive, err)
		}
		for _, g := range parts.Gaps {
			if !strings.Contains(g.Reason, "taken as unknown") { // the objects are dated 2008
				t.Errorf("%s: %+v", archive, g)
			}
		}
		inProtobuf, inJSON := objectsOf(parts), objectsOf(dumpOf(t, archive))
		if diff := cmp.Diff(inJSON, inProtobuf, templates); diff != "" {
			t.Errorf("%s: JSON (-) and protobuf (+): %s", archive, diff)
		}
		if diff := cmp.Diff(newest, inJSON, templates); diff != "" {
			t.Errorf("%s: newest (-) and this (+): %s", archive, diff)
		}
	}
}
