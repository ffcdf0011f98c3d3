package symptom

import (
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// Causes of refusals by admission, as in the taxonomy.
const (
	RefusedQuota       = "quota"
	RefusedLimitRange  = "limit-range"
	RefusedPodSecurity = "pod-security"
	WebhookDenied      = "webhook-denied"
	WebhookDown        = "webhook-down"
	RefusedPolicy      = "policy"
)

// apiRefusal is a refusal of the API server taken apart.
type apiRefusal struct {
	cause string
	about cluster.Ref // the quota, webhook, policy or class that refuses
	item  string      // the resource or rule of it
	usage string      // the numbers that the text names, in words
	host  string      // of a webhook that cannot be called
}

// refusalRow is one row of the table of refusals: what the text says behind
// its frames, and how it is taken apart. All of them say "forbidden" or
// "denied", so that no row looks for these words alone.
type refusalRow struct {
	cause   string
	pattern *lazyregexp.Regexp
	read    func(m []string, namespace string, r *apiRefusal)
	source  string
}

// refusalRows are ordered from the outermost frame inwards: a webhook may say
// anything in its denial. Rows without a cause are no refusals of admission.
var refusalRows = []refusalRow{
	{WebhookDenied, lazyregexp.New(`(?s)admission webhook "([^"\s]{1,253})" denied the request(?:: (.*))?`), readDenial,
		"apiserver webhook/errors/statuserror.go"},
	{WebhookDown, lazyregexp.New(`(?s)failed calling webhook "([^"\s]{1,253})": (.*)`), readWebhook,
		"apiserver webhook dispatchers: ErrCallingWebhook"},
	{RefusedPolicy, lazyregexp.New(`(?s)(\w{1,40}AdmissionPolicy) '([^'\s]{1,253})' (?:with binding '([^'\s]{1,253})' )?denied request: (.*)`), readPolicy,
		"apiserver policy/validating/dispatcher.go"},
	{RefusedPodSecurity, lazyregexp.New(`(?s)violates PodSecurity "([a-z]{1,20}):[^"]{1,20}": (.*)`), readPodSecurity,
		"pod-security-admission admission.go"},
	{RefusedPodSecurity, lazyregexp.New(`(?s)unable to validate against any security context constraint: (.*)`), readConstraint,
		"OpenShift apiserver-library-go securitycontextconstraints"},
	{RefusedQuota, lazyregexp.New(`exceeded quota: ([^,\s]{1,253}), requested: ([^:]{1,1000}), used: ([^:]{1,1000}), limited: ([^:]{1,1000})`), readQuota,
		"apiserver resourcequota/controller.go, checkQuotas"},
	{RefusedQuota, lazyregexp.New(`failed quota: ([^:\s]{1,253}): must specify (.{1,1000})`), readUnspecified,
		"apiserver resourcequota/controller.go, checkRequest"},
	{RefusedQuota, lazyregexp.New(`insufficient quota to consume: (.{1,300})`), readUncovered,
		"apiserver resourcequota/controller.go, limited resources"},
	{RefusedLimitRange, lazyregexp.New(`((?:minimum|maximum) [^\s]{1,100} usage per \w{1,30}) is ([^\s,]{1,40}?)(?:, but (\w{1,20}) is ([^\s,\]]{1,40})|\. No (\w{1,20}) is specified)`), readLimit,
		"plugin/pkg/admission/limitranger/admission.go"},
	{RefusedLimitRange, lazyregexp.New(`([^\s\[]{1,100} max limit to request ratio per \w{1,30}) is ([^\s,]{1,40}), but (?:provided ratio is ([^\s,\]]{1,40})|no)`), readRatio,
		"plugin/pkg/admission/limitranger/admission.go"},
	{RefusedLimitRange, lazyregexp.New(`\.resources\.requests: Invalid value: "?([^\s":]{1,40})"?: must be less than or equal to (\w{1,60}) limit(?: of ([^\s,\]]{1,40}))?`), readDefault,
		"pkg/apis/core/validation, after a default was filled in"},
	{RefusedPolicy, lazyregexp.New(`no PriorityClass with name ([^\s]{1,253}) was found`), readClass,
		"plugin/pkg/admission/priority"},
	{"", lazyregexp.New(`because it is being terminated|^namespaces? "[^"]*" not found`), nil,
		"plugin/pkg/admission/namespace/lifecycle: what is deleted gets nothing new"},
	{"", lazyregexp.New(`User "[^"]*" cannot `), nil, "authorization, not admission"},
	{"", lazyregexp.New(`is forbidden: (?:status unknown for quota|not yet ready to handle request)`), nil, "a quota or cache that was just made"},
	{RefusedPolicy, lazyregexp.New(`(?s)\w "[^"\s]{0,253}" is invalid: (.*)`), readInvalid, "pkg/apis/core/validation"},
	{RefusedPolicy, lazyregexp.New(`(?s)"[^"\s]{0,253}" is forbidden: (.*)`), readOther, "other admission plugins"},
}

// parseRefusal takes a refusal apart, by the first row that matches; its cause
// is empty when the text is none of admission.
func parseRefusal(text, namespace string) apiRefusal {
	for i := range refusalRows {
		row := &refusalRows[i]
		m := row.pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		r := apiRefusal{cause: row.cause}
		if row.read != nil {
			row.read(m, namespace, &r)
		}
		return r
	}
	return apiRefusal{}
}

// The policies that Gatekeeper and Kyverno name in their denials.
var (
	gatekeeperPolicy = lazyregexp.New(`^\[(?:denied by )?([a-z0-9][a-z0-9.-]{0,252})\]`)
	kyvernoPolicy    = lazyregexp.New(`following policies\s{1,10}([a-z0-9][a-z0-9.-]{0,252}):`)
)

func readDenial(m []string, _ string, r *apiRefusal) {
	r.about = cluster.Ref{Kind: "Webhook", Name: m[1]}
	for _, p := range []*lazyregexp.Regexp{gatekeeperPolicy, kyvernoPolicy} {
		if policy := p.FindStringSubmatch(m[2]); policy != nil {
			r.item = policy[1]
			return
		}
	}
}

// webhookFailures classify why a webhook could not be called.
var webhookFailures = []signature{
	{cause: "no endpoints", source: "apiserver proxy.ResolveEndpoint", texts: []string{"no endpoints available for service"}},
	{cause: "no Service", source: "apiserver proxy.ResolveEndpoint", texts: []string{}, pattern: lazyregexp.New(`service "[^"]*" not found`)},
	{cause: "certificate", source: "Go crypto/x509, crypto/tls", texts: []string{"x509:", "tls: ", "unable to load root certificates"}},
	{cause: "refused", source: "Go net", texts: []string{"connection refused"}},
	{cause: "timeout", source: "Go net/http; timeoutSeconds", texts: []string{
		"context deadline exceeded", "i/o timeout", "client.timeout exceeded", "connection timed out", "tls handshake timeout"}},
	{cause: "unreachable", source: "Go net", texts: []string{"no route to host", "network is unreachable", "no such host", "server misbehaving"}},
	{cause: "closed", source: "Go net/http", texts: []string{"connection reset by peer", "server closed idle connection", "broken pipe"}, pattern: lazyregexp.New(`\beof\b`)},
}

var webhookURL = lazyregexp.New(`https://([^\s"/?]{1,253})`)

func readWebhook(m []string, _ string, r *apiRefusal) {
	r.about = cluster.Ref{Kind: "Webhook", Name: m[1]}
	if r.item = classify(webhookFailures, m[2]); r.item == "" {
		r.item = "bad answer"
	}
	if u := webhookURL.FindStringSubmatch(m[2]); u != nil {
		r.host, _, _ = strings.Cut(u[1], ":")
	}
}

func readPolicy(m []string, _ string, r *apiRefusal) {
	r.about, r.item = cluster.Ref{Kind: m[1], Name: m[2]}, m[3]
}

func readPodSecurity(m []string, namespace string, r *apiRefusal) {
	r.about = cluster.Ref{Kind: "Namespace", Name: namespace}
	r.item = m[1] + ": " + strings.Join(podSecurityReasons(m[2]), ", ")
}

// podSecurityReasons are the reasons without what they say of containers,
// which stands in parentheses.
func podSecurityReasons(list string) []string {
	var out []string
	depth, start := 0, 0
	add := func(end int) {
		reason, _, _ := strings.Cut(list[start:end], " (")
		if reason = strings.TrimSpace(reason); reason != "" && len(out) < 20 {
			out = append(out, reason)
		}
	}
	for i := range len(list) {
		switch {
		case list[i] == '(':
			depth++
		case list[i] == ')':
			depth--
		case list[i] == ',' && depth <= 0:
			add(i)
			start = i + 1
		}
	}
	add(len(list))
	slices.Sort(out)
	return slices.Compact(out)
}

func readConstraint(_ []string, namespace string, r *apiRefusal) {
	r.about, r.item = cluster.Ref{Kind: "Namespace", Name: namespace}, "security context constraints"
}

// frames are what controllers and the API server put before a refusal.
var frames = lazyregexp.New(`^(?:Error creating(?: job)?: |create (?:Pod|Claim) .{1,600}? failed error: |Failed to create new replica set "[^"]{0,253}": |Internal error occurred: )+`)

func withoutFrame(message string) string { return frames.ReplaceAllString(message, "") }

// serviceHost reads svc.namespace.svc, the host by which the API server calls
// a webhook in the cluster.
func serviceHost(host string) (cluster.Ref, bool) {
	labels := strings.Split(host, ".")
	if len(labels) < 3 || labels[2] != "svc" {
		return cluster.Ref{}, false
	}
	return cluster.Ref{Kind: "Service", Namespace: labels[1], Name: labels[0]}, true
}
