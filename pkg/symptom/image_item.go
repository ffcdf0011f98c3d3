package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// What more a failed pull says than its cause: Symptom.Item of ImagePull.
// SandboxPauseImage is one too.
const (
	PullOwnLimit    = "the kubelet's own limit"
	PullByPolicy    = "policy"
	PullServerError = "server error"
	PullDamaged     = "damaged"
	PullOldFormat   = "old format"
	PullMount       = "mount"
)

// pullItems classify what the causes of the taxonomy do not tell apart.
var pullItems = []signature{
	{cause: PullOwnLimit, source: "kubelet images/helpers.go: registryPullQPS", texts: []string{"pull qps exceeded"}},
	{cause: PullByPolicy, source: "CRI-O and containers/image policy.json, registries.conf; containerd image verifiers; Harbor", texts: []string{
		"signaturevalidationfailed", "signature validation failed", "source image rejected", "a signature was required", "image verifier", "is blocked in",
		"cannot be pulled due to configured policy", "412 precondition failed"}},
	{cause: PullOldFormat, source: "containerd 2.x", texts: []string{"manifest.v1+prettyjws", "schema 1"}},
	{cause: PullDamaged, source: "containerd: a layer is missing, or another than its digest says", texts: []string{
		"could not fetch content descriptor", "unexpected commit digest", "failed size validation"}, pattern: lazyregexp.New(`content at \S+ not found`)},
	{cause: PullServerError, source: "registries and what stands before them", texts: []string{
		"500 internal server error", "502 bad gateway", "503 service unavailable", "504 gateway time-out", "504 gateway timeout"}},
	{cause: PullMount, source: "kubelet: image volumes", texts: []string{"failed to mount image"}},
}

func (s *Symptom) itemOfPull() {
	if s.Item = classify(pullItems, withoutImage(s.Message, s.Image)); s.Item == PullByPolicy {
		s.Cause = PullUnknown // refused, but not for want of credentials
	}
}

// artifact is the second try of CRI-O 1.33 and newer, whose failure says
// nothing of the image.
var artifact = lazyregexp.New(`; artifact err: (?s:.*)$`)

// pauseReference finds the pause image where no quotes are around it.
var pauseReference = lazyregexp.New(`docker://([^\s"]{1,300}?):? `)

// pauseImage makes of a sandbox that cannot be made for want of the pause
// image what it is: an image that the node cannot pull, whatever the pod.
func (s *Symptom) pauseImage(raw string) {
	name := quoted(raw)
	if m := pauseReference.FindStringSubmatch(raw + " "); m != nil {
		name = m[1]
	}
	image := ParseImage(name)
	if image.Registry == "" {
		return
	}
	s.Kind, s.Image, s.Item, s.Driver = ImagePull, image, SandboxPauseImage, ""
	_, text, ok := strings.Cut(s.Message, `": `)
	if ok {
		s.Message = text
	}
	s.Cause, s.Template = pullCause("", s.Message, image), Mask(s.Message)
}

// takesTurns reports whether a pull merely waits for its turn.
func (r *recogniser) takesTurns(s *Symptom) bool {
	return s.Item == PullOwnLimit && r.s.At.Sub(s.First) < settling
}
