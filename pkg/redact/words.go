package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	_ "embed" // the vocabulary
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// vocabulary are the words by which failures are recognised and told, and those
// of the messages of Kubernetes: every word of the tables in package symptom. In
// a message they stay, unless they stand in a name that is known.
//
//go:embed vocabulary.txt
var vocabularyText string

var vocabulary = wordSet(vocabularyText)

// system are words of names that everybody has: the namespaces and parts of
// Kubernetes, of which some are looked for by name (the cluster's DNS, network
// agents), public registries, keys of labels, domains, and what nodes are called
// by their kind. They say nothing of whoever runs the cluster.
var system = wordSet(`
	default kube system public lease node nodes coredns dns proxy apiserver controller manager scheduler etcd kubelet cluster local svc
	calico cilium flannel weave antrea multus tigera openshift kubernetes k8s io registry docker gcr ghcr quay mcr microsoft public ecr com org net
	pod pods template hash revision app name instance version component part of managed by helm sh chart tier statefulset index job batch cronjob
	controlplane control plane master worker role topology zone region failure domain beta type hostname os arch linux windows amd64 arm64 generation
	cloud google gke nodepool eks amazonaws nodegroup azure agentpool karpenter kops instancegroup argocd argoproj fluxcd toolkit kustomize
	in notin exists doesnotexist gt lt or and metadata cpu memory ephemeral storage nvidia gpu hugepages owner status
	not ready unreachable pressure disk pid network unavailable unschedulable out service shutdown uninitialized
	csi hostpath provisioner sha256 http https tcp udp root ca crt access api token serviceaccount serviceaccounts authenticated group rbac v1 v2 latest
	ip internal compute ec2 clusterip nodeport loadbalancer externalname headless live files`)

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		out[w] = true
	}
	return out
}

var (
	ipv4 = lazyregexp.New(`\b(\d{1,3})([.-])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})\b`)
	ipv6 = lazyregexp.New(`\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){3,7}\b`)
	uuid = lazyregexp.New(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
	// token is what may be a whole name, and word what names consist of.
	token = lazyregexp.New(`[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*`)
	word  = lazyregexp.New(`[A-Za-z0-9]+`)
	// generated is what Kubernetes puts behind a name: a template's hash or five
	// characters, without vowels (apimachinery/pkg/util/rand).
	generated = lazyregexp.New(`^(?:[bcdfghjklmnpqrstvwxz2456789]{5}|[bcdfghjklmnpqrstvwxz2456789]{8,10})$`)
	plain     = lazyregexp.New(`^(?:[0-9]+[A-Za-z]{0,2}|[A-Za-z]|v[0-9]+[a-z0-9]*)$`)
	digest    = lazyregexp.New(`^[0-9a-f]{32,128}$`)
)

// replace is a string under other names.
func (r *redactor) replace(s string, mode int) string {
	if mode == keep || s == "" {
		return s
	}
	s = uuid.ReplaceAllStringFunc(s, func(id string) string {
		h := hex.EncodeToString(r.mac("uid " + id))
		return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:32])
	})
	s = ipv4.ReplaceAllStringFunc(s, r.address)
	s = ipv6.ReplaceAllStringFunc(s, func(ip string) string {
		h := hex.EncodeToString(r.mac("ip " + strings.ToLower(ip)))
		for _, part := range []string{"fd00", h[:4], h[4:8], h[8:12]} {
			r.made[part] = true
		}
		return "fd00:" + h[:4] + ":" + h[4:8] + "::" + h[8:12]
	})
	var out strings.Builder
	from := 0
	for _, at := range token.FindAllStringIndex(s, -1) {
		whole := s[at[0]:at[1]]
		known := mode == name || r.isName(s, whole, at)
		host := mode == text && hostForm.MatchString(whole)
		out.WriteString(s[from:at[0]])
		from = at[1]
		if uuid.MatchString(whole) { // has been made here
			out.WriteString(whole)
			continue
		}
		out.WriteString(word.ReplaceAllStringFunc(whole, func(w string) string { return r.word(w, known, host) }))
	}
	return out.String() + s[from:]
}

// hostForm matches what in a text is a host, known or not.
var hostForm = lazyregexp.New(`^(?:[a-z0-9-]+\.)+(?:com|net|org|io|local|internal|example|dev|cloud|svc|app|lan|corp|de|eu|uk)$`)

