package symptom

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// Causes of a missing reference, as in the taxonomy.
const (
	MissingConfigMap      = "configmap"
	MissingSecret         = "secret"
	MissingKey            = "key"
	MissingServiceAccount = "service-account"
)

// missingRef is an object, or a key of one, that a text says is not there.
type missingRef struct {
	about cluster.Ref
	key   string
}

func (r missingRef) cause() string {
	switch {
	case r.key != "":
		return MissingKey
	case r.about.Kind == "Secret":
		return MissingSecret
	case r.about.Kind == "ServiceAccount":
		return MissingServiceAccount
	}
	return MissingConfigMap
}

func compareMissing(a, b missingRef) int {
	return cmp.Or(a.about.Compare(b.about), cmp.Compare(a.key, b.key))
}

// kindOf is the kind that a text means, however it writes it.
var kindOf = map[string]string{"configmap": "ConfigMap", "config": "ConfigMap", "secret": "Secret", "serviceaccount": "ServiceAccount"}

// The texts of missing references. The API server's own error has the plural
// (configmaps "c" not found), the kubelet's caches the singular; a projected
// volume joins several.
var (
	// Kubelet managers, kubelet_pods.go; plugin/pkg/admission/serviceaccount.
	objectMissing = lazyregexp.New(`(?i)\b(configmap|secret|serviceaccount)s? "([^"\s]{1,253})" not found`)
	// pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables.
	keyMissing = lazyregexp.New(`couldn't find key ([^\s]{1,253}) in (ConfigMap|Secret) [^\s/]{1,63}/([^\s/,;\])]{1,253})`)
	// pkg/volume/configmap, pkg/volume/secret: MakePayload; the object is not
	// named, the volume is.
	volumeKeyMissing = lazyregexp.New(`references non-existent (config|secret) key: ([^\s,\]]{1,253})`)
	volumeOfText     = lazyregexp.New(`for volume "([^"\s]{1,253})"`)
)

// missingIn finds everything that a text says is missing, each once. The
// template tells what a volume refers to; it may be nil.
func missingIn(text, namespace string, t *cluster.Template) []missingRef {
	var out []missingRef
	add := func(kind, name, key string) {
		out = append(out, missingRef{about: cluster.Ref{Kind: kind, Namespace: namespace, Name: name}, key: key})
	}
	for _, m := range objectMissing.FindAllStringSubmatch(text, -1) {
		add(kindOf[strings.ToLower(m[1])], m[2], "")
	}
	for _, m := range keyMissing.FindAllStringSubmatch(text, -1) {
		add(m[2], m[3], m[1])
	}
	for _, m := range volumeKeyMissing.FindAllStringSubmatch(text, -1) {
		kind := kindOf[m[1]]
		if name := objectOfVolume(t, kind, volumeIn(text), m[2]); name != "" {
			add(kind, name, m[2])
		}
	}
	slices.SortFunc(out, compareMissing)
	return slices.Compact(out)
}

func volumeIn(text string) string {
	if m := volumeOfText.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// objectOfVolume is the object whose key a volume asks for: that which it
// picks the key from, else its only one of the kind.
func objectOfVolume(t *cluster.Template, kind, volume, key string) string {
	if t == nil || volume == "" {
		return ""
	}
	refs := t.ConfigMaps
	if kind == "Secret" {
		refs = t.Secrets
	}
	var names []string
	for _, r := range refs {
		if r.Volume != volume {
			continue
		}
		if r.Key == key {
			return r.Name
		}
		names = append(names, r.Name)
	}
	if names = sorted(names); len(names) == 1 {
		return names[0]
	}
	return ""
}
