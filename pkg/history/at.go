package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// held is how long the API holds an event after its last write by default
// (kube-apiserver --event-ttl).
const held = time.Hour

// At is the cluster as it was at a moment, as far as the recorder followed it:
// the objects in the version that was last seen, and the events that the API
// would have told then. What was not recorded is a gap. It is an error to ask
// about a time before the recording.
func (s *Store) At(ctx context.Context, t time.Time, namespaces []string) (cluster.Parts, error) {
	watches, err := s.Watches(ctx)
	if err != nil {
		return cluster.Parts{}, err
	}
	before, err := s.lastWatch(watches, t, namespaces)
	if err != nil {
		return cluster.Parts{}, err
	}
	about, err := s.About(ctx)
	if err != nil {
		return cluster.Parts{}, err
	}
	parts := cluster.Parts{At: t, Identity: about.Identity()}
	err = s.read(ctx, Query{From: t.Add(-held), To: t.Add(time.Microsecond)}, func(r *reading) error {
		if s.packer == nil {
			if s.packer, err = newPacker(); err != nil {
				return err
			}
		}
		if err := r.objects(ctx, s.packer, t, &parts); err != nil {
			return err
		}
		return r.eventsAt(ctx, &parts)
	})
	if err != nil {
		return cluster.Parts{}, err
	}
	s.sources(&parts, before)
	return parts, nil
}

// lastWatch is the watch that t lies in, or the one that ended last before.
func (s *Store) lastWatch(watches []Watch, t time.Time, namespaces []string) (Watch, error) {
	var last *Watch
	var first time.Time
	for i := range watches {
		w := &watches[i]
		if len(namespaces) > 0 && !w.covers(namespaces) {
			continue
		}
		if first.IsZero() || w.From.Before(first) {
			first = w.From
		}
		if !w.From.After(t) && (last == nil || w.To.After(last.To)) {
			last = w
		}
	}
	switch {
	case first.IsZero():
		return Watch{}, s.failed(errors.New("nothing was recorded of the namespaces that are asked for"))
	case last == nil:
		return Watch{}, s.failed(fmt.Errorf("nothing is known of %s: it reaches back to %s", t.UTC().Format(time.RFC3339), first.UTC().Format(time.RFC3339)))
	}
	return *last, nil
}

// objects reads each object in its last version up to a time.
func (r *reading) objects(ctx context.Context, p *packer, t time.Time, into *cluster.Parts) error {
	templates := map[int64]*cluster.Template{}
	return r.rows(ctx, `SELECT v.object, v.template, v.body FROM objects o CROSS JOIN versions v ON v.object = o.id
		WHERE o.seen > 0 AND v.body IS NOT NULL AND v.seen = (SELECT max(seen) FROM versions WHERE object = o.id AND seen <= ?)`,
		[]any{micros(t)}, func(rows *sql.Rows) (bool, error) {
			var id, template int64
			var body sql.RawBytes
			if err := rows.Scan(&id, &template, &body); err != nil {
				return false, err
			}
			ref, err := r.ref(ctx, r.prepared, id)
			if err != nil || !r.q.asks(ref) {
				return true, err
			}
			shared, ok := templates[template]
			if !ok && template != 0 {
				if shared, err = r.template(ctx, p, template); err != nil {
					return false, err
				}
				templates[template] = shared
			}
			return true, addObject(p, ref, body, shared, into)
		})
}

func (r *reading) template(ctx context.Context, p *packer, id int64) (*cluster.Template, error) {
	var body []byte
	if err := r.row(ctx, `SELECT body FROM templates WHERE id = ?`, id).Scan(&body); err != nil {
		return nil, missing(err)
	}
	t := &cluster.Template{}
	return t, p.unpack(body, t)
}

func addObject(p *packer, ref cluster.Ref, body []byte, template *cluster.Template, into *cluster.Parts) error {
	switch ref.Kind {
	case "Pod":
		return add(p, body, &into.Pods, func(x *cluster.Pod) { x.Template = template })
	case "Node":
		return add(p, body, &into.Nodes, nil)
	case "Service":
		return add(p, body, &into.Services, nil)
	case "PersistentVolumeClaim":
		return add(p, body, &into.Claims, nil)
	case "ControllerRevision":
		return add(p, body, &into.Revisions, nil)
	case "ReplicaSet":
		return addReplicaSet(p, body, template, into)
	}
	return add(p, body, &into.Workloads, func(x *cluster.Workload) { x.Template = template })
}

