package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// hear adds to the end of a container what the program said of it, in its
// termination message or, where that says nothing, at the end of its log. It
// returns the symptom of the kind that the words are of, if they are of one:
// beside the end, which follows from it.
func (r *recogniser) hear(s *Symptom) (Symptom, bool) {
	words := placed(r.listen(s.Message, s.ExitCode), s)
	if s.Message == "" || words.raw {
		if heard, ok := r.heardInLog(s); ok && (s.Message == "" || !heard.raw) {
			words = heard
			s.Evidence = append(s.Evidence, fromLog(s, &words))
			r.lends(s, words)
		}
	}
	r.tellEnd(s, words)
	return r.specific(s, words)
}

// tellEnd puts into the end of a container what was said of it.
func (r *recogniser) tellEnd(s *Symptom, words said) {
	if s.Message == "" {
		s.Message = words.line
	}
	s.Template, s.Item = r.mask(s.Pod, words.line), words.frames
	if words.kind == Exit {
		s.Cause = words.cause
		if words.item != "" {
			s.Item = words.item
		}
	}
	if words.kind == Network {
		s.Target = words.target
	} else if words.raw {
		s.Target = ParseConnection(words.line)
	}
}

// heardInLog is what the log of the run that ended says, if it says that
// something is wrong. The log of a run that goes on after it tells of that end
// only by words that are known.
func (r *recogniser) heardInLog(s *Symptom) (said, bool) {
	log := r.s.Log(s.Object, s.Container)
	if log == nil {
		return said{}, false
	}
	heard := placed(r.listen(strings.Join(log.Lines, "\n"), s.ExitCode), s)
	if heard.raw {
		return heard, heard.isError && (log.Previous || !isRunning(s.Pod, s.Container))
	}
	return heard, heard.line != ""
}

func isRunning(p *cluster.Pod, container string) bool {
	for i := range p.Containers {
		if p.Containers[i].Name == container {
			return p.Containers[i].State.Phase == cluster.Running
		}
	}
	return false
}

func fromLog(s *Symptom, words *said) Evidence {
	at := s.Ended
	if at.IsZero() {
		at = s.Last
	}
	return Evidence{Source: FromLog, Subject: s.Object.Key(), Time: at, Reason: "log", Text: "log of container " + s.Container + ": " + words.line, Count: 1}
}

// specific is the symptom that words give: of the same container, with the
// same times and evidence.
func (r *recogniser) specific(of *Symptom, words said) (Symptom, bool) {
	if words.kind == "" || words.kind == Exit {
		return Symptom{}, false
	}
	s := *of
	s.Kind, s.Cause, s.Item, s.Access = words.kind, words.cause, words.item, words.access
	s.Message, s.Template, s.Target = words.line, r.mask(of.Pod, words.line), words.target
	s.Evidence = append([]Evidence(nil), of.Evidence...)
	switch s.Kind {
	case RBAC:
		s.About, _ = s.Access.ServiceAccount()
	case MissingConfig:
		s.About = words.object
		s.About.Namespace = s.Object.Namespace
	case Start:
		s.spoken()
	case Storage:
		s.About = claimAt(s.Pod, s.Container, words.item)
	case Credentials:
		s.Target = declaredPeer(s.Pod, words)
	case Version:
		s.Target = namedPeer(s.Pod, words)
	}
	return s, true
}

// declaredPeer is the peer that refused a login: that which the words name,
// else the one that the pod's template declares for that sort of client, if
// there is exactly one.
func declaredPeer(p *cluster.Pod, words said) Connection {
	if words.target.Host != "" || p == nil || p.Template == nil {
		return words.target
	}
	var found Connection
	for _, e := range p.Template.Endpoints {
		name := clientNames[words.client]
		if (e.Port == "" || e.Port != clientPorts[words.client]) && (name == nil || !name.MatchString(e.From)) {
			continue
		}
		c := Connection{Class: Rejected, Host: e.Host, Port: e.Port}
		if found.Host != "" && found.Host != c.Host {
			return Connection{}
		}
		found = c
	}
	return found
}

// listen remembers: replicas say the same.
func (r *recogniser) listen(text string, exitCode int32) said {
	if text == "" {
		return said{}
	}
	key := heardText{text, exitCode}
	words, ok := r.heard[key]
	if !ok {
		if r.heard == nil {
			r.heard = map[heardText]said{}
		}
		words = listen(text, exitCode)
		r.heard[key] = words
	}
	return words
}

type heardText struct {
	text string
	exit int32
}

// hearRunning looks at the logs of a pod's containers that run and do not
// serve: what they say of it is of the same kinds as what ended ones say.
// From is where the pod's own symptoms begin.
func (r *recogniser) hearRunning(p *cluster.Pod, from int) {
	for i := range p.Containers {
		c := &p.Containers[i]
		log := r.s.Log(p.Ref, c.Name)
		if c.Role == cluster.Ephemeral || c.Ready {
			continue
		}
		base := waitingSymptom(r.found[from:], c.Name)
		if base == nil || len(r.s.Logs) == 0 {
			continue
		}
		if log == nil {
			r.borrows(-1, &Symptom{Object: p.Key(), Pod: p, Container: c.Name, First: base.First, Last: base.Last, Ongoing: true, Count: 1, Restarts: c.Restarts, Evidence: base.Evidence})
			continue
		}
		words := r.listen(strings.Join(log.Lines, "\n"), 0)
		of := Symptom{Object: p.Key(), Pod: p, Container: c.Name, First: base.First, Last: base.Last, Ongoing: true, Count: 1, Restarts: c.Restarts}
		if words.line != "" && !words.raw {
			of.Evidence = append(append([]Evidence(nil), base.Evidence...), fromLog(&of, &words))
			r.lends(&of, words)
		}
		if s, ok := r.specific(&of, words); ok {
			r.add(s)
		}
	}
}

// waitingSymptom is why a running container counts as failing: its probe, or
// that its pod is not ready. Nil when it has ended, which hear tells of.
func waitingSymptom(of []Symptom, container string) *Symptom {
	var found *Symptom
	for i := range of {
		s := &of[i]
		switch {
		case s.Container == container && (s.Kind == Exit || s.Kind == OOM):
			return nil
		case s.Ongoing && (s.Kind == Unready && found == nil || s.Kind == Probe && s.Container == container):
			found = s
		}
	}
	return found
}
