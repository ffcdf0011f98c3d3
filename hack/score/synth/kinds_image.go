package synth

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

var imageKinds = []kind{
	{"image-pull/auth", 12, (*gen).pullAuth},
	{"image-pull/not-found", 7, (*gen).pullNotFound},
	{"image-pull/rate-limited", 3, (*gen).pullRateLimited},
	{"image-pull/dns", 3, (*gen).pullDNS},
	{"image-pull/unreachable", 7, (*gen).pullUnreachable},
	{"image-pull/tls", 3, (*gen).pullTLS},
	{"image-pull/platform", 3, (*gen).pullPlatform},
	{"image-pull/disk-full", 2, (*gen).pullDiskFull},
	{"image-pull/invalid-name", 2, (*gen).pullInvalidName},
	{"image-pull/never-pull", 2, (*gen).pullNever},
	{"image-pull/unknown", 3, (*gen).pullUnknown},
}

// containerd frames what went wrong while an image was resolved.
func containerd(image, step, why string) string {
	return fmt.Sprintf("rpc error: code = Unknown desc = failed to pull and unpack image %q: %s%s", image, step, why)
}

func resolving(image, why string) string {
	return containerd(image, fmt.Sprintf("failed to resolve reference %q: ", image), why)
}

func crio(image, why string) string {
	return fmt.Sprintf("rpc error: code = Unknown desc = unable to pull image or OCI artifact: pull image err: initializing source docker://%s: %s; artifact err: get manifest: build image source: %s", image, why, why)
}

func docker(why string) string {
	return "rpc error: code = Unknown desc = Error response from daemon: " + why
}

func registryOf(image string) string {
	host, _, _ := strings.Cut(image, "/")
	return host
}

func pathOf(image string) string {
	repository, _ := splitTag(image)
	_, path, _ := strings.Cut(repository, "/")
	return path
}

func tagOf(image string) string { _, tag := splitTag(image); return tag }

// newcomers are fresh workloads in as many namespaces, whose images are all
// of one registry and cannot be pulled for one reason.
func (g *gen) newcomers(count int, registry string, why func(image string) string, opts ...option) []*app {
	var out []*app
	for range count {
		since := g.between(5*time.Minute, 45*time.Minute)
		ns := g.names.namespace()
		name := g.names.app()
		a := g.app(append([]option{in(ns), named(name), fresh(since), with(image(registry + "/" + ns + "/" + name + ":" + g.names.version()))}, opts...)...)
		a.unfinished = true
		for _, p := range a.pods {
			p.pullFails(why(p.askedImage()), since-3*time.Second)
		}
		out = append(out, a)
	}
	return out
}

func (g *gen) pullAuth() truth.Truth {
	registry := pick(g, "registry.vault.example", "ghcr.io/"+g.company, "quay.io/"+g.company, g.company+".azurecr.io", "registry.vault.example:5000",
		"123456789012.dkr.ecr.eu-central-1.amazonaws.com", "docker.io/"+g.company, "harbor.vault.example", "europe-docker.pkg.dev/"+g.company+"/apps",
		"registry.gitlab.com/"+g.company, "registry.vault.example", "registry.vault.example")
	why := pick(g,
		func(i string) string {
			return resolving(i, "failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://auth.vault.example/token: 401 Unauthorized")
		},
		func(i string) string {
			return resolving(i, "unexpected status from HEAD request to https://ghcr.io/v2/"+pathOf(i)+"/manifests/"+tagOf(i)+": 403 Forbidden")
		},
		func(i string) string {
			return crio(i, "reading manifest "+tagOf(i)+" in "+i+": unauthorized: access to the requested resource is not authorized")
		},
		func(i string) string {
			return resolving(i, "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://"+g.company+".azurecr.io/oauth2/token?scope=repository%3A"+pathOf(i)+"%3Apull&service="+g.company+".azurecr.io: 401 Unauthorized")
		},
		func(i string) string {
			return docker("Head \"https://" + registryOf(i) + "/v2/" + pathOf(i) + "/manifests/" + tagOf(i) + "\": no basic auth credentials")
		},
		func(i string) string {
			return resolving(i, "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials")
		},
		func(i string) string {
			return resolving(i, "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed")
		},
		func(i string) string {
			return crio(i, "reading manifest "+tagOf(i)+" in harbor.vault.example/"+pathOf(i)+": unauthorized: unauthorized to access repository: "+pathOf(i)+", action: pull: unauthorized to access repository: "+pathOf(i)+", action: pull")
		},
		func(i string) string {
			return resolving(i, "failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://europe-docker.pkg.dev/v2/token?scope=repository%3A"+pathOf(i)+"%3Apull&service=europe-docker.pkg.dev: 403 Forbidden")
		},
		func(i string) string {
			return resolving(i, "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://gitlab.com/jwt/auth?scope=repository%3A"+pathOf(i)+"%3Apull&service=container_registry: 403 Forbidden")
		},
		func(i string) string {
			return "rpc error: code = Unknown desc = unable to pull image: initializing source docker://" + i + ": unable to retrieve auth token: invalid username/password: unauthorized: authentication required"
		},
		func(i string) string {
			return docker("pull access denied for " + registryOf(i) + "/" + pathOf(i) + ", repository does not exist or may require 'docker login': denied: requested access to the resource is denied")
		},
	)
	apps := g.newcomers(2+g.r.IntN(2), registry, why, with(pullSecret("regcred")))
	for _, a := range apps {
		g.addSecret(a.namespace, "regcred", 90*24*time.Hour, corev1.SecretTypeDockerConfigJson, ".dockerconfigjson")
	}
	return roots(withFactor(root("image-pull", "auth", apps...), "registry", registryOf(registry)))
}

