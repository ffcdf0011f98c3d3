// Package redact gives everything in a snapshot that somebody named another
// name: the same one wherever it stands, in messages, addresses and generated
// names too, so that what belongs together still does. What Kubernetes itself
// calls things stays, for it is what failures are recognised by.
package redact

import (
	"crypto/rand"
	"reflect"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Snapshot is a snapshot under other names. The key by which they are chosen
// is drawn anew and kept nowhere, so that nobody can find out by trying whether
// a name stands behind one.
func Snapshot(s *cluster.Snapshot) *cluster.Snapshot {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // crypto/rand does not fail since Go 1.24
	return withKey(s, key)
}

func withKey(s *cluster.Snapshot, key []byte) *cluster.Snapshot {
	r := &redactor{key: key, aliases: map[string]string{}, taken: map[string]bool{}, names: map[string]bool{}, words: map[string]bool{}, made: map[string]bool{}, learned: map[uintptr]bool{}, copies: map[uintptr]reflect.Value{}}
	parts := s.Parts
	r.learn(reflect.ValueOf(&parts).Elem())
	out := r.copy(reflect.ValueOf(parts), name).Interface().(cluster.Parts) //nolint:forcetypeassert // a copy of the same type
	out.Scope.MatchPod = nil                                                // of the selector by the old names; who reads it makes it anew
	for i := range out.Sources {
		if out.Sources[i].From != "live" && out.Sources[i].From != "" {
			out.Sources[i].From = "files"
		}
	}
	return cluster.New(out)
}

// redactor is one run.
type redactor struct {
	key     []byte
	aliases map[string]string // by word
	taken   map[string]bool
	// names are the whole names that somebody gave: by them a word that the
	// vocabulary has as well is told from a word of a message.
	names map[string]bool
	words map[string]bool // of which names consist
	made  map[string]bool // parts of addresses that were made here
	// Templates are learned from and copied once: pods share them.
	learned map[uintptr]bool
	copies  map[uintptr]reflect.Value
}

// How a string is looked at.
const (
	keep = iota
	name // every word is replaced
	text // words that are not of the vocabulary, and names that are known
)

// fields says how strings are looked at, by the name of their field; those that
// are not listed are names. What is kept are words of the API, quantities,
// versions of what nodes run, schedules, and the names of variables and keys,
// by which failures are recognised.
var fields = map[string]int{
	"Kind": keep, "Phase": keep, "Status": keep, "Type": keep, "Reason": keep, "Effect": keep, "Operator": keep, "Role": keep,
	"PullPolicy": keep, "RestartPolicy": keep, "QOSClass": keep, "MemoryLimit": keep, "MemoryRequest": keep, "CPULimit": keep, "CPURequest": keep,
	"KernelVersion": keep, "OSImage": keep, "ContainerRuntime": keep, "KubeletVersion": keep, "Architecture": keep,
	"Schedule": keep, "TimeZone": keep, "Concurrency": keep, "Security": keep, "Via": keep, "Port": keep, "RestartedAt": keep,
	"Component": keep, "Manager": keep, "Subresource": keep, "Spec": keep, "Keys": keep, "Key": keep, "From": keep, "By": keep,
	"Resource": keep, "Remedy": keep, "Version": keep, "Of": keep, "Metric": keep, "AccessModes": keep, "Allocatable": keep, "HostPorts": keep,
	"Message": text, "Lines": text, "What": text, "Cause": text, "Gap": text, "Handler": text, "Path": text, "Notes": text, "Delivery": text, "Extended": text,
}

// how is how a string of a field is looked at. Two fields of one name are of
// several types.
func how(owner reflect.Type, field string) int {
	switch {
	case owner == reflect.TypeFor[cluster.EnvVar]() && field == "Name":
		return keep
	case owner == reflect.TypeFor[cluster.Endpoint]() && field == "From":
		return keep
	case owner == reflect.TypeFor[cluster.Gap]() && field == "Reason":
		return text
	case owner == reflect.TypeFor[cluster.Taint]() && field == "Key", owner == reflect.TypeFor[cluster.Toleration]() && field == "Key":
		return name
	}
	if h, ok := fields[field]; ok {
		return h
	}
	return name
}

// learn keeps the names that are in a value.
func (r *redactor) learn(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && !r.learned[v.Pointer()] {
			r.learned[v.Pointer()] = true
			r.learn(v.Elem())
		}
	case reflect.Struct:
		r.learnStruct(v)
	case reflect.Slice:
		for i := range v.Len() {
			r.learn(v.Index(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			r.learn(it.Key())
			r.learn(it.Value())
		}
	case reflect.String:
		for _, whole := range token.FindAllString(v.String(), -1) {
			r.names[whole] = true
			for _, w := range word.FindAllString(whole, -1) {
				r.words[strings.ToLower(w)] = true
			}
		}
	}
}

func (r *redactor) learnStruct(v reflect.Value) {
	if v.Type() == timeType {
		return
	}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Type.Kind() != reflect.Func && how(v.Type(), f.Name) == name {
			r.learn(v.Field(i))
		}
	}
}
