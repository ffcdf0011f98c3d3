package kubelet

import (
	"net/http/httptest"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func crashing() *corev1.Pod {
	ended := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1}}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-1", Annotations: map[string]string{
			"fake.kubelet/log": "starting\nready\n", "fake.kubelet/previous-log.app": "one\ntwo\npanic: three",
			"fake.kubelet/previous-log.over": "panic: four",
		}},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{
			{Name: "app", LastTerminationState: ended, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}},
			{Name: "side", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}},
			{Name: "over", State: ended},
			{Name: "slow", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}}},
		}},
	}
}

func TestLogs(t *testing.T) {
	handler := Handler(fake.NewClientset(crashing()))
	for path, want := range map[string]struct {
		code int
		text string
	}{
		"/healthz":                      {200, "ok"},
		"/containerLogs/shop/web-1/app": {200, "starting\nready\n"},
		"/containerLogs/shop/web-1/app?previous=true":                      {200, "one\ntwo\npanic: three\n"},
		"/containerLogs/shop/web-1/app?previous=true&tailLines=1":          {200, "panic: three\n"},
		"/containerLogs/shop/web-1/app?tailLines=9&limitBytes=5":           {200, "start"},
		"/containerLogs/shop/web-1/side?previous=true":                     {400, `previous terminated container "side" in pod "web-1" not found`},
		"/containerLogs/shop/web-1/over":                                   {200, "panic: four\n"},
		"/containerLogs/shop/web-1/slow":                                   {400, `container "slow" in pod "web-1" is waiting to start: ContainerCreating`},
		"/containerLogs/shop/web-1/none":                                   {400, `container "none" in pod "web-1" is not available`},
		"/containerLogs/shop/web-2/app":                                    {404, `pods "web-2" not found`},
		"/containerLogs/shop/web-1/app?previous=true&tailLines=0":          {200, ""},
		"/containerLogs/shop/web-1/app?previous=true&limitBytes=100000000": {200, "one\ntwo\npanic: three\n"},
	} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest("GET", path, nil))
		if got := answer.Body.String(); answer.Code != want.code || strings.TrimSpace(got) != strings.TrimSpace(want.text) {
			t.Errorf("%s: %d %q, want %d %q", path, answer.Code, got, want.code, want.text)
		}
	}
}
