package stages

import (
	"encoding/json"
	"testing"

	"sigs.k8s.io/kwok/pkg/apis/v1alpha1"
	"sigs.k8s.io/kwok/pkg/utils/gotpl"
	"sigs.k8s.io/yaml"
)

// samples are objects in the states that stages act on.
var samples = map[string][]string{
	"Pod": {
		`{status: {phase: Pending}}`,
		`{status: {phase: Pending, startTime: "2026-01-01T00:00:00Z", containerStatuses: [{name: app, restartCount: 0, state: {waiting: {reason: ContainerCreating}}}]}}`,
		`{status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: app, restartCount: 0, containerID: x, state: {running: {startedAt: "2026-01-01T00:00:00Z"}}}, {name: side, restartCount: 0}]}}`,
		`{status: {phase: Running, containerStatuses: [{name: app, restartCount: 7, containerID: x, state: {terminated: {exitCode: 1}}}]}}`,
		`{status: {phase: Running, containerStatuses: [{name: app, restartCount: 1, containerID: x, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]}}`,
	},
	"Node": {`{metadata: {labels: {}}, status: {conditions: [{type: Ready, status: "True"}]}}`},
}

const object = `{
metadata: {name: sample, namespace: ns, uid: 018472c9, generation: 1, resourceVersion: "5", annotations: {fake.kubelet/pulls: "3", fake.kubelet/mount-error: e, fake.kubelet/message: 'say "no"', fake.kubelet/evict-keeps-containers: "true",
  fake.kubelet/reject: OutOfcpu, fake.kubelet/reject-message: m, fake.kubelet/resources: "nvidia.com/gpu=2",
  fake.kubelet/script: '[{"event":{"reason":"Failed","message":"of $IMAGE on $NODE","container":"app","first":"5s","count":3},"containers":{"app":{"state":{"running":{"startedAt":"$NOW"}},"restartCount":2}},"conditions":[{"type":"Ready","status":"False","reason":"KubeletNotReady"}]}]'}},
spec: {nodeName: node, containers: [{name: app, image: "gcr.io/acme-dev/app:v1", resources: {requests: {ephemeral-storage: 1Gi}}}, {name: side, image: "side@sha256:00"}]}}`

// TestTemplatesRender renders every step of every stage for every sample: that
// a template fails is otherwise only seen in kwok's log.
func TestTemplatesRender(t *testing.T) {
	renderer := gotpl.NewRenderer(gotpl.FuncMap{
		"NodeIPWith": func(string) string { return "10.0.0.2" },
		"PodIPWith":  func(...any) string { return "10.0.0.3" },
		"NodePort":   func() int { return 10250 },
	})
	for _, stage := range decode(t) {
		for _, sample := range samples[stage.Spec.ResourceRef.Kind] {
			data := merged(t, sample)
			for i, step := range stage.Spec.Steps {
				text := templateOf(step)
				if text == "" {
					continue
				}
				if _, err := renderer.ToJSON(text, data); err != nil && matchesState(stage.Name, sample) {
					t.Errorf("stage %s, step %d, sample %s: %v", stage.Name, i, sample, err)
				}
			}
		}
	}
}

// matchesState leaves out what cannot happen: a restart needs an end.
func matchesState(stage, sample string) bool {
	const terminated, backOff = `{status: {phase: Running, containerStatuses: [{name: app, restartCount: 7`, `{status: {phase: Running, containerStatuses: [{name: app, restartCount: 1`
	switch stage {
	case "crash-restart-at-once", "crash-back-off":
		return sample[:len(terminated)] == terminated
	case "crash-restart":
		return sample[:min(len(backOff), len(sample))] == backOff
	}
	return true
}

func templateOf(step v1alpha1.StageStep) string {
	switch {
	case step.Apply != nil:
		return step.Apply.Template
	case step.Patch != nil:
		return step.Patch.Template
	}
	return ""
}

func merged(t *testing.T, sample string) map[string]any {
	t.Helper()
	result := map[string]any{}
	for _, text := range []string{object, sample} {
		part, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(part, &fields); err != nil {
			t.Fatal(err)
		}
		for key, value := range fields {
			if _, taken := result[key]; taken {
				continue
			}
			result[key] = value
		}
	}
	return result
}
