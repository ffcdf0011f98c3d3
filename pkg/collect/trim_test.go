package collect

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/wire"
)

func at(seconds int) metav1.Time {
	return metav1.NewTime(time.Date(2026, 1, 1, 0, 0, seconds, 0, time.UTC))
}

func TestEffectiveTimesOfEvents(t *testing.T) {
	micro := metav1.NewMicroTime(at(30).Time)
	for name, c := range map[string]struct {
		event       corev1.Event
		first, last int
		count       int
	}{
		"old recorder": {corev1.Event{FirstTimestamp: at(1), LastTimestamp: at(9), Count: 4}, 1, 9, 4},
		"scheduler":    {corev1.Event{EventTime: micro}, 30, 30, 1},
		"series": {corev1.Event{EventTime: micro, Series: &corev1.EventSeries{Count: 3, LastObservedTime: metav1.NewMicroTime(at(50).Time)}},
			30, 50, 3},
		"creation alone": {corev1.Event{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: at(7)}}, 7, 7, 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBucket()
			b.event(&c.event)
			e := b.Events[0]
			if e.First.Second() != c.first || e.Last.Second() != c.last || e.Count != c.count {
				t.Errorf("got first %v, last %v, count %d", e.First, e.Last, e.Count)
			}
		})
	}
}

func TestEventsOfNodesAndMergedOnes(t *testing.T) {
	b := newBucket()
	b.event(&corev1.Event{InvolvedObject: corev1.ObjectReference{Kind: "Node", Name: "n", Namespace: "default", FieldPath: ""},
		Message: "(combined from similar events): pull failed"})
	b.event(&corev1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: "default"},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "p", FieldPath: "spec.initContainers{setup}"}})
	if e := b.Events[0]; e.Object.Namespace != "" || !e.Combined || e.Message != "pull failed" {
		t.Errorf("got %+v", e)
	}
	if e := b.Events[1]; e.Container != "setup" || e.Object.Namespace != "default" {
		t.Errorf("container %q, of a pod of %q", e.Container, e.Object.Namespace)
	}
}