func (g *gen) pullNotFound() truth.Truth {
	a := g.app(in(g.platform[0]), replicas(3))
	why := pick(g,
		func(i string) string {
			return strings.Replace(resolving(i, i+": not found"), "code = Unknown", "code = NotFound", 1)
		},
		func(i string) string {
			return containerd(i, "failed to resolve image: ", i+": not found")
		},
		func(i string) string {
			return crio(i, "reading manifest "+tagOf(i)+" in "+registryOf(i)+"/"+pathOf(i)+": manifest unknown")
		},
		func(i string) string {
			return docker("manifest for " + i + " not found: manifest unknown: manifest unknown")
		},
		func(i string) string {
			return crio(i, "reading manifest "+tagOf(i)+" in "+registryOf(i)+"/"+pathOf(i)+": name unknown: The repository with name '"+pathOf(i)+"' does not exist in the registry with id '123456789012'")
		},
		func(i string) string {
			return resolving(i, "unexpected status from HEAD request to https://"+registryOf(i)+"/v2/"+pathOf(i)+"/manifests/"+tagOf(i)+": 404 Not Found")
		},
		func(i string) string {
			return resolving(i, "not found: artifact "+pathOf(i)+":"+tagOf(i)+" not found")
		})
	ago := g.between(4*time.Minute, 40*time.Minute)
	for _, p := range a.rollout(ago, nil) {
		p.pullFails(why(p.askedImage()), ago-5*time.Second)
	}
	return roots(withChange(root("image-pull", "not-found", a), "Deployment", a.namespace, a.name))
}

func (g *gen) pullRateLimited() truth.Truth {
	why := pick(g,
		func(i string) string {
			return containerd(i, "failed to copy: ", "httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/"+pathOf(i)+"/manifests/sha256:"+sum256(i)+": 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit")
		},
		func(i string) string {
			return resolving(i, "unexpected status from HEAD request to https://registry-1.docker.io/v2/"+pathOf(i)+"/manifests/"+tagOf(i)+": 429 Too Many Requests\ntoomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit")
		},
		func(i string) string {
			return docker("toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit")
		})
	apps := g.newcomers(2, "docker.io/"+g.company, why)
	return roots(withFactor(root("image-pull", "rate-limited", apps...), "registry", "docker.io"))
}

func (g *gen) pullDNS() truth.Truth {
	host := "images." + g.company + ".internal"
	lookup := pick(g, "lookup "+host+" on 10.0.0.2:53: no such host", "lookup "+host+": Temporary failure in name resolution",
		"lookup "+host+" on 169.254.20.10:53: server misbehaving")
	apps := g.newcomers(2, host, func(i string) string {
		return resolving(i, fmt.Sprintf("failed to do request: Head %q: dial tcp: %s", "https://"+host+"/v2/"+pathOf(i)+"/manifests/"+tagOf(i), lookup))
	})
	return roots(withFactor(root("image-pull", "dns", apps...), "registry", host))
}

func (g *gen) pullUnreachable() truth.Truth {
	host := "harbor." + g.company + ".example:8443"
	dial := pick(g, "dial tcp 203.0.113.9:8443: i/o timeout", "dial tcp 203.0.113.9:8443: connect: connection refused",
		"net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)", "dial tcp 203.0.113.9:8443: connect: no route to host",
		"net/http: TLS handshake timeout", "proxyconnect tcp: dial tcp 10.1.2.3:3128: connect: connection refused", "EOF")
	apps := g.newcomers(2, host+"/apps", func(i string) string {
		url := "https://" + host + "/v2/"
		switch g.variant {
		case 1:
			return "rpc error: code = Unknown desc = RegistryUnavailable: " + "pinging container registry " + host + ": Get \"" + url + "\": " + dial
		case 2:
			return docker("Get \"" + url + "\": " + dial)
		}
		return resolving(i, "failed to do request: Head \""+url+pathOf(i)+"/manifests/"+tagOf(i)+"\": "+dial)
	})
	return roots(withFactor(root("image-pull", "unreachable", apps...), "registry", host))
}

