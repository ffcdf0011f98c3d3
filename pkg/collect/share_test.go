package collect

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// asking is a template of its own each time, as every list brings one.
func asking(image string, more ...cluster.Toleration) *cluster.Template {
	return &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "app", Image: image}},
		Env: []cluster.EnvVar{{Container: "app", Name: "LEVEL", Sum: 7}}, Tolerations: more}
}

func TestTemplatesAreKeptOnce(t *testing.T) {
	s := newShelf()
	of := s.keep(asking("web:2"))
	if s.keep(asking("web:2")) != of {
		t.Error("the same is kept more than once")
	}
	if old := s.keep(asking("web:1")); old.Containers[0].Image != "web:1" || &old.Env[0] != &of.Env[0] {
		t.Errorf("of another revision: %+v", old)
	}
	added := s.keep(asking("web:2", cluster.Toleration{Key: "not-ready"})) // by admission
	if len(added.Tolerations) != 1 || &added.Containers[0] != &of.Containers[0] || len(of.Tolerations) != 0 {
		t.Errorf("with a toleration more: %+v", added)
	}
	onHost := asking("web:2")
	onHost.HostNetwork = true
	if got := s.keep(onHost); got == of || !got.HostNetwork || of.HostNetwork {
		t.Error("what differs in a flag alone is not the same")
	}
	if want := asking("web:2"); !of.Equal(want) {
		t.Errorf("the one that is kept: %+v", of)
	}
}

// TestTemplatesKeepEveryPart: what is kept is all that was asked for, whatever
// was kept before.
func TestTemplatesKeepEveryPart(t *testing.T) {
	s := newShelf()
	for n := range 3 {
		for i := range reflect.TypeFor[cluster.Template]().NumField() {
			one, same := partly(i, n), partly(i, n)
			if got := s.keep(one); !reflect.DeepEqual(got, same) {
				t.Errorf("field %d: kept %+v, not %+v", i, got, same)
			}
		}
	}
}

// partly is a template of which one field alone is set.
func partly(field, n int) *cluster.Template {
	t := &cluster.Template{}
	f := reflect.ValueOf(t).Elem().Field(field)
	switch f.Kind() {
	case reflect.String:
		f.SetString(strconv.Itoa(n))
	case reflect.Bool:
		f.SetBool(true)
	case reflect.Slice:
		f.Set(reflect.MakeSlice(f.Type(), n+1, n+1))
		first := f.Index(0)
		if first.Kind() == reflect.Struct {
			first = first.Field(0)
		}
		first.SetString(strconv.Itoa(n))
	}
	return t
}
