package cluster

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noon is when the tests' snapshots were taken.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

func ref(kind, namespace, name string) Ref { return Ref{Kind: kind, Namespace: namespace, Name: name} }

func TestWorkloadOf(t *testing.T) {
	const hash = "7c9f8d6b5"
	deployment := ref("Deployment", "shop", "web")
	for name, c := range map[string]struct {
		pod   Pod
		parts Parts
		want  Ref
	}{
		"ReplicaSet read": {
			Pod{Owner: ref("ReplicaSet", "shop", "web-"+hash)},
			Parts{Revisions: []Revision{{Ref: ref("ReplicaSet", "shop", "web-"+hash), Owner: deployment}}}, deployment},
		"ReplicaSet not read": {
			Pod{Owner: ref("ReplicaSet", "shop", "web-"+hash), Labels: map[string]string{"pod-template-hash": hash}}, Parts{}, deployment},
		"ReplicaSet of nobody": {
			Pod{Owner: ref("ReplicaSet", "shop", "solo")},
			Parts{Workloads: []Workload{{Ref: ref("ReplicaSet", "shop", "solo")}}}, ref("ReplicaSet", "shop", "solo")},
		"ReplicaSet not read, label of something else": {
			Pod{Owner: ref("ReplicaSet", "shop", "solo"), Labels: map[string]string{"pod-template-hash": hash}}, Parts{}, ref("ReplicaSet", "shop", "solo")},
		"StatefulSet": {Pod{Owner: ref("StatefulSet", "shop", "db")}, Parts{}, ref("StatefulSet", "shop", "db")},
		"Job of a CronJob": {
			Pod{Owner: ref("Job", "shop", "report-29")},
			Parts{Workloads: []Workload{{Ref: ref("Job", "shop", "report-29"), Owner: ref("CronJob", "shop", "report")}}}, ref("CronJob", "shop", "report")},
		"bare pod": {Pod{}, Parts{}, ref("Pod", "shop", "p")},
		"owner with a UID": {
			Pod{Owner: Ref{Kind: "StatefulSet", Namespace: "shop", Name: "db", UID: "42"}}, Parts{}, ref("StatefulSet", "shop", "db")},
	} {
		t.Run(name, func(t *testing.T) {
			c.pod.Ref = ref("Pod", "shop", "p")
			c.parts.Pods = []Pod{c.pod}
			s := New(c.parts)
			p := s.Pod("shop", "p")
			if got := s.WorkloadOf(p); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if got := s.WorkloadNamed(p.Ref); got != c.want {
				t.Errorf("by name: got %v, want %v", got, c.want)
			}
			if pods := s.PodsOf(c.want); len(pods) != 1 || pods[0] != p {
				t.Errorf("pods of %v: %v", c.want, pods)
			}
		})
	}
}