func (g *gen) pullTLS() truth.Truth {
	host := "registry." + g.company + ".corp"
	why := pick(g, "tls: failed to verify certificate: x509: certificate signed by unknown authority",
		"tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-05-01T10:00:00Z is after 2026-04-30T23:59:59Z",
		"http: server gave HTTP response to HTTPS client")
	apps := g.newcomers(2, host, func(i string) string {
		return resolving(i, "failed to do request: Head \"https://"+host+"/v2/"+pathOf(i)+"/manifests/"+tagOf(i)+"\": "+why)
	})
	return roots(withFactor(root("image-pull", "tls", apps...), "registry", host))
}

func (g *gen) pullPlatform() truth.Truth {
	arm := g.addNode("arm-"+g.names.letters(5), "eu-west-1a", 3*24*time.Hour)
	arm.Labels["kubernetes.io/arch"], arm.Status.NodeInfo.Architecture = "arm64", "arm64"
	since := g.between(6*time.Minute, 50*time.Minute)
	a := g.app(on(arm), fresh(since), replicas(2))
	a.unfinished = true
	for _, p := range a.pods {
		i := p.askedImage()
		p.pullFails(pick(g, strings.Replace(containerd(i, "", "no match for platform in manifest: not found"), "Unknown", "NotFound", 1),
			crio(i, `choosing an image from manifest list docker://`+i+`: no image found in image index for architecture "arm64", variant "v8", OS "linux"`),
			docker("no matching manifest for linux/arm64/v8 in the manifest list entries")), since-4*time.Second)
	}
	return one("image-pull", "platform", a)
}

func (g *gen) pullDiskFull() truth.Truth {
	n := g.node(1)
	since := g.between(6*time.Minute, 30*time.Minute)
	a := g.app(on(n), fresh(since), replicas(2))
	b := g.app(on(n), fresh(since), replicas(1))
	for _, x := range []*app{a, b} {
		x.unfinished = true
		for _, p := range x.pods {
			i := p.askedImage()
			p.pullFails(pick(g, containerd(i, "failed to copy: ", "write /var/lib/containerd/io.containerd.content.v1.content/ingest/"+g.names.hex(64)+"/data: no space left on device"),
				crio(i, `writing blob: storing blob to file "/var/tmp/container_images_storage2817/1": write /var/tmp/container_images_storage2817/1: no space left on device`)), since-4*time.Second)
		}
	}
	return roots(withFactor(root("image-pull", "disk-full", a, b), "node", n.Name))
}

func (g *gen) pullInvalidName() truth.Truth {
	name := pick(g, "https://"+g.registry+"/tools/api:1.0", g.registry+"/Tools/API:1.0")
	parse := pick(g, "invalid reference format", "invalid reference format: repository name (Tools/API) must be lowercase")
	a := g.app(replicas(3))
	ago := g.between(3*time.Minute, 30*time.Minute)
	for _, p := range a.rollout(ago, image(name)) {
		why := fmt.Sprintf("Failed to apply default image tag %q: couldn't parse image name %q: %s", name, name, parse)
		p.hang("InvalidImageName", why, ago-3*time.Second, false)
		p.say(p.at, "Warning", "InspectFailed", why, ago-3*time.Second, 10*time.Second, 4+repeats(ago))
		p.say(p.at, "Warning", "Failed", "Error: InvalidImageName", ago-3*time.Second, 10*time.Second, 4+repeats(ago))
	}
	return one("image-pull", "invalid-name", a)
}

func (g *gen) pullNever() truth.Truth {
	since := g.between(3*time.Minute, 30*time.Minute)
	opts := []option{fresh(since), with(func(s *corev1.PodSpec) { s.Containers[0].ImagePullPolicy = corev1.PullNever })}
	if g.variant == 1 {
		opts = append(opts, statefulSet)
	}
	a := g.app(opts...)
	a.unfinished = true
	for _, p := range a.pods {
		why := fmt.Sprintf("Container image %q is not present with pull policy of Never", p.askedImage())
		p.hang("ErrImageNeverPull", why, since-3*time.Second, false)
		p.say(p.at, "Warning", "ErrImageNeverPull", why, since-3*time.Second, 12*time.Second, 5+repeats(since))
		p.say(p.at, "Warning", "Failed", "Error: ErrImageNeverPull", since-3*time.Second, 12*time.Second, 5+repeats(since))
	}
	return one("image-pull", "never-pull", a)
}

func (g *gen) pullUnknown() truth.Truth {
	since := g.between(3*time.Minute, 30*time.Minute)
	a := g.app(fresh(since))
	a.unfinished = true
	for _, p := range a.pods {
		i := p.askedImage()
		if g.variant == 0 { // all events are gone, and the old status does not say
			p.hang("ImagePullBackOff", fmt.Sprintf("Back-off pulling image %q", i), since, false)
			continue
		}
		p.pullFails(containerd(i, "failed to commit snapshot: ", "failed commit on ref \"layer-sha256:"+sum256(i)+"\": unexpected commit digest sha256:"+sum256("x"+i)+", expected sha256:"+sum256(i)+": failed precondition"), since-3*time.Second)
	}
	return one("image-pull", "unknown", a)
}
