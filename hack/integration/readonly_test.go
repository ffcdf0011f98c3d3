package integration

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// auditPolicy has everything that is asked for written down, and what is
// answered to questions for Secrets.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: RequestResponse
  resources: [{group: "", resources: [secrets]}]
- level: Metadata
`

// audited is one event of the API server's audit log (audit.k8s.io/v1).
type audited struct {
	Verb             string
	RequestURI       string
	ImpersonatedUser *struct{ Username string }
	ObjectRef        struct{ Resource, Subresource, APIGroup, Namespace, Name string }
	ResponseObject   json.RawMessage
}

// TestReadOnly runs every command against an API server that writes down what
// it is asked for, with the rights of hack/deploy/roles and no others: nothing
// but get, list and watch is asked for, nothing is refused, and no answer holds
// data of a Secret.
func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	policy, log := filepath.Join(dir, "policy.yaml"), filepath.Join(dir, "audit.log")
	if err := os.WriteFile(policy, []byte(auditPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	c := start(t, "registry-auth", "--api-arg", "--audit-policy-file="+policy, "--api-arg", "--audit-log-path="+log)
	grantFiles(t, c, "reader", "", "scan", "secrets", "logs", "metrics")
	grantFiles(t, c, "default", "", "scan")
	grantFiles(t, c, "narrow", "core", "scan-namespace")
	bind(t, c, "viewer", "view")
	grantRecorder(t, c)

	t.Run("commands", func(t *testing.T) { everyCommandReads(t, c, dir) })
	t.Run("default role", func(t *testing.T) { noGap(t, c, "-A", "--no-secrets", "--as", "default") })
	t.Run("one namespace", func(t *testing.T) { narrowRights(t, c) })
	t.Run("auth", func(t *testing.T) { authTells(t, c) })
	t.Run("audit", func(t *testing.T) { auditIsClean(t, log) })
}

func everyCommandReads(t *testing.T, c *real, dir string) {
	out, _, _ := c.run(t, "-A", "-o", "json", "--as", "reader")
	var rep struct {
		Patterns []struct {
			ID       string
			Affected []struct {
				Namespace string
				Workload  struct{ Kind, Name string }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &rep); err != nil || len(rep.Patterns) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	noGap(t, c, "-A", "--as", "reader")
	first := rep.Patterns[0].Affected[0]
	namespace, workload := first.Namespace, first.Workload
	nodes, _, _ := c.run(t, "__complete", "node", "--as", "reader", "")
	node, _, _ := strings.Cut(nodes, "\n")
	history := filepath.Join(dir, "history.db")
	for _, args := range [][]string{
		{"-A", "--logs", "--config-values"}, {"-A", "--metrics"}, {"-n", namespace, "-o", "wide"}, {"-A", "-o", "html"},
		{"-A", "--save", filepath.Join(dir, "save.tgz")}, {"-A", "--evidence-dir", filepath.Join(dir, "evidence")},
		{"node", node}, {"explain", rep.Patterns[0].ID, "-A"}, {"matrix", "-A"}, {"timeline", "-A"},
		{"rollout", strings.ToLower(workload.Kind) + "/" + workload.Name, "-n", namespace},
		{"snapshot", filepath.Join(dir, "snapshot.tgz"), "-A"}, {"auth", "-A"}, {"version"}, {"detectors"},
	} {
		if out, errOut, code := c.run(t, append(args, "--as", "reader")...); code != 0 || out == "" && args[0] != "snapshot" {
			t.Errorf("%v: exit code %d: %s", args, code, errOut)
		}
	}
	if _, errOut, code := c.run(t, "record", "--once", "-A", "--history", history, "--as", "recorder"); code != 0 {
		t.Errorf("record: exit code %d: %s", code, errOut)
	}
	for _, args := range [][]string{{"-A"}, {"diff", filepath.Join(dir, "snapshot.tgz"), "-A"}} {
		if _, errOut, code := c.run(t, append(args, "--history", history, "--as", "reader")...); code != 0 {
			t.Errorf("with a history, %v: exit code %d: %s", args, code, errOut)
		}
	}
}

// noGap: with exactly the rights of the roles nothing is missing.
func noGap(t *testing.T, c *real, args ...string) {
	t.Helper()
	for _, s := range c.report(t, args...).Sources {
		if s.Gap != "" {
			t.Errorf("%v: %s: %s", args, s.Resource, s.Gap)
		}
	}
}

// narrowRights: with rights in one namespace it is scanned, even where all were
// asked for and namespaces may not be listed; what is left out is named.
func narrowRights(t *testing.T, c *real) {
	for _, args := range [][]string{{"-n", "core"}, {"-A", "--namespace", "core"}} {
		out, errOut, code := c.run(t, append(args, "--as", "narrow", "--no-secrets")...)
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, errOut)
		}
		flat := strings.Join(strings.Fields(out), " ")
		if !strings.Contains(flat, "nodes: forbidden") || !strings.Contains(flat, "image") {
			t.Errorf("%v:\n%s", args, out)
		}
		if args[0] == "-A" && !strings.Contains(flat, "forbidden but in 1 of 1 namespaces: core") {
			t.Errorf("what was left out must be named:\n%s", out)
		}
	}
}

func authTells(t *testing.T, c *real) {
	out, errOut, code := c.run(t, "auth", "-A", "--as", "viewer")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	flat := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{"a scan missing: nodes (list)", "--logs granted", "cpu-throttling not without metrics", "resources: [secrets]",
		"# it lets its holder read the data of every Secret", "# it lets its holder run commands in every container"} {
		if !strings.Contains(flat, want) {
			t.Errorf("auth lacks %q:\n%s", want, out)
		}
	}
	if out, _, code := c.run(t, "auth", "-A", "--as", "reader"); code != 0 || !strings.Contains(out, "All detectors can judge.") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

func auditIsClean(t *testing.T, log string) {
	f, err := os.Open(log) //nolint:gosec // our own
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines, events, secrets := bufio.NewScanner(f), map[string]int{}, 0
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e audited
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		if e.ImpersonatedUser == nil {
			continue // the cluster's own programs
		}
		events[e.ImpersonatedUser.Username]++
		asks := e.Verb == "create" && slices.Contains([]string{"selfsubjectaccessreviews", "selfsubjectrulesreviews"}, e.ObjectRef.Resource)
		if !asks && !slices.Contains([]string{"get", "list", "watch"}, e.Verb) {
			t.Errorf("%s %s", e.Verb, e.RequestURI)
		}
		if e.ObjectRef.Resource == "secrets" && len(e.ResponseObject) > 0 {
			secrets++
			holdsNoData(t, e)
		}
	}
	if err := lines.Err(); err != nil || events["reader"] < 100 || events["recorder"] < 10 || events["narrow"] < 10 || secrets == 0 {
		t.Errorf("%v: %v events, %d answers about Secrets", err, events, secrets)
	}
}

// holdsNoData looks at an answer about Secrets. A refusal is a Status.
func holdsNoData(t *testing.T, e audited) {
	t.Helper()
	var answer struct {
		Kind  string
		Items []map[string]json.RawMessage
	}
	if err := json.Unmarshal(e.ResponseObject, &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Kind != "PartialObjectMetadataList" && answer.Kind != "Status" {
		t.Errorf("%s is answered with a %s", e.RequestURI, answer.Kind)
	}
	for _, item := range answer.Items {
		if item["data"] != nil || item["stringData"] != nil {
			t.Errorf("%s is answered with data", e.RequestURI)
		}
	}
}

// grantFiles binds a user to roles as they stand in hack/deploy/roles.
func grantFiles(t *testing.T, c *real, user, namespace string, files ...string) {
	t.Helper()
	rbac := clients(t, c.kubeconfig).RbacV1()
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join("..", "deploy", "roles", file+".yaml")) //nolint:gosec // our own
		if err != nil {
			t.Fatal(err)
		}
		var role rbacv1.ClusterRole // a Role has the same fields
		if err := yaml.UnmarshalStrict(data, &role); err != nil {
			t.Fatal(err)
		}
		name := user + "-" + file
		if namespace == "" {
			_, err = rbac.ClusterRoles().Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: role.Rules}, metav1.CreateOptions{})
			if err == nil {
				_, err = rbac.ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name},
					RoleRef: roleRef("ClusterRole", name), Subjects: subject(user)}, metav1.CreateOptions{})
			}
		} else {
			_, err = rbac.Roles(namespace).Create(t.Context(), &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: role.Rules}, metav1.CreateOptions{})
			if err == nil {
				_, err = rbac.RoleBindings(namespace).Create(t.Context(), &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name},
					RoleRef: roleRef("Role", name), Subjects: subject(user)}, metav1.CreateOptions{})
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func roleRef(kind, name string) rbacv1.RoleRef {
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: name}
}

func subject(user string) []rbacv1.Subject {
	return []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: user}}
}
