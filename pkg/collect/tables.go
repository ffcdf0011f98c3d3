package collect

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// table is a table as `kubectl get events` and `kubectl get pods` print it.
type table struct {
	columns []column
	// now is when it was printed: its ages count from there.
	now       time.Time
	namespace string // of tables without a column of it
	tabled
}

// column is one of a table: the characters from at on.
type column struct {
	name string
	at   int
}

var (
	eventsHead = lazyregexp.New(`^(?:NAMESPACE +)?LAST SEEN +(?:FIRST SEEN +COUNT +NAME +)?TYPE +REASON +OBJECT +`)
	podsHead   = lazyregexp.New(`^(?:NAMESPACE +)?NAME +READY +STATUS +RESTARTS +AGE\b`)
	gapInHead  = lazyregexp.New(` {2,}`)
)

// isTable reports whether a line is the head of a table that is read.
func isTable(line string) bool { return eventsHead.MatchString(line) || podsHead.MatchString(line) }

// headOf peeks at the first line of a stream.
func headOf(br *bufio.Reader) string {
	head, _ := br.Peek(512) // what there is of it
	line, _, _ := strings.Cut(string(head), "\n")
	return strings.TrimRight(line, "\r ")
}

// tableRead reads a table. A row that does not stand in its columns is an
// error, and the rows before it count.
func (r *reading) tableRead(name string, br *bufio.Reader) error {
	lines := bufio.NewScanner(br)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	head := strings.TrimRight(lines.Text(), "\r ")
	t := &table{columns: columnsOf(head), now: r.printed, namespace: r.namespace,
		tabled: tabled{file: name, bucket: newBucket(), lone: map[cluster.Ref]bool{}}}
	resource, add := cluster.Events, t.event
	if podsHead.MatchString(head) {
		resource, add = cluster.Pods, t.pod
	}
	if !t.has("NAMESPACE") && t.namespace == "" {
		return errors.New("line 1: the table has no column NAMESPACE: -n says of which namespace it is")
	}
	if t.now.After(r.moment) {
		r.moment = t.now
	}
	r.lists++
	r.tabled = append(r.tabled, &t.tabled)
	r.count(resource, name, 0)
	r.rounded(resource)
	for n := 2; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r ")
		if line == "" || isTable(line) {
			continue
		}
		row, ok := t.cut(line)
		if !ok {
			return fmt.Errorf("line %d: the row does not stand in the columns of the table", n)
		}
		if err := add(row); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		r.count(resource, name, 1)
	}
	return lines.Err()
}

// rounded says how exact the times of a table are.
func (r *reading) rounded(resource cluster.Resource) {
	r.b.Gaps = append(r.b.Gaps, cluster.Gap{Resource: resource, Reason: roundedTimes})
	if !slices.ContainsFunc(r.tables, func(x cluster.Resource) bool { return x == resource }) {
		r.tables = append(r.tables, resource)
	}
}

const roundedTimes = "read of a table: times are rounded to the units of its ages, and labels, owners and specs are not told"

func columnsOf(head string) []column {
	var out []column
	at := 0
	for _, gap := range append(gapInHead.FindAllStringIndex(head, -1), []int{len(head), len(head)}) {
		out = append(out, column{head[at:gap[0]], at})
		at = gap[1]
	}
	return out
}

func (t *table) has(name string) bool {
	return slices.ContainsFunc(t.columns, func(c column) bool { return c.name == name })
}

// cut splits a row. kubectl pads by characters, and leaves at least one blank
// before a column.
func (t *table) cut(line string) (map[string]string, bool) {
	row := map[string]string{}
	runes := []rune(line)
	for i, c := range t.columns {
		if c.at >= len(runes) {
			break // the last cells may be empty
		}
		if c.at > 0 && runes[c.at-1] != ' ' {
			return nil, false
		}
		end := len(runes)
		if i+1 < len(t.columns) {
			end = min(end, t.columns[i+1].at)
		}
		row[c.name] = strings.TrimSpace(string(runes[c.at:end]))
	}
	if row["NAMESPACE"] == "" {
		row["NAMESPACE"] = t.namespace
	}
	return row, true
}

// seen matches when an event was seen: "3m", or "3m (x5 over 10m)".
var seen = lazyregexp.New(`^(\S+)(?: \(x(\d+) over (\S+)\))?$`)

func (t *table) event(row map[string]string) error {
	m := seen.FindStringSubmatch(row["LAST SEEN"])
	kind, name, named := strings.Cut(row["OBJECT"], "/")
	if m == nil || !named || row["REASON"] == "" {
		return fmt.Errorf("no event: last seen %q, reason %q, object %q", row["LAST SEEN"], row["REASON"], row["OBJECT"])
	}
	last, err := t.ago(m[1])
	if err != nil {
		return err
	}
	first, count := last, 1
	if m[2] != "" {
		count, _ = strconv.Atoi(m[2])
		if first, err = t.ago(m[3]); err != nil {
			return err
		}
	}
	if row["FIRST SEEN"] != "" {
		if first, err = t.ago(row["FIRST SEEN"]); err != nil {
			return err
		}
		count = max(1, atoi(row["COUNT"]))
	}
	component, host, _ := strings.Cut(row["SOURCE"], ", ")
	e := &corev1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: row["NAMESPACE"], Name: row["NAME"]},
		InvolvedObject: corev1.ObjectReference{Kind: kindNamed(kind), Namespace: row["NAMESPACE"], Name: name, FieldPath: row["SUBOBJECT"]},
		Type:           row["TYPE"], Reason: row["REASON"], Message: row["MESSAGE"], Source: corev1.EventSource{Component: component, Host: host},
		FirstTimestamp: metav1.NewTime(first), LastTimestamp: metav1.NewTime(last), Count: int32(min(count, 1<<31-1))} //nolint:gosec // bounded
	t.bucket.event(e)
	return nil
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // what is no number counts nothing
	return n
}

