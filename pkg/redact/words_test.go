package redact

import (
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestNamesInMessages: a name is the same one wherever it stands, and the words
// of Kubernetes stay.
func TestNamesInMessages(t *testing.T) {
	pod := cluster.Pod{Ref: cluster.Ref{Kind: "Pod", Namespace: "webhook", Name: "cart-6d4b75cb6d-x2x4z", UID: "11111111-2222-3333-4444-555555555555"},
		Labels: map[string]string{"app": "cart", "acme.com/team": "blue", "pod-template-hash": "6d4b75cb6d"}, Node: "ip-10-1-2-3.eu-west-1.compute.internal", IP: "10.1.2.3",
		Template: &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "failed", Image: "registry.acme.example:5000/webhook/cart:1.2"}}, Env: []cluster.EnvVar{{Container: "failed", Name: "X", From: "Secret blue-login/password"}}},
		Message:  `Failed to pull image "registry.acme.example:5000/webhook/cart:1.2" on ip-10-1-2-3.eu-west-1.compute.internal (10.1.2.3:443): Back-off restarting failed container failed in pod cart-6d4b75cb6d-x2x4z_webhook(11111111-2222-3333-4444-555555555555)`}
	s := cluster.New(cluster.Parts{Pods: []cluster.Pod{pod}, Namespaces: []string{"webhook"}})
	out := withKey(s, []byte("k"))
	p := &out.Pods[0]
	image := p.Template.Containers[0].Image
	container := p.Template.Containers[0].Name
	want := `Failed to pull image "` + image + `" on ` + p.Node + ` (` + p.IP + `:443): Back-off restarting failed container ` + container + ` in pod ` + p.Name + `_` + p.Namespace + `(` + p.UID + `)`
	if p.Message != want {
		t.Errorf("the message is\n%s\nwant\n%s", p.Message, want)
	}
	for _, x := range []string{p.Name, p.Namespace, p.Node, p.IP, image, p.UID, container} {
		for _, old := range []string{"webhook", "cart", "acme", "10.1.2.3", "10-1-2-3", "11111111", "west"} {
			if strings.Contains(x, old) {
				t.Errorf("%s holds %s", x, old)
			}
		}
	}
	if !regexp.MustCompile(`^[a-z]+-6d4b75cb6d-x2x4z$`).MatchString(p.Name) || p.Labels["pod-template-hash"] != "6d4b75cb6d" || p.Labels["app"]+"-6d4b75cb6d-x2x4z" != p.Name {
		t.Errorf("pod %s with labels %v", p.Name, p.Labels)
	}
	if from := p.Template.Env[0].From; !strings.HasPrefix(from, "Secret ") || !strings.HasSuffix(from, "/password") || strings.Contains(from, "blue") {
		t.Errorf("the variable comes from %s", from)
	}
	if s.Pods[0].Name != "cart-6d4b75cb6d-x2x4z" || s.Pods[0].Labels["app"] != "cart" {
		t.Error("the original was touched")
	}
	if other := withKey(s, []byte("another")); other.Pods[0].Name == p.Name {
		t.Error("another key gives the same names")
	}
	kept := cluster.New(cluster.Parts{Pods: []cluster.Pod{{Ref: cluster.Ref{Kind: "Pod", Namespace: "kube-system", Name: "coredns-ff56cb997-972j5"}, Labels: map[string]string{"k8s-app": "kube-dns"}}}})
	if p := withKey(kept, []byte("k")).Pods[0]; p.Namespace != "kube-system" || p.Name != "coredns-ff56cb997-972j5" || p.Labels["k8s-app"] != "kube-dns" {
		t.Errorf("the cluster's DNS is not known any more: %+v", p)
	}
}

// TestWordsOfMessagesStay: what a message says stays, though a namespace has the
// name of one of its words.
func TestWordsOfMessagesStay(t *testing.T) {
	const says = `pods "a-1" is forbidden: exceeded quota: small, requested: pods=1`
	s := cluster.New(cluster.Parts{Namespaces: []string{"quota"}, Events: []cluster.Event{{Object: cluster.Ref{Kind: "ReplicaSet", Namespace: "quota", Name: "a"}, Message: says + ` at quota:80 and quota/a`}}})
	out := withKey(s, []byte("k"))
	ns := out.Events[0].Object.Namespace
	if got := out.Events[0].Message; ns == "quota" || !strings.Contains(got, "exceeded quota: ") || strings.Contains(got, "quota:80") || !strings.Contains(got, ns+"/") {
		t.Errorf("in %s: %s", ns, got)
	}
}

// FuzzReplace: any text is replaced without a panic, and what was a name is not
// left in it as a word of its own.
func FuzzReplace(f *testing.F) {
	f.Add("shop-a", "cannot reach shop-a.svc:80, \"shop-a\"")
	f.Add("é-ü", "10.0.0.1.2 ::: fd00::1")
	f.Fuzz(func(t *testing.T, named, message string) {
		s := cluster.New(cluster.Parts{Pods: []cluster.Pod{{Ref: cluster.Ref{Kind: "Pod", Namespace: "a", Name: named}, Message: message}}})
		out := withKey(s, []byte("k"))
		if len(out.Pods) != 1 {
			t.Fatal("a pod is gone")
		}
	})
}
