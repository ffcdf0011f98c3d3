package symptom

import (
	"strings"
	"testing"
)

// tables are all tables of signatures.
var tables = map[string][]signature{
	"pulls":       pullSignatures,
	"pull items":  pullItems,
	"connections": connectionSignatures,
	"evictions":   evictionSignatures,
	"not ready":   notReadySignatures,
	"clauses":     clauseSignatures,
	"claims":      claimStates,
	"storage":     storageSignatures,
	"sandboxes":   sandboxSignatures,
	"exhausted":   exhausted,
	"plugins":     plugins,
	"webhooks":    webhookFailures,
	"starts":      startSignatures,
	"probes":      probeSignatures,
	"commands":    commandSignatures,
}

// row is the number of the row that a message matches, -1 if none.
func row(table []signature, message string) int {
	lower := strings.ToLower(message)
	for i := range table {
		if table[i].matches(lower) {
			return i
		}
	}
	return -1
}

// TestNoTextIsShadowed: the first row wins, so a text that an earlier row
// matches too would never be recognised for what it is.
func TestNoTextIsShadowed(t *testing.T) {
	for name, table := range tables {
		for i, s := range table {
			if s.cause == "" || s.source == "" || (len(s.texts) == 0 && s.pattern == nil) {
				t.Errorf("%s: row %d lacks something: %+v", name, i, s)
			}
			for _, text := range s.texts {
				if text != strings.ToLower(text) {
					t.Errorf("%s: %q is compared in lower case and can never match", name, text)
				}
				if got := row(table, text); got != i {
					t.Errorf("%s: %q of row %d (%s) is taken by row %d (%s)", name, text, i, s.cause, got, table[max(got, 0)].cause)
				}
			}
		}
	}
}

// sample is a text as something really prints it, and its cause.
type sample struct{ cause, text string }

// checkTable holds samples against a table, and that each row of the table
// has a sample.
func checkTable(t *testing.T, table []signature, samples []sample) {
	t.Helper()
	hit := map[int]bool{}
	for _, s := range samples {
		if got := classify(table, s.text); got != s.cause {
			t.Errorf("%q: got %q, want %q", s.text, got, s.cause)
		}
		hit[row(table, s.text)] = true
	}
	for i := range table {
		if !hit[i] {
			t.Errorf("no sample for row %d: %s (%s)", i, table[i].cause, table[i].source)
		}
	}
}

func TestPullTexts(t *testing.T) {
	checkTable(t, pullSignatures, pullSamples)
	for _, s := range pullSamples {
		// Neither the kubelet's frames nor case matter.
		framed := `Back-off pulling image "registry.example/a:1": ErrImagePull: rpc error: code = Unknown desc = ` + s.text
		want := s.cause
		if want == "" {
			want = PullUnknown
		}
		if got := pullCause("ImagePullBackOff", pullError(framed), Image{}); got != want {
			t.Errorf("framed: %q: got %q, want %q", s.text, got, want)
		}
		if got := classify(pullSignatures, strings.ToUpper(s.text)); got != s.cause {
			t.Errorf("in upper case: %q: got %q, want %q", s.text, got, s.cause)
		}
	}
}

const layer = "sha256:4035aa9ce2eb7a7b1b3f1b0c7c3b1f5ed0f4dbf9dcd8a7a0e2f1403401429500"

