package archive

import "github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"

// Objects makes single objects of a snapshot, in the API's own words, as its
// archive holds them.
type Objects struct {
	of        *cluster.Snapshot
	templates *templates
	numbers   map[*cluster.Event]int
}

// ObjectsOf prepares to make objects of a snapshot, which takes a look at all of
// its templates: equal values of variables get equal stand-ins.
func ObjectsOf(s *cluster.Snapshot) *Objects {
	o := &Objects{of: s, templates: newTemplates(s), numbers: make(map[*cluster.Event]int, len(s.Events))}
	for i := range s.Events {
		o.numbers[&s.Events[i]] = i
	}
	return o
}

// Event is an event of the snapshot.
func (o *Objects) Event(e *cluster.Event) any { return eventOf(e, o.numbers[e]) }

// Object is an object as far as it was read; nil for what was not.
func (o *Objects) Object(r cluster.Ref) any {
	s := o.of
	switch r.Kind {
	case "Pod":
		if p := s.Pod(r.Namespace, r.Name); p != nil {
			return o.templates.pod(p)
		}
	case "Node":
		if n := s.Node(r.Name); n != nil {
			return nodeOf(n)
		}
	case "Service":
		if svc := s.Service(r); svc != nil {
			return serviceOf(svc)
		}
	case "PersistentVolumeClaim":
		if c := s.Claim(r.Namespace, r.Name); c != nil {
			return claimOf(c)
		}
	case "ConfigMap", "Secret":
		if c := s.Config(r); c != nil {
			return configOf(c)
		}
	}
	return o.made(r)
}

// made is an object of the kinds that are kept together.
func (o *Objects) made(r cluster.Ref) any {
	if w := o.of.Workload(r); w != nil {
		return o.templates.workload(w)
	}
	if rev := o.of.Revision(r); rev != nil {
		return o.templates.revision(rev)
	}
	if x := o.of.Setting(r); x != nil {
		return settingOf(x)
	}
	return nil
}
