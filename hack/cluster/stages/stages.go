// Package stages holds the behaviour of the simulated kubelets: stages of kwok,
// chosen and parametrised by annotations (see README.md).
//
// The files are templates of stages, because much of a stage is the same
// everywhere: an event alone takes twenty lines. Actions in [[ ]] are done here,
// once; those in {{ }} are kwok's and are done for each pod or node.
package stages

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
)

//go:embed *.yaml
var files embed.FS

// Prefix is the prefix of all annotations that stages look at.
const Prefix = "fake.kubelet/"

// Render returns all stages as one stream of YAML documents.
func Render() ([]byte, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list stages: %w", err)
	}
	var all bytes.Buffer
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read stages: %w", err)
		}
		parsed, err := template.New(name).Delims("[[", "]]").Option("missingkey=error").Funcs(functions()).Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("parse stages: %w", err)
		}
		all.WriteString("---\n")
		if err := parsed.Execute(&all, nil); err != nil {
			return nil, fmt.Errorf("render stages: %w", err)
		}
		all.WriteString("\n")
	}
	return all.Bytes(), nil
}

func functions() template.FuncMap {
	return template.FuncMap{
		// selectors
		"pod": func() string { return ref("Pod") }, "node": func() string { return ref("Node") },
		"when": when, "unless": unless, "has": has, "lacks": lacks,
		"fault": fault, "delay": delay, "delayFrom": delayFrom,
		// steps
		"event": containerEvent, "podEvent": podEvent, "nodeEvent": nodeEvent,
		"scriptEvent": scriptEvent, "scriptStatus": scriptStatus, "rejectEvent": rejectEvent, "actionDelay": actionDelay,
		"nodeScriptEvent": nodeScriptEvent, "nodeScriptStatus": nodeScriptStatus, "nodeScriptNext": nodeScriptNext,
		"scriptNext": scriptNext,
		"status":     status, "nodeStatus": nodeStatus, "pressure": pressure, "annotate": annotate,
		// parts of a status
		"condition": condition, "container": container, "containerIDs": containerIDs, "notReady": notReady, "allUnready": func() string { return allUnready },
		// texts, as expressions of kwok's templates
		"imagePresent": func() string { return imagePresent }, "pullTime": func() string { return pullTime },
		"containerPulling": containerPulling, "pullError": func() string { return pullError },
		"backOff": func() string { return backOff }, "exitReason": func() string { return exitReason },
		"cgroupV1": func() string { return cgroupV1 },
	}
}

// indent puts spaces before every line but empty ones.
func indent(spaces int, text string) string {
	pad := strings.Repeat(" ", spaces)
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = pad + line
		}
	}
	return strings.Join(lines, "\n")
}
