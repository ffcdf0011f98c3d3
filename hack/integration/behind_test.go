package integration

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// TestBehind: api fails, and with it what an Ingress leads to, who needs it as a
// webhook, and, once its addresses are written into an EndpointSlice, who calls
// it by a Service without a selector.
func TestBehind(t *testing.T) {
	t.Parallel()
	c := start(t, "./testdata/behind")
	before := c.report(t, "-A")
	api := find(t, before, "exit-code", "1")
	checkRoutes(t, api, "Ingress shop/front (shop.acme.example)")
	checkDependants(t, before, api, "guarded/blocked")
	find(t, before, "network", "connection-refused") // nothing says yet that the Service leads to api
	for _, s := range before.Sources {
		if s.Gap != "" {
			t.Errorf("gap in %s: %s", s.Resource, s.Gap)
		}
	}
	writeEndpoints(t, c, "ledger", 8080, "app=api")
	after := c.report(t, "-A")
	api = only(t, after, "exit-code", "1")
	checkRoutes(t, api, "Ingress shop/front (shop.acme.example)")
	checkDependants(t, after, api, "guarded/blocked", "shop/cart")
	hops := map[string]report.Edge{}
	for _, h := range api.Chain {
		if h.From.Name != "api" || h.LagSeconds <= 0 || h.LagSeconds > 60 {
			t.Errorf("hop %+v", h)
		}
		hops[h.To.Name] = h.Edge
	}
	if got := hops["blocked"]; got.Class != "certain" || got.How != "webhook gate.acme.example calls Service shop/api" {
		t.Errorf("blocked hangs on it by %+v", got)
	}
	if got := hops["cart"]; got.Class != "observed" || !strings.Contains(got.How, "Service shop/ledger") {
		t.Errorf("cart hangs on it by %+v", got)
	}
	out, _, code := c.run(t, "-A", "-o", "wide")
	if said := strings.Join(strings.Fields(out), " "); code != 0 || !strings.Contains(said, "its own words name Service shop/ledger") ||
		!servedBy.MatchString(said) {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// servedBy is the branch of the tree: a program that crashes anew is ready for
// a moment each time.
var servedBy = regexp.MustCompile(`shop/api \(Service api, ledger\): 2 pods exit 1, [01] of 2 ready, behind Ingress shop/front \(shop\.acme\.example\)`)

func checkRoutes(t *testing.T, p *report.Pattern, want string) {
	t.Helper()
	i := slices.IndexFunc(p.Impact, func(im report.Impact) bool { return im.Workload.Name == "api" })
	if i < 0 || (p.Impact[i].State != "down" && p.Impact[i].State != "degraded") || !slices.Equal(p.Impact[i].Routes, []string{want}) {
		t.Errorf("impact %+v, want %s before what is down", p.Impact, want)
	}
}

// checkDependants compares whose failures follow from a pattern, directly or
// not.
func checkDependants(t *testing.T, r *report.Report, root *report.Pattern, want ...string) {
	t.Helper()
	below := map[string]bool{root.ID: true}
	got := map[string]bool{}
	for range r.Patterns {
		for _, p := range r.Patterns {
			if below[p.ExplainedBy] {
				below[p.ID] = true
				for _, a := range p.Affected {
					got[a.Namespace+"/"+a.Workload.Name] = true
				}
			}
		}
	}
	for _, w := range want {
		if !got[w] {
			t.Errorf("%s does not follow from %s: %v", w, root.Title, got)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v follow from %s, want %v", got, root.Title, want)
	}
}

// writeEndpoints writes the addresses of pods of the namespace shop down as the
// endpoints of a Service without a selector.
func writeEndpoints(t *testing.T, c *real, service string, port int32, selector string) {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", c.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client := kubernetes.NewForConfigOrDie(config)
	pods, err := client.CoreV1().Pods("shop").List(t.Context(), metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		t.Fatal(err)
	}
	protocol, ready := corev1.ProtocolTCP, false
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: service, Labels: map[string]string{discoveryv1.LabelServiceName: service}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Port: &port, Protocol: &protocol}},
	}
	for i := range pods.Items {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{Addresses: []string{pods.Items[i].Status.PodIP},
			Conditions: discoveryv1.EndpointConditions{Ready: &ready}})
	}
	if _, err := client.DiscoveryV1().EndpointSlices("shop").Create(t.Context(), slice, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}
