package archive

import (
	"fmt"
	"hash/fnv"
	"net"
	"net/url"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// standIns stand for values of the environment and for commands. They name the
// same hosts, so that the same dependencies are read out of them, and are equal
// where the values were. A sum itself would let short values be guessed.
type standIns struct {
	numbers map[uint64]int
	// hosts are what values are known to name, where that is certain.
	hosts map[spoken][]cluster.Endpoint
}

// spoken is a value, and the sort of place in which it stands.
type spoken struct {
	place string
	sum   uint64
}

func newStandIns() standIns {
	return standIns{numbers: map[uint64]int{}, hosts: map[spoken][]cluster.Endpoint{}}
}

// emptySum is the sum of nothing: of an empty value, and of no command.
var emptySum = func() uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte{0}) // a hash does not fail
	return h.Sum64()
}()

// The places in which a value may name hosts.
const (
	inArgs = "args"
	inEnv  = "env "
	inInit = "init container "
)

// occurrence is one place of a template that may name hosts, as
// cluster.Endpoint.From tells it.
type occurrence struct {
	from string
	spoken
}

func occurrences(t *cluster.Template) []occurrence {
	var out []occurrence
	for i := range t.Containers {
		c := &t.Containers[i]
		for j := range t.Env {
			if e := &t.Env[j]; e.Container == c.Name && e.From == "" && e.Sum != 0 {
				out = append(out, occurrence{inEnv + e.Name, spoken{inEnv, e.Sum}})
			}
		}
		if c.Role == cluster.Init {
			out = append(out, occurrence{inInit + c.Name, spoken{inInit, c.Command}})
		} else {
			out = append(out, occurrence{inArgs, spoken{inArgs, c.Command}})
		}
	}
	return out
}

// learn keeps which hosts values name where a template leaves no doubt: one
// value alone, or several equal ones, stand at that place.
func (s *standIns) learn(t *cluster.Template) {
	if t == nil {
		return
	}
	all := occurrences(t)
	count, differ := map[string]int{}, map[string]bool{}
	first := map[string]spoken{}
	for _, o := range all {
		if count[o.from] == 0 {
			first[o.from] = o.spoken
		}
		count[o.from]++
		differ[o.from] = differ[o.from] || first[o.from] != o.spoken
	}
	for _, o := range all {
		if found := hostsAt(t, o.from); !differ[o.from] && len(found)%count[o.from] == 0 {
			s.hosts[o.spoken] = found[:len(found)/count[o.from]]
		}
	}
}

// hostsAt are the hosts that a template names at one place.
func hostsAt(t *cluster.Template, from string) []cluster.Endpoint {
	var out []cluster.Endpoint
	for _, e := range t.Endpoints {
		if e.From == from {
			out = append(out, e)
		}
	}
	return out
}

// share is what each occurrence names of the hosts of a template, which stand in
// the same order. Where several of one place stand side by side and it is not
// known whose they are, the first takes them.
func (s *standIns) share(t *cluster.Template) [][]cluster.Endpoint {
	left := t.Endpoints
	all := occurrences(t)
	out := make([][]cluster.Endpoint, len(all))
	for i, o := range all {
		n := 0
		for n < len(left) && left[n].From == o.from {
			n++
		}
		if known, sure := s.hosts[o.spoken]; sure {
			n = min(n, len(known))
		}
		out[i], left = left[:n], left[n:]
	}
	return out
}

// fill writes the environment and the commands of containers.
func (s *standIns) fill(containers []corev1.Container, t *cluster.Template) {
	shares := s.share(t)
	next := func() []cluster.Endpoint {
		first := shares[0]
		shares = shares[1:]
		return first
	}
	for i := range containers {
		for j := range t.Env {
			e := &t.Env[j]
			if e.Container != containers[i].Name {
				continue
			}
			v := corev1.EnvVar{Name: e.Name, ValueFrom: source(e)}
			if v.ValueFrom == nil {
				v.Value = strings.Join(s.words("value", e.Sum, next()), ",")
			}
			containers[i].Env = append(containers[i].Env, v)
		}
		containers[i].Args = s.command(t.Containers[i].Command, next())
	}
}

// source is where a variable comes from; nil for a literal value.
func source(e *cluster.EnvVar) *corev1.EnvVarSource {
	switch kind, rest, _ := strings.Cut(e.From, " "); kind {
	case "ConfigMap":
		name, key := keyOf(rest)
		return &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: named(name), Key: key}}
	case "Secret":
		name, key := keyOf(rest)
		return &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: named(name), Key: key}}
	case "field":
		return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: rest}}
	}
	if e.Sum == 0 {
		return &corev1.EnvVarSource{} // of another sort
	}
	return nil
}

// words are a stand-in and the hosts that the value names.
func (s *standIns) words(what string, sum uint64, hosts []cluster.Endpoint) []string {
	if sum == emptySum || sum == 0 {
		return nil
	}
	n, ok := s.numbers[sum]
	if !ok {
		n = len(s.numbers) + 1
		s.numbers[sum] = n
	}
	out := []string{fmt.Sprintf("(%s %d)", what, n)}
	for _, h := range hosts {
		out = append(out, address(h))
	}
	return out
}

// longest is what of an argument is looked at for hosts.
const longest = 2000

// command joins words to few arguments: by commas, since what is apart by
// blanks could read like the command of a tool.
func (s *standIns) command(sum uint64, hosts []cluster.Endpoint) []string {
	var out []string
	for _, w := range s.words("command", sum, hosts) {
		if n := len(out); n > 0 && len(out[n-1])+len(w) < longest {
			out[n-1] += "," + w
			continue
		}
		out = append(out, w)
	}
	return out
}

// address is a URL of a host. Its scheme says nothing: that which the value had
// is not kept.
func address(e cluster.Endpoint) string {
	host := e.Host
	switch {
	case e.Port != "":
		host = net.JoinHostPort(e.Host, e.Port)
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return (&url.URL{Scheme: "tcp", Host: host}).String()
}
