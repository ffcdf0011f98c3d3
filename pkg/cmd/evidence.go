package cmd

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// evidenceFlags say where the evidence of a scan is to be kept.
type evidenceFlags struct {
	dir  string
	kept int // files that were written
}

func (e *evidenceFlags) addTo(c *cobra.Command) {
	c.Flags().StringVar(&e.dir, "evidence-dir", e.dir, "Write all evidence into this folder, such as --evidence-dir=incident-7: a JSON file for each pattern with the objects that it is about, timeline, matrix, report, exit codes, event counts and alert rules. It replaces files of an earlier run, and nothing else. --redact gives it other names")
	_ = c.MarkFlagDirname("evidence-dir")
}

// keep writes the evidence of a story, if that is asked for, and sets in the
// report where it is.
func (e *evidenceFlags) keep(ctx context.Context, story *correlate.Story, r *report.Report, warn func(string, ...any)) error {
	if e.dir == "" {
		return nil
	}
	w := evidenceWriter{dir: e.dir, at: r.GeneratedAt, warn: warn}
	files := report.Files(story, r)
	if err := w.write(ctx, files); err != nil {
		return fmt.Errorf("--evidence-dir: %w", err)
	}
	e.kept = len(files) + 1
	for i := range r.Patterns { // in the folder the names stand alone: it may be moved
		r.Patterns[i].EvidenceFile = filepath.Join(e.dir, r.Patterns[i].EvidenceFile)
	}
	return nil
}

// said is the line of the text output that tells where the evidence lies.
func (e *evidenceFlags) said() string {
	if e.kept == 0 {
		return ""
	}
	return fmt.Sprintf("\nEvidence: %s in %s; index.md there says what each holds.\n", detect.Count(e.kept, "file"), report.Plain(e.dir))
}
