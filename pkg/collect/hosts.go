package collect

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// What is read of a text at most, and how many hosts are kept of an object.
const (
	mostText  = 64 << 10
	mostHosts = 64
)

var (
	urlIn     = lazyregexp.New(`[a-z][a-z0-9+.-]{0,30}://[^\s"'<>,;)}]{1,500}`)
	serviceIn = lazyregexp.New(`\b[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}\.svc\b(?:\.[a-z0-9.-]{1,200}[a-z0-9])?(?::\d{1,5})?`)
)

// hostsIn are the hosts that the value of a ConfigMap names, be it a plain
// value or a file of settings: URLs, the long names of Services, and whatever
// a line is set to that parses as host:port. Nothing else of it is kept.
func hostsIn(value, from string) []cluster.Endpoint {
	var t cluster.Template
	value = value[:min(len(value), mostText)]
	for _, found := range slices.Concat(urlIn.FindAllString(value, mostHosts), serviceIn.FindAllString(value, mostHosts)) {
		addEndpoint(&t, from, found, from)
	}
	for line := range strings.Lines(value) {
		name, set := setting(line)
		addEndpoint(&t, firstOf(name, from), set, from)
	}
	return distinct(t.Endpoints)
}

// setting is what stands before and behind "key=" or "key:" of a line.
func setting(line string) (name, value string) {
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		name, value, ok = strings.Cut(line, ": ")
	}
	if !ok {
		name, value = "", line
	}
	return strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"',;`)
}

func distinct(all []cluster.Endpoint) []cluster.Endpoint {
	var out []cluster.Endpoint
	for _, e := range all {
		if !slices.Contains(out, e) && len(out) < mostHosts {
			out = append(out, e)
		}
	}
	return out
}

// values keeps of a ConfigMap's values the hosts that they name.
func (b *bucket) values(c *corev1.ConfigMap) {
	b.config("ConfigMap", &c.ObjectMeta)
	kept := &b.Configs[len(b.Configs)-1]
	for _, key := range slices.Sorted(maps.Keys(c.Data)) {
		kept.Endpoints = append(kept.Endpoints, hostsIn(c.Data[key], key)...)
	}
}

// savedConfigMap reads a ConfigMap of a file. Values that are no text, which
// hand-made files have, are left out.
func savedConfigMap(raw []byte) (saved, error) {
	var obj struct {
		corev1.ConfigMap
		Data map[string]json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &obj); err != nil {
		return saved{}, err
	}
	c := obj.ConfigMap
	c.Data = map[string]string{}
	for key, value := range obj.Data {
		var text string
		if json.Unmarshal(value, &text) == nil {
			c.Data[key] = text
		}
	}
	return saved{&c, func(b *bucket) { b.values(&c) }}, nil
}

// waits match the commands by which init containers wait for somebody.
var waits = []*lazyregexp.Regexp{
	lazyregexp.New(`\b(?:nc|ncat|netcat)\s+(?:-\S{1,20}\s+(?:\d{1,6}\s+)?){0,6}([a-z0-9][a-z0-9.-]{0,252})\s+\d{1,5}\b`),
	lazyregexp.New(`\b(?:nslookup|dig|host|getent\s+a?hosts(?:v4)?)\s+(?:-\S{1,30}\s+){0,4}([a-z0-9][a-z0-9.-]{0,252})`),
	lazyregexp.New(`\b(?:pg_isready|psql|redis-cli|mysqladmin|mysql|mongosh?|cqlsh)\b[^;&|\n]{0,200}?\s(?:-h|--host)[= ]?([a-z0-9][a-z0-9.-]{0,252})`),
}

// addWaits keeps whom an init container's command names or waits for.
func addWaits(t *cluster.Template, c *corev1.Container) {
	var found cluster.Template
	words := slices.Concat(c.Command, c.Args)
	text := strings.Join(words, " ")
	text = text[:min(len(text), mostText)]
	from := "init container " + c.Name
	for _, a := range slices.Concat(words, urlIn.FindAllString(text, mostHosts), serviceIn.FindAllString(text, mostHosts)) {
		addEndpoint(&found, "", a, from)
	}
	for _, w := range waits {
		for _, m := range w.FindAllStringSubmatch(text, mostHosts) {
			found.Endpoints = append(found.Endpoints, cluster.Endpoint{Host: strings.TrimRight(m[1], ".-"), From: from})
		}
	}
	t.Endpoints = append(t.Endpoints, distinct(found.Endpoints)...)
}