// TestWorkloadNamed looks for the workloads of pods that are gone.
func TestWorkloadNamed(t *testing.T) {
	created := func(kind, by, pod string) Event {
		return Event{Object: ref(kind, "shop", by), Reason: "SuccessfulCreate", Message: "Created pod: " + pod}
	}
	deployment := Workload{Ref: ref("Deployment", "shop", "web")}
	for name, c := range map[string]struct {
		pod   string
		parts Parts
		want  Ref
	}{
		"event of a ReplicaSet that was read": {"web-7c9f8d6b5-x2k4w",
			Parts{Events: []Event{created("ReplicaSet", "web-7c9f8d6b5", "web-7c9f8d6b5-x2k4w")},
				Revisions: []Revision{{Ref: ref("ReplicaSet", "shop", "web-7c9f8d6b5"), Owner: deployment.Ref}}}, deployment.Ref},
		"event of a ReplicaSet that was not, Deployment was": {"web-7c9f8d6b5-x2k4w",
			Parts{Events: []Event{created("ReplicaSet", "web-7c9f8d6b5", "web-7c9f8d6b5-x2k4w")}, Workloads: []Workload{deployment}}, deployment.Ref},
		"event of a ReplicaSet that was not, sister pod was": {"web-7c9f8d6b5-x2k4w",
			Parts{Events: []Event{created("ReplicaSet", "web-7c9f8d6b5", "web-7c9f8d6b5-x2k4w")},
				Pods: []Pod{{Ref: ref("Pod", "shop", "web-7c9f8d6b5-aaaaa"), Owner: ref("ReplicaSet", "shop", "web-7c9f8d6b5"), Labels: map[string]string{"pod-template-hash": "7c9f8d6b5"}}}},
			deployment.Ref},
		"event of a ReplicaSet, and nothing else": {"web-7c9f8d6b5-x2k4w",
			Parts{Events: []Event{created("ReplicaSet", "web-7c9f8d6b5", "web-7c9f8d6b5-x2k4w")}}, ref("ReplicaSet", "shop", "web-7c9f8d6b5")},
		"event of a Job of a CronJob": {"report-29-x2k4w",
			Parts{Events: []Event{created("Job", "report-29", "report-29-x2k4w")},
				Workloads: []Workload{{Ref: ref("Job", "shop", "report-29"), Owner: ref("CronJob", "shop", "report")}}}, ref("CronJob", "shop", "report")},
		"name, ReplicaSet is there": {"web-7c9f8d6b5-x2k4w",
			Parts{Revisions: []Revision{{Ref: ref("ReplicaSet", "shop", "web-7c9f8d6b5"), Owner: deployment.Ref}}}, deployment.Ref},
		"name, Deployment is there":         {"web-7c9f8d6b5-x2k4w", Parts{Workloads: []Workload{deployment}}, deployment.Ref},
		"name, DaemonSet is there":          {"agent-x2k4w", Parts{Workloads: []Workload{{Ref: ref("DaemonSet", "shop", "agent")}}}, ref("DaemonSet", "shop", "agent")},
		"ordinal":                           {"db-12", Parts{Workloads: []Workload{{Ref: ref("StatefulSet", "shop", "db")}}}, ref("StatefulSet", "shop", "db")},
		"ordinal without StatefulSet":       {"db-12", Parts{}, ref("Pod", "shop", "db-12")},
		"tail with vowels is no tail":       {"web-paint", Parts{Workloads: []Workload{{Ref: ref("DaemonSet", "shop", "web")}}}, ref("Pod", "shop", "web-paint")},
		"workload of another namespace":     {"web-7c9f8d6b5-x2k4w", Parts{Workloads: []Workload{{Ref: ref("Deployment", "other", "web")}}}, ref("Pod", "shop", "web-7c9f8d6b5-x2k4w")},
		"nothing known":                     {"web-7c9f8d6b5-x2k4w", Parts{}, ref("Pod", "shop", "web-7c9f8d6b5-x2k4w")},
		"event of another reason":           {"p", Parts{Events: []Event{{Object: ref("Job", "shop", "j"), Reason: "SuccessfulDelete", Message: "Created pod: p"}}}, ref("Pod", "shop", "p")},
		"name that is nothing but a hyphen": {"-", Parts{}, ref("Pod", "shop", "-")},
	} {
		t.Run(name, func(t *testing.T) {
			if got := New(c.parts).WorkloadNamed(ref("Pod", "shop", c.pod)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestServiceNamed(t *testing.T) {
	s := New(Parts{Services: []Service{
		{Ref: ref("Service", "shop", "payments"), ClusterIPs: []string{"10.96.4.7", "fd00::7"}},
		{Ref: ref("Service", "data", "db")},
	}})
	for host, want := range map[string]string{
		"payments":                        "shop/payments",
		"payments.shop":                   "shop/payments",
		"payments.shop.svc":               "shop/payments",
		"payments.shop.svc.cluster.local": "shop/payments",
		"payments.shop.svc.acme.internal": "shop/payments",
		"payments.shop.svc.":              "shop/payments",
		"10.96.4.7":                       "shop/payments",
		"fd00::7":                         "shop/payments",
		"db.data":                         "data/db",
		"db":                              "", // not of this namespace
		"payments.example.com":            "", // three labels, and the third is not svc
		"payments.shop.example.com":       "",
		"10.96.4.8":                       "",
		"":                                "",
		".":                               "",
	} {
		got := ""
		if svc := s.ServiceNamed(host, "shop"); svc != nil {
			got = svc.Path()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", host, got, want)
		}
	}
}

// TestStatefulPodsByName: behind a headless Service a pod has a name of its
// own, which is its Service's as well.
func TestStatefulPodsByName(t *testing.T) {
	s := New(Parts{Services: []Service{{Ref: ref("Service", "data", "kafka")}}})
	for _, host := range []string{"kafka-0.kafka", "kafka-12.kafka.data", "kafka-0.kafka.data.svc", "kafka-0.kafka.data.svc.cluster.local"} {
		if svc := s.ServiceNamed(host, "data"); svc == nil || svc.Path() != "data/kafka" {
			t.Errorf("%s: got %v", host, svc)
		}
	}
	for _, host := range []string{"www.kafka", "kafka-0.kafka.com", "kafka-0.other.data.svc", "a.b.kafka.data.svc"} {
		if svc := s.ServiceNamed(host, "data"); svc != nil {
			t.Errorf("%s: got %v", host, svc.Ref)
		}
	}
}

func TestServicesAndBackends(t *testing.T) {
	app := map[string]string{"app": "web", "tier": "front"}
	s := New(Parts{
		Pods: []Pod{
			{Ref: ref("Pod", "shop", "web-0"), Owner: ref("StatefulSet", "shop", "web"), Labels: app},
			{Ref: ref("Pod", "shop", "web-1"), Owner: ref("StatefulSet", "shop", "web"), Labels: app},
			{Ref: ref("Pod", "other", "web-0"), Owner: ref("StatefulSet", "other", "web"), Labels: app},
		},
		Workloads: []Workload{{Ref: ref("Deployment", "shop", "scaled-to-none"), Selector: map[string]string{"app": "none"}}},
		Services: []Service{
			{Ref: ref("Service", "shop", "web"), Selector: map[string]string{"app": "web"}},
			{Ref: ref("Service", "shop", "none"), Selector: map[string]string{"app": "none"}},
			{Ref: ref("Service", "shop", "external")}, // without a selector it selects nothing
			{Ref: ref("Service", "shop", "strict"), Selector: map[string]string{"app": "web", "tier": "back"}},
		},
	})
	names := func(services []*Service) (out []string) {
		for _, svc := range services {
			out = append(out, svc.Name)
		}
		return out
	}
	if diff := cmp.Diff([]string{"web"}, names(s.ServicesOf(ref("StatefulSet", "shop", "web")))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"none"}, names(s.ServicesOf(ref("Deployment", "shop", "scaled-to-none")))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Ref{ref("StatefulSet", "shop", "web")}, s.BackendsOf(s.ServiceNamed("web", "shop"))); diff != "" {
		t.Error(diff)
	}
	if got := s.BackendsOf(s.ServiceNamed("external", "shop")); got != nil {
		t.Errorf("a Service without a selector has backends %v", got)
	}
}

// Only pods with an address of their own are found by it, and a volume's claim
// in its own namespace alone.
func TestPodsAtAndClaimOf(t *testing.T) {
	own, host := &Template{}, &Template{HostNetwork: true}
	s := New(Parts{
		Pods: []Pod{
			{Ref: Ref{Kind: "Pod", Namespace: "shop", Name: "web"}, IP: "10.0.0.1", Template: own},
			{Ref: Ref{Kind: "Pod", Namespace: "shop", Name: "old"}, IP: "10.0.0.1", Template: own},
			{Ref: Ref{Kind: "Pod", Namespace: "kube-system", Name: "proxy"}, IP: "192.0.2.1", Template: host},
			{Ref: Ref{Kind: "Pod", Namespace: "shop", Name: "pending"}, Template: own},
		},
		Claims: []Claim{{Ref: Ref{Kind: "PersistentVolumeClaim", Namespace: "shop", Name: "data"}, Volume: "pv-1"},
			{Ref: Ref{Kind: "PersistentVolumeClaim", Namespace: "shop", Name: "unbound"}}},
	})
	for ip, want := range map[string]int{"10.0.0.1": 2, "192.0.2.1": 0, "": 0} {
		if got := len(s.PodsAt(ip)); got != want {
			t.Errorf("%q: %d pods, want %d", ip, got, want)
		}
	}
	if c := s.ClaimOf("shop", "pv-1"); c == nil || c.Name != "data" {
		t.Errorf("pv-1 is of %v", c)
	}
	if s.ClaimOf("data", "pv-1") != nil || s.ClaimOf("shop", "") != nil {
		t.Error("found a claim of nothing")
	}
	if got := len(s.PodsIn("shop")); got != 3 {
		t.Errorf("%d pods in shop, want 3", got)
	}
}

// TestBackendsByTheRarestLabel: a label that all pods have finds the same as
// one that few have, in the order of the pods.
func TestBackendsByTheRarestLabel(t *testing.T) {
	var p Parts
	for _, name := range []string{"c", "a", "b"} {
		p.Pods = append(p.Pods, Pod{Ref: ref("Pod", "shop", name), Labels: map[string]string{"tier": "back", "of": name[:1]}})
	}
	p.Pods = append(p.Pods, Pod{Ref: ref("Pod", "other", "a"), Labels: map[string]string{"tier": "back"}})
	p.Services = []Service{
		{Ref: ref("Service", "shop", "all"), Selector: map[string]string{"tier": "back"}},
		{Ref: ref("Service", "shop", "one"), Selector: map[string]string{"tier": "back", "of": "b"}},
		{Ref: ref("Service", "shop", "none"), Selector: map[string]string{"tier": "back", "of": "x"}},
	}
	s := New(p)
	for name, want := range map[string][]Ref{
		"all": {ref("Pod", "shop", "a"), ref("Pod", "shop", "b"), ref("Pod", "shop", "c")}, "one": {ref("Pod", "shop", "b")}, "none": nil,
	} {
		if diff := cmp.Diff(want, s.BackendsOf(s.ServiceNamed(name, "shop"))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
