package collect

import (
	"cmp"
	"context"
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// home is where a pod ran, and for whom.
type home struct {
	owner  cluster.Ref // the controller that made it
	node   string
	images map[string]string // by container
}

// settle finds the workloads, nodes and images of what was read. Of pods that
// are still there the snapshot knows; of the others only those are asked for
// of which something is told.
func (r *promReading) settle(ctx context.Context) error {
	homes := map[cluster.Ref]*home{}
	var pods []string
	want := func(pod cluster.Ref) {
		if pod.Kind == "Pod" && homes[pod] == nil && r.standing(pod) == nil {
			homes[pod] = &home{images: map[string]string{}}
			pods = append(pods, pod.Name)
		}
	}
	for i := range r.past.Ends {
		want(r.past.Ends[i].Pod)
	}
	for i := range r.past.Turns {
		want(r.past.Turns[i].Object)
	}
	for i := range r.past.Events {
		want(r.past.Events[i].Object)
	}
	for i := range r.past.Series {
		want(r.past.Series[i].Of)
	}
	var err error
	for _, names := range chunks(pods) {
		if err = r.askHomes(ctx, names, homes); err != nil {
			break
		}
	}
	makers, makersErr := r.makers(ctx, homes)
	r.house(homes, makers)
	return cmp.Or(err, makersErr)
}

// standing is the pod of the snapshot that a fact is of: another of the same
// name, as of a StatefulSet, may have run elsewhere.
func (r *promReading) standing(ref cluster.Ref) *cluster.Pod {
	p := r.s.Pod(ref.Namespace, ref.Name)
	if ref.Kind != "Pod" || p == nil || (ref.UID != "" && p.UID != "" && ref.UID != p.UID) {
		return nil
	}
	return p
}

// askHomes asks where some pods ran, and what made them.
func (r *promReading) askHomes(ctx context.Context, pods []string, homes map[cluster.Ref]*home) error {
	for _, q := range []struct {
		metric string
		labels []string
		take   func(h *home, label func(string) string)
	}{
		{podInfoMetric, []string{"node", "created_by_kind", "created_by_name"}, func(h *home, label func(string) string) {
			h.node = label("node")
			h.owner = cluster.Ref{Kind: label("created_by_kind"), Name: label("created_by_name")}
		}},
		{podOwnerMetric, []string{"owner_kind", "owner_name", "owner_is_controller"}, func(h *home, label func(string) string) {
			if label("owner_is_controller") == "true" {
				h.owner = cluster.Ref{Kind: label("owner_kind"), Name: label("owner_name")}
			}
		}},
		{containerInfoMetric, []string{"container", "image"}, func(h *home, label func(string) string) {
			h.images[label("container")] = label("image")
		}},
	} {
		if !r.has[q.metric] {
			continue
		}
		found, err := r.instant(ctx, fmt.Sprintf("max %s (max_over_time(%s))", r.state.by(append([]string{"namespace", "pod", "uid"}, q.labels...)...),
			r.over(r.selector(q.metric, r.inScope(r.state), r.state.is("pod", pods...)))))
		if err != nil {
			return err
		}
		for _, s := range found {
			pod := r.thing(r.state, s.metric).pod()
			for _, ref := range []cluster.Ref{pod, pod.Key()} { // usage is told without the pod's UID
				if h := homes[ref]; h != nil {
					q.take(h, func(label string) string { return r.state.of(s.metric, label) })
				}
			}
		}
	}
	return nil
}

// makers are the owners of ReplicaSets and Jobs that are gone.
func (r *promReading) makers(ctx context.Context, homes map[cluster.Ref]*home) (map[cluster.Ref]cluster.Ref, error) {
	wanted := map[string][]string{}
	for pod, h := range homes {
		h.owner.Namespace = pod.Namespace
		if h.owner.Name == "<none>" { // as kube-state-metrics says that there is none
			h.owner = cluster.Ref{}
		}
		wanted[h.owner.Kind] = append(wanted[h.owner.Kind], h.owner.Name)
	}
	for i := range r.past.Turns {
		if t := &r.past.Turns[i]; t.Object.Kind == "Job" {
			wanted["Job"] = append(wanted["Job"], t.Object.Name)
		}
	}
	out := map[cluster.Ref]cluster.Ref{}
	for _, of := range []struct{ kind, metric, label string }{
		{"ReplicaSet", replicaSetMetric, "replicaset"}, {"Job", jobOwnerMetric, "job_name"},
	} {
		if !r.has[of.metric] {
			continue
		}
		for _, names := range chunks(wanted[of.kind]) {
			found, err := r.instant(ctx, fmt.Sprintf("max %s (max_over_time(%s))", r.state.by("namespace", of.label, "owner_kind", "owner_name"),
				r.over(r.selector(of.metric, r.inScope(r.state), r.state.is(of.label, names...)))))
			if err != nil {
				return out, err
			}
			for _, s := range found {
				namespace := r.state.of(s.metric, "namespace")
				owner := cluster.Ref{Kind: r.state.of(s.metric, "owner_kind"), Namespace: namespace, Name: r.state.of(s.metric, "owner_name")}
				if owner.Kind != "" && owner.Name != "<none>" {
					out[cluster.Ref{Kind: of.kind, Namespace: namespace, Name: r.state.of(s.metric, of.label)}] = owner
				}
			}
		}
	}
	return out, nil
}

// house gives each fact the workload, node and image of its pod.
func (r *promReading) house(homes map[cluster.Ref]*home, makers map[cluster.Ref]cluster.Ref) {
	top := func(maker cluster.Ref) cluster.Ref {
		if owner, ok := makers[maker.Key()]; ok {
			maker = owner
		}
		return r.s.TopOf(maker)
	}
	place := func(ref cluster.Ref) (workload cluster.Ref, node string) {
		if p := r.standing(ref); p != nil {
			return r.s.WorkloadOf(p), p.Node
		}
		h := homes[ref]
		switch {
		case ref.Kind == "Job":
			return top(ref), ""
		case h == nil:
			return cluster.Ref{}, ""
		case h.owner.IsZero() || h.owner.Kind == "Node":
			return r.s.WorkloadNamed(ref), h.node
		}
		return top(h.owner), h.node
	}
	for i := range r.past.Ends {
		e := &r.past.Ends[i]
		e.Workload, e.Node = place(e.Pod)
		e.Image = r.image(e, homes[e.Pod])
	}
	for i := range r.past.Turns {
		t := &r.past.Turns[i]
		t.Workload, _ = place(t.Object)
	}
	for i := range r.past.Events {
		_, r.past.Events[i].Host = place(r.past.Events[i].Object)
	}
	for i := range r.past.Series {
		s := &r.past.Series[i]
		s.Workload, s.Node = place(s.Of)
	}
}

func (r *promReading) image(e *cluster.End, h *home) string {
	if h != nil {
		return h.images[e.Container]
	}
	if p := r.standing(e.Pod); p != nil {
		for i := range p.Containers {
			if p.Containers[i].Name == e.Container {
				return p.Containers[i].Image
			}
		}
	}
	return ""
}