// kindNamed is a kind by its name in small letters, as the table has it.
func kindNamed(lower string) string {
	lower, _, _ = strings.Cut(lower, ".") // deployment.apps
	for kind := range savedKinds {
		if strings.ToLower(kind) == lower {
			return kind
		}
	}
	return lower
}

// age matches what kubectl prints of a duration: 5s, 3m12s, 2d4h, 3y12d
// (apimachinery/pkg/util/duration HumanDuration).
var age = lazyregexp.New(`^(?:(\d+)y)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$`)

// ago is the time of an age. "<unknown>" is zero.
func (t *table) ago(text string) (time.Time, error) {
	if text == "<unknown>" || text == "<invalid>" {
		return time.Time{}, nil
	}
	m := age.FindStringSubmatch(text)
	if m == nil || text == "" {
		return time.Time{}, fmt.Errorf("%q is no age such as 3m12s", text)
	}
	var d time.Duration
	for i, unit := range []time.Duration{365 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, err := strconv.ParseInt("0"+m[i+1], 10, 32)
		if err != nil || n > int64(100*365*24*time.Hour/unit) {
			return time.Time{}, fmt.Errorf("%q is too long ago", text)
		}
		d += time.Duration(n) * unit
	}
	return t.now.Add(-d), nil
}

// statusForm matches the column READY, and restarts the column RESTARTS: "5" or
// "5 (3m ago)".
var (
	readyForm    = lazyregexp.New(`^(\d{1,4})/(\d{1,4})$`)
	restartsForm = lazyregexp.New(`^(\d{1,9})(?: \((\S+) ago\))?$`)
)

// pod is a pod as far as its row tells of it.
func (t *table) pod(row map[string]string) error {
	ready, restarts := readyForm.FindStringSubmatch(row["READY"]), restartsForm.FindStringSubmatch(row["RESTARTS"])
	if ready == nil || restarts == nil || row["NAME"] == "" || row["STATUS"] == "" {
		return fmt.Errorf("no pod: name %q, ready %q, status %q, restarts %q", row["NAME"], row["READY"], row["STATUS"], row["RESTARTS"])
	}
	created, err := t.ago(row["AGE"])
	if err != nil {
		return err
	}
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: row["NAMESPACE"], Name: row["NAME"], CreationTimestamp: metav1.NewTime(created)}}
	p.Spec.NodeName, p.Status.PodIP = told(row["NODE"]), told(row["IP"])
	c := corev1.ContainerStatus{Name: cluster.ContainerUntold, RestartCount: int32(atoi(restarts[1])), Ready: ready[1] == ready[2]} //nolint:gosec // nine digits
	if restarts[2] != "" {
		if ended, err := t.ago(restarts[2]); err == nil {
			c.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{FinishedAt: metav1.NewTime(ended), ExitCode: cluster.ExitCodeUntold}
		}
	}
	stateOfRow(p, &c, row["STATUS"])
	p.Status.ContainerStatuses = []corev1.ContainerStatus{c}
	t.bucket.pod(p)
	if ready[2] == "1" {
		t.lone[cluster.Ref{Kind: "Pod", Namespace: p.Namespace, Name: p.Name}] = true
	}
	return nil
}

func told(cell string) string {
	if cell == "<none>" {
		return ""
	}
	return cell
}

// stateOfRow undoes what kubectl makes of a pod's status
// (kubernetes/pkg/printers/internalversion printPod), as far as it can be
// undone: which container it is of is not told.
func stateOfRow(p *corev1.Pod, c *corev1.ContainerStatus, status string) {
	isReady := corev1.ConditionFalse
	p.Status.Phase = corev1.PodRunning
	switch status {
	case "Running", "NotReady":
		c.State.Running = &corev1.ContainerStateRunning{}
		if c.Ready {
			isReady = corev1.ConditionTrue
		}
	case "Completed", "Succeeded":
		p.Status.Phase = corev1.PodSucceeded
		c.State.Terminated = &corev1.ContainerStateTerminated{Reason: "Completed"}
	case "Pending":
		p.Status.Phase = corev1.PodPending
	case "Terminating":
		p.DeletionTimestamp = &p.CreationTimestamp
	case "Evicted", "NodeLost", "Unknown", "Failed":
		p.Status.Phase, p.Status.Reason = corev1.PodFailed, status
	case "Error", "OOMKilled":
		c.State.Terminated = &corev1.ContainerStateTerminated{Reason: status, ExitCode: cluster.ExitCodeUntold}
	default:
		waitsFor(p, c, status)
	}
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: isReady}}
}

// waitsFor is a pod whose status is what a container waits for. Of what runs
// before ("Init:1/2") only that it has not ended is known.
func waitsFor(p *corev1.Pod, c *corev1.ContainerStatus, status string) {
	isInit := strings.HasPrefix(status, "Init:")
	if isInit || c.RestartCount == 0 {
		p.Status.Phase = corev1.PodPending
	}
	if !isInit {
		c.State.Waiting = &corev1.ContainerStateWaiting{Reason: status}
	}
}
