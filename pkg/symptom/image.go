package symptom

import (
	"strings"

	"github.com/distribution/reference"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// Image is an image reference taken apart.
type Image struct {
	Name       string // as written in the pod
	Registry   string // docker.io when none is written
	Repository string // path without registry and tag
	Tag        string // "latest" when neither tag nor digest is written
}

// ParseImage takes an image reference apart as the kubelet does; a reference
// that does not parse has only its Name.
func ParseImage(name string) Image {
	img := Image{Name: name}
	ref, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return img
	}
	img.Registry, img.Repository = reference.Domain(ref), reference.Path(ref)
	if img.Registry == "registry-1.docker.io" { // Docker Hub's endpoint
		img.Registry = "docker.io"
	}
	if _, ok := ref.(reference.Digested); ok {
		img.Tag = ref.(reference.Digested).Digest().String()
	} else if t, ok := reference.TagNameOnly(ref).(reference.Tagged); ok {
		img.Tag = t.Tag()
	}
	return img
}

// Causes of failed pulls, as in the taxonomy.
const (
	PullAuth        = "auth"
	PullNotFound    = "not-found"
	PullRateLimited = "rate-limited"
	PullDNS         = "dns"
	PullUnreachable = "unreachable"
	PullTLS         = "tls"
	PullPlatform    = "platform"
	PullDiskFull    = "disk-full"
	PullInvalidName = "invalid-name"
	PullNever       = "never-pull"
	PullUnknown     = "unknown"
)

// pullReasons are the waiting reasons that mean that an image is wanting.
var pullReasons = map[string]bool{
	"ErrImagePull": true, "ImagePullBackOff": true, "InvalidImageName": true,
	"ErrImageNeverPull": true, "ImageInspectError": true,
	"RegistryUnavailable": true, "SignatureValidationFailed": true, "ImageVolumeMountFailed": true,
}

// pullSignatures classify what the runtime says of a failed pull. Precedence
// matters: "not found" ends the texts of missing platforms and blobs too, and
// a registry's host may be "not found" by DNS.
var pullSignatures = []signature{
	{cause: PullInvalidName, source: "distribution/reference; CRI-O short names", texts: []string{
		"invalid reference format", "couldn't parse image name", "must be lowercase",
		"did not resolve to an alias", "short name mode is enforcing"}},
	{cause: PullNever, source: "kubelet images.go", texts: []string{"pull policy of never"}},
	{cause: PullDiskFull, source: "containerd, CRI-O: ENOSPC", texts: []string{"no space left on device"}},
	{cause: PullRateLimited, source: "Docker Hub, ECR, CRI-O", texts: []string{
		"429 too many requests", "toomanyrequests", "pull rate limit", "too many requests to registry",
		"quota exceeded for quota metric", "pull qps exceeded"}},
	{cause: PullPlatform, source: "containerd, containers/image, Docker", texts: []string{
		"no match for platform in manifest", "no image found in manifest list",
		"no image found in image index", "no matching manifest for"}},
	{cause: PullUnreachable, source: "Go net/http; the proxy's troubles, not the registry's", texts: []string{
		"tls handshake timeout", "proxyconnect", "407 proxy authentication"}},
	{cause: PullTLS, source: "Go crypto/tls, crypto/x509", texts: []string{
		"x509:", "tls: ", "server gave http response to https client"}},
	{cause: PullDNS, source: "Go net", texts: []string{
		"no such host", "server misbehaving", "temporary failure in name resolution"},
		pattern: lazyregexp.New(`lookup \S+( on \S+)?:.*(i/o timeout|connection refused|operation not permitted)`)},
	{cause: PullUnknown, source: "containerd unpack: the node's runtime, not the registry", texts: []string{"failed to extract layer"}},
	{cause: PullUnreachable, source: "Go net; registries behind proxies", texts: []string{
		"connection refused", "no route to host", "network is unreachable", "i/o timeout",
		"connection timed out", "context deadline exceeded", "client.timeout exceeded",
		"connection reset by peer", "unexpected eof", "server sent goaway", "context canceled", "internal_error; received from peer",
		"502 bad gateway", "503 service unavailable", "504 gateway time-out", "504 gateway timeout"},
		pattern: lazyregexp.New(`: eof$`)},
	{cause: PullAuth, source: "containerd, CRI-O, Docker; ECR, GAR, ACR, GHCR, Harbor, Quay", texts: []string{
		"pull access denied", "insufficient_scope", "authorization failed", "401 unauthorized",
		"403 forbidden", "no basic auth credentials", "unauthorized:", "is not authorized",
		"requested access to the resource is denied", "denied:", "invalid username/password",
		"authentication required", "authorization token has expired", "statuscode: 401", "statuscode: 403"}},
	{cause: PullUnknown, source: "containerd: the manifest is there, a layer of it is not", texts: []string{"could not fetch content descriptor"},
		pattern: lazyregexp.New(`content at \S+ not found`)},
	{cause: PullNotFound, source: "OCI distribution", texts: []string{
		"manifest unknown", "name unknown", "not found", "does not exist in the registry"}},
}

// hidesExistence marks the wordings by which a registry refuses without
// saying whether the image exists.
var hidesExistence = lazyregexp.New(`(?i)insufficient_scope|repository does not exist or may require|or it may not exist|requested access to the resource is denied|access to the requested resource is not authorized`)

// MayBeMissing reports whether a refusal may just as well mean that there is
// no such image: Docker Hub and others hide what one may not see.
func MayBeMissing(message string) bool { return hidesExistence.MatchString(message) }

// mirrors matches what CRI-O tells of mirrors before it tells of the registry
// itself (containers/image, docker_image_src.go).
var mirrors = lazyregexp.New(`\(Mirrors also failed: .*\]\): `)

// pullCause classifies a failed pull by the waiting reason, then by text.
func pullCause(reason, message string, image Image) string {
	switch reason {
	case "InvalidImageName":
		return PullInvalidName
	case "ErrImageNeverPull":
		return PullNever
	}
	message = artifact.ReplaceAllString(mirrors.ReplaceAllString(message, ""), "")
	if c := classify(pullSignatures, withoutImage(message, image)); c != "" {
		return c
	}
	return PullUnknown
}

// withoutImage takes the image's own name out of a message: a repository
// called access-denied says nothing of access.
func withoutImage(message string, image Image) string {
	if image.Repository == "" {
		return message
	}
	for _, name := range []string{image.Registry + "/" + image.Repository, image.Name, image.Repository} {
		message = strings.ReplaceAll(message, name, "<image>")
	}
	return message
}

// pullError cuts the kubelet's frames off, so that the runtime's own words
// are left; empty when there are none (Kubernetes 1.31 and older say only
// that they back off).
func pullError(message string) string {
	if i := strings.Index(message, `": ErrImagePull: `); strings.HasPrefix(message, "Back-off pulling image ") {
		if i < 0 {
			return ""
		}
		message = message[i+len(`": ErrImagePull: `):]
	}
	if strings.HasPrefix(message, "Failed to pull image ") {
		if _, rest, ok := strings.Cut(message, `": `); ok {
			message = rest
		}
	}
	return strings.TrimSpace(stripRPC(message))
}

var rpcFrame = lazyregexp.New(`^rpc error: code = \w+ desc = `)

func stripRPC(message string) string { return rpcFrame.ReplaceAllString(message, "") }