// addReplicaSet adds a revision, or a workload where nothing owns it: the
// Owner, which both have, tells which it is.
func addReplicaSet(p *packer, body []byte, template *cluster.Template, into *cluster.Parts) error {
	var rev cluster.Revision
	if err := p.unpack(body, &rev); err != nil {
		return err
	}
	if rev.Owner.IsZero() {
		return add(p, body, &into.Workloads, func(x *cluster.Workload) { x.Template = template })
	}
	rev.Template = template
	into.Revisions = append(into.Revisions, rev)
	return nil
}

func add[T any](p *packer, body []byte, into *[]T, complete func(*T)) error {
	var x T
	if err := p.unpack(body, &x); err != nil {
		return err
	}
	if complete != nil {
		complete(&x)
	}
	*into = append(*into, x)
	return nil
}

// eventsAt reads the events of the query in the last form that was seen. They
// come the newest first: of one event the first counts.
func (r *reading) eventsAt(ctx context.Context, into *cluster.Parts) error {
	from, to := r.q.bounds()
	return r.rows(ctx, `SELECT s.count, s.last, s.message, s.combined, s.notes, e.object, e.container, e.warning, e.reason, e.component, e.host, e.first
		FROM sightings s CROSS JOIN events e ON e.id = s.event WHERE s.last >= ? AND s.last < ?
		AND NOT EXISTS (SELECT 1 FROM sightings n WHERE n.event = s.event AND n.count > s.count AND n.last < ?)`,
		[]any{from, to, to}, func(rows *sql.Rows) (bool, error) {
			e, wanted, err := r.event(ctx, rows)
			if err == nil && wanted {
				into.Events = append(into.Events, e)
			}
			return true, err
		})
}

// sources says what the moment is made of, and what it lacks.
func (s *Store) sources(p *cluster.Parts, w Watch) {
	counts := map[cluster.Resource]int{cluster.Pods: len(p.Pods), cluster.Events: len(p.Events), cluster.Nodes: len(p.Nodes),
		cluster.Services: len(p.Services), cluster.PersistentVolumeClaims: len(p.Claims)}
	for i := range p.Workloads {
		counts[resourceOf(p.Workloads[i].Kind)]++
	}
	for i := range p.Revisions {
		counts[resourceOf(p.Revisions[i].Kind)]++
	}
	for i := range p.Services {
		p.Services[i].Ready, p.Services[i].NotReady = -1, -1 // addresses are not recorded
	}
	followed := map[cluster.Resource]bool{}
	for _, r := range w.Resources {
		followed[r] = true
		p.Sources = append(p.Sources, cluster.Source{Resource: r, Objects: counts[r], From: s.path})
	}
	for _, r := range unrecorded {
		if !followed[r] {
			p.Gaps = append(p.Gaps, cluster.Gap{Resource: r, Reason: "not recorded"})
			p.Sources = append(p.Sources, cluster.Source{Resource: r, Gap: "not recorded"})
		}
	}
	if len(w.Namespaces) > 0 {
		s.lack(p, "of the namespaces "+strings.Join(w.Namespaces, ", ")+" alone was recorded")
	}
	if p.At.After(w.To) {
		s.lack(p, fmt.Sprintf("nothing was recorded between %s and %s", w.To.UTC().Format(time.RFC3339), p.At.UTC().Format(time.RFC3339)))
	}
}

// lack says what the history as a whole lacks.
func (s *Store) lack(p *cluster.Parts, reason string) {
	p.Gaps = append(p.Gaps, cluster.Gap{Resource: cluster.History, Reason: reason})
	p.Sources = append(p.Sources, cluster.Source{Resource: cluster.History, From: s.path, Gap: reason})
}

// unrecorded are what a scan reads and a recorder may not have followed.
var unrecorded = []cluster.Resource{
	cluster.Pods, cluster.Events, cluster.Nodes, cluster.ReplicaSets, cluster.Deployments, cluster.StatefulSets, cluster.DaemonSets,
	cluster.Jobs, cluster.CronJobs, cluster.Services, cluster.EndpointSlices, cluster.PersistentVolumeClaims, cluster.ControllerRevisions,
	cluster.ConfigMaps, cluster.Secrets,
}

func resourceOf(kind string) cluster.Resource {
	for k, r := range map[string]cluster.Resource{"ReplicaSet": cluster.ReplicaSets, "Deployment": cluster.Deployments,
		"StatefulSet": cluster.StatefulSets, "DaemonSet": cluster.DaemonSets, "Job": cluster.Jobs, "CronJob": cluster.CronJobs,
		"ControllerRevision": cluster.ControllerRevisions} {
		if k == kind {
			return r
		}
	}
	return cluster.Resource(kind)
}
