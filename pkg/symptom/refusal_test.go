package symptom

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// refusalSamples are texts as the API server prints them. All say forbidden or
// denied in some way: the cause is in what stands behind.
var refusalSamples = []struct{ cause, about, item, text string }{
	{RefusedQuota, "ResourceQuota shop/compute", "limits.memory,pods", `pods "a" is forbidden: exceeded quota: compute, requested: limits.memory=1Gi,pods=1, used: limits.memory=4Gi,pods=3, limited: limits.memory=4Gi,pods=3`},
	{RefusedQuota, "ResourceQuota shop/compute", "must specify cpu,memory", `pods "a" is forbidden: failed quota: compute: must specify cpu for: app,proxy; memory for: app`},
	{RefusedQuota, "ResourceQuota shop/compute", "must specify limits.cpu,limits.memory", `pods "a" is forbidden: failed quota: compute: must specify limits.cpu,limits.memory`},
	{RefusedQuota, "ResourceQuota shop/", "not covered: pods", `pods "a" is forbidden: insufficient quota to consume: pods`},
	{RefusedLimitRange, "LimitRange shop/", "minimum memory usage per Container is 32Mi", `pods "a" is forbidden: minimum memory usage per Container is 32Mi, but request is 16Mi`},
	{RefusedLimitRange, "LimitRange shop/", "maximum cpu usage per Pod is 1.5", `pods "a" is forbidden: [maximum cpu usage per Pod is 1.5. No limit is specified, maximum memory usage per Pod is 1Gi, but limit is 2Gi]`},
	{RefusedLimitRange, "LimitRange shop/", "cpu max limit to request ratio per Container is 2", `pods "a" is forbidden: cpu max limit to request ratio per Container is 2, but no request is specified or request is 0`},
	{RefusedLimitRange, "LimitRange shop/", "cpu request above the limit that was filled in", `Pod "a" is invalid: spec.containers[0].resources.requests: Invalid value: "1": must be less than or equal to cpu limit`},
	{RefusedPodSecurity, "Namespace shop", "baseline: host namespaces, hostPath volumes", `pods "a" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volumes "a", "b")`},
	{RefusedPodSecurity, "Namespace shop", "security context constraints", `pods "a" is forbidden: unable to validate against any security context constraint: []`},
	{WebhookDenied, "Webhook w.example", "", `admission webhook "w.example" denied the request without explanation`},
	{WebhookDenied, "Webhook w.example", "no-root", `admission webhook "w.example" denied the request: [denied by no-root] must not`},
	{WebhookDenied, "Webhook w.example", "", `admission webhook "w.example" denied the request: failed calling webhook "x": pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1`},
	{WebhookDown, "Webhook w.example", "no Service", `failed calling webhook "w.example": failed to call webhook: Post "https://a.b.svc:443/v?timeout=10s": service "a" not found`},
	{WebhookDown, "Webhook w.example", "closed", `failed calling webhook "w.example": Post "https://a.b.svc:443/v?timeout=10s": EOF`},
	{WebhookDown, "Webhook w.example", "unreachable", `failed calling webhook "w.example": failed to call webhook: Post "https://a.b.svc:443/v?timeout=10s": dial tcp 10.96.0.1:443: connect: no route to host`},
	{WebhookDown, "Webhook w.example", "bad answer", `failed calling webhook "w.example": failed to call webhook: the server could not find the requested resource`},
	{RefusedPolicy, "ValidatingAdmissionPolicy p.example", "b", `ValidatingAdmissionPolicy 'p.example' with binding 'b' denied request: failed expression: object.spec.replicas <= 5`},
	{RefusedPolicy, "PriorityClass urgent", "", `pods "a" is forbidden: no PriorityClass with name urgent was found`},
	{RefusedPolicy, "Namespace shop", "invalid: spec.containers[0].image", `Pod "a" is invalid: spec.containers[0].image: Required value`},
	{RefusedPolicy, "Namespace shop", "pod tolerations conflict", `pods "a" is forbidden: pod tolerations conflict`},
	{"", " ", "", `pods "a" is forbidden: unable to create new content in namespace shop because it is being terminated`},
	{"", " ", "", `namespaces "shop" not found`},
	{"", " ", "", `pods "a" is forbidden: User "system:serviceaccount:a:b" cannot create resource "pods" in API group "" in the namespace "shop"`},
	{"", " ", "", `pods "a" is forbidden: status unknown for quota: compute, resources: pods`},
	{"", " ", "", `pods "a" already exists`},
	{"", " ", "", `Operation cannot be fulfilled on pods "a": the object has been modified`},
	{"", " ", "", `client rate limiter Wait returned an error: context deadline exceeded`},
}