func TestQuantitiesAreCanonical(t *testing.T) {
	for in, want := range map[string]string{"131072Ki": "128Mi", "134217728": "134217728", "1000m": "1", "0.5": "500m", "1Gi": "1Gi"} {
		if got := canonical(resource.MustParse(in)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestEndpointsOfValues(t *testing.T) {
	for value, want := range map[string][]cluster.Endpoint{
		"http://payments.shop.svc.cluster.local:8080/x": {{Host: "payments.shop.svc.cluster.local", Port: "8080", From: "env X"}},
		"postgres://user:secret@db:5432/app":            {{Host: "db", Port: "5432", From: "env X"}},
		"vcs-service.vcs:8080":                          {{Host: "vcs-service.vcs", Port: "8080", From: "env X"}},
		"--upstream=api:9000":                           {{Host: "api", Port: "9000", From: "env X"}},
		"kafka-0.kafka:9092,kafka-1.kafka:9092":         {{Host: "kafka-0.kafka", Port: "9092", From: "env X"}, {Host: "kafka-1.kafka", Port: "9092", From: "env X"}},
		"redis.cache.svc":                               {{Host: "redis.cache.svc", From: "env X"}},
		"debug":                                         nil,
		"12:30":                                         nil,
		"user:password":                                 nil,
		"":                                              nil,
	} {
		tpl := &cluster.Template{}
		addEndpoint(tpl, "X", value, "env X")
		if diff := cmp.Diff(want, tpl.Endpoints); diff != "" {
			t.Errorf("%q: %s", value, diff)
		}
	}
}

func TestSecretsInTextAreMasked(t *testing.T) {
	for in, want := range map[string]string{
		"dial postgres://app:hunter2@db:5432 failed":          "dial postgres://app:***@db:5432 failed",
		"login failed: password=hunter2, host db":             "login failed: password=***, host db",
		`{"password": "hunter2"}`:                             `{"password": ***}`,
		"Authorization: Bearer abcdef0123456789":              "Authorization: Bearer ***",
		"api_key=sk1234567890":                                "api_key=***",
		"token: abcdef1234567890":                             "token: ***",
		"server message: invalid_token: authorization failed": "server message: invalid_token: authorization failed",
		`secret "db-credentials" not found`:                   `secret "db-credentials" not found`,
		"key AKIAIOSFODNN7EXAMPLE is not allowed":             "key *** is not allowed",
		"couldn't find key token in Secret shop/db":           "couldn't find key token in Secret shop/db",
		"plain text": "plain text",
		`{\"user\":\"a\",\"password\":\"hunter2\"}`:             `{\"user\":\"a\",\"password\":***}`,
		`{"password":"two words","x":1}`:                        `{"password":***,"x":1}`,
		"clone https://0123456789abcdef0123@git.example/x":      "clone https://***@git.example/x",
		"clone ssh://git@git.example/x":                         "clone ssh://git@git.example/x",
		"amqp://app:p@ss/w0rd@mq:5672 refused":                  "amqp://app:***@mq:5672 refused",
		"http://api:8080/users/a@b":                             "http://api:8080/users/a@b",
		`{"url":"amqp://a:b@mq","mail":"c@d"}`:                  `{"url":"amqp://a:***@mq","mail":"c@d"}`,
		"Get \"http://10.0.0.7:80/ready?key=abc&x=1\": EOF":     "Get \"http://10.0.0.7:80/ready?key=***&x=1\": EOF",
		"SECRET_KEY_BASE=abcdef":                                "SECRET_KEY_BASE=***",
		"Server=tcp:db,1433;User ID=sa;Pwd=hunter2;":            "Server=tcp:db,1433;User ID=sa;Pwd=***;",
		"AccountName=a;AccountKey=aGVsbG8=;EndpointSuffix=x":    "AccountName=a;AccountKey=***;EndpointSuffix=x",
		`{"token":"letters-only"}`:                              `{"token":***}`,
		"X-Api-Key: 0123456789abcdef":                           "X-Api-Key: ***",
		"Set-Cookie: sid=abc; Path=/":                           "Set-Cookie: ***",
		`command "app --db-password hunter2 --port 80"`:         `command "app --db-password *** --port 80"`,
		`exec ["app","--token","hunter2"] failed`:               `exec ["app","--token","***"] failed`,
		`command "redis-cli -h db -a hunter2 ping" timed out`:   `command "redis-cli -h db -a *** ping" timed out`,
		`command "mysqladmin ping -u root -phunter2" timed out`: `command "mysqladmin ping -u root -p***" timed out`,
		"sh -c curl -s -u admin:hunter2 http://x":               "sh -c curl -s -u admin:*** http://x",
		"401: Basic authentication failed":                      "401: Basic authentication failed",
		"Authorization: Token 0123456789abcdef0":                "Authorization: Token ***",
		"authorization: denied by policy":                       "authorization: denied by policy",
		"ghp_Qx7LmPz9Tk3Vb8Nc2Rw6 was revoked":                  "*** was revoked",
		"key sk_live_" + "0123456789abcdef failed":              "key *** failed",
		"post https://hooks.slack.com/services/T0/B0/x: 404":    "post https://hooks.slack.com/services/***: 404",
		"seed Qx7LmPz9Tk3Vb8Nc2Rw6Yd4 is unknown":               "seed *** is unknown",
		`couldn't find key TIMEOUT in ConfigMap a/b`:            `couldn't find key TIMEOUT in ConfigMap a/b`,
		"Back-off restarting failed container disk-sk-a in pod": "Back-off restarting failed container disk-sk-a in pod",
	} {
		if got := maskText(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestKeysOfManyLinesAreMasked: of a private key no line is left, where the log
// begins in the middle of it.
func TestKeysOfManyLinesAreMasked(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // as keys look
	raw := make([]byte, 48)
	left := 0
	for range 2000 {
		for i := range raw {
			raw[i] = byte(random.Uint32())
		}
		if line := base64.StdEncoding.EncodeToString(raw); maskText(line) == line {
			left++
		}
	}
	if left > 4 {
		t.Errorf("%d lines of 2000 are left", left)
	}
	const cut = "starting\n-----BEGIN RSA PRIVATE KEY-----\nshort\n"
	if got := maskText(cut); got != "starting\n***" {
		t.Errorf("a key that is cut off: %q", got)
	}
}

// TestCredentialsAreNoHosts: what reads like host:port and is set to a credential
// is not kept.
func TestCredentialsAreNoHosts(t *testing.T) {
	spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Args: []string{"--userpass", "admin:4711", "--proxy-password=abc:1234", "--upstream", "api:9000"},
		Env: []corev1.EnvVar{{Name: "BASIC_AUTH", Value: "admin:4711"}, {Name: "TOKEN_SERVICE", Value: "token:8080"}, {Name: "DSN_SECRET", Value: "https://key@sentry.example/1"}}}}}
	var got []string
	for _, e := range trimTemplate(nil, &spec).Endpoints {
		got = append(got, e.Host)
	}
	got = append(got, "|")
	for _, e := range hostsIn("password = abc:1234\nupstream = api:9000\n", "app.conf") {
		got = append(got, e.Host)
	}
	if diff := cmp.Diff([]string{"token", "sentry.example", "api", "|", "api"}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzMaskText(f *testing.F) {
	f.Add("password=hunter2")
	f.Add("https://a:b@c")
	f.Fuzz(func(t *testing.T, text string) {
		once := maskText(text)
		if strings.Contains(text, "password=hunter2 ") && strings.Contains(once, "password=hunter2 ") {
			t.Errorf("a password came through: %q", once)
		}
	})
}

func TestPodsOfOneOwnerShareTheirTemplate(t *testing.T) {
	yes := true
	pod := func(image string) *corev1.Pod {
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "p", OwnerReferences: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "rs", Controller: &yes}}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: image}}},
		}
	}
	b := newBucket()
	b.pod(pod("a"))
	b.pod(pod("a"))
	b.pod(pod("b"))
	if b.Pods[0].Template != b.Pods[1].Template {
		t.Error("equal templates of one owner are not shared")
	}
	if b.Pods[2].Template == b.Pods[0].Template {
		t.Error("a different template is shared")
	}
}

