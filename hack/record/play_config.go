package main

import (
	"fmt"
	"strings"
	"time"
)

func configPlays() []incident {
	return []incident{
		{"config-secret-env", func(s *set) { s.missingObject("secret", false) }},
		{"config-map-env", func(s *set) { s.missingObject("configmap", false) }},
		{"config-secret-volume", func(s *set) { s.missingObject("secret", true) }},
		{"config-map-volume", func(s *set) { s.missingObject("configmap", true) }},
		{"config-key-map", func(s *set) { s.missingKey("ConfigMap") }},
		{"config-key-secret", func(s *set) { s.missingKey("Secret") }},
		{"config-key-volume", (*set).missingVolumeKey},
		{"config-service-account", (*set).noServiceAccount},
		{"config-secret-deleted", (*set).secretDeleted},
		{"env-missing-go", func(s *set) {
			s.badEnvironment("missing-variable", 1, "required key $KEY missing value")
		}},
		{"env-missing-python", func(s *set) {
			s.badEnvironment("missing-variable", 1, "Traceback (most recent call last):\n  File \"/app/main.py\", line 12, in <module>\n    url = os.environ[\"$KEY\"]\n  File \"<frozen os>\", line 685, in __getitem__\nKeyError: '$KEY'")
		}},
		{"env-missing-node", func(s *set) {
			s.badEnvironment("missing-variable", 1, "Error: Missing required environment variable: $KEY\n    at Object.<anonymous> (/app/config.js:14:11)")
		}},
		{"env-bad-value", func(s *set) {
			s.badEnvironment("bad-value", 2, `invalid value for $KEY: strconv.Atoi: parsing "ten": invalid syntax`)
		}},
		{"credentials-postgres", func(s *set) {
			s.rejected(`FATAL: password authentication failed for user "app" (SQLSTATE 28P01)`, false)
		}},
		{"credentials-mysql-rotated", func(s *set) {
			s.rejected(`Error 1045 (28000): Access denied for user 'app'@'10.200.3.7' (using password: YES)`, true)
		}},
		{"credentials-redis", func(s *set) {
			s.rejected(`redis: WRONGPASS invalid username-password pair or user is disabled.`, false)
		}},
		{"rbac-list", func(s *set) { s.forbidden("list", "", "configmaps", true) }},
		{"rbac-watch-cluster", func(s *set) { s.forbidden("watch", "", "nodes", false) }},
		{"rbac-leases", func(s *set) { s.forbidden("update", "coordination.k8s.io", "leases", true) }},
	}
}

// missingObject: two workloads of a namespace read what does not exist there.
// Kubelet says so of variables in the container's status, of volumes in events.
func (s *set) missingObject(kind string, volume bool) {
	spaces := s.background(s.between(3, 5), 2)
	ns := spaces[0]
	name := s.app(ns).name + "-" + s.of([]string{"credentials", "settings", "config", "db", "tls"})
	s.begins()
	all := s.apps(ns, s.between(1, 3))
	for _, a := range all {
		n := s.between(6, 40)
		text := fmt.Sprintf("%s %q not found", kind, name)
		if !volume {
			a.env(s.of(dataKeys), object{map[string]string{"secret": "secretKeyRef", "configmap": "configMapKeyRef"}[kind]: object{"name": name, "key": "value"}})
			a.says(script{
				after("700ms", normal(a.main(), "Pulled", fmt.Sprintf("Container image %q already present on machine", a.image), n)),
				warning(a.main(), "Failed", "Error: "+text, n),
				waiting(a.main(), "CreateContainerConfigError", text),
			})
			continue
		}
		a.volume("conf", object{map[string]string{"secret": "secret", "configmap": "configMap"}[kind]: object{map[string]string{"secret": "secretName", "configmap": "name"}[kind]: name}})
		a.says(script{after("700ms", warning("", "FailedMount", fmt.Sprintf("MountVolume.SetUp failed for volume %q : %s", "conf", text), 2)),
			after("3s", warning("", "FailedMount", fmt.Sprintf("MountVolume.SetUp failed for volume %q : %s", "conf", text), n))})
	}
	s.deploy(all...)
	s.played(all...)
	s.tells(fmt.Sprintf("%s %s/%s does not exist, and %d workloads need it", kind, ns, name, len(all)))
	attribute := map[string]string{"secret": "secret", "configmap": "configMap"}[kind]
	s.root("missing-config", kind, all...).by(attribute, ns+"/"+name)
	s.follows("rollout-failure|storage", "shared-factor|burst")
}

