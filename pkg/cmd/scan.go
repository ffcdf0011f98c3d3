package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// orScan watches if that is asked for, else it scans once.
func (w *watching) orScan(ctx context.Context, o *options, args []string) error {
	if w.on {
		if o.evidence.dir != "" {
			return usagef("--evidence-dir is of one reading: leave --watch out")
		}
		return w.watch(ctx, o)
	}
	if o.contexts.asked() {
		return runContexts(ctx, o)
	}
	return runScan(ctx, o, args)
}

// runScan is the whole flow: read, recognise, detect, explain, tell.
func runScan(ctx context.Context, o *options, _ []string) error {
	if o.save.redact && o.save.file == "" && o.evidence.dir == "" {
		return usagef("--redact is of what is written: it goes with --save, with --evidence-dir, and with 'kubectl patterns snapshot'")
	}
	if err := o.save.check(); err != nil {
		return err
	}
	o.salvage = true
	snapshot, symptoms, err := o.read(ctx)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return o.tellInterrupted(snapshot, symptoms)
	}
	kept, err := o.save.named(snapshot)
	if err != nil {
		return err
	}
	if o.save.file != "" {
		if err := o.saveIn(ctx, &o.save, kept); err != nil {
			if ctx.Err() != nil {
				return o.tellInterrupted(snapshot, symptoms)
			}
			return err
		}
	}
	story := o.shown(o.explain(snapshot, symptoms))
	r := report.New(story)
	err = o.keepEvidence(ctx, kept, story, r)
	if err != nil && ctx.Err() == nil {
		return err
	}
	return errors.Join(o.tell(story, r, o.text(), len(story.Patterns) > 0), err)
}

// keepEvidence writes the evidence, if that is asked for: under other names that of
// a story of its own, for what is told has the real ones.
func (o *options) keepEvidence(ctx context.Context, kept *cluster.Snapshot, story *correlate.Story, r *report.Report) error {
	if o.evidence.dir != "" && o.save.redact {
		story = o.shown(o.explain(kept, symptom.Recognise(kept)))
		r = report.New(story)
	}
	defer o.leaving.writing()()
	return o.evidence.keep(ctx, story, r, o.warn)
}

// text is how a scan is told in text.
func (o *options) text() textRenderer {
	if o.output == "wide" {
		return report.Wide
	}
	return report.Text
}

// analyse makes the story of what the options ask for.
func (o *options) analyse(ctx context.Context) (*correlate.Story, []symptom.Symptom, error) {
	snapshot, symptoms, err := o.read(ctx)
	if err != nil {
		return nil, nil, err
	}
	return o.explain(snapshot, symptoms), symptoms, nil
}

// read reads what the options ask for: first what every scan does, then what
// the failures of that ask for.
func (o *options) read(ctx context.Context) (*cluster.Snapshot, []symptom.Symptom, error) {
	if !o.quiet {
		defer o.progress.during()()
	}
	reader, err := o.reader()
	if err != nil {
		return nil, nil, err
	}
	parts, err := reader.Read(ctx, o.scope)
	if err != nil {
		return nil, nil, err
	}
	if o.since > 0 {
		parts.Scope.Since = parts.At.Add(-o.since)
	}
	snapshot := cluster.New(parts)
	if err := o.check(snapshot); err != nil {
		return nil, nil, err
	}
	if snapshot, err = o.orGap(ctx, cluster.Metrics, snapshot, o.measure, reader); err != nil {
		return nil, nil, err
	}
	if snapshot, err = o.orGap(ctx, cluster.History, snapshot, o.remember, reader); err != nil {
		return nil, nil, err
	}
	if snapshot, err = o.orGap(ctx, cluster.Prometheus, snapshot, o.fromPrometheus, reader); err != nil {
		return nil, nil, err
	}
	return o.follow(ctx, reader, snapshot)
}

// follow reads in a second step what the failures of the first ask for.
func (o *options) follow(ctx context.Context, reader reader, snapshot *cluster.Snapshot) (*cluster.Snapshot, []symptom.Symptom, error) {
	symptoms := symptom.Recognise(snapshot)
	configMaps, secrets := symptom.ConfigNamespaces(snapshot, symptoms)
	if o.noSecrets {
		secrets = nil
	}
	configs, err := reader.Configs(ctx, configMaps, secrets)
	if err != nil {
		return nil, nil, err
	}
	snapshot = snapshot.WithConfigs(configs)
	wanted := symptom.SettingsWanted(snapshot, symptoms)
	if o.noSecrets {
		delete(wanted, cluster.HelmSecrets)
	}
	settings, err := reader.Settings(ctx, wanted)
	if err != nil {
		return nil, nil, err
	}
	snapshot = snapshot.WithSettings(settings)
	if o.logs {
		if snapshot, err = o.orGap(ctx, cluster.PodLogs, snapshot, readLogs(symptoms), reader); err != nil {
			return nil, nil, err
		}
		symptoms = symptom.Recognise(snapshot)
	}
	return snapshot, symptoms, nil
}

