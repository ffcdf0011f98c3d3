package synth

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

var configKinds = []kind{
	{"missing-config/configmap", 3, (*gen).missingConfigMap},
	{"missing-config/secret", 4, (*gen).missingSecret},
	{"missing-config/key", 4, (*gen).missingKey},
	{"missing-config/service-account", 2, (*gen).missingServiceAccount},
	{"environment/missing-variable", 8, (*gen).missingVariable},
	{"environment/bad-value", 5, (*gen).badValue},
	{"credentials/rejected", 11, (*gen).rejected},
	{"rbac/forbidden", 7, (*gen).forbidden},
	{"stale-config/changed-after-start", 3, (*gen).staleConfig},
}

// newApp is a workload that was made some time ago and never worked.
func (g *gen) newApp(opts ...option) (*app, time.Duration) {
	since := g.between(4*time.Minute, 50*time.Minute)
	a := g.app(append([]option{fresh(since)}, opts...)...)
	a.unfinished = true
	return a, since - 4*time.Second
}

func (g *gen) missingConfigMap() truth.Truth {
	name := g.names.object("settings")
	switch g.variant {
	case 1: // by a volume: the pods are stuck, and the event alone says why
		a, since := g.newApp(with(configMapVolume("conf", name)))
		for _, p := range a.pods {
			p.stuck("FailedMount", fmt.Sprintf("MountVolume.SetUp failed for volume \"conf\" : configmap %q not found", name), "kubelet", since)
		}
		return roots(withFactor(root("missing-config", "configmap", a), "configMap", a.namespace+"/"+name))
	case 2: // of an init container
		c := g.helper("migrate")
		c.EnvFrom = []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}}
		a, since := g.newApp(with(initContainer(c)))
		for _, p := range a.pods {
			p.in("migrate").cannot("CreateContainerConfigError", fmt.Sprintf("configmap %q not found", name), since)
		}
		return one("missing-config", "configmap", a)
	}
	a, since := g.newApp(with(envFrom(name)))
	for _, p := range a.pods {
		p.cannot("CreateContainerConfigError", fmt.Sprintf("configmap %q not found", name), since)
	}
	return roots(withFactor(root("missing-config", "configmap", a), "configMap", a.namespace+"/"+name))
}

// missingSecret is wanted by two workloads of one namespace.
func (g *gen) missingSecret() truth.Truth {
	name, ns := g.names.object("credentials"), g.names.namespace()
	var apps []*app
	for i := range 2 {
		opts := []option{in(ns), with(envSecret("PASSWORD", name, "password"))}
		if g.variant == 2 && i == 1 {
			opts = append(opts, statefulSet)
		}
		if g.variant == 1 {
			opts[1] = with(secretVolume("creds", name))
		}
		a, since := g.newApp(opts...)
		for _, p := range a.pods {
			if g.variant == 1 {
				p.stuck("FailedMount", fmt.Sprintf("MountVolume.SetUp failed for volume \"creds\" : secret %q not found", name), "kubelet", since)
			} else {
				p.cannot("CreateContainerConfigError", fmt.Sprintf("secret %q not found", name), since)
			}
		}
		apps = append(apps, a)
	}
	if g.variant == 3 { // it is there in another namespace
		g.addSecret(g.platform[0], name, 24*time.Hour, corev1.SecretTypeOpaque, "password")
	}
	return roots(withFactor(root("missing-config", "secret", apps...), "secret", ns+"/"+name))
}

func (g *gen) missingKey() truth.Truth {
	name, ns := g.names.object("settings"), g.names.namespace()
	g.addConfigMap(ns, name, 9*24*time.Hour, "REGIONS", "MODE")
	g.addSecret(ns, name, 9*24*time.Hour, corev1.SecretTypeOpaque, "user")
	a := g.app(in(ns), replicas(3))
	ago := g.between(4*time.Minute, 40*time.Minute)
	edit := pick(g, envKey("REGION", name, "REGION"), envSecret("PASS", name, "pass"),
		volume("conf", "/etc/conf", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name},
			Items: []corev1.KeyToPath{{Key: "region.yaml", Path: "region.yaml"}}}}),
		volume("conf", "/etc/conf", corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: name, Items: []corev1.KeyToPath{{Key: "tls.key", Path: "tls.key"}}}}))
	for _, p := range a.rollout(ago, edit) {
		switch g.variant {
		case 0:
			p.cannot("CreateContainerConfigError", fmt.Sprintf("couldn't find key REGION in ConfigMap %s/%s", ns, name), ago-3*time.Second)
		case 1:
			p.cannot("CreateContainerConfigError", fmt.Sprintf("couldn't find key pass in Secret %s/%s", ns, name), ago-3*time.Second)
		case 2:
			p.stuck("FailedMount", `MountVolume.SetUp failed for volume "conf" : configmap references non-existent config key: region.yaml`, "kubelet", ago-3*time.Second)
		case 3:
			p.stuck("FailedMount", `MountVolume.SetUp failed for volume "conf" : references non-existent secret key: tls.key`, "kubelet", ago-3*time.Second)
		}
	}
	return one("missing-config", "key", a)
}

