package symptom

import "testing"

func TestItemsOfPulls(t *testing.T) {
	checkTable(t, pullItems, []sample{
		{PullOwnLimit, `pull QPS exceeded`},
		{PullByPolicy, `Source image rejected: A signature was required, but no signature exists`},
		{PullByPolicy, `image verifier bindir blocked pull of registry.example/x:1`},
		{PullByPolicy, `registry registry.example/x is blocked in /etc/containers/registries.conf`},
		{PullByPolicy, `unexpected status from GET request: 412 Precondition Failed`},
		{PullOldFormat, `media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1, please rebuild the image`},
		{PullDamaged, `failed commit on ref "layer": unexpected commit digest sha256:0, expected sha256:1`},
		{PullDamaged, `content at https://registry.example/v2/x/blobs/sha256:0 not found: not found`},
		{PullServerError, `unexpected status from HEAD request to https://registry.example/v2/x: 500 Internal Server Error`},
		{PullMount, `failed to mount image volume`},
		{"", `manifest unknown`},
	})
}

// TestSecondTries: what CRI-O says of mirrors, and of the image as an
// artifact, says nothing of the image.
func TestSecondTries(t *testing.T) {
	for text, want := range map[string]string{
		`unable to pull image or OCI artifact: pull image err: initializing source docker://quay.example/x:1: reading manifest 1 in quay.example/x: manifest unknown; artifact err: get manifest: unauthorized: authentication required`: PullNotFound,
		`(Mirrors also failed: [mirror.example/x:1: unauthorized: no]): quay.example/x:1: reading manifest 1 in quay.example/x: manifest unknown`:                                                                                        PullNotFound,
	} {
		if got := pullCause("ErrImagePull", text, Image{}); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestPauseImage(t *testing.T) {
	for text, want := range map[string]string{
		`failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image "registry.k8s.io/pause:3.9": failed to pull and unpack image "registry.k8s.io/pause:3.9": failed to resolve reference "registry.k8s.io/pause:3.9": failed to do request: Head "https://registry.k8s.io/v2/pause/manifests/3.9": dial tcp 192.0.2.1:443: i/o timeout`: "image-pull unreachable registry.k8s.io/pause:3.9",
		`pulling infra image: initializing source docker://registry.k8s.io/pause:3.9: pinging container registry registry.k8s.io: Get "https://registry.k8s.io/v2/": dial tcp: lookup registry.k8s.io: no such host`:                                                                                                                                        "image-pull dns registry.k8s.io/pause:3.9",
		`plugin type="calico" failed (add): no route to host`: "network sandbox ",
	} {
		s := Symptom{Kind: Network}
		s.nameSandbox(text)
		if got := string(s.Kind) + " " + s.Cause + " " + s.Image.Name; got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}
