package collect

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestHostsIn(t *testing.T) {
	for value, want := range map[string][]cluster.Endpoint{
		"ledger:8080":                     {{Host: "ledger", Port: "8080", From: "k"}},
		"http://ledger/api":               {{Host: "ledger", From: "k"}},
		"ledger.shop.svc":                 {{Host: "ledger.shop.svc", From: "k"}},
		"db.url=postgres://u:p@db:5432/x": {{Host: "db", Port: "5432", From: "k"}},
		"server:\n  port: 8080\n  upstream: \"ledger.shop:80\"\nname: x\n": {{Host: "ledger.shop", Port: "80", From: "k"}},
		"upstream ledger { server ledger.shop.svc.cluster.local:80; }":     {{Host: "ledger.shop.svc.cluster.local", Port: "80", From: "k"}},
		"12:30": nil, "": nil, "true": nil, "ledger": nil,
	} {
		if diff := cmp.Diff(want, hostsIn(value, "k")); diff != "" {
			t.Errorf("%q: %s", value, diff)
		}
	}
	if got := hostsIn(strings.Repeat("http://a b ", 1<<16), "k"); len(got) != 1 {
		t.Errorf("got %d hosts", len(got))
	}
}

func TestInitContainersTellWhomTheyWaitFor(t *testing.T) {
	for command, want := range map[string]string{
		"until nc -z ledger 8080; do sleep 1; done":                      "ledger",
		"nc -w 2 -z ledger 8080":                                         "ledger",
		"until nslookup ledger.shop.svc.cluster.local; do sleep 2; done": "ledger.shop.svc.cluster.local",
		"until pg_isready -U app -h db -p 5432; do sleep 1; done":        "db",
		"wget -qO- http://ledger:80/healthz":                             "ledger",
		"getent hosts ledger":                                            "ledger",
		"echo host":                                                      "",
	} {
		spec := &corev1.PodSpec{InitContainers: []corev1.Container{{Name: "wait", Command: []string{"sh", "-c", command}}}}
		got := ""
		for _, e := range trimTemplate(nil, spec).Endpoints {
			if got = e.Host; e.From != "init container wait" {
				t.Errorf("%q: from %q", command, e.From)
			}
		}
		if got != want {
			t.Errorf("%q: waits for %q, want %q", command, got, want)
		}
	}
}

// TestConfigMapsOfFiles: of values only hosts are kept.
func TestConfigMapsOfFiles(t *testing.T) {
	b := newBucket()
	o, err := savedConfigMap([]byte(`{"metadata":{"name":"settings","namespace":"shop"},"data":{"DB":"db:5432","N":7,"PASSWORD":"hunter2hunter2"}}`))
	if err != nil {
		t.Fatal(err)
	}
	o.add(b)
	want := []cluster.Config{{Ref: cluster.Ref{Kind: "ConfigMap", Namespace: "shop", Name: "settings"}, Endpoints: []cluster.Endpoint{{Host: "db", Port: "5432", From: "DB"}}}}
	if diff := cmp.Diff(want, b.Configs); diff != "" {
		t.Error(diff)
	}
	c := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "x"}, Data: map[string]string{"b": "http://b", "a": "http://a"}}
	b.values(c)
	if got := b.Configs[1].Endpoints; len(got) != 2 || got[0].Host != "a" {
		t.Errorf("got %+v", got)
	}
}

func FuzzHostsIn(f *testing.F) {
	f.Add("a=b\nhttp://%zz\n\x00:12")
	f.Add("until nc -z db 1; do :; done")
	f.Fuzz(func(t *testing.T, text string) {
		var tpl cluster.Template
		addWaits(&tpl, &corev1.Container{Args: []string{text}})
		if n := len(hostsIn(text, "")); n > mostHosts {
			t.Errorf("%d hosts", n)
		}
	})
}