func (g *gen) missingServiceAccount() truth.Truth {
	name := g.names.object("runner")
	a, since := g.newApp(replicas(2), with(serviceAccount(name)))
	if g.variant == 1 { // deleted while pods were coming up
		for _, p := range a.pods {
			p.stuck("FailedMount", fmt.Sprintf(`MountVolume.SetUp failed for volume "kube-api-access-%s" : failed to fetch token: serviceaccounts %q not found`, g.names.letters(5), name), "kubelet", since)
		}
		return one("missing-config", "service-account", a)
	}
	a.refuse(func(pod string) string {
		return fmt.Sprintf("pods %q is forbidden: error looking up service account %s/%s: serviceaccount %q not found", pod, a.namespace, name, name)
	}, a.replicas, since)
	return one("missing-config", "service-account", a)
}

// refuse makes the API server refuse the last pods of the newest revision.
func (a *app) refuse(why func(pod string) string, count int, since time.Duration) {
	for range count {
		a.remove(a.pods[len(a.pods)-1])
	}
	a.refusing(why, since)
}

// refusing says that pods of the newest revision cannot be created.
func (a *app) refusing(why func(pod string) string, since time.Duration) {
	r := a.current()
	owner := a.owner(r)
	text := why(owner.Name + "-" + a.w.names.letters(5))
	a.refused, a.unfinished, a.progressed = text, true, since
	from, message := map[string]string{"ReplicaSet": "replicaset-controller", "DaemonSet": "daemonset-controller", "StatefulSet": "statefulset-controller"}[owner.Kind], "Error creating: "+text
	if owner.Kind == "StatefulSet" {
		name := fmt.Sprintf("%s-%d", a.name, len(a.pods))
		message = fmt.Sprintf("create Pod %s in StatefulSet %s failed error: %s", name, a.name, why(name))
	}
	a.w.event(ev{object: owner, typ: "Warning", reason: "FailedCreate", message: message, from: from, first: since, last: a.w.latest(since), count: 9 + repeats(since)})
}

func (g *gen) crashing(e end, opts ...option) *app {
	a, since := g.newApp(append([]option{with(lastWords)}, opts...)...)
	for _, p := range a.pods {
		p.crash(e, since)
	}
	return a
}

func (g *gen) missingVariable() truth.Truth {
	words := pick(g, "panic: environment variable PAYMENT_URL not set\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:31 +0x1d",
		"Traceback (most recent call last):\n  File \"/app/main.py\", line 12, in <module>\n    url = os.environ['PAYMENT_URL']\nKeyError: 'PAYMENT_URL'",
		"Error: Missing required environment variable: PAYMENT_URL\n    at Object.<anonymous> (/app/config.js:8:9)",
		"required key PAYMENT_URL missing value",
		"java.lang.IllegalArgumentException: Could not resolve placeholder 'PAYMENT_URL' in value \"${PAYMENT_URL}\"",
		"/app/config.rb:4:in `fetch': key not found: \"PAYMENT_URL\" (KeyError)",
		"pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\nPAYMENT_URL\n  Field required [type=missing, input_value={}, input_type=dict]",
		"/docker-entrypoint.sh: line 9: PAYMENT_URL: parameter not set")
	return one("environment", "missing-variable", g.crashing(end{code: int32(pick(g, 2, 1, 1, 1)), message: words}))
}

func (g *gen) badValue() truth.Truth {
	words := pick(g, `invalid configuration: parsing "POOL_SIZE": strconv.ParseInt: parsing "ten": invalid syntax`,
		"Failed to bind properties under 'server.port' to java.lang.Integer:\n\n    Property: server.port\n    Value: \"80a\"\n    Reason: failed to convert java.lang.String to java.lang.Integer",
		"ValueError: invalid literal for int() with base 10: 'ten' (environment variable POOL_SIZE)",
		`envconfig.Process: assigning APP_TIMEOUT to Timeout: converting 'soon' to type time.Duration. details: time: invalid duration "soon"`,
		"Error: Invalid value for environment variable LOG_LEVEL: 'loud' (must be one of debug, info, warn, error)")
	return one("environment", "bad-value", g.crashing(end{code: 1, message: words}))
}