var pullSamples = []sample{
	// containerd
	{PullNotFound, `failed to pull and unpack image "docker.io/library/nginx:9": failed to resolve reference "docker.io/library/nginx:9": docker.io/library/nginx:9: not found`},
	{PullAuth, `failed to resolve reference "docker.io/acme/x:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`},
	{PullAuth, `pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`},
	{PullAuth, `pull access denied, repository does not exist or may require authorization: server message: invalid_token: authorization failed`},
	{PullAuth, `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Aa%2Fb%3Apull&service=ghcr.io: 403 Forbidden`},
	{PullAuth, `failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://auth.example/token: 401 Unauthorized`},
	{PullAuth, `unexpected status from HEAD request to https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/x/manifests/1: 403 Forbidden`},
	{PullRateLimited, `unexpected status from HEAD request to https://registry-1.docker.io/v2/library/nginx/manifests/1: 429 Too Many Requests`},
	{PullRateLimited, "httpReadSeeker: failed open: unexpected status from GET request to https://registry-1.docker.io/v2/x: 429 Too Many Requests\ntoomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit"},
	{PullDNS, `failed to do request: Head "https://registry.example/v2/x/manifests/1": dial tcp: lookup registry.example on 10.0.0.2:53: no such host`},
	{PullDNS, `failed to do request: Head "https://registry.example/v2/x/manifests/1": dial tcp: lookup registry.example on 10.0.0.2:53: server misbehaving`},
	{PullDNS, `dial tcp: lookup registry.example on 10.0.0.2:53: read udp 10.0.1.7:38211->10.0.0.2:53: i/o timeout`},
	{PullDNS, `dial tcp: lookup registry.example on [::1]:53: read udp [::1]:42->[::1]:53: read: connection refused`},
	{PullDNS, `dial tcp: lookup registry.example: Temporary failure in name resolution`},
	{PullUnreachable, `failed to do request: Head "https://registry.example/v2/": dial tcp 192.0.2.1:443: connect: connection refused`},
	{PullUnreachable, `dial tcp 192.0.2.1:443: connect: no route to host`},
	{PullUnreachable, `dial tcp 192.0.2.1:443: connect: network is unreachable`},
	{PullUnreachable, `dial tcp 192.0.2.1:443: i/o timeout`},
	{PullUnreachable, `dial tcp 192.0.2.1:443: connect: connection timed out`},
	{PullUnreachable, `failed to resolve reference "registry.example/x:1": context deadline exceeded`},
	{PullUnreachable, `failed to do request: Head "https://registry.example/v2/": net/http: TLS handshake timeout`},
	{PullUnreachable, `failed to copy: read tcp 10.0.1.7:1->192.0.2.1:443: read: connection reset by peer`},
	{PullUnreachable, `failed to do request: Get "https://registry.example/v2/": EOF`},
	{PullUnreachable, `failed to copy: httpReadSeeker: failed open: unexpected EOF`},
	{PullUnreachable, `http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR`},
	{PullUnreachable, `failed to do request: Head "https://registry.example/v2/": proxyconnect tcp: dial tcp 10.9.9.9:3128: connect: connection refused`},
	{PullUnreachable, `failed to do request: Head "https://registry.example/v2/": proxyconnect tcp: dial tcp: lookup proxy.example: no such host`},
	{PullUnreachable, `unexpected status from HEAD request to https://registry.example/v2/: 407 Proxy Authentication Required`},
	{PullUnreachable, `context canceled`},
	{PullTLS, `failed to do request: Head "https://registry.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`},
	{PullTLS, `x509: certificate has expired or is not yet valid: current time 2026-11-22T20:00:00Z is after 2026-11-01T00:00:00Z`},
	{PullTLS, `x509: certificate is valid for a.example, not registry.example`},
	{PullTLS, `x509: cannot validate certificate for 192.0.2.1 because it doesn't contain any IP SANs`},
	{PullTLS, `http: server gave HTTP response to HTTPS client`},
	{PullTLS, `tls: first record does not look like a TLS handshake`},
	{PullTLS, `remote error: tls: handshake failure`},
	{PullDiskFull, `failed to extract layer ` + layer + `: write /var/lib/containerd/x: no space left on device: unknown`},
	{PullPlatform, `no match for platform in manifest ` + layer + `: not found`},
	{PullPlatform, `no match for platform in manifest: not found`},
	{PullUnknown, `failed to extract layer ` + layer + `: unexpected EOF`},
	{PullUnknown, `failed to copy: could not fetch content descriptor ` + layer + ` (application/vnd.oci.image.layer.v1.tar+gzip) from remote: not found`},
	{PullUnknown, `failed to copy: httpReadSeeker: failed open: content at https://registry.example/v2/x/blobs/` + layer + ` not found: not found`},
	{PullInvalidName, `failed to parse image reference "a b": invalid reference format`},
	{"", `unexpected status from HEAD request to https://registry.example/v2/team401/x/manifests/403: 500 Internal Server Error`},
	{"", `failed commit on ref "layer-` + layer + `": unexpected commit digest sha256:0, expected sha256:1`},
	{"", `image verifier bindir blocked pull of registry.example/x:1`},
	{PullRateLimited, `pull QPS exceeded`},
	// CRI-O
	{PullNotFound, `initializing source docker://quay.example/x:1: reading manifest 1 in quay.example/x: manifest unknown`},
	{PullNotFound, `reading manifest 1 in quay.example/x: name unknown: repository not found`},
	{PullAuth, `reading manifest 1 in quay.example/x: unauthorized: authentication required`},
	{PullAuth, `reading manifest 1 in quay.io/x: unauthorized: access to the requested resource is not authorized`},
	{PullAuth, `reading manifest 1 in docker.io/x: requested access to the resource is denied`},
	{PullAuth, `unable to retrieve auth token: invalid username/password: unauthorized: authentication required`},
	{PullAuth, `initializing source docker://quay.example/x:1: reading manifest 1: StatusCode: 403, "<html><body>Forbidden…"`},
	{PullRateLimited, `reading manifest 1 in quay.example/x: too many requests to registry`},
	{PullUnreachable, `RegistryUnavailable: pinging container registry quay.example: Get "https://quay.example/v2/": dial tcp 192.0.2.1:443: connect: connection refused`},
	{PullPlatform, `choosing an image from manifest list docker://quay.example/x:1: no image found in manifest list for architecture "arm64", variant "v8", OS "linux"`},
	{PullPlatform, `choosing an image from manifest list docker://quay.example/x:1: no image found in image index for architecture "arm64", variant "v8", OS "linux"`},
	{PullDiskFull, `writing blob: storing blob to file "/var/tmp/storage1/1": write /var/tmp/storage1/1: no space left on device`},
	{PullInvalidName, `short-name "x" did not resolve to an alias and no unqualified-search registries are defined in "/etc/containers/registries.conf"`},
	{PullInvalidName, `short name mode is enforcing, but image name x returns ambiguous list`},
	{"", `Source image rejected: A signature was required, but no signature exists`},
	{PullUnreachable, `received unexpected HTTP status: 502 Bad Gateway`},
	{PullUnreachable, `failed to copy: stream error: stream ID 5; INTERNAL_ERROR; received from peer`},
	// Docker
	{PullAuth, `Error response from daemon: pull access denied for acme/x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`},
	{PullNotFound, `Error response from daemon: manifest for registry.example/x:1 not found: manifest unknown: manifest unknown`},
	{PullUnreachable, `Error response from daemon: Get "https://registry.example/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`},
	{PullPlatform, `Error response from daemon: no matching manifest for linux/arm64/v8 in the manifest list entries`},
	// registries
	{PullAuth, `denied: Your authorization token has expired. Reauthenticate and try again.`},
	{PullAuth, `denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/p/locations/eu/repositories/r" (or it may not exist)`},
	{PullAuth, `unauthorized: unauthorized to access repository: p/r, action: pull: unauthorized to access repository: p/r, action: pull`},
	{PullAuth, `unexpected status from HEAD request to https://quay.io/v2/acme/x/manifests/1: 401 UNAUTHORIZED`},
	{PullNotFound, `name unknown: The repository with name 'x' does not exist in the registry with id '123456789012'`},
	{PullNotFound, `not found: artifact p/x:1 not found`},
	{PullRateLimited, `toomanyrequests: Rate exceeded`},
	{PullRateLimited, `Quota exceeded for quota metric 'Requests per project per region'`},
	// the kubelet
	{PullNever, `Container image "x:dev" is not present with pull policy of Never`},
	{PullInvalidName, `Failed to apply default image tag "${R}/x": couldn't parse image name "${R}/x": invalid reference format`},
	{PullInvalidName, `couldn't parse image name "r.example/X:1": invalid reference format: repository name (X) must be lowercase`},
}

