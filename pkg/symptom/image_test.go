package symptom

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseImage(t *testing.T) {
	digest := "sha256:" + strings.Repeat("4035", 16)
	for _, want := range []Image{
		{"nginx", "docker.io", "library/nginx", "latest"},
		{"nginx:1.27", "docker.io", "library/nginx", "1.27"},
		{"docker.io/nginx:1.27", "docker.io", "library/nginx", "1.27"},
		{"index.docker.io/library/nginx:1.27", "docker.io", "library/nginx", "1.27"},
		{"acme/web:1", "docker.io", "acme/web", "1"},
		{"foo:5000", "docker.io", "library/foo", "5000"}, // without a slash a tag, not a port
		{"localhost/web", "localhost", "web", "latest"},
		{"registry/web:1", "docker.io", "registry/web", "1"}, // no dot, no port: a path
		{"registry.example.com/shop/web:1.4.0", "registry.example.com", "shop/web", "1.4.0"},
		{"registry.example.com:5000/a/b/c", "registry.example.com:5000", "a/b/c", "latest"},
		{"[2001:db8::1]:5000/web:1", "[2001:db8::1]:5000", "web", "1"},
		{"registry.example.com/web@" + digest, "registry.example.com", "web", digest},
		{"registry.example.com/web:1@" + digest, "registry.example.com", "web", digest}, // the digest decides
		// What does not parse has a name only.
		{Name: ""},
		{Name: "registry.example.com/Shop/web:1"},
		{Name: "https://registry.example.com/web:1"},
		{Name: "${REGISTRY}/web:1"},
		{Name: "{{ .Values.image }}"},
		{Name: "web:"},
		{Name: "web 1"},
		{Name: strings.Repeat("4035", 16)}, // looks like an image's ID
		{Name: "web:" + strings.Repeat("1", 129)},
	} {
		if diff := cmp.Diff(want, ParseImage(want.Name)); diff != "" {
			t.Errorf("%q:\n%s", want.Name, diff)
		}
	}
}

func TestPullError(t *testing.T) {
	for _, c := range []struct{ message, want string }{
		{`Back-off pulling image "a:1"`, ""},
		{`Back-off pulling image "a:1": ErrImagePull: rpc error: code = NotFound desc = a:1: not found`, "a:1: not found"},
		{`Back-off pulling image "a:1": ErrImagePull: pull QPS exceeded`, "pull QPS exceeded"},
		{`Failed to pull image "a:1": rpc error: code = Unknown desc = Error response from daemon: x`, "Error response from daemon: x"},
		{`Failed to pull image "a:1": pull QPS exceeded`, "pull QPS exceeded"},
		{`rpc error: code = DeadlineExceeded desc = context deadline exceeded`, "context deadline exceeded"},
		{`failed to pull and unpack image "a:1": x`, `failed to pull and unpack image "a:1": x`},
		{``, ``},
	} {
		if got := pullError(c.message); got != c.want {
			t.Errorf("%q: got %q, want %q", c.message, got, c.want)
		}
	}
}

func FuzzParseImage(f *testing.F) {
	f.Add("registry.example.com:5000/a/b:1@sha256:" + strings.Repeat("a", 64))
	f.Add("[::1]:5000/x")
	f.Add("a//b:")
	f.Fuzz(func(t *testing.T, name string) {
		img := ParseImage(name)
		if img.Name != name {
			t.Errorf("the name %q became %q", name, img.Name)
		}
		if (img.Registry == "") != (img.Repository == "") || (img.Registry == "") != (img.Tag == "") {
			t.Errorf("half an image: %+v", img)
		}
		if len(img.Registry)+len(img.Repository)+len(img.Tag) > len(name)+len("docker.io")+len("library/")+len("latest") {
			t.Errorf("%+v is longer than what it was read from", img)
		}
	})
}

func FuzzPullError(f *testing.F) {
	f.Add(`Back-off pulling image "a": ErrImagePull: rpc error: code = Unknown desc = x`)
	f.Add(`Failed to pull image "": `)
	f.Fuzz(func(t *testing.T, message string) {
		got := pullError(message)
		if !strings.Contains(message, got) {
			t.Errorf("%q is no part of %q", got, message)
		}
		if cause := pullCause("ErrImagePull", got, Image{}); cause == "" {
			t.Errorf("%q has no cause", got)
		}
	})
}
