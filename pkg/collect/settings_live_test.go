package collect

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// settingServer answers lists by their path, and keeps what it was asked for.
type settingServer struct {
	mu      sync.Mutex
	asked   []string
	accepts map[string]string
}

const helmRecord = `{"metadata":{"name":"sh.helm.release.v1.shop.v2","namespace":"shop","creationTimestamp":"2026-05-01T12:00:00Z",` +
	`"labels":{"owner":"helm","name":"shop","version":"2","status":"failed"}}}`

const binding = `{"metadata":{"name":"reads","namespace":"shop","managedFields":[{"manager":"kubectl-edit","operation":"Update","time":"2026-05-01T12:00:00Z",` +
	`"fieldsType":"FieldsV1","fieldsV1":{"f:roleRef":{},"f:subjects":{},"f:metadata":{}}}]},"roleRef":{"kind":"Role","name":"reader"},` +
	`"subjects":[{"kind":"ServiceAccount","name":"web"},{"kind":"User","name":"jane"},{"kind":"Group","name":"system:serviceaccounts:mail"}]}`

func (s *settingServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Path
	if labels := r.URL.Query().Get("labelSelector"); labels != "" {
		asked += "?" + labels
	}
	s.mu.Lock()
	s.asked = append(s.asked, asked)
	s.accepts[r.URL.Path] = r.Header.Get("Accept")
	s.mu.Unlock()
	list := func(apiVersion, kind, items string) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"kind":%q,"apiVersion":%q,"metadata":{},"items":[%s]}`, kind, apiVersion, items)
	}
	switch {
	case strings.HasSuffix(asked, "/secrets?owner=helm"):
		list("meta.k8s.io/v1", "PartialObjectMetadataList", helmRecord)
	case strings.HasSuffix(asked, "/rolebindings"):
		list("rbac.authorization.k8s.io/v1", "RoleBindingList", binding)
	case strings.HasSuffix(asked, "/validatingwebhookconfigurations"):
		list("admissionregistration.k8s.io/v1", "ValidatingWebhookConfigurationList", hooks)
	case strings.HasSuffix(asked, "/clusterrolebindings"):
		answerWith(w, 403, "Forbidden", "no")
	default:
		answerWith(w, 404, "NotFound", "the server could not find the requested resource")
	}
}

// TestSettingsOfTheSecondStep: one list a namespace of what is wanted and no
// more; what is refused is a gap with its rule, what is not served is none, and
// of Secrets the server is asked for metadata alone.
func TestSettingsOfTheSecondStep(t *testing.T) {
	api := &settingServer{accepts: map[string]string{}}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	live, err := NewLive(&rest.Config{Host: server.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	if parts, err := live.Settings(t.Context(), nil); err != nil || len(api.asked)+len(parts.Sources) != 0 {
		t.Fatalf("asks for %q without a reason (%v)", api.asked, err)
	}
	parts, err := live.Settings(t.Context(), map[cluster.Resource][]string{
		cluster.HelmSecrets: {"shop"}, cluster.RoleBindings: {"shop"}, cluster.ClusterRoleBindings: {""},
		cluster.CustomResources: {""}, cluster.Autoscalers: {"mail", "shop"},
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(api.asked)
	want := []string{
		"/api/v1/namespaces/shop/secrets?owner=helm",
		"/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
		"/apis/autoscaling/v2/namespaces/mail/horizontalpodautoscalers", "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers",
		"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings",
	}
	if diff := cmp.Diff(want, api.asked); diff != "" {
		t.Error(diff)
	}
	accept := api.accepts["/api/v1/namespaces/shop/secrets"]
	// The library ends the list with plain JSON, for servers that know neither
	// form of metadata: of core kinds every server does.
	if forms := strings.Split(accept, ","); !strings.Contains(forms[0], "as=PartialObjectMetadataList") || !strings.Contains(forms[1], "as=PartialObjectMetadataList") {
		t.Errorf("asks for Secrets as %q", accept)
	}
	gaps := []cluster.Gap{{Resource: cluster.ClusterRoleBindings, Reason: "forbidden",
		Remedy: `{apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterrolebindings"], verbs: ["list"]}`}}
	if diff := cmp.Diff(gaps, parts.Gaps); diff != "" {
		t.Error(diff)
	}
	if len(parts.Sources) != 3 {
		t.Errorf("sources %+v", parts.Sources)
	}
	if len(parts.Configs) != 1 || parts.Configs[0].Release == nil || parts.Configs[0].Release.Name != "shop" {
		t.Errorf("Helm's records %+v", parts.Configs)
	}
	if len(parts.Settings) != 1 {
		t.Fatalf("settings %+v", parts.Settings)
	}
	x := parts.Settings[0]
	if !x.Binds(cluster.Ref{Kind: "ServiceAccount", Namespace: "shop", Name: "web"}) || !x.Binds(cluster.Ref{Kind: "ServiceAccount", Namespace: "mail", Name: "any"}) ||
		x.Binds(cluster.Ref{Kind: "ServiceAccount", Namespace: "shop", Name: "api"}) || x.Target != (cluster.Ref{Kind: "Role", Namespace: "shop", Name: "reader"}) ||
		len(x.Writes) != 1 || !slices.Equal(x.Writes[0].Spec, []string{"roleRef", "subjects"}) {
		t.Errorf("binding %+v", x)
	}
}

func TestRuleOfARefusedSelection(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answerWith(w, 403, "Forbidden", "no") }))
	t.Cleanup(server.Close)
	live, err := NewLive(&rest.Config{Host: server.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := live.Settings(t.Context(), map[cluster.Resource][]string{cluster.HelmSecrets: {"shop"}})
	if err != nil || len(parts.Gaps) != 1 || parts.Gaps[0].Remedy != `{apiGroups: [""], resources: ["secrets"], verbs: ["list"]}; `+secretsRisk {
		t.Errorf("got %+v, %v", parts.Gaps, err)
	}
}

// TestWebhooksOfTheSecondStep: configurations are read with what they call, and
// only where a refusal asks for them.
func TestWebhooksOfTheSecondStep(t *testing.T) {
	api := &settingServer{accepts: map[string]string{}}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	live, err := NewLive(&rest.Config{Host: server.URL}, "test")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := live.Settings(t.Context(), map[cluster.Resource][]string{cluster.ValidatingWebhooks: {""}})
	if err != nil || len(parts.Gaps) != 0 || len(parts.Settings) != 1 {
		t.Fatalf("%+v, %v", parts, err)
	}
	if to, ok := cluster.New(cluster.Parts{}).WithSettings(parts).WebhookService("gate.example.com"); !ok || to.Path() != "gate/hook" {
		t.Errorf("called at %v", to)
	}
	if !slices.Equal(api.asked, []string{"/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"}) {
		t.Errorf("asked for %q", api.asked)
	}
}
