package player

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
)

func TestExpand(t *testing.T) {
	p := &Player{client: fake.NewClientset(&corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "vcs", Name: "vcs-service"},
		Spec:       corev1.ServiceSpec{ClusterIP: "10.96.0.7"},
	})}
	value := map[string]any{"list": []any{map[string]any{"text": "dial $(clusterIP vcs/vcs-service):80, twice $(clusterIP vcs/vcs-service)"}}, "at": "$(ago 2h)"}
	if err := p.expandAll(t.Context(), value); err != nil {
		t.Fatal(err)
	}
	if got := value["list"].([]any)[0].(map[string]any)["text"]; got != "dial 10.96.0.7:80, twice 10.96.0.7" {
		t.Errorf("got %q", got)
	}
	at, err := time.Parse(time.RFC3339, value["at"].(string))
	if err != nil || time.Since(at) < 2*time.Hour || time.Since(at) > 3*time.Hour {
		t.Errorf("got %v, %v", at, err)
	}
	if _, err := p.expand(t.Context(), "$(clusterIP vcs/gone)"); err == nil {
		t.Error("a Service that is not there gives no error")
	}
}

func TestMatches(t *testing.T) {
	pod := &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodRunning, Reason: "Evicted", ContainerStatuses: []corev1.ContainerStatus{{
		RestartCount: 3, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
	}}}}
	yes, no, three, four := true, false, int32(3), int32(4)
	for name, test := range map[string]struct {
		want  scenario.PodCount
		match bool
	}{
		"anything":      {scenario.PodCount{}, true},
		"phase":         {scenario.PodCount{Phase: "Running"}, true},
		"other phase":   {scenario.PodCount{Phase: "Failed"}, false},
		"reason":        {scenario.PodCount{Reason: "Evicted"}, true},
		"other reason":  {scenario.PodCount{Reason: "NodeLost"}, false},
		"ready":         {scenario.PodCount{Ready: &yes}, false},
		"not ready":     {scenario.PodCount{Ready: &no}, true},
		"waiting":       {scenario.PodCount{Waiting: []string{"ErrImagePull", "CrashLoopBackOff"}}, true},
		"other waiting": {scenario.PodCount{Waiting: []string{"ErrImagePull"}}, false},
		"restarts":      {scenario.PodCount{Restarts: &three}, true},
		"more restarts": {scenario.PodCount{Restarts: &four}, false},
	} {
		if got := matches(pod, &test.want); got != test.match {
			t.Errorf("%s: got %v, want %v", name, got, test.match)
		}
	}
}

func TestPlayNamesScenarioAndStep(t *testing.T) {
	p := &Player{client: fake.NewClientset(), tell: func(string, ...any) {}}
	three := 3
	s := &scenario.Scenario{Name: "sample", Steps: []scenario.Step{
		{Delay: &metav1.Duration{Duration: time.Millisecond}},
		{Timeout: &metav1.Duration{Duration: 10 * time.Millisecond}, Wait: &scenario.Wait{Pods: &scenario.PodCount{Exactly: &three}}},
	}}
	err := p.Play(t.Context(), s)
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"scenario sample, step 2 of 2", "gave up after 10ms", "0 of 0 pods match, want exactly 3"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
}

func TestUntilStopsAtHopelessErrors(t *testing.T) {
	hopeless, calls := errors.New("hopeless"), 0
	err := until(context.Background(), func() (string, error) {
		calls++
		return "", &permanentError{hopeless}
	})
	if !errors.Is(err, hopeless) || calls != 1 {
		t.Errorf("got %v after %d calls", err, calls)
	}
}
