package cmd

import (
	"context"
	"errors"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// errInterrupted ends a scan that told what it had read when it was interrupted.
var errInterrupted = errors.New("the report tells of what had been read, and names what had not")

// interrupted is what is said of an interruption: what came of it, where it was
// more than the end.
func interrupted(err error) string {
	if errors.Is(err, errInterrupted) || errors.Is(err, errUnreadable) || errors.Is(err, errLeft) {
		return collect.Interrupted + ": " + strings.TrimSuffix(err.Error(), ": "+collect.Interrupted)
	}
	return collect.Interrupted
}

// tellInterrupted tells what was read when a scan was interrupted. Files are
// kept by whole readings alone: what lies there is not replaced by less.
func (o *options) tellInterrupted(snapshot *cluster.Snapshot, symptoms []symptom.Symptom) error {
	story := o.shown(o.explain(snapshot, symptoms))
	if err := o.tell(story, report.New(story), o.text(), false); err != nil {
		return err
	}
	for _, place := range []string{o.save.file, o.evidence.dir} {
		if place != "" {
			o.warn("nothing was written to %s: it keeps whole readings alone", place)
		}
	}
	return errInterrupted
}

// step is a part of reading that adds to what was read before.
type step func(context.Context, reader, *cluster.Snapshot) (*cluster.Snapshot, error)

// orGap takes a further step of reading. Where an interruption ends it, what it
// would have read is a gap, if what was read before is to be told.
func (o *options) orGap(ctx context.Context, of cluster.Resource, s *cluster.Snapshot, take step, from reader) (*cluster.Snapshot, error) {
	out, err := take(ctx, from, s)
	if err == nil || !o.salvage || ctx.Err() == nil {
		return out, err
	}
	return s.WithSettings(cluster.Parts{
		Sources: []cluster.Source{{Resource: of, Gap: collect.Interrupted}},
		Gaps:    []cluster.Gap{{Resource: of, Reason: collect.Interrupted}},
	}), nil
}
