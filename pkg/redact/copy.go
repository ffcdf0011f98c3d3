package redact

import (
	"reflect"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

var timeType = reflect.TypeFor[time.Time]()

// copy is a value with its strings replaced; nothing of the original is
// touched.
func (r *redactor) copy(v reflect.Value, mode int) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		if known, ok := r.copies[v.Pointer()]; ok && known.Type() == v.Type() {
			return known
		}
		out := reflect.New(v.Type().Elem())
		r.copies[v.Pointer()] = out
		out.Elem().Set(r.copy(v.Elem(), mode))
		return out
	case reflect.Struct:
		return r.copyStruct(v)
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(r.copy(v.Index(i), mode))
		}
		return out
	case reflect.Map:
		return r.copyMap(v, mode)
	case reflect.String:
		out := reflect.New(v.Type()).Elem()
		out.SetString(r.replace(v.String(), mode))
		return out
	}
	return v
}

func (r *redactor) copyStruct(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	if v.Type() == timeType {
		return out
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.IsExported() && f.Type.Kind() != reflect.Func {
			out.Field(i).Set(r.copy(v.Field(i), how(v.Type(), f.Name)))
		}
	}
	if e, ok := out.Addr().Interface().(*cluster.EnvVar); ok {
		e.From = r.origin(e.From)
	}
	return out
}

func (r *redactor) copyMap(v reflect.Value, mode int) reflect.Value {
	if v.IsNil() || v.Type().Key().Kind() != reflect.String {
		return v
	}
	out := reflect.MakeMapWithSize(v.Type(), v.Len())
	for it := v.MapRange(); it.Next(); {
		key := it.Key()
		if mode == name { // of labels; notes and amounts have keys of Kubernetes
			key = r.copy(key, name)
		}
		out.SetMapIndex(key, r.copy(it.Value(), mode))
	}
	return out
}

// origin is where a variable comes from: "Secret name/key", of which the name is
// replaced.
func (r *redactor) origin(from string) string {
	kind, object, ok := strings.Cut(from, " ")
	i := strings.LastIndexByte(object, '/')
	if !ok || i < 0 || kind == "field" {
		return from
	}
	return kind + " " + r.replace(object[:i], name) + object[i:]
}
