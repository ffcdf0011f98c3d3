package main

import (
	"fmt"
	"strings"
)

// pullFails is a pod whose image does not come: as many attempts as said, each
// with the runtime's error.
func (s *set) pullFails(container, image, text string, attempts int) script {
	text = strings.ReplaceAll(text, "$IMAGE", image)
	back := fmt.Sprintf("Back-off pulling image %q", image)
	message := back
	if !s.old {
		message += ": ErrImagePull: " + text
	}
	out := script{
		after("500ms", normal(container, "Pulling", fmt.Sprintf("Pulling image %q", image), 1)),
		after("300ms", warning(container, "Failed", fmt.Sprintf("Failed to pull image %q: %s", image, text), 1)),
		warning(container, "Failed", "Error: ErrImagePull", 1),
		waiting(container, "ErrImagePull", text),
	}
	if attempts > 1 {
		out = append(out, after("2s", normal(container, "Pulling", fmt.Sprintf("Pulling image %q", image), attempts)),
			warning(container, "Failed", fmt.Sprintf("Failed to pull image %q: %s", image, text), attempts),
			warning(container, "Failed", "Error: ErrImagePull", attempts))
	}
	return append(out,
		normal(container, "BackOff", back, attempts*3),
		warning(container, "Failed", "Error: ImagePullBackOff", attempts*3),
		waiting(container, "ImagePullBackOff", message))
}

// pulls are incidents about images: the cause, and how it is worded.
func pulls() []incident {
	const unpack = `failed to pull and unpack image "$IMAGE": `
	const resolve = unpack + `failed to resolve reference "$IMAGE": `
	var out []incident
	for _, p := range []struct{ name, cause, text string }{
		{"pull-auth-token", "auth", resolve + `pull access denied, repository does not exist or may require authorization: server message: invalid_token: authorization failed`},
		{"pull-auth-anonymous", "auth", resolve + `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://$HOST/oauth2/token?scope=repository%3Aapp%3Apull&service=$HOST: 401 Unauthorized`},
		{"pull-auth-crio", "auth", `unable to pull image or OCI artifact: pull image err: initializing source docker://$IMAGE: unable to retrieve auth token: invalid username/password: unauthorized: authentication required; artifact err: get manifest: build image source: unable to retrieve auth token: invalid username/password: unauthorized: authentication required`},
		{"pull-auth-docker", "auth", `Error response from daemon: pull access denied for $REPO, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`},
		{"pull-rate-limited", "rate-limited", unpack + `failed to copy: httpReadSeeker: failed open: unexpected status from GET request to https://$HOST/v2/app/manifests/sha256:0c1f: 429 Too Many Requests
toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`},
		{"pull-dns", "dns", resolve + `failed to do request: Head "https://$HOST/v2/app/manifests/latest": dial tcp: lookup $HOST on 10.96.0.10:53: no such host`},
		{"pull-unreachable", "unreachable", resolve + `failed to do request: Head "https://$HOST/v2/app/manifests/latest": dial tcp 203.0.113.17:443: i/o timeout`},
		{"pull-refused-crio", "unreachable", `pinging container registry $HOST: Get "https://$HOST/v2/": dial tcp 203.0.113.9:443: connect: connection refused`},
		{"pull-tls", "tls", resolve + `failed to do request: Head "https://$HOST/v2/app/manifests/latest": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-24T09:11:02Z is after 2026-11-23T23:59:59Z`},
	} {
		out = append(out, incident{p.name, func(s *set) { s.registryFails(p.cause, p.text) }})
	}
	return append(out, incident{"pull-not-found", (*set).tagMissing}, incident{"pull-not-found-crio", (*set).tagMissingCRIO}, incident{"pull-corrupt", (*set).layerCorrupt},
		incident{"pull-platform", (*set).wrongPlatform}, incident{"pull-invalid-name", (*set).badImageName},
		incident{"pull-never", (*set).neverPulled}, incident{"pull-node-disk", (*set).pullDiskFull})
}

// registryFails: one registry refuses, or is not to be had; what is new in
// several namespaces cannot be pulled, and what ran runs on.
func (s *set) registryFails(cause, text string) {
	spaces := s.background(s.between(3, 6), 3)
	registry := s.registry()
	var all []*app
	for range s.between(2, 4) {
		a := s.healthy(s.of(spaces))
		a.image = registry + "/" + a.name + ":" + s.version()
		all = append(all, a)
	}
	s.deploy(all...)
	s.begins()
	for _, a := range all {
		a.image = registry + "/" + a.name + ":" + s.version()
		said := strings.NewReplacer("$HOST", hostOf(registry), "$REPO", repositoryOf(a.image)).Replace(text)
		a.says(s.pullFails(a.main(), a.image, said, s.between(2, 5))).only(a.image)
		s.deploy(a)
		s.rest(400 * 1e6)
	}
	for _, a := range all {
		s.pulled(a)
	}
	s.tells(fmt.Sprintf("images from %s cannot be pulled (%s) by %d workloads whose old pods run on", hostOf(registry), cause, len(all)))
	s.root("image-pull", cause, all...).by("registry", hostOf(registry))
	s.follows("rollout-failure|rollout-cascade", "burst|shared-factor")
}