func TestRefusals(t *testing.T) {
	hit := map[int]bool{}
	for _, s := range refusalSamples {
		got := parseRefusal(s.text, "shop")
		if got.cause != s.cause || got.about.String() != s.about || got.item != s.item {
			t.Errorf("%q:\n got %q of %q, %q", s.text, got.cause, got.about, got.item)
		}
		for i := range refusalRows {
			if refusalRows[i].pattern.MatchString(s.text) {
				hit[i] = true
				break
			}
		}
	}
	for i := range refusalRows {
		if !hit[i] || refusalRows[i].source == "" {
			t.Errorf("no sample or no source for row %d: %s", i, refusalRows[i].pattern)
		}
	}
}

func TestRefusalNumbers(t *testing.T) {
	for text, want := range map[string]string{
		`exceeded quota: q, requested: limits.memory=1Gi,pods=1, used: limits.memory=4Gi,pods=3, limited: limits.memory=4Gi,pods=3`: "limits.memory: 1Gi asked, 4Gi of 4Gi used; pods: 1 asked, 3 of 3 used",
		`exceeded quota: q, requested: pods=1, used: x=3, limited: y=3`:                                                             "pods: 1 asked, ? of ? used",
		`maximum cpu usage per Pod is 2, but limit is 4`:                                                                            "the limit is 4",
		`maximum cpu usage per Pod is 2. No limit is specified`:                                                                     "no limit is set",
	} {
		if got := parseRefusal(text, "shop").usage; got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestFramesOfRefusals(t *testing.T) {
	for _, frame := range []string{"Error creating: ", "Error creating job: ", "create Pod a-0 in StatefulSet a failed error: ", "Error creating: Internal error occurred: ",
		"create Claim data-a-0 Pod a-0 in StatefulSet a failed error: ", `Failed to create new replica set "a-b": `} {
		if got := withoutFrame(frame + "the rest"); got != "the rest" {
			t.Errorf("%q leaves %q", frame, got)
		}
	}
}

func TestMissingReferences(t *testing.T) {
	template := &cluster.Template{
		ConfigMaps: []cluster.ConfigRef{{Name: "files", Via: "volume", Volume: "v", Key: "a"}, {Name: "more", Via: "volume", Volume: "v", Key: "b"}},
		Secrets:    []cluster.ConfigRef{{Name: "tls", Via: "volume", Volume: "s", Key: "tls.key"}},
	}
	for text, want := range map[string]string{
		`configmap "c" not found`:                  "ConfigMap shop/c configmap",
		`configmaps "c" not found`:                 "ConfigMap shop/c configmap",
		`secret "s" not found`:                     "Secret shop/s secret",
		`couldn't find key k.e-y in Secret shop/s`: "Secret shop/s key k.e-y",
		`couldn't find key k in ConfigMap shop/c`:  "ConfigMap shop/c key k",
		`MountVolume.SetUp failed for volume "v" : configmap references non-existent config key: b`:                          "ConfigMap shop/more key b",
		`MountVolume.SetUp failed for volume "s" : references non-existent secret key: tls.key`:                              "Secret shop/tls key tls.key",
		`MountVolume.SetUp failed for volume "x" : references non-existent secret key: tls.key`:                              "",
		`MountVolume.SetUp failed for volume "v" : [configmap "b" not found, secret "a" not found, configmap "b" not found]`: "ConfigMap shop/b configmap, Secret shop/a secret",
		`error looking up service account shop/sa: serviceaccount "sa" not found`:                                            "ServiceAccount shop/sa service-account",
		`failed to fetch token: serviceaccounts "sa" not found`:                                                              "ServiceAccount shop/sa service-account",
		`failed to sync secret cache: timed out waiting for the condition`:                                                   "",
		`object "shop"/"c" not registered`:                                                                                   "",
		`persistentvolumeclaim "c" not found`:                                                                                "",
	} {
		var got []string
		for _, m := range missingIn(text, "shop", template) {
			got = append(got, strings.TrimSpace(m.about.String()+" "+m.cause()+" "+m.key))
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

func FuzzRefusal(f *testing.F) {
	for _, s := range refusalSamples {
		f.Add(s.text)
	}
	f.Add(`violates PodSecurity "a:b": )),((,`)
	f.Add(`exceeded quota: q, requested: =,==, used: ,, limited: `)
	f.Fuzz(func(t *testing.T, text string) {
		r := parseRefusal(withoutFrame(text), "shop")
		if r.cause == "" && (r.item != "" || !r.about.IsZero()) {
			t.Errorf("no refusal, and yet %+v", r)
		}
		if r.cause != "" && r.about.Kind == "" {
			t.Errorf("refused by nothing: %+v", r)
		}
		for _, m := range missingIn(text, "shop", nil) {
			if m.about.Name == "" || (utf8.ValidString(text) && !utf8.ValidString(m.about.Name+m.key)) {
				t.Errorf("%q: %+v", text, m)
			}
		}
	})
}
