package collect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Bounds on reading logs. The kubelet applies a limit of bytes from the first
// of the lines asked for, so that it cuts off the last ones, which are those
// that count: the limit is wide, and what is kept of the answer is its end.
const (
	logLines      = 50
	logLimit      = 256 << 10
	logKept       = 16 << 10
	logConcurrent = 8
	logTime       = 10 * time.Second // for one log
	logsTime      = 30 * time.Second // for all
)

// logReading is one reading of logs.
type logReading struct {
	live *Live
	mu   sync.Mutex
	b    *bucket
	read int
	// forbidden are the namespaces in which logs may not be read: one answer
	// is enough to know. failed are other reasons, in the order of wanted.
	forbidden map[string]bool
	failed    []logFailure
}

type logFailure struct {
	at     int
	reason string
}

// Logs reads the ends of logs: eight at a time, all within half a minute.
// What cannot be read becomes a gap. A container whose previous run left no
// log is asked for the present one.
func (l *Live) Logs(ctx context.Context, wanted []cluster.LogRef) (cluster.Parts, error) {
	if len(wanted) == 0 {
		return cluster.Parts{}, nil
	}
	r := &logReading{live: l, b: newBucket(), forbidden: map[string]bool{}}
	bounded, cancel := context.WithTimeout(ctx, logsTime)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(logConcurrent)
	for i, ref := range wanted {
		group.Go(func() error {
			r.one(bounded, i, ref)
			return nil
		})
	}
	_ = group.Wait() // what went wrong is in r
	if err := ctx.Err(); err != nil {
		return cluster.Parts{}, err
	}
	r.tell(len(wanted))
	if l.Progress != nil {
		l.Progress(cluster.PodLogs, r.read)
	}
	return r.b.Parts, nil
}

func (r *logReading) one(ctx context.Context, at int, ref cluster.LogRef) {
	if r.isForbidden(ref.Pod.Namespace) {
		return
	}
	text, err := r.live.logOf(ctx, ref)
	if apierrors.IsBadRequest(err) && ref.Previous {
		ref.Previous = false
		text, err = r.live.logOf(ctx, ref)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.read++
		if lines := logTail(text); len(lines) > 0 {
			r.b.Logs = append(r.b.Logs, cluster.Log{LogRef: ref, Lines: lines})
		}
	case apierrors.IsForbidden(err):
		r.forbidden[ref.Pod.Namespace] = true
	default:
		r.failed = append(r.failed, logFailure{at, logReason(err)})
	}
}

func (r *logReading) isForbidden(namespace string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.forbidden[namespace]
}

// logOf asks for the last lines of one run.
func (l *Live) logOf(ctx context.Context, ref cluster.LogRef) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, logTime)
	defer cancel()
	text, err := l.logLines(ctx, ref, logLines)
	if err == nil && len(text) >= logLimit { // the limit cut off the end
		return l.logLines(ctx, ref, 5)
	}
	return text, err
}

func (l *Live) logLines(ctx context.Context, ref cluster.LogRef, lines int64) (string, error) {
	limit := int64(logLimit)
	stream, err := l.typed.CoreV1().Pods(ref.Pod.Namespace).GetLogs(ref.Pod.Name, &corev1.PodLogOptions{
		Container: ref.Container, Previous: ref.Previous, TailLines: &lines, LimitBytes: &limit}).Stream(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = stream.Close() }() // only read from
	raw, err := io.ReadAll(io.LimitReader(stream, logLimit))
	return string(raw), err
}

// logTail is the end of a log in lines, masked.
func logTail(text string) []string {
	if len(text) > logKept {
		text = text[len(text)-logKept:]
		_, text, _ = strings.Cut(text, "\n") // the first line is half a line
	}
	text = strings.TrimRight(maskText(strings.ToValidUTF8(text, "\uFFFD")), "\r\n")
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-logLines):]
}

func logReason(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded) || apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err):
		return "timed out"
	case apierrors.IsNotFound(err):
		return "the pod is gone"
	case apierrors.IsBadRequest(err):
		return "the container left no log"
	case apierrors.IsTooManyRequests(err):
		return "429 too many requests"
	}
	reason, _, _ := strings.Cut(err.Error(), "\n")
	return maskText(reason)
}

// tell says what was read and what was not.
func (r *logReading) tell(wanted int) {
	source := cluster.Source{Resource: cluster.PodLogs, From: "live", Objects: r.read}
	namespaces := make([]string, 0, len(r.forbidden))
	for ns := range r.forbidden {
		namespaces = append(namespaces, ns)
	}
	slices.Sort(namespaces)
	for _, ns := range namespaces {
		source.Gap, source.Remedy = "forbidden", logRight().rule()
		r.b.Gaps = append(r.b.Gaps, cluster.Gap{Resource: cluster.PodLogs, Namespace: ns, Reason: "forbidden", Remedy: source.Remedy})
	}
	if len(r.failed) > 0 {
		slices.SortFunc(r.failed, func(a, b logFailure) int { return a.at - b.at })
		reason := fmt.Sprintf("%d of %d could not be read: %s", len(r.failed), wanted, r.failed[0].reason)
		if source.Gap == "" {
			source.Gap = reason
		}
		r.b.Gaps = append(r.b.Gaps, cluster.Gap{Resource: cluster.PodLogs, Reason: reason})
	}
	r.b.Sources = append(r.b.Sources, source)
}