// pulled waits until one pod of the app's new revision has played its script.
func (s *set) pulled(a *app) {
	was := a.replicas
	a.replicas = 1
	s.played(a)
	a.replicas = was
}

func (s *set) tagMissing() {
	s.newTagFails("not-found", `failed to pull and unpack image "$IMAGE": failed to resolve reference "$IMAGE": $IMAGE: not found`)
}

func (s *set) tagMissingCRIO() {
	s.newTagFails("not-found", `initializing source docker://$IMAGE: reading manifest $TAG in $REPO: manifest unknown`)
}

func (s *set) layerCorrupt() {
	s.newTagFails("unknown", `failed to pull and unpack image "$IMAGE": failed commit on ref "layer-sha256:7b1f": unexpected commit digest sha256:09aa, expected sha256:7b1f: failed precondition`)
}

// newTagFails: one workload is given a tag that does not exist, or is damaged.
func (s *set) newTagFails(cause, text string) {
	spaces := s.background(s.between(3, 5), 2)
	a := s.healthy(spaces[0])
	a.kind = "Deployment"
	s.deploy(a)
	s.begins()
	a.image = repositoryOf(a.image) + ":" + s.version()
	text = strings.NewReplacer("$TAG", tagOf(a.image), "$REPO", repositoryOf(a.image)).Replace(text)
	a.says(s.pullFails(a.main(), a.image, text, s.between(3, 6))).only(a.image)
	s.deploy(a)
	s.pulled(a)
	s.tells(a.ref() + " was given a tag that cannot be pulled (" + cause + "); its old pods run on")
	s.root("image-pull", cause, a).since("Deployment", a.ns, a.name)
	s.follows("rollout-failure")
}

// wrongPlatform: a new workload for one architecture on nodes of another.
func (s *set) wrongPlatform() {
	spaces := s.background(s.between(3, 4), 2)
	s.begins()
	a := s.app(spaces[1])
	a.says(s.pullFails(a.main(), a.image, `failed to pull and unpack image "$IMAGE": no match for platform in manifest: not found`, 4))
	s.deploy(a)
	s.played(a)
	s.tells("the image of " + a.ref() + " was not built for the architecture of the nodes")
	s.root("image-pull", "platform", a)
	s.follows("rollout-failure")
}

// badImageName: a reference that is none, in two workloads of one chart.
func (s *set) badImageName() {
	spaces := s.background(3, 2)
	s.begins()
	pair := s.apps(spaces[0], 2)
	for _, a := range pair {
		a.image = repositoryOf(a.image) + ":" + strings.ToUpper(s.hex(4)) + "..//latest"
		text := fmt.Sprintf("Failed to apply default image tag %q: couldn't parse image name %q: invalid reference format", a.image, a.image)
		a.says(script{
			after("600ms", warning(a.main(), "InspectFailed", text, s.between(4, 20))), warning(a.main(), "Failed", "Error: InvalidImageName", s.between(4, 20)),
			waiting(a.main(), "InvalidImageName", text),
		})
	}
	s.deploy(pair...)
	s.played(pair...)
	s.tells("two workloads name images in a way that cannot be parsed")
	s.root("image-pull", "invalid-name", pair[0])
	s.root("image-pull", "invalid-name", pair[1])
	s.follows("rollout-failure")
}

// neverPulled: imagePullPolicy Never, and the image is not there.
func (s *set) neverPulled() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.container["imagePullPolicy"] = "Never"
	text := fmt.Sprintf("Container image %q is not present with pull policy of Never", a.image)
	n := s.between(3, 15)
	a.says(script{after("600ms", warning(a.main(), "ErrImageNeverPull", text, n)), warning(a.main(), "Failed", "Error: ErrImageNeverPull", n), waiting(a.main(), "ErrImageNeverPull", text)})
	s.deploy(a)
	s.played(a)
	s.tells(a.ref() + " must not pull its image, and no node has it")
	s.root("image-pull", "never-pull", a)
	s.follows("rollout-failure")
}

// pullDiskFull: one node has no space left to unpack images.
func (s *set) pullDiskFull() {
	spaces := s.background(s.between(3, 5), 2)
	s.begins()
	node := s.hosts[s.r.IntN(len(s.hosts))]
	pair := s.apps(spaces[1], 2)
	for _, a := range pair {
		a.replicas = 2
		a.pod["nodeSelector"] = object{"kubernetes.io/hostname": node}
		a.says(s.pullFails(a.main(), a.image, `failed to pull and unpack image "$IMAGE": failed to extract layer sha256:`+s.hex(64)+`: write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/`+fmt.Sprint(s.between(100, 999))+`/fs/usr/lib/libicudata.so: no space left on device`, 3))
	}
	s.deploy(pair...)
	s.played(pair...)
	s.tells("node " + node + " has no space left for images; two workloads that are pinned to it cannot start")
	s.root("image-pull", "disk-full", pair...)
	s.follows("rollout-failure", "shared-factor")
}