// readLogs reads the logs that symptoms ask for.
func readLogs(symptoms []symptom.Symptom) step {
	return func(ctx context.Context, r reader, s *cluster.Snapshot) (*cluster.Snapshot, error) {
		logs, err := r.Logs(ctx, symptom.LogsWanted(s, symptoms))
		return s.WithLogs(logs), err
	}
}

// explain makes the story. Whoever asks about a part of what was read is told
// what its failures follow from elsewhere.
func (o *options) explain(s *cluster.Snapshot, symptoms []symptom.Symptom) *correlate.Story {
	var whole *correlate.Story
	if s.IsPart() {
		all := s.Everywhere()
		whole = o.explain(all, symptom.Recognise(all))
	}
	patterns, skipped := detect.Run(o.suite, s, symptoms)
	return correlate.Explain(whole, s, o.suite, symptoms, patterns, skipped)
}

// measure adds what kubelets measure, where that is asked for. Saved data hold
// it or not.
func (o *options) measure(ctx context.Context, r reader, s *cluster.Snapshot) (*cluster.Snapshot, error) {
	if !o.metrics && !s.Identity.Offline {
		return s.WithMetrics(cluster.Parts{Gaps: []cluster.Gap{{Resource: cluster.Metrics,
			Reason: "not asked for; --metrics reads them", Unasked: true}}}), nil
	}
	parts, err := r.Metrics(ctx, s.Measurable())
	if err != nil {
		return nil, err
	}
	return s.WithMetrics(parts), nil
}

// check refuses to say anything where nothing can be said.
func (o *options) check(s *cluster.Snapshot) error {
	for _, ns := range o.scope.Namespaces {
		if s.Identity.Offline && !slices.Contains(s.Namespaces, ns) {
			err := fmt.Errorf("namespace %q is not in the files", ns)
			if len(s.Namespaces) > 0 {
				err = fmt.Errorf("%w, which hold %s", err, detect.List(s.Namespaces, 8))
			}
			return orNear(err, ns, s.Namespaces)
		}
	}
	if s.Identity.Offline || s.Read(cluster.Pods) {
		return nil
	}
	for _, g := range s.Gaps {
		if g.Resource == cluster.Pods && strings.HasPrefix(g.Remedy, "{") {
			return fmt.Errorf("%w: %s; this rule would grant it: %s", errUnreadable, g.Reason, g.Remedy)
		}
		if g.Resource == cluster.Pods && g.Remedy != "" {
			return fmt.Errorf("%w: %s; %s", errUnreadable, g.Reason, g.Remedy)
		}
		if g.Resource == cluster.Pods {
			return fmt.Errorf("%w: %s", errUnreadable, g.Reason)
		}
	}
	return errUnreadable
}

// errUnreadable is the end where no pod may be read.
var errUnreadable = errors.New("pods could not be read")

// shows decides what is shown, after everything was explained.
func (o *options) shows(p *correlate.Pattern) bool {
	if len(o.detectors) > 0 && !slices.Contains(o.detectors, p.Detector) {
		return false
	}
	if o.category != "" && p.Category != o.category {
		return false
	}
	return p.Severity.Rank() <= o.severity.Rank()
}

// textRenderer writes a report as text.
type textRenderer func(w io.Writer, r *report.Report, s report.Style) error

// tell is how every command ends: it prints what was found out, says that the
// picture is not whole where it is not, and with --exit-code whether there is
// a pattern.
func (o *options) tell(story *correlate.Story, r *report.Report, text textRenderer, found bool) error {
	if err := o.print(r, text); err != nil {
		return err
	}
	o.warnOfGaps(story.Snapshot)
	for _, s := range story.Skipped {
		if strings.HasPrefix(s.Why, detect.Mistake) {
			o.warn("detector %s could not judge: %s", s.Detector, s.Why)
		}
	}
	if o.exitCode && found {
		return errFound
	}
	return nil
}

// warnOfGaps says on standard error, in a line, that the picture is not
// whole; the report names each gap.
func (o *options) warnOfGaps(s *cluster.Snapshot) {
	if s.Identity.Offline {
		broken := 0
		for _, g := range s.Gaps {
			if g.Resource == "" {
				broken++
			}
		}
		if broken > 0 {
			o.warn("%s could not be read whole; the report names the place", detect.Count(broken, "file"))
		}
		return
	}
	names := map[string][]string{}
	var order []string
	for _, src := range s.Sources {
		if src.Gap == "" {
			continue
		}
		if names[src.Gap] == nil {
			order = append(order, src.Gap)
		}
		names[src.Gap] = append(names[src.Gap], string(src.Resource))
	}
	for i, gap := range order {
		order[i] = strings.Join(names[gap], ", ") + " (" + gap + ")"
	}
	if len(order) > 0 {
		o.warn("not everything could be read: %s", strings.Join(order, ", "))
	}
}
