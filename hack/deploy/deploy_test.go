// Package deploy holds what runs the recorder in a cluster; here it is checked.
package deploy

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cmd"
)

// manifest is what record.yaml holds.
type manifest struct {
	namespace  corev1.Namespace
	account    corev1.ServiceAccount
	role       rbacv1.ClusterRole
	binding    rbacv1.ClusterRoleBinding
	claim      corev1.PersistentVolumeClaim
	deployment appsv1.Deployment
}

// read decodes every document, and refuses fields that are not known.
func read(t *testing.T) *manifest {
	t.Helper()
	data, err := os.ReadFile("record.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := &manifest{}
	into := map[string]any{"Namespace": &m.namespace, "ServiceAccount": &m.account, "ClusterRole": &m.role,
		"ClusterRoleBinding": &m.binding, "PersistentVolumeClaim": &m.claim, "Deployment": &m.deployment}
	for _, doc := range bytes.Split(data, []byte("\n---\n")) {
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal(doc, &kind); err != nil {
			t.Fatal(err)
		}
		x, ok := into[kind.Kind]
		if !ok {
			t.Fatalf("%s twice, or not expected", kind.Kind)
		}
		delete(into, kind.Kind)
		if err := yaml.UnmarshalStrict(doc, x); err != nil {
			t.Errorf("%s: %v", kind.Kind, err)
		}
	}
	if len(into) > 0 {
		t.Errorf("missing: %v", into)
	}
	return m
}

// TestRightsAreTheLeast is about what may not be in the role. That it is enough
// is shown by hack/integration, against a real authorizer.
func TestRightsAreTheLeast(t *testing.T) {
	m := read(t)
	for _, rule := range m.role.Rules {
		for _, verb := range rule.Verbs {
			if !slices.Contains([]string{"get", "list", "watch"}, verb) {
				t.Errorf("the verb %q is not one of reading", verb)
			}
			if verb == "get" && len(rule.ResourceNames) == 0 {
				t.Error("get is for one namespace by its name")
			}
		}
		for _, r := range rule.Resources {
			if slices.Contains([]string{"secrets", "configmaps", "*", "pods/log"}, r) || strings.Contains(r, "/") {
				t.Errorf("%q is not followed", r)
			}
		}
	}
	if b := m.binding; b.RoleRef.Name != m.role.Name || b.Subjects[0].Name != m.account.Name || b.Subjects[0].Namespace != m.account.Namespace {
		t.Errorf("the binding ties other things: %+v", b)
	}
}

func TestTheParts(t *testing.T) {
	m := read(t)
	pod := m.deployment.Spec.Template.Spec
	c := pod.Containers[0]
	if pod.ServiceAccountName != m.account.Name || pod.Volumes[0].PersistentVolumeClaim.ClaimName != m.claim.Name {
		t.Error("the Deployment uses another account or volume")
	}
	for _, x := range []metav1.ObjectMeta{m.account.ObjectMeta, m.claim.ObjectMeta, m.deployment.ObjectMeta} {
		if x.Namespace != m.namespace.Name {
			t.Errorf("%s lies in another namespace", x.Name)
		}
	}
	if m.deployment.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType || *m.deployment.Spec.Replicas != 1 {
		t.Error("the volume is one pod's")
	}
	s := c.SecurityContext
	if !*s.ReadOnlyRootFilesystem || *s.AllowPrivilegeEscalation || !*pod.SecurityContext.RunAsNonRoot {
		t.Error("the container may more than it needs")
	}
	for k, v := range m.deployment.Spec.Selector.MatchLabels {
		if m.deployment.Spec.Template.Labels[k] != v {
			t.Errorf("the selector does not select label %s", k)
		}
	}
}

// TestTheArguments gives them to the command, which must know them all.
func TestTheArguments(t *testing.T) {
	args := read(t).deployment.Spec.Template.Spec.Containers[0].Args
	var out, errOut bytes.Buffer
	code := cmd.Main(t.Context(), append(args, "--help"), genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut})
	if code != 0 || !strings.Contains(out.String(), "--max-size") {
		t.Errorf("exit code %d: %s", code, errOut.String())
	}
}