func TestDeletionIsDatedByItsRequest(t *testing.T) {
	grace, deleted := int64(30), at(40)
	b := newBucket()
	b.pod(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: &deleted, DeletionGracePeriodSeconds: &grace}})
	if got := b.Pods[0].Deleting; !got.Equal(at(10).Time) {
		t.Errorf("got %v", got)
	}
}

func TestEachPageEndsOnAnError(t *testing.T) {
	calls := 0
	n, err := eachPage(t.Context(), place{}, newBucket(), func(o metav1.ListOptions) (metav1.ListInterface, int, error) {
		calls++
		if o.Limit != PageSize || (calls == 2) != (o.Continue == "more") {
			t.Errorf("call %d: %+v", calls, o)
		}
		if calls == 2 {
			return nil, 0, errors.New("reset")
		}
		return &metav1.ListMeta{Continue: "more"}, 500, nil
	})
	if err == nil || n != 0 || calls != 2 {
		t.Errorf("got %d objects, %v after %d calls: a partial list must not pass for a whole one", n, err, calls)
	}
}

func TestGapsSayWhyInAWord(t *testing.T) {
	gr := schema.GroupResource{Resource: "nodes"}
	sent := func(err error) error { return &url.Error{Op: "Get", URL: "https://10.0.0.1/api/v1/nodes", Err: err} }
	for want, c := range map[string]struct {
		err    error
		remedy string
	}{
		"forbidden":                  {apierrors.NewForbidden(gr, "", errors.New("no")), "{apiGroups: "},
		"unauthorized":               {apierrors.NewUnauthorized("no"), "log in again"},
		"not served by this cluster": {apierrors.NewNotFound(gr, ""), ""},
		"410 expired":                {apierrors.NewResourceExpired("too old"), "-n NAMESPACE"},
		"429 too many requests":      {apierrors.NewTooManyRequests("slow down", 1), "try again later"},
		"timed out":                  {apierrors.NewTimeoutError("slow", 1), "try again later"},
		"timed out after 5s":         {sent(context.DeadlineExceeded), "--request-timeout"},
		"500 Internal Server Error: Internal error occurred: x": {apierrors.NewInternalError(errors.New("x")), ""},
		"the connection broke off: unexpected EOF":              {sent(io.ErrUnexpectedEOF), "try again"},
		"the connection broke off: http2: client connection force closed via ClientConn.Close": {
			sent(errors.New("http2: client connection force closed via ClientConn.Close")), "try again"},
		"a web page, not an answer of an API server":               {sent(errWebPage), "log in there"},
		"not a list: not a list in Kubernetes' protobuf form":      {wire.ErrForm, "proxy-url"},
		"tls: failed to verify certificate: not of this authority": {sent(errors.New("tls: failed to verify certificate: not of this authority")), ""},
	} {
		gap := (&Live{patience: 5 * time.Second}).gapOf(kind{resource: cluster.Nodes, where: namespaced}, "", c.err)
		if gap.Reason != want {
			t.Errorf("%v: got %q, want %q", c.err, gap.Reason, want)
		}
		if (gap.Remedy != "") != (c.remedy != "") || !strings.Contains(gap.Remedy, c.remedy) {
			t.Errorf("%s: remedy %q", want, gap.Remedy)
		}
	}
}
