package symptom

import (
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// startReasons are the waiting reasons that mean that a container could not
// be made or started.
var startReasons = map[string]bool{
	"CreateContainerConfigError": true, "CreateContainerError": true, "RunContainerError": true,
	"PreCreateHookError": true, "PreStartHookError": true, "PostStartHookError": true,
}

// start recognises a container that could not be made or started: while it
// waits for it, by the end that the runtime noted (StartError of containerd,
// ContainerCannotRun of cri-dockerd), or by its failed postStart hook, for
// which the kubelet kills it.
func (r *recogniser) start(p *cluster.Pod, c *cluster.Container, events []*cluster.Event) (Symptom, bool) {
	if !p.Deleting.IsZero() {
		return Symptom{}, false
	}
	s := Symptom{Kind: Start, Object: p.Key(), Pod: p, Container: c.Name, Restarts: c.Restarts}
	failed := terminated(c)
	switch {
	case c.State.Phase == cluster.Waiting && startReasons[c.State.Reason]:
		s.failsToStart(c.State.Reason, c.State.Message, r.s.At)
		s.Ongoing, s.Last = true, r.s.At
	case failed != nil && isFailedStart(failed):
		s.failsToStart(failed.Reason, failed.Message, r.s.At)
		s.ExitCode, s.Ongoing = failed.ExitCode, !p.Finished() && !healed(p, c, r.s.At)
		s.Last, s.Ended = orLater(failed.FinishedAt, p.Created), failed.FinishedAt
	case !r.hooked(&s, p, c, events):
		return Symptom{}, false
	}
	if s.Ongoing {
		s.Last = r.s.At
	} else if s.Last.Before(r.s.At.Add(-longPast)) && c.Restarts < 3 {
		return Symptom{}, false // long past and healed
	}
	if s.Item == StartInitOOM { // runc's words for a limit that not even the start fits into
		s.Kind, s.Cause, s.Limit, s.Item = OOM, "", limitOf(p, c), ""
	}
	s.dateStart(events, latest(p.Created, p.Started))
	s.Image = ParseImage(askedImage(p, c))
	return s, true
}

// isFailedStart reports whether an end is none of the program, which never
// ran. Without a reason of the runtime only ENOEXEC says so.
func isFailedStart(t *cluster.State) bool {
	return t.Reason == "StartError" || t.Reason == "ContainerCannotRun" ||
		(t.ExitCode != 0 && strings.Contains(t.Message, ": exec format error"))
}

// orLater replaces the zero and 1970 times that runtimes give for what never
// ran.
func orLater(t, least time.Time) time.Time { return latest(least, t) }

func (s *Symptom) failsToStart(reason, message string, at time.Time) {
	s.Message, s.Template = message, Mask(withoutContainer(message))
	s.Item, s.Names = startItem(message), startNames(message)
	if reason == "PostStartHookError" {
		s.Item = StartPostStart
	}
	s.Cause = startCause(s.Item)
	s.Evidence = append(s.Evidence, Evidence{Source: FromStatus, Subject: s.Object, Time: at, Reason: reason, Text: message, Count: 1})
}

// startFrames hold what the runtime calls the container, which differs from
// pod to pod.
var startFrames = lazyregexp.New(`^.*?failed to (?:generate container "[^"]{0,100}" spec: (?:failed to generate spec: )?|start container "[^"]{0,100}": |create containerd task: )`)

func withoutContainer(message string) string { return startFrames.ReplaceAllString(message, "") }

// spoken completes a failed start that the shell of a container told of.
func (s *Symptom) spoken() {
	for _, row := range []string{StartNotFound, StartNotAllowed, StartFormat} {
		if startCause(row) == s.Cause {
			s.Item, s.Names = row, startNames(s.Message)
		}
	}
	if s.Pod == nil {
		return
	}
	if spec := s.Pod.SpecOf(s.Container); spec != nil {
		s.Image = ParseImage(spec.Image)
	}
}

// hooked recognises a container whose postStart hook failed: the kubelet kills
// it then, and its exit is none of its own.
func (r *recogniser) hooked(s *Symptom, p *cluster.Pod, c *cluster.Container, events []*cluster.Event) bool {
	var last *cluster.Event
	for _, e := range events {
		if e.Reason == "FailedPostStartHook" && isAbout(e, c.Name) {
			last = e
		}
	}
	if last == nil || !c.State.StartedAt.Before(last.Last.Add(backOffReset)) || last.Last.Before(c.Last().FinishedAt.Add(-backOffReset)) {
		return false
	}
	s.Item, s.Cause, s.Message, s.Template = StartPostStart, StartHook, last.Message, Mask(last.Message)
	s.First, s.Last = last.First, last.Last
	s.Ongoing = !p.Finished() && !healed(p, c, r.s.At)
	return true
}

// startError is what an event says of a failed start; pulls have their own.
func startError(e *cluster.Event) (string, bool) {
	text, isError := strings.CutPrefix(e.Message, "Error: ")
	return text, isError && e.Reason == "Failed" && !strings.HasPrefix(text, "ErrImage") && !strings.HasPrefix(text, "ImagePull")
}

// dateStart dates the beginning of a failed start by its events, and counts
// them.
func (s *Symptom) dateStart(events []*cluster.Event, fallback time.Time) {
	count := 0
	for _, e := range events {
		text, isError := startError(e)
		ofHook := e.Reason == "FailedPostStartHook" && s.Cause == StartHook
		if !isAbout(e, s.Container) || (!ofHook && !isError) {
			continue
		}
		if s.Item != "" && !ofHook && startItem(text) != s.Item {
			continue
		}
		s.First = earliest(s.First, e.First)
		count += e.Count
		s.Evidence = append(s.Evidence, fromEvent(e))
	}
	s.Count = max(count, 1)
	if s.First.IsZero() {
		s.First = fallback
	}
}

// goneStart recognises a start that failed in a pod of which only events are
// left.
func (r *recogniser) goneStart(ref cluster.Ref, events []*cluster.Event) bool {
	s := Symptom{Kind: Start, Object: ref}
	for _, e := range events {
		text, isError := strings.CutPrefix(e.Message, "Error: ")
		item := startItem(text)
		if !isError || e.Reason != "Failed" || item == StartOther || (s.Item != "" && item != s.Item) {
			continue
		}
		s.Item, s.Cause, s.Message, s.Names = item, startCause(item), text, startNames(text)
		s.Template, s.Container, s.Node = Mask(withoutContainer(text)), e.Container, e.Host
		s.First, s.Last = earliest(s.First, e.First), latest(s.Last, e.Last)
		s.Count += e.Count
		s.Evidence = append(s.Evidence, fromEvent(e))
	}
	if len(s.Evidence) == 0 || s.Item == StartInitOOM || s.Last.Sub(s.First) < settling {
		return false
	}
	r.add(s)
	return true
}