// rejected is a database that refuses a password, to two workloads.
func (g *gen) rejected() truth.Truth {
	words := pick(g, `FATAL: password authentication failed for user "app"`,
		`ERROR 1045 (28000): Access denied for user 'app'@'10.244.3.7' (using password: YES)`,
		"WRONGPASS invalid username-password pair or user is disabled.",
		"pymongo.errors.OperationFailure: Authentication failed., full error: {'ok': 0.0, 'errmsg': 'Authentication failed.', 'code': 18, 'codeName': 'AuthenticationFailed'}",
		`pq: password authentication failed for user "app"`,
		`org.postgresql.util.PSQLException: FATAL: password authentication failed for user "app"`,
		"PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [1045] Access denied for user 'app'@'10.244.3.7' (using password: YES) in /srv/db.php:12",
		"com.rabbitmq.client.AuthenticationFailureException: ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.",
		"NOAUTH Authentication required.",
		"org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512",
		"An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired.")
	ns := g.names.namespace()
	secret := g.addSecret(ns, g.names.object("db"), 30*24*time.Hour, corev1.SecretTypeOpaque, "password")
	a := g.crashing(end{code: 1, message: words}, in(ns), with(envSecret("PASSWORD", secret, "password")))
	b := g.crashing(end{code: 1, message: words}, in(ns), with(envSecret("PASSWORD", secret, "password")))
	return one("credentials", "rejected", a, b)
}

// forbidden is a right that a service account lacks.
func (g *gen) forbidden() truth.Truth {
	ns, sa := g.names.namespace(), g.names.object("bot")
	user := fmt.Sprintf("system:serviceaccount:%s:%s", ns, sa)
	words := pick(g,
		fmt.Sprintf(`failed to list pods: pods is forbidden: User %q cannot list resource "pods" in API group "" in the namespace %q`, user, ns),
		fmt.Sprintf(`E0301 10:00:00.000000       1 reflector.go:147] failed to list *v1.Secret: secrets is forbidden: User %q cannot list resource "secrets" in API group "" at the cluster scope`, user),
		fmt.Sprintf(`Error: leases.coordination.k8s.io "leader" is forbidden: User %q cannot update resource "leases" in API group "coordination.k8s.io" in the namespace %q: RBAC: clusterrole.rbac.authorization.k8s.io "leader-elector" not found`, user, ns),
		fmt.Sprintf(`deployments.apps is forbidden: User %q cannot watch resource "deployments" in API group "apps" in the namespace %q`, user, ns),
		fmt.Sprintf(`kubernetes.client.exceptions.ApiException: (403) Reason: Forbidden HTTP response body: {"kind":"Status","apiVersion":"v1","status":"Failure","message":"configmaps \"flags\" is forbidden: User \"%s\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"%s\"","reason":"Forbidden","code":403}`, user, ns),
		fmt.Sprintf(`Error from server (Forbidden): nodes is forbidden: User %q cannot list resource "nodes" in API group "" at the cluster scope`, user),
		fmt.Sprintf(`events.events.k8s.io is forbidden: User %q cannot create resource "events" in API group "events.k8s.io" in the namespace %q`, user, ns))
	a := g.crashing(end{code: 1, message: words}, in(ns), with(serviceAccount(sa)))
	return roots(withFactor(root("rbac", "forbidden", a), "serviceAccount", ns+"/"+sa))
}

// staleConfig is a ConfigMap written while pods run that read it at their
// start: those that started later fail, or those that started before do.
func (g *gen) staleConfig() truth.Truth {
	ns := g.names.namespace()
	config := g.addConfigMap(ns, g.names.object("settings"), 40*24*time.Hour, "BACKEND_URL")
	a := g.app(in(ns), replicas(4), with(envFrom(config)), with(lastWords))
	ago := g.between(10*time.Minute, 40*time.Minute)
	g.rewrite(ns, config, ago)
	if g.variant == 2 { // what runs was started before, and fails its readiness since
		for _, p := range a.pods {
			p.unready("Readiness probe failed: HTTP probe failed with statuscode: 500", ago-20*time.Second)
		}
		return roots(withChange(also(root("stale-config", "changed-after-start", a), "probe", "readiness"), "ConfigMap", ns, config))
	}
	for i, old := range a.pods[:2] { // replaced after the write
		node := g.nodeNamed(old.Spec.NodeName)
		a.remove(old)
		p := a.addPod(a.current(), i, node, ago-time.Minute)
		p.crash(end{code: 1, message: pick(g, "", "Error: upstream not configured")}, ago-time.Minute-5*time.Second)
	}
	return roots(withChange(also(root("stale-config", "changed-after-start", a), "exit-code", "1"), "ConfigMap", ns, config))
}
