package report

import (
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
)

// TestTextTellsWhereThePastIsFrom: from where it is known, how much, and for
// which time; and not as if it had been read of the present.
func TestTextTellsWhereThePastIsFrom(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	s := cluster.New(cluster.Parts{At: at, Scope: cluster.Scope{AllNamespaces: true}, Sources: []cluster.Source{
		{Resource: cluster.Pods, Objects: 12, From: "live"},
		{Resource: cluster.Prometheus, Objects: 40, From: "service/monitoring/prometheus-k8s:9090", Period: cluster.Span{From: at.Add(-7 * 24 * time.Hour), To: at}},
	}})
	var out strings.Builder
	if err := Wide(&out, New(&correlate.Story{Snapshot: s}), Style{Zone: time.UTC, Width: 200}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	if want := "Remembers 40 facts of the past from service/monitoring/prometheus-k8s:9090, 2026-11-17 12:00:00 – 2026-11-24 12:00:00 (7d)"; !strings.Contains(text, want) {
		t.Errorf("no %q in:\n%s", want, out.String())
	}
	if strings.Contains(text, "40 prometheus") || !strings.Contains(text, "Looked at 12 pods") {
		t.Errorf("what was looked at:\n%s", out.String())
	}
}
