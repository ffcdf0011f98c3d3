package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The words of kubelets, as scripts for hack/cluster/stages/script.yaml.

type script []object

// says turns a script into the annotations of an app's pods. With an image the
// script is played by pods of that image only.
func (a *app) says(lines script) *app {
	raw, err := json.Marshal(lines)
	if err != nil {
		panic(err) // plain values only
	}
	a.play["fault"], a.play["script"] = "script", string(raw)
	return a
}

// only lets the script hold for one image: what a rollout brings.
func (a *app) only(image string) *app {
	a.play["fault-image"] = image
	return a
}

func actionsIn(text string) int {
	var all []json.RawMessage
	if text == "" || json.Unmarshal([]byte(text), &all) != nil {
		return 0
	}
	return len(all)
}

func warning(container, reason, message string, count int) object {
	return event("Warning", container, reason, message, count)
}

func normal(container, reason, message string, count int) object {
	return event("Normal", container, reason, message, count)
}

// event is one about a container, or about the pod when there is none. The
// name of an init container begins with "init:".
func event(kind, container, reason, message string, count int) object {
	e := object{"type": kind, "reason": reason, "message": message, "count": count}
	if name, ok := strings.CutPrefix(container, "init:"); ok {
		e["initContainer"] = name
	} else if container != "" {
		e["container"] = container
	}
	return object{"after": "60ms", "same": true, "event": e}
}

// first says how long ago the event of an action came for the first time.
func first(action object, ago string) object {
	part(action, "event")["first"] = ago
	return action
}

// after begins a new moment; what is said without it happens at once.
func after(d string, action object) object {
	action["after"] = d
	delete(action, "same")
	return action
}

// state is what becomes of one container, "*" of all.
func state(container string, fields object) object {
	list := "containers"
	if name, ok := strings.CutPrefix(container, "init:"); ok {
		list, container = "initContainers", name
	}
	return object{"after": "150ms", "same": true, list: object{container: fields}}
}

func waiting(container, reason, message string) object {
	w := object{"reason": reason}
	if message != "" {
		w["message"] = message
	}
	return state(container, object{"state": object{"waiting": w}, "ready": false})
}

func terminated(container string, code int, reason, message string) object {
	t := object{"exitCode": code, "reason": reason}
	if message != "" {
		t["message"] = message
	}
	return state(container, object{"state": object{"terminated": t}, "ready": false})
}

func running(container string) object {
	return state(container, object{"state": object{"running": object{"startedAt": "$NOW"}}, "ready": true})
}

func unready(container string) object {
	return state(container, object{"state": object{"running": object{"startedAt": "$NOW"}}, "ready": false})
}

// starts is the ordinary beginning of all containers.
func (a *app) starts() script {
	c := a.main()
	return script{
		after("400ms", normal(c, "Pulled", fmt.Sprintf("Container image %q already present on machine", a.image), 1)),
		normal(c, "Created", "Container created", 1), normal(c, "Started", "Container started", 1),
		state("*", object{"state": object{"running": object{"startedAt": "$NOW"}}, "ready": true}),
	}
}

// ends is how a container exits.
type ends struct {
	code            int
	reason, message string
}

// crashes lets a container exit in the ways of exits, one after the other; the
// last way goes on until there were so many restarts. In the end it waits.
func crashes(container string, restarts int, exits ...ends) script {
	var out script
	for i, e := range exits {
		if i > 0 {
			out = append(out, after("500ms", running(container)))
		}
		reason := e.reason
		if reason == "" {
			reason = "Error"
		}
		out = append(out, after("900ms", terminated(container, e.code, reason, e.message)))
	}
	last := exits[len(exits)-1]
	if last.reason == "" {
		last.reason = "Error"
	}
	again := running(container)
	for _, fields := range []string{"containers", "initContainers"} {
		for _, f := range part(again, fields) {
			f.(object)["restartCount"] = restarts
		}
	}
	out = append(out,
		after("700ms", warning(container, "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod $POD_$NAMESPACE($UID)", strings.TrimPrefix(container, "init:")), max(1, restarts))),
		after("300ms", again),
		after("1100ms", terminated(container, last.code, last.reason, last.message)),
		after("400ms", waiting(container, "CrashLoopBackOff", fmt.Sprintf("back-off %s restarting failed container=%s pod=$POD_$NAMESPACE($UID)", backOff(restarts), strings.TrimPrefix(container, "init:")))))
	return out
}

func backOff(restarts int) string {
	steps := []string{"10s", "20s", "40s", "1m20s", "2m40s", "5m0s"}
	return steps[min(max(restarts-1, 0), len(steps)-1)]
}

// join puts scripts one behind the other.
func join(parts ...script) script {
	var out script
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
