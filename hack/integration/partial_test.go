package integration

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// partial are rights that are not enough for a whole scan, and the best honest
// answer that they allow, by the real authorizer.
type partial struct {
	name       string
	lacks      []string // resources that the roles do without; "*": all but those of has
	has        []string
	namespaces []string // where the rest is granted; empty: everywhere
	everywhere []string // resources that may be listed everywhere all the same
	do         tamper   // what the API server does besides
	args       []string
	gaps       map[string]string // what is said of each gap; "*": of all others
	roots      []string          // what is found: detector/cause
	pods       int               // that are affected by the first root
	scope      []string          // namespaces that the report is about; empty: all
}

var workloadKinds = []string{"replicasets", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs", "controllerrevisions"}

const (
	keyIsMissing  = "missing-config/key"
	notPulled     = "image-pull/auth"
	shortOfDisk   = "node-pressure/disk-pressure"
	forbiddenSays = "forbidden"
)

func partialRights() []partial {
	all := []string{keyIsMissing, notPulled, shortOfDisk}
	only := func(resources ...string) map[string]string {
		out := map[string]string{}
		for _, r := range resources {
			out[r] = forbiddenSays
		}
		return out
	}
	return []partial{
		{name: "no nodes", lacks: []string{"nodes"}, args: []string{"-A"}, gaps: only("nodes"), roots: all, pods: 34},
		{name: "no events", lacks: []string{"events"}, args: []string{"-A"}, gaps: only("events"), roots: all, pods: 34},
		{name: "no Secrets", lacks: []string{"secrets"}, args: []string{"-A"}, gaps: only("secrets"), roots: all, pods: 34},
		{name: "no workloads", lacks: workloadKinds, args: []string{"-A"}, gaps: only(workloadKinds...), roots: all, pods: 34},
		{name: "nothing but pods", lacks: []string{"*"}, has: []string{"pods"}, args: []string{"-A"}, gaps: only("*"), roots: all, pods: 34},
		{name: "two namespaces, with all of them asked for", namespaces: []string{"team-01", "team-07"}, everywhere: []string{"namespaces"}, args: []string{"-A"},
			gaps:  map[string]string{"pods": "forbidden but in 2 of ", "events": "forbidden but in 2 of ", "nodes": forbiddenSays, "*": forbiddenSays},
			roots: []string{keyIsMissing, notPulled}, pods: 34, scope: []string{"team-01", "team-07"}},
		{name: "the namespace of the kubeconfig, and no list of namespaces", namespaces: []string{"team-07"}, args: []string{"-A", "--namespace", "team-07"},
			gaps: map[string]string{"pods": "forbidden but in 1 of 1 namespaces: team-07", "*": forbiddenSays}, roots: []string{keyIsMissing}, pods: 34, scope: []string{"team-07"}},
		{name: "pods of one namespace, and everything else of all", lacks: []string{"pods"}, has: []string{"pods"}, namespaces: []string{"team-01"},
			everywhere: slices.Concat([]string{"namespaces", "events", "nodes", "services", "endpointslices"}, workloadKinds), args: []string{"-A"},
			gaps: map[string]string{"pods": "forbidden but in 1 of ", "*": forbiddenSays}, roots: []string{notPulled, shortOfDisk}, pods: 12, scope: []string{"team-01"}},
		{name: "nothing that is of the cluster", namespaces: []string{"team-07"}, args: []string{"-n", "team-07"},
			gaps: map[string]string{"nodes": forbiddenSays, "events": "forbidden in default (events of nodes)"}, roots: []string{keyIsMissing}, pods: 34, scope: []string{"team-07"}},
		{name: "two namespaces, of which one breaks off", namespaces: []string{"team-01", "team-07"}, everywhere: []string{"namespaces"}, args: []string{"-A"},
			do:   of(status(http.StatusInternalServerError, metav1.StatusReasonInternalError, "boom"), "/api/v1/namespaces/team-01/pods"),
			gaps: map[string]string{"pods": "; 500 Internal Server Error: boom in team-01", "*": forbiddenSays}, roots: []string{keyIsMissing}, pods: 34, scope: []string{"team-07"}},
	}
}

func (p *partial) check(t *testing.T, c *real, user string) {
	do := p.do
	if do == nil {
		do = untouched
	}
	out, errOut, code := c.through(t, do).run(t, append(p.args, "--as", user, "--no-history", "-o", "json")...)
	if code != 0 || !strings.Contains(errOut, "not everything could be read") {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	p.checkGaps(t, &r)
	p.checkRoots(t, &r)
	p.checkScope(t, &r)
	soundsPartial(t, &r)
}

func (p *partial) checkGaps(t *testing.T, r *report.Report) {
	t.Helper()
	left := map[string]bool{}
	for resource := range p.gaps {
		left[resource] = resource != "*"
	}
	for _, s := range r.Sources {
		says, named := p.gaps[s.Resource]
		if !named {
			says = p.gaps["*"]
		}
		delete(left, s.Resource)
		if named && s.Gap == "" || s.Gap != "" && (says == "" || !strings.Contains(s.Gap, says)) {
			t.Errorf("%s: gap %q, want %q", s.Resource, s.Gap, says)
		}
		if plural, _, _ := strings.Cut(s.Resource, " "); s.Gap != "" && !strings.Contains(s.Remedy, `"`+plural+`"`) {
			t.Errorf("%s: no rule would grant it: %q", s.Resource, s.Remedy)
		}
	}
	for resource, missing := range left {
		if missing {
			t.Errorf("%s is not named", resource)
		}
	}
}

func (p *partial) checkRoots(t *testing.T, r *report.Report) {
	t.Helper()
	var got []string
	for _, root := range roots(r) {
		got = append(got, root.Detector+"/"+root.Cause)
	}
	if !slices.Equal(got, p.roots) {
		t.Fatalf("roots %v, want %v: %s", got, p.roots, titles(roots(r)))
	}
	if n := roots(r)[0].Frequency.Pods; n != p.pods {
		t.Errorf("%d pods are affected by the first, want %d", n, p.pods)
	}
}

// checkScope: nothing is told of a namespace whose pods nobody knows.
func (p *partial) checkScope(t *testing.T, r *report.Report) {
	t.Helper()
	if !slices.Equal(r.Scope.Namespaces, p.scope) || r.Scope.AllNamespaces != (len(p.scope) == 0) {
		t.Errorf("scope %+v, want %v", r.Scope, p.scope)
	}
	inside := func(namespace string) bool {
		return len(p.scope) == 0 || namespace == "" || slices.Contains(p.scope, namespace)
	}
	for _, x := range r.Patterns {
		for _, a := range x.Affected {
			if !inside(a.Namespace) {
				t.Errorf("%s tells of %s/%s", x.ID, a.Namespace, a.Name)
			}
		}
	}
	for _, e := range r.Timeline {
		if !inside(e.Subject.Namespace) {
			t.Errorf("the timeline tells of %s/%s", e.Subject.Namespace, e.Subject.Name)
		}
	}
}

// grant gives a user what the roles of a scan have, but for what is lacking.
func (p *partial) grant(t *testing.T, c *real, user string) {
	t.Helper()
	var rules []rbacv1.PolicyRule
	for _, rule := range append(roleFile(t, "scan"), roleFile(t, "secrets")...) {
		rule.Resources = slices.DeleteFunc(rule.Resources, func(r string) bool {
			if slices.Contains(p.lacks, "*") || len(p.has) > 0 {
				return !slices.Contains(p.has, r)
			}
			return slices.Contains(p.lacks, r)
		})
		if len(rule.Resources) > 0 {
			rules = append(rules, rule)
		}
	}
	for _, ns := range p.namespaces {
		allow(t, c, user, ns, rules)
	}
	if len(p.namespaces) == 0 {
		allow(t, c, user, "", rules)
	}
	if len(p.everywhere) > 0 {
		groups := []string{"", "apps", "batch", "discovery.k8s.io"}
		allow(t, c, user, "", []rbacv1.PolicyRule{{APIGroups: groups, Resources: p.everywhere, Verbs: []string{"list"}}})
	}
}

// allow gives a user rights in a namespace; "" is everywhere.
func allow(t *testing.T, c *real, user, namespace string, rules []rbacv1.PolicyRule) {
	t.Helper()
	rbac := clients(t, c.kubeconfig).RbacV1()
	meta, create := metav1.ObjectMeta{Name: user}, metav1.CreateOptions{}
	var err error
	if namespace == "" {
		_, err = rbac.ClusterRoles().Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: rules}, create)
		if err == nil {
			_, err = rbac.ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: meta, RoleRef: roleRef("ClusterRole", user), Subjects: subject(user)}, create)
		}
	} else {
		_, err = rbac.Roles(namespace).Create(t.Context(), &rbacv1.Role{ObjectMeta: meta, Rules: rules}, create)
		if err == nil {
			_, err = rbac.RoleBindings(namespace).Create(t.Context(), &rbacv1.RoleBinding{ObjectMeta: meta, RoleRef: roleRef("Role", user), Subjects: subject(user)}, create)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// roleFile are the rules of a role as it stands in hack/deploy/roles.
func roleFile(t *testing.T, name string) []rbacv1.PolicyRule {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "deploy", "roles", name+".yaml")) //nolint:gosec // our own
	if err != nil {
		t.Fatal(err)
	}
	var role rbacv1.ClusterRole
	if err := yaml.UnmarshalStrict(data, &role); err != nil {
		t.Fatal(err)
	}
	return role.Rules
}