// missingKey: the object is there, and lacks the key; a rollout brought it, the
// old pods run on.
func (s *set) missingKey(kind string) {
	spaces := s.background(3, 2)
	ns, key := spaces[0], s.of(dataKeys)
	a := s.app(ns)
	name := a.name + "-env"
	if kind == "Secret" {
		s.put(secret(ns, name, "HOST", "PORT"))
	} else {
		s.put(configMap(ns, name, "HOST", "PORT"))
	}
	s.deploy(a)
	s.begins()
	a.image = repositoryOf(a.image) + ":" + s.version()
	a.env(key, object{strings.ToLower(kind[:1]) + kind[1:] + "KeyRef": object{"name": name, "key": key}})
	text := fmt.Sprintf("couldn't find key %s in %s %s/%s", key, kind, ns, name)
	n := s.between(6, 40)
	a.says(script{
		after("700ms", normal(a.main(), "Pulled", fmt.Sprintf("Container image %q already present on machine", a.image), n)),
		warning(a.main(), "Failed", "Error: "+text, n), waiting(a.main(), "CreateContainerConfigError", text),
	}).only(a.image)
	s.deploy(a)
	s.pulled(a)
	s.tells(fmt.Sprintf("the new revision of %s wants key %s of %s %s, which has none; the old pods run on", a.ref(), key, kind, name))
	s.root("missing-config", "key", a).since("Deployment", a.ns, a.name)
	s.follows("rollout-failure", "shared-factor|burst")
}

func (s *set) missingVolumeKey() {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	name := a.name + "-files"
	s.put(configMap(a.ns, name, "main.conf"))
	s.begins()
	a.volume("files", object{"configMap": object{"name": name, "items": []any{object{"key": "extra.conf", "path": "extra.conf"}}}})
	a.says(script{after("700ms", warning("", "FailedMount", `MountVolume.SetUp failed for volume "files" : configmap references non-existent config key: extra.conf`, 2)),
		after("3s", warning("", "FailedMount", `MountVolume.SetUp failed for volume "files" : configmap references non-existent config key: extra.conf`, s.between(8, 14)))})
	s.deploy(a)
	s.played(a)
	s.tells(a.ref() + " mounts a key that ConfigMap " + name + " does not have")
	s.root("missing-config", "key", a)
	s.follows("rollout-failure|storage", "shared-factor|burst")
}

// noServiceAccount: the real admission refuses the pods; none exists.
func (s *set) noServiceAccount() {
	spaces := s.background(3, 2)
	s.begins()
	a := s.app(spaces[0])
	a.pod["serviceAccountName"] = a.name + "-sa"
	s.deploy(a)
	s.event(a.ns, "FailedCreate", 1)
	s.rest(2 * time.Second)
	s.tells(a.ref() + " runs as a service account that does not exist: no pod is made")
	s.root("missing-config|admission", "service-account", a)
	s.follows("rollout-failure", "shared-factor|burst")
}

