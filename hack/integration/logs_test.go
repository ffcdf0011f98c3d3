package integration

import (
	"context"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// logsOfKubelet reads a log through the API server from a (simulated) kubelet:
// the run that ended says why, where the termination message does not.
func logsOfKubelet(t *testing.T, c *real) {
	config, err := clientcmd.BuildConfigFromFlags("", c.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client := kubernetes.NewForConfigOrDie(config)
	silentCrash(t, client, "starting\nFATAL: password authentication failed for user \"app\", password=hunter2\n")
	if r := c.report(t, "-n", "default"); len(r.Patterns) == 0 || strings.Contains(r.Patterns[0].Title, "log in") {
		t.Errorf("without --logs: %s", titles(roots(r)))
	}
	waitsToRestart(t, client)
	p := find(t, c.report(t, "-n", "default", "--logs"), "credentials", "rejected")
	if !strings.Contains(p.Title, "app") {
		t.Errorf("title %q", p.Title)
	}
	found := false
	for _, e := range p.Evidence {
		found = found || (e.Source == "log" && strings.Contains(e.Text, "password=***"))
	}
	if !found {
		t.Errorf("no masked evidence from the log: %+v", p.Evidence)
	}
	logsForbidden(t, c, client)
}

// silentCrash makes a pod that ends again and again without a message but for
// what it logs, and waits until it has.
func silentCrash(t *testing.T, client kubernetes.Interface, log string) {
	t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "silent", Annotations: map[string]string{
			"fake.kubelet/fault": "crash", "fake.kubelet/exit-code": "1", "fake.kubelet/previous-log": log, "fake.kubelet/log": "starting",
		}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "ghcr.io/acme-shop/silent:v1"}}},
	}
	if _, err := client.CoreV1().Pods("default").Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	waitsToRestart(t, client)
}

// waitsToRestart returns when the pod of silentCrash is between two runs. Only
// there it is certain which run the log is of: a container that has just ended
// may run again by the time that its log is asked for.
func waitsToRestart(t *testing.T, client kubernetes.Interface) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), time.Second/4, 2*time.Minute, true, func(ctx context.Context) (bool, error) {
		p, err := client.CoreV1().Pods("default").Get(ctx, "silent", metav1.GetOptions{})
		if err != nil || len(p.Status.ContainerStatuses) == 0 {
			return false, nil //nolint:nilerr // asked again
		}
		waiting := p.Status.ContainerStatuses[0].State.Waiting
		return waiting != nil && waiting.Reason == "CrashLoopBackOff", nil
	})
	if err != nil {
		t.Fatalf("the pod does not crash: %v", err)
	}
}

// logsForbidden scans as somebody who may list everything and read no log.
func logsForbidden(t *testing.T, c *real, client kubernetes.Interface) {
	t.Helper()
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "lister"},
		Rules: []rbacv1.PolicyRule{{APIGroups: []string{"*"}, Resources: []string{"pods", "events", "nodes", "services", "namespaces"}, Verbs: []string{"get", "list"}}}}
	if _, err := client.RbacV1().ClusterRoles().Create(t.Context(), role, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	bind(t, c, "lister", "lister")
	out, errOut, code := c.run(t, "-n", "default", "--logs", "--as", "lister")
	words := strings.Join(strings.Fields(out), " ") // whatever the width
	if code != 0 || !strings.Contains(words, "pods/log: forbidden") || !strings.Contains(words, `resources: ["pods/log"], verbs: ["get"]`) {
		t.Errorf("exit code %d, %s\n%s", code, errOut, out)
	}
}
