package fill

import (
	"fmt"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// Put takes one object and the key that the API server stores it under.
type Put func(key string, object runtime.Object) error

// Make hands over the objects of the planned cluster one by one, always in the
// same order.
func Make(plan Plan, put Put) (Planted, error) {
	if err := plan.check(); err != nil {
		return Planted{}, err
	}
	g := &generator{plan: plan, sink: put, random: rand.New(rand.NewPCG(plan.Seed, 0))}
	g.namespaces()
	for i := range nodeCount {
		g.put("minions", g.node(i))
	}
	g.nodeEvents()
	apps, planted := plan.apps()
	// Once there are enough events the rest is left out, as if it had expired:
	// that must not be what the incidents are told by.
	for _, incident := range []bool{true, false} {
		for _, a := range apps {
			if incident == (a.failing > 0 || a.evicted > 0) {
				g.app(a)
			}
		}
	}
	if g.err == nil && g.events != plan.Pods {
		return planted, fmt.Errorf("%d events instead of %d", g.events, plan.Pods)
	}
	return planted, g.err
}

// generator keeps the first error, so that what makes objects need not care.
type generator struct {
	plan   Plan
	sink   Put
	random *rand.Rand
	events int
	err    error
}

func (g *generator) put(resource string, o interface {
	runtime.Object
	metav1.Object
}) {
	if g.err != nil {
		return
	}
	key := "/registry/" + resource + "/"
	if namespace := o.GetNamespace(); namespace != "" {
		key += namespace + "/"
	}
	g.err = g.sink(key+o.GetName(), o)
}

// namespaces come with what their pods name: account, ConfigMap and Secrets.
func (g *generator) namespaces() {
	for i := range namespaces + 1 {
		name, created := namespaceName(i), g.plan.Now.AddDate(-1, 0, -i)
		ns := &corev1.Namespace{TypeMeta: typeOf("v1", "Namespace"), ObjectMeta: g.meta("", name, created)}
		ns.Labels = map[string]string{corev1.LabelMetadataName: name}
		ns.Spec.Finalizers = []corev1.FinalizerName{corev1.FinalizerKubernetes}
		ns.Status.Phase = corev1.NamespaceActive
		g.put("namespaces", ns)
		g.put("serviceaccounts", &corev1.ServiceAccount{TypeMeta: typeOf("v1", "ServiceAccount"), ObjectMeta: g.meta(name, "default", created)})
		g.put("configmaps", g.configMap(i, created))
		for _, secret := range []string{databaseSecret, tlsSecret, pullSecret} {
			g.put("secrets", &corev1.Secret{TypeMeta: typeOf("v1", "Secret"), ObjectMeta: g.meta(name, secret, created), Type: corev1.SecretTypeOpaque})
		}
	}
}

func (g *generator) configMap(namespace int, created time.Time) *corev1.ConfigMap {
	c := &corev1.ConfigMap{TypeMeta: typeOf("v1", "ConfigMap"), ObjectMeta: g.meta(namespaceName(namespace), sharedConfig, created)}
	c.Data = map[string]string{"LOG_LEVEL": "info", "REGION": "eu-west-1", lostKey: "https://ledger.acme.example"}
	c.ManagedFields = []metav1.ManagedFieldsEntry{wrote("kubectl-client-side-apply", "v1", "", configFields, created)}
	if namespace == brokenNamespace {
		delete(c.Data, lostKey)
		c.ManagedFields = append(c.ManagedFields, wrote("kubectl-edit", "v1", "", configFields, g.plan.Now.Add(-keyLostSince)))
	}
	return c
}

func typeOf(version, kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: version, Kind: kind}
}

func (g *generator) meta(namespace, name string, created time.Time) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, UID: g.uid(), Generation: 1, CreationTimestamp: at(created)}
}

func (g *generator) uid() types.UID {
	a, b := g.random.Uint64(), g.random.Uint64()
	return types.UID(fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff))
}

const alphabet = "bcdfghjklmnpqrstvwxz2456789"

// suffix is what controllers append to the names of what they make.
func (g *generator) suffix(length int) string {
	out := make([]byte, length)
	for i := range out {
		out[i] = alphabet[g.random.IntN(len(alphabet))]
	}
	return string(out)
}

// podSuffix ends in the slot: among so many pods two would draw the same.
func (g *generator) podSuffix(slot int) string {
	return g.suffix(3) + string([]byte{alphabet[slot/len(alphabet)], alphabet[slot%len(alphabet)]})
}

// digest is a sha256 of nothing.
func (g *generator) digest() string {
	return fmt.Sprintf("sha256:%016x%016x%016x%016x", g.random.Uint64(), g.random.Uint64(), g.random.Uint64(), g.random.Uint64())
}

// at cuts a time to what the API keeps.
func at(t time.Time) metav1.Time { return metav1.NewTime(t.UTC().Truncate(time.Second)) }
