package integration

import (
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// viewer scans with the built-in role view, which grants neither nodes nor
// Secrets: the rest goes on, and what is missing is named.
func viewer(t *testing.T, c *real) {
	bind(t, c, "watcher", "view")
	out, errOut, code := c.run(t, "-A", "--as", "watcher")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut)
	}
	for _, want := range []string{"nodes: forbidden", "node-pressure, node-failure, gradual (without nodes)", `resources: ["nodes"]`} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) { // whatever the width
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
	if !strings.Contains(errOut, "not everything could be read") || strings.Count(errOut, "\n") != 1 {
		t.Errorf("standard error must warn in one line, not:\n%s", errOut)
	}
	if _, errOut, code := c.run(t, "-A", "--as", "nobody"); code != 1 || !strings.Contains(errOut, "pods could not be read: forbidden") {
		t.Errorf("without any right: exit code %d, %s", code, errOut)
	}
}

func bind(t *testing.T, c *real, user, role string) {
	t.Helper()
	_, err := clients(t, c.kubeconfig).RbacV1().ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: user}, RoleRef: roleRef("ClusterRole", role), Subjects: subject(user),
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// wrongQuestions must give one clear line each, and the right exit code.
func wrongQuestions(t *testing.T, c *real) {
	for _, q := range []struct {
		args string
		code int
		says string
	}{
		{"-n no-such-namespace", 1, `namespace "no-such-namespace" does not exist`},
		{"node no-such-node", 1, `node "no-such-node" does not exist`},
		{"--no-such-flag", 2, "unknown flag: --no-such-flag"},
		{"nod", 2, `did you mean "node"?`},
		{"-o html5", 2, "must be one of"},
		{"-A --server https://127.0.0.1:9 --request-timeout 5s", 1, "cannot read the cluster at https://127.0.0.1:9"},
		{"-A --context no-such-context", 1, "no-such-context"},
	} {
		t.Run(q.args, func(t *testing.T) {
			out, errOut, code := c.run(t, strings.Fields(q.args)...)
			if code != q.code || !strings.Contains(errOut, q.says) || out != "" {
				t.Errorf("exit code %d, standard error %q, standard output %q", code, errOut, out)
			}
			if lines := strings.Count(errOut, "\n"); lines > 2 {
				t.Errorf("%d lines for one mistake:\n%s", lines, errOut)
			}
		})
	}
}
