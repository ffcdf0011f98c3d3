package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// pastLimit is how many facts of each sort a scan takes from a history, the
// newest: with them memory stays within some hundred megabytes.
const pastLimit = 200_000

// routine are the reasons of Normal events that only say that something went
// as it should. They are most of all events, and no past is told by them.
var routine = map[string]bool{
	"Scheduled": true, "Pulling": true, "Pulled": true, "Created": true, "Started": true,
	"SuccessfulCreate": true, "SuccessfulDelete": true, "SawCompletedJob": true, "Completed": true,
	"SuccessfulAttachVolume": true, "LeaderElection": true, "Provisioning": true, "ProvisioningSucceeded": true,
	"ExternalProvisioning": true, "WaitForFirstConsumer": true, "Nominated": true,
}

// Past reads from a history what is known of the time before a snapshot. What
// is wrong with the file becomes a gap: nothing else of the scan depends on
// it. A file that does not exist is an error.
func Past(ctx context.Context, path string, s *cluster.Snapshot) (cluster.Parts, error) {
	source := cluster.Source{Resource: cluster.History, From: path}
	past, cut, err := readPast(ctx, path, s)
	switch {
	case ctx.Err() != nil:
		return cluster.Parts{}, ctx.Err()
	case err != nil && !history.Exists(path):
		return cluster.Parts{}, err
	case err != nil:
		source.Gap = err.Error()
	case !cut.IsZero():
		source.Gap = fmt.Sprintf("the newest %d facts of each sort were read, and nothing before %s", pastLimit, cut.UTC().Format(time.RFC3339))
	case len(past.Watched) == 0:
		source.Gap = "nobody has recorded what is asked for"
	}
	if n := len(past.Watched); n > 0 {
		source.Period = cluster.Span{From: past.Watched[0].From, To: past.Watched[n-1].To}
	}
	source.Objects = len(past.Events) + len(past.Ends) + len(past.Turns) + len(past.Changes)
	parts := cluster.Parts{Past: past, Sources: []cluster.Source{source}}
	if source.Gap != "" {
		parts.Gaps = []cluster.Gap{{Resource: cluster.History, Reason: source.Gap}}
	}
	return parts, nil
}

func readPast(ctx context.Context, path string, s *cluster.Snapshot) (past cluster.Past, cut time.Time, err error) {
	store, err := history.OpenRead(ctx, path)
	if err != nil {
		return past, cut, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	told := toldBy(s)
	q := history.Query{From: s.Scope.Since, To: s.At.Add(time.Second), Limit: pastLimit, Keep: func(e *cluster.Event) bool {
		return (e.Warning || !routine[e.Reason]) && !told[sightingOf(e)]
	}}
	if !s.Scope.AllNamespaces {
		q.Namespaces = s.Scope.Namespaces
	}
	return store.Past(ctx, q)
}

// sighting is what makes an event of the API and one that was recorded the
// same.
type sighting struct {
	object                       cluster.Ref
	reason, container, component string
	first, last                  int64
	count                        int
}

func sightingOf(e *cluster.Event) sighting {
	return sighting{e.Object, e.Reason, e.Container, e.Component, e.First.UnixMicro(), e.Last.UnixMicro(), e.Count}
}

// toldBy are the events that the API still tells, as they are now.
func toldBy(s *cluster.Snapshot) map[sighting]bool {
	told := make(map[sighting]bool, len(s.Events))
	for i := range s.Events {
		told[sightingOf(&s.Events[i])] = true
	}
	return told
}
