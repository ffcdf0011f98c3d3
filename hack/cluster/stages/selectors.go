package stages

import (
	"fmt"
	"strings"
)

// The jq expressions that stages select by.
const (
	jqDeleted    = `.metadata.deletionTimestamp`
	jqPhase      = `.status.phase`
	jqWaiting    = `.status.containerStatuses[0].state.waiting.reason`
	jqRunning    = `.status.containerStatuses[0].state.running.startedAt`
	jqTerminated = `.status.containerStatuses[0].state.terminated.finishedAt`
	jqReady      = `.status.conditions[]? | select(.type == "Ready") | .status`
	jqRestarts   = `.status.containerStatuses[0].restartCount`
	jqOwner      = `.metadata.ownerReferences[]?.kind`
)

// named maps the short names of the stage files to expressions. Anything else
// is an annotation.
func named(name string) string {
	switch name {
	case "deleted":
		return jqDeleted
	case "phase":
		return jqPhase
	case "waiting":
		return jqWaiting
	case "running":
		return jqRunning
	case "terminated":
		return jqTerminated
	case "ready":
		return jqReady
	case "restarts":
		return jqRestarts + ` | tostring` // kwok compares texts only
	case "owner":
		return jqOwner
	case "healed":
		// True once there were as many restarts as the annotation allows.
		return jqRestarts + ` >= (` + annotation("restarts") + ` // "1000000" | tonumber)`
	case "action":
		return jqActionKind
	case "waiting-or-started":
		return `.status.startTime`
	case "recovered":
		return `(` + annotation("probe-failures") + ` // "0" | tonumber) >= (` + annotation("probe-limit") + ` // "1000000" | tonumber)`
	case "memory-pressure-now", "disk-pressure-now":
		kind := map[string]string{"memory-pressure-now": "MemoryPressure", "disk-pressure-now": "DiskPressure"}[name]
		return fmt.Sprintf(`.status.conditions[]? | select(.type == %q) | .status`, kind)
	}
	return annotation(name)
}

func annotation(name string) string {
	return fmt.Sprintf(`.metadata.annotations[%q]`, Prefix+name)
}

func ref(kind string) string {
	return "  resourceRef: {apiGroup: v1, kind: " + kind + "}"
}

func requirement(key, operator string, values []string) string {
	text := fmt.Sprintf("    - key: '%s'\n      operator: %s", key, operator)
	if len(values) > 0 {
		text += "\n      values: ['" + strings.Join(values, "', '") + "']"
	}
	return text
}

func when(name string, values ...string) string { return requirement(named(name), "In", values) }

func unless(name string, values ...string) string { return requirement(named(name), "NotIn", values) }

func has(name string) string { return requirement(named(name), "Exists", nil) }

func lacks(name string) string { return requirement(named(name), "DoesNotExist", nil) }

// fault selects pods by what is wrong with them: "none", or the annotation
// fault. With the annotation fault-image it only holds for that image: so a
// rollout brings the fault, and nothing but the image changes in the template.
func fault(kinds ...string) string {
	key := fmt.Sprintf(`if (%[1]s // .spec.containers[0].image) == .spec.containers[0].image then %[2]s // "none" else "none" end`,
		annotation("fault-image"), annotation("fault"))
	return requirement(key, "In", kinds)
}

// delay takes the duration from an annotation, or one between two numbers of
// milliseconds that differs from pod to pod (but is the same each time).
func delay(name string, least, most int) string {
	return delayFrom(fmt.Sprintf(`%s // ((.metadata.uid | explode | add) * 7 %% %d + %d | "\(.)ms")`, annotation(name), most-least, least))
}

func delayFrom(expression string) string {
	return "  delay:\n    durationFrom: {jq: {expression: '" + expression + "'}}"
}
