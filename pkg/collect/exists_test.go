package collect

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestExistsAsksForOne(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/apis/apps/v1/namespaces/shop/statefulsets/db":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"kind":"StatefulSet","apiVersion":"apps/v1","metadata":{"name":"db","namespace":"shop"}}`))
		case "/apis/apps/v1/namespaces/shop/daemonsets/secret":
			answerWith(w, 403, "Forbidden", "no")
		case "/apis/apps/v1/namespaces/shop/deployments/broken":
			answerWith(w, 400, "BadRequest", "no")
		default:
			answerWith(w, 404, "NotFound", "no")
		}
	}))
	t.Cleanup(s.Close)
	live, err := NewLive(&rest.Config{Host: s.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind, name string
		there      bool
		fails      bool
	}{
		{"StatefulSet", "db", true, false},
		{"StatefulSet", "nope", false, false},
		{"DaemonSet", "secret", true, false}, // may be listed all the same
		{"Deployment", "broken", false, true},
	} {
		there, err := live.Exists(t.Context(), cluster.Ref{Kind: c.kind, Namespace: "shop", Name: c.name})
		if there != c.there || (err != nil) != c.fails {
			t.Errorf("%s %s: %v, %v", c.kind, c.name, there, err)
		}
	}
}

func TestLikeNamesWhatMayBeMeant(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		list := func(items string) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{},"items":[` + items + `]}`))
		}
		switch name := r.URL.Query().Get("fieldSelector"); {
		case r.URL.Path == "/apis/apps/v1/deployments" && name == "metadata.name=db":
			answerWith(w, 403, "Forbidden", "no")
		case r.URL.Path == "/apis/apps/v1/statefulsets" && name == "metadata.name=db":
			list(`{"metadata":{"name":"db","namespace":"data"}}`)
		case r.URL.Path == "/apis/apps/v1/namespaces/shop/deployments":
			list(`{"metadata":{"name":"dc","namespace":"shop"}}`)
		default:
			list("")
		}
	}))
	t.Cleanup(s.Close)
	live, err := NewLive(&rest.Config{Host: s.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	got := live.Like(t.Context(), cluster.Ref{Kind: "Deployment", Namespace: "shop", Name: "db"})
	want := []cluster.Ref{{Kind: "StatefulSet", Namespace: "data", Name: "db"}, {Kind: "Deployment", Namespace: "shop", Name: "dc"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
