package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Only a few logs of many replicas are read. What these say holds for the
// others too that end in the same way, if all that were read agree.

// endKey is what replicas have in common that end, or wait, in the same way.
type endKey struct {
	workload, revision, container string
	exit                          int32
	ended                         bool
}

// lender is a replica whose log was read.
type lender struct {
	words said
	pod   cluster.Ref
	mixed bool // another one says something else
}

// borrower is a replica whose log was not.
type borrower struct {
	at int // of its Exit in found, -1 when it runs
	of Symptom
}

func (r *recogniser) endKeyOf(s *Symptom) endKey {
	return endKey{r.s.WorkloadOf(s.Pod).String(), s.Pod.Revision(), s.Container, s.ExitCode, s.Kind == Exit}
}

func (r *recogniser) lends(s *Symptom, words said) {
	if r.lenders == nil {
		r.lenders = map[endKey]*lender{}
	}
	key := r.endKeyOf(s)
	known := r.lenders[key]
	if known == nil {
		r.lenders[key] = &lender{words: words, pod: s.Object}
		return
	}
	known.mixed = known.mixed || r.mask(s.Pod, words.line) != r.mask(r.s.Pod(known.pod.Namespace, known.pod.Name), known.words.line)
}

func (r *recogniser) borrows(at int, s *Symptom) {
	if len(r.s.Logs) > 0 && r.s.Log(s.Object, s.Container) == nil {
		r.borrowers = append(r.borrowers, borrower{at, *s})
	}
}

// lend gives the words of the logs that were read to the replicas whose logs
// were not, and says whose words they are.
func (r *recogniser) lend() {
	for i := range r.borrowers {
		b := &r.borrowers[i]
		from := r.lenders[r.endKeyOf(&b.of)]
		if from == nil || from.mixed {
			continue
		}
		s := &b.of
		if b.at >= 0 {
			s = &r.found[b.at]
		}
		e := fromLog(s, &from.words)
		e.Subject, e.Text = from.pod.Key(), e.Text+" (pod "+from.pod.Name+", which fails in the same way)"
		s.Evidence = append(append([]Evidence(nil), s.Evidence...), e)
		if b.at >= 0 {
			r.tellEnd(s, from.words)
		}
		if specific, ok := r.specific(s, from.words); ok && (b.at < 0 || s.ExitCode != 0) {
			r.add(specific)
		}
	}
}

// lastWords adds what a container that was killed for memory wrote last: it
// says what it was doing.
func (r *recogniser) lastWords(s *Symptom) {
	if log := r.s.Log(s.Object, s.Container); log != nil && len(log.Lines) > 0 {
		words := said{line: strings.TrimSpace(log.Lines[len(log.Lines)-1])}
		s.Evidence = append(s.Evidence, fromLog(s, &words))
	}
}

// ended adds the end of a container, and what the program said of it.
func (r *recogniser) ended(s Symptom) {
	if s.Kind == OOM {
		s.Template = Mask(s.Message)
		r.lastWords(&s)
		r.add(s)
		return
	}
	specific, ok := r.hear(&s)
	at := len(r.found)
	r.add(s)
	if ok && s.ExitCode != 0 {
		r.add(specific)
	}
	if s.Message == "" && len(r.found) > at {
		r.borrows(at, &s)
	}
}