// secretDeleted: a Secret that running pods had read goes away; those that
// start anew fail, the others run on.
func (s *set) secretDeleted() {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	a.replicas = 4
	name := a.name + "-token"
	s.put(secret(a.ns, name, "token"))
	a.env("TOKEN", object{"secretKeyRef": object{"name": name, "key": "token"}})
	s.deploy(a)
	s.begins()
	s.remove(secret(a.ns, name))
	text := fmt.Sprintf("secret %q not found", name)
	lines := script{
		after("500ms", terminated("*", 137, "Error", "")),
		warning(a.main(), "Failed", "Error: "+text, s.between(4, 12)),
		waiting("*", "CreateContainerConfigError", text),
	}
	s.turn(a, lines, 2)
	s.turned(a, lines, 2)
	s.tells("somebody deleted Secret " + name + "; two pods of " + a.ref() + " that restarted cannot start, two run on")
	s.root("missing-config", "secret", a)
	s.follows("rollout-failure|exit-code|probe", "shared-factor|burst")
}

// badEnvironment: a new revision exits for want of a variable, or for its value.
func (s *set) badEnvironment(cause string, code int, text string) {
	spaces := s.background(3, 2)
	a := s.app(spaces[0])
	key := s.of(dataKeys)
	if cause == "bad-value" {
		a.env(key, "ten")
	}
	first := s.chance(50)
	if !first {
		s.deploy(a)
	}
	s.begins()
	a.image = repositoryOf(a.image) + ":" + s.version()
	a.says(join(a.starts(), crashes(a.main(), s.between(3, 6), ends{code: code, message: strings.ReplaceAll(text, "$KEY", key)}))).only(a.image)
	s.deploy(a)
	s.pulled(a)
	s.tells(fmt.Sprintf("%s exits because of variable %s (%s)", a.ref(), key, cause))
	s.root("environment", cause, a)
	s.follows("exit-code|rollout-failure|probe", "shared-factor|burst")
}

// rejected: a database refuses the password of two workloads; in one form of it
// the Secret was changed before, under pods that hold the old value.
func (s *set) rejected(text string, rotated bool) {
	spaces := s.background(3, 2)
	ns := spaces[0]
	all := s.apps(ns, 2)
	name := s.of([]string{"db", "cache", "primary", "orders"}) + "-" + s.of([]string{"credentials", "auth", "password"})
	s.put(secret(ns, name, "username", "password"))
	for _, a := range all {
		a.env("DB_PASSWORD", object{"secretKeyRef": object{"name": name, "key": "password"}})
	}
	s.deploy(all...)
	s.begins()
	e := s.root("credentials|stale-config", "rejected|changed-after-start", all...)
	if rotated {
		changed := secret(ns, name, "username", "password")
		part(changed, "data")["password"] = encoded("y")
		s.put(changed)
		e.since("Secret", ns, name)
		s.rest(2 * time.Second)
	}
	for _, a := range all {
		lines := crashes(a.main(), s.between(3, 7), ends{code: 1, message: text})
		s.turn(a, lines, 0)
		s.turned(a, lines, 1)
	}
	s.tells("the credentials of two workloads in " + ns + " are refused")
	s.follows("exit-code|probe|rollout-failure", "shared-factor|burst")
	if rotated {
		s.follows("stale-config|credentials")
	}
}

// forbidden: the real authorizer refuses a service account, and the program
// that ran into it exits with its words.
func (s *set) forbidden(verb, group, resource string, namespaced bool) {
	spaces := s.background(3, 2)
	ns := spaces[0]
	a := s.app(ns)
	account := a.name
	s.put(object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": object{"name": account, "namespace": ns}})
	a.pod["serviceAccountName"] = account
	s.begins()
	words := s.denial(ns, account, verb, group, resource, namespaced)
	a.says(join(a.starts(), crashes(a.main(), s.between(3, 6), ends{code: 1, message: "failed to start: " + words})))
	s.deploy(a)
	s.played(a)
	s.tells(fmt.Sprintf("service account %s/%s may not %s %s, and %s ends for it", ns, account, verb, resource, a.ref()))
	s.root("rbac", "forbidden", a)
	s.follows("exit-code|rollout-failure|probe", "shared-factor|burst")
}