// TestPullMirrors: CRI-O tells of its mirrors' failures before the failure of
// the registry itself, which is the one that counts.
func TestPullMirrors(t *testing.T) {
	const text = `unable to pull image: (Mirrors also failed: [mirror.example/x:1: pinging container registry mirror.example: Get "https://mirror.example/v2/": dial tcp: lookup mirror.example: no such host]): quay.example/x:1: reading manifest 1 in quay.example/x: manifest unknown`
	if got := pullCause("ErrImagePull", text, Image{}); got != PullNotFound {
		t.Errorf("got %q, want %q", got, PullNotFound)
	}
}

func TestPullReasons(t *testing.T) {
	for _, c := range []struct{ reason, message, want string }{
		{"InvalidImageName", "", PullInvalidName},
		{"ErrImageNeverPull", "", PullNever},
		{"ImagePullBackOff", "", PullUnknown},
		{"ErrImagePull", "something else", PullUnknown},
	} {
		if got := pullCause(c.reason, c.message, Image{}); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.reason, c.message, got, c.want)
		}
	}
}

func TestMayBeMissing(t *testing.T) {
	for text, want := range map[string]bool{
		"pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed": true,
		`denied: Permission "x" denied on resource "y" (or it may not exist)`:                                                                  true,
		"reading manifest 1: requested access to the resource is denied":                                                                       true,
		"failed to fetch oauth token: unexpected status: 401 Unauthorized":                                                                     false,
		"unauthorized: authentication required":                                                                                                false,
	} {
		if got := MayBeMissing(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestEvictionTexts(t *testing.T) {
	checkTable(t, evictionSignatures, []sample{
		{EvictedStorageLimit, `Container app exceeded its local ephemeral storage limit "1Gi". `},
		{EvictedStorageLimit, `Pod ephemeral local storage usage exceeds the total limit of containers 2Gi. `},
		{EvictedEmptyDirLimit, `Usage of EmptyDir volume "cache" exceeds the limit "500Mi". `},
		{"", `The node was low on resource: memory. `},
		{"", `Preempted in order to admit critical pod`},
	})
}

func TestStarvedResources(t *testing.T) {
	for _, c := range []struct{ message, cause, resource, usage, names string }{
		{"The node was low on resource: memory. Threshold quantity: 100Mi, available: 61212Ki. Container app was using 3412Mi, request is 256Mi, has larger consumption of memory. ",
			MemoryPressure, "memory", "3412Mi", "app"},
		{"The node was low on resource: ephemeral-storage. Threshold quantity: 2144841552, available: 1743028Ki. ", DiskPressure, "ephemeral-storage", "", ""},
		{"The node was low on resource: inodes. ", DiskPressure, "inodes", "", ""},
		{"The node was low on resource: pids. ", PIDPressure, "pids", "", ""},
		{"The node was low on resource: memory. Pod web-1 was using 2Gi, request is 0, has larger consumption of memory. ", MemoryPressure, "memory", "2Gi", "web-1"},
		{"Pod was rejected: The node had condition: [DiskPressure]. ", DiskPressure, "ephemeral-storage", "", ""},
		{"The node had condition: [MemoryPressure PIDPressure]. ", MemoryPressure, "memory", "", ""},
		{"The node had condition: [PIDPressure]. ", PIDPressure, "pids", "", ""},
		{"The node had condition: [ ]. ", "", "", "", ""},
		{"The node had condition: [Other]. ", "", "", "", ""},
	} {
		s := Symptom{Message: c.message}
		if got := evictionCause(&s); got != c.cause || s.Resource != c.resource || s.Usage != c.usage || strings.Join(s.Names, ",") != c.names {
			t.Errorf("%q: got %q, %q, %q, %q", c.message, got, s.Resource, s.Usage, s.Names)
		}
	}
}

func TestNotReadyTexts(t *testing.T) {
	checkTable(t, notReadySignatures, []sample{
		{NodeNetworkUnavailable, "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"},
		{NodeRuntimeDown, "container runtime not ready: RuntimeReady=false reason:KubeletError message:rpc error"},
		{NodeRuntimeDown, "container runtime is down"},
		{NodeRuntimeDown, "container runtime status check may not have completed yet"},
		{NodeRuntimeDown, "PLEG is not healthy: pleg was last seen active 3m32.1s ago; threshold is 3m0s"},
		{NodeShutdown, "node is shutting down"},
		{"", "missing node capacity for resources: ephemeral-storage"},
		{"", "CSINode is not yet initialized"},
	})
}
