package stages

import (
	"encoding/json"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kwok/pkg/utils/gotpl"
)

// plays renders one step of a stage for a pod or node.
func plays(t *testing.T, step, object string) []byte {
	t.Helper()
	renderer := gotpl.NewRenderer(gotpl.FuncMap{"PodIPWith": func(...any) string { return "10.0.0.3" }})
	_, text, _ := strings.Cut(step, "template: |\n")
	var data map[string]any
	if err := json.Unmarshal([]byte(object), &data); err != nil {
		t.Fatal(err)
	}
	out, err := renderer.ToJSON(strings.ReplaceAll(text, "\n        ", "\n"), data)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const scriptedPod = `{"metadata": {"name": "web-1", "namespace": "shop", "uid": "0184", "generation": 1, "resourceVersion": "5",
	"annotations": {"fake.kubelet/step": "1", "fake.kubelet/script": "[{},ACTION]"}},
	"spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "example.org/app:v1"}, {"name": "side", "image": "example.org/side:v1"}]},
	"status": {"phase": "Pending", "startTime": "2026-01-01T00:00:00Z",
		"conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:00:00Z"}],
		"containerStatuses": [
			{"name": "app", "image": "example.org/app:v1", "restartCount": 2, "ready": false, "containerID": "containerd://old", "state": {"terminated": {"exitCode": 3, "reason": "Error", "finishedAt": "2026-01-01T00:00:09Z"}}},
			{"name": "side", "image": "example.org/side:v1", "restartCount": 0, "ready": true, "containerID": "containerd://side", "state": {"running": {"startedAt": "2026-01-01T00:00:01Z"}}}]}}`

func scripted(t *testing.T, action string) (status corev1.PodStatus, step string) {
	t.Helper()
	quoted := strings.ReplaceAll(action, `"`, `\"`)
	var patch struct {
		Metadata struct{ Annotations map[string]string }
		Status   corev1.PodStatus
	}
	if err := json.Unmarshal(plays(t, scriptStatus(), strings.Replace(scriptedPod, "ACTION", quoted, 1)), &patch); err != nil {
		t.Fatal(err)
	}
	return patch.Status, patch.Metadata.Annotations["fake.kubelet/step"]
}

// TestScriptRestarts: what a kubelet concludes itself need not be said.
func TestScriptRestarts(t *testing.T) {
	status, step := scripted(t, `{"containers":{"app":{"ready":true,"state":{"running":{"startedAt":"$NOW"}}}}}`)
	app, side := status.ContainerStatuses[0], status.ContainerStatuses[1]
	if step != "2" || status.Phase != corev1.PodRunning {
		t.Errorf("step %s, phase %s", step, status.Phase)
	}
	if app.RestartCount != 3 || app.LastTerminationState.Terminated == nil || app.LastTerminationState.Terminated.ExitCode != 3 || app.State.Running == nil || app.State.Terminated != nil {
		t.Errorf("app %+v", app)
	}
	if side.ContainerID == "" || !side.Ready || side.RestartCount != 0 {
		t.Errorf("the other container did not stay as it was: %+v", side)
	}
	for _, c := range status.Conditions {
		if c.Type == corev1.PodReady && c.Status != corev1.ConditionTrue {
			t.Errorf("condition %+v", c)
		}
	}
}

func TestScriptWaits(t *testing.T) {
	status, _ := scripted(t, `{"containers":{"app":{"ready":false,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"of $POD_$NAMESPACE($UID)"}}}}}`)
	app := status.ContainerStatuses[0]
	if app.State.Waiting == nil || app.State.Waiting.Message != "of web-1_shop(0184)" || app.RestartCount != 2 || app.LastTerminationState.Terminated == nil {
		t.Errorf("app %+v", app)
	}
	for _, c := range status.Conditions {
		if c.Type == corev1.PodReady && (c.Status != corev1.ConditionFalse || c.Message != "containers with unready status: [app]" || c.LastTransitionTime.Year() != 2026) {
			t.Errorf("condition %+v", c)
		}
	}
}

func TestScriptFails(t *testing.T) {
	status, _ := scripted(t, `{"forget":true,"status":{"phase":"Failed","reason":"Evicted","message":"m","conditions":[{"type":"DisruptionTarget","status":"True","reason":"TerminationByKubelet"}]}}`)
	if status.Phase != corev1.PodFailed || status.Reason != "Evicted" || len(status.ContainerStatuses) != 0 {
		t.Errorf("status %+v", status)
	}
	found := map[corev1.PodConditionType]string{}
	for _, c := range status.Conditions {
		found[c.Type] = string(c.Status) + c.Reason
	}
	if found["Ready"] != "FalsePodFailed" || found["DisruptionTarget"] != "TrueTerminationByKubelet" {
		t.Errorf("conditions %v", found)
	}
}

func TestScriptEvents(t *testing.T) {
	for name, test := range map[string]struct{ event, field, first string }{
		"of a container":      {`{"reason":"Failed","message":"$IMAGE on $NODE","container":"app"}`, "spec.containers{app}", ""},
		"of an init one":      {`{"reason":"Failed","message":"$IMAGE on $NODE","initContainer":"wait","count":4}`, "spec.initContainers{wait}", ""},
		"not before its time": {`{"reason":"Failed","message":"$IMAGE on $NODE","count":4,"first":"99999h"}`, "", "2026-01-01 00:00:00 +0000 UTC"},
	} {
		var event corev1.Event
		action := strings.ReplaceAll(`{"event":`+test.event+`}`, `"`, `\"`)
		if err := json.Unmarshal(plays(t, scriptEvent(), strings.Replace(scriptedPod, "ACTION", action, 1)), &event); err != nil {
			t.Fatal(err)
		}
		if event.Message != "example.org/app:v1 on node-1" || event.InvolvedObject.FieldPath != test.field || event.Type != "Warning" || event.Source.Host != "node-1" {
			t.Errorf("%s: %+v", name, event)
		}
		if event.FirstTimestamp.After(event.LastTimestamp.Time) || test.first != "" && event.FirstTimestamp.UTC().String() != test.first {
			t.Errorf("%s: first %s, last %s", name, event.FirstTimestamp, event.LastTimestamp)
		}
	}
}