// isName reports whether a token of a text is a name that somebody gave, or
// begins with one: where it is set apart as names are.
func (r *redactor) isName(s, whole string, at []int) bool {
	if r.names[whole] && (strings.ContainsAny(whole, "._-") || strings.ContainsRune("\"'/", before(s, at[0])) || strings.ContainsRune("\"'/", after(s, at[1]))) {
		return true
	}
	if r.names[whole] && after(s, at[1]) == ':' && after(s, at[1]+1) != ' ' { // a host or an image; "exceeded quota: " is none
		return true
	}
	if r.names[whole] && nouns[strings.ToLower(lastWord(s[:at[0]]))] {
		return true
	}
	for i := len(whole) - 1; i > 0; i-- {
		if (whole[i] == '-' || whole[i] == '_') && strings.Contains(whole[:i], "-") && r.names[whole[:i]] {
			return true
		}
	}
	return false
}

// nouns stand before names in the messages of Kubernetes.
var nouns = wordSet("container pod node namespace secret configmap claim service job deployment volume image pvc on account serviceaccount")

func lastWord(s string) string {
	s = strings.TrimRight(s, " ")
	return s[strings.LastIndexAny(s, " (\"'")+1:]
}

func before(s string, i int) rune {
	if i == 0 {
		return ' '
	}
	return rune(s[i-1])
}

func after(s string, i int) rune {
	if i >= len(s) {
		return ' '
	}
	return rune(s[i])
}

// word is what stands for a word of a name that is known, of a host, or of a
// text. One of the vocabulary stays in a text.
func (r *redactor) word(w string, known, host bool) string {
	lower := strings.ToLower(w)
	switch {
	case plain.MatchString(w) || system[lower] || generated.MatchString(w) || r.made[w]:
		return w
	case digest.MatchString(w):
		return hex.EncodeToString(append(r.mac(w), append(r.mac("2 "+w), r.mac("3 "+w)...)...))[:min(len(w), 96)]
	case !known && vocabulary[lower], !known && !host && !r.words[lower]:
		return w
	}
	alias := r.alias(lower)
	switch {
	case w == strings.ToUpper(w):
		return strings.ToUpper(alias)
	case w[0] >= 'A' && w[0] <= 'Z':
		return strings.ToUpper(alias[:1]) + alias[1:]
	}
	return alias
}

// alias is the word that stands for another: syllables that the key chooses. No
// two words have the same, and none that means something.
func (r *redactor) alias(lower string) string {
	if known, ok := r.aliases[lower]; ok {
		return known
	}
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	for try := 0; ; try++ {
		h := r.mac(fmt.Sprintf("word %d %s", try, lower))
		var b strings.Builder
		for i := 0; i < 3+try/8; i++ {
			b.WriteByte(consonants[int(h[2*i%32])%len(consonants)])
			b.WriteByte(vowels[int(h[(2*i+1)%32])%len(vowels)])
		}
		if a := b.String(); !r.taken[a] && !r.words[a] && !vocabulary[a] && !system[a] {
			r.taken[a] = true
			r.aliases[lower] = a
			return a
		}
	}
}

// address is another address for an IPv4 address. Those that mean the same
// everywhere stay.
func (r *redactor) address(ip string) string {
	m := ipv4.FindStringSubmatch(ip)
	first, _ := strconv.Atoi(m[1])
	if first == 127 || first == 0 || first == 255 || (first == 169 && m[3] == "254") {
		return ip
	}
	old := strings.Join([]string{m[1], m[3], m[4], m[5]}, ".")
	for try := 0; r.aliases[old] == ""; try++ {
		h := r.mac(fmt.Sprintf("ip %d %s", try, old))
		if a := fmt.Sprintf("10.%d.%d.%d", h[0], h[1], h[2]); !r.taken[a] { // no two have the same
			r.taken[a], r.aliases[old] = true, a
		}
	}
	return strings.ReplaceAll(r.aliases[old], ".", m[2])
}

func (r *redactor) mac(text string) []byte {
	h := hmac.New(sha256.New, r.key)
	_, _ = h.Write([]byte(text)) // a hash does not fail
	return h.Sum(nil)
}
