package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestRollout(t *testing.T) {
	for _, args := range [][]string{{"deployment/payments"}, {"deploy", "payments", "-n", "shop"}, {"deployments.apps/payments"}, {"Deployment.v1.apps/payments"}} {
		r := scan(t, append(append([]string{"rollout"}, args...), "-f", recording("rollout-dependants"))...)
		v := r.Rollout
		if v == nil || v.Kind != "Deployment" || v.Namespace != "shop" || v.State != "complete" {
			t.Fatalf("%v: %+v", args, v)
		}
		var who []string
		for _, d := range v.Dependants {
			who = append(who, d.Workload.Name)
			if d.Class != "observed" || d.LagSeconds < 20 || d.How == "" {
				t.Errorf("%+v", d)
			}
		}
		if !slices.Equal(who, []string{"checkout", "orders"}) || len(v.Unrelated) != 0 {
			t.Errorf("%v: dependants %v, unrelated %v", args, who, v.Unrelated)
		}
		if !v.Revisions[0].Current || !strings.Contains(v.Revisions[0].What, "image") || v.Revisions[0].By == "" {
			t.Errorf("%+v", v.Revisions[0])
		}
		if len(r.Patterns) != 3 {
			t.Errorf("%d patterns around it", len(r.Patterns))
		}
	}
}

// TestRolloutReachesOtherNamespaces: -n says where the workload is, not whose
// failures are told.
func TestRolloutReachesOtherNamespaces(t *testing.T) {
	v := scan(t, "rollout", "deploy/aggregator", "-n", "search", "-f", recording("rollout-cascade-refused")).Rollout
	var where []string
	for _, d := range v.Dependants {
		where = append(where, d.Workload.Namespace)
	}
	if !slices.Contains(where, "policies-production") || !slices.Contains(where, "search") {
		t.Errorf("dependants in %v", where)
	}
}

func TestRolloutTellsTheSameTroubleApart(t *testing.T) {
	v := scan(t, "rollout", "deploy/bidder", "-f", recording("registry-auth")).Rollout
	if len(v.Alike) != 2 || !strings.HasPrefix(v.Alike[0].Pattern, "image-pull-auth-") {
		t.Errorf("alike %+v", v.Alike)
	}
	if len(v.Unrelated) != 1 || v.Unrelated[0].Workload.Name != "frontend" {
		t.Errorf("unrelated %+v", v.Unrelated)
	}
	if rev := v.Revisions; len(rev) != 2 || rev[0].Failing != 1 || rev[0].Pods != 1 || rev[1].Healthy != 3 || rev[1].Failing != 0 {
		t.Errorf("revisions %+v", rev)
	}
}

func TestRolloutsThatAreNone(t *testing.T) {
	registry := recording("registry-auth")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"rollout"}, exitUsage, "such as 'kubectl patterns rollout deployment/payments'; kinds: deployment (deploy)"},
		{[]string{"rollout", "deploy"}, exitUsage, "needs a name behind the kind, such as 'kubectl patterns rollout deploy/payments'"},
		{[]string{"rollout", "sts/"}, exitUsage, "needs a name behind the kind"},
		{[]string{"rollout", "payments"}, exitUsage, "needs the kind before the name, such as 'kubectl patterns rollout deployment/payments'"},
		{[]string{"rollout", "deploy/a/b"}, exitUsage, "rollout needs one workload"},
		{[]string{"rollout", "a", "b", "c"}, exitUsage, "rollout needs one workload"},
		{[]string{"rollout", "job/x"}, exitUsage, `"job" has no rollouts: must be deployment (deploy)`},
		{[]string{"rollout", "deploy/x", "-A"}, exitUsage, "say with -n where it is"},
		{[]string{"rollout", "deploy/x", "-l", "a=b", "-f", registry}, exitUsage, "--selector"},
		{[]string{"rollout", "deploy/nope", "-f", registry}, exitFailed, `deployment "nope" does not exist`},
		{[]string{"rollout", "deploy/bidder", "-n", "crm", "-f", registry}, exitFailed, `deployment "bidder" does not exist in namespace "crm"; did you mean deployment/bidder -n ads?`},
		{[]string{"rollout", "sts/bidder", "-f", registry}, exitFailed, `statefulset "bidder" does not exist; did you mean deployment/bidder -n ads?`},
		{[]string{"rollout", "deploy/biddr", "-f", registry}, exitFailed, `deployment "biddr" does not exist; did you mean deployment/bidder -n ads?`},
	} {
		t.Setenv("KUBECONFIG", "/dev/null")
		out, errOut, code := run(t, "", c.args...)
		if code != c.code || out != "" || !strings.Contains(errOut, c.says) {
			t.Errorf("%v: exit code %d, %q, %q", c.args, code, out, errOut)
		}
	}
}

func TestLocateAsksWhereSeveralAre(t *testing.T) {
	s := cluster.New(cluster.Parts{Workloads: []cluster.Workload{
		{Ref: cluster.Ref{Kind: "Deployment", Namespace: "a", Name: "web"}}, {Ref: cluster.Ref{Kind: "Deployment", Namespace: "b", Name: "web"}},
		{Ref: cluster.Ref{Kind: "DaemonSet", Namespace: "b", Name: "agent"}}}})
	if _, err := locate(s, cluster.Ref{Kind: "Deployment", Name: "web"}); err == nil || !strings.Contains(err.Error(), "a and b") {
		t.Errorf("%v", err)
	}
	if got, err := locate(s, cluster.Ref{Kind: "DaemonSet", Name: "agent"}); err != nil || got.Namespace != "b" {
		t.Errorf("%v, %v", got, err)
	}
}
