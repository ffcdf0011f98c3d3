// Package imagepull detects images that cannot be pulled.
package imagepull

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups failed pulls by what makes them one problem: the registry
// when it refuses or cannot be reached, the repository when the image is
// missing, the node when its disk is full.
var Detector = &detect.Detector{
	Name:     "image-pull",
	Category: "configuration",
	Doc: `images that cannot be pulled

Means that a node cannot get the image of a container, or of the pause container
that every pod needs.

Reads the waiting reasons of containers, the events of failed pulls, and the event
FailedToRetrieveImagePullSecret. The cause is read from the runtime's own words.

Groups refusals, rate limits, DNS, TLS and network errors by registry; missing
images, wrong names and missing platforms by repository; by node full disks,
registries that one node of several cannot reach, and the kubelet's own limit of
pulls.

Speaks when a container waits for an image that its node could not pull, and when
events tell of failed pulls that have since succeeded.

Silent on pods that merely wait for their first pull, or for their turn, and on pull
Secrets that are missing where the image is there all the same.

What to do: renew the pull Secret, correct the name, tag or platform, free the disk,
or see to the registry and the way to it; the cause says which.`,
	Causes: []string{
		symptom.PullAuth, symptom.PullNotFound, symptom.PullRateLimited, symptom.PullDNS,
		symptom.PullUnreachable, symptom.PullTLS, symptom.PullPlatform, symptom.PullDiskFull,
		symptom.PullInvalidName, symptom.PullNever, symptom.PullUnknown,
	},
	Needs: []cluster.Resource{cluster.Pods, cluster.Events},
	Any:   true,
	Run:   run,
}

func run(pass *detect.Pass) {
	all := pass.Of(symptom.ImagePull)
	cutOff := nodesCutOff(pass, all)
	for _, g := range detect.GroupBy(all, func(s *symptom.Symptom) string { return s.Cause + " " + keyWithoutCause(s, cutOff) }) {
		first := g.Symptoms[0]
		t := detect.Sum(g.Symptoms)
		b := builder{pass: pass, group: g.Symptoms, tally: t, cause: first.Cause, image: first.Image, node: first.Node, item: itemOf(g.Symptoms)}
		b.onNode = first.Cause == symptom.PullDiskFull || isOfNode(first, cutOff)
		pass.Report(b.pattern(keyWithoutCause(first, cutOff)))
	}
}

// keyWithoutCause is what makes failed pulls of one cause one problem.
func keyWithoutCause(s *symptom.Symptom, cutOff []string) string {
	switch {
	case isOfNode(s, cutOff):
		return strings.TrimSpace("node " + s.Node + " " + own[s.Item])
	case s.Item == symptom.PullByPolicy, s.Item == symptom.PullOldFormat:
		return s.Item + " " + s.Image.Registry + "/" + s.Image.Repository
	}
	switch s.Cause {
	case symptom.PullNotFound, symptom.PullPlatform, symptom.PullNever, symptom.PullInvalidName:
		if s.Image.Repository == "" {
			return s.Image.Name
		}
		return s.Image.Registry + "/" + s.Image.Repository
	case symptom.PullDiskFull:
		return s.Node
	case symptom.PullUnknown:
		return s.Image.Registry + " " + s.Template
	}
	return s.Image.Registry
}

// builder makes the pattern of one group.
type builder struct {
	pass  *detect.Pass
	group []*symptom.Symptom
	tally detect.Tally
	cause string
	image symptom.Image
	node  string
	// onNode is set when it is the node's problem, not the registry's.
	onNode bool
	item   string // what all of the group say beyond their cause
}

func (b *builder) pattern(key string) detect.Pattern {
	p := detect.Pattern{
		Cause:    b.cause,
		Key:      key,
		Symptoms: b.group,
		Title:    b.title(),
		Factors:  b.factors(),
		Probable: b.probable(),
		Counter:  b.counter(),
	}
	if b.onNode {
		p.Nodes = []string{b.node}
	}
	p.Investigation = b.investigation()
	p.Recommendations = b.recommendations()
	return p
}

var titles = map[string]string{
	symptom.PullAuth:        "cannot pull from %s: authentication refused",
	symptom.PullRateLimited: "cannot pull from %s: rate limit reached",
	symptom.PullDNS:         "cannot pull from %s: its name does not resolve",
	symptom.PullUnreachable: "cannot pull from %s: the registry cannot be reached",
	symptom.PullTLS:         "cannot pull from %s: TLS fails",
	symptom.PullNotFound:    "cannot pull %s: no such image",
	symptom.PullPlatform:    "cannot pull %s: not built for the platform of the node",
	symptom.PullInvalidName: "cannot pull %s: not a valid image name",
	symptom.PullNever:       "cannot start without %s, which is not on the node and may never be pulled",
	symptom.PullDiskFull:    "cannot pull images on node %s: no space left on device",
	symptom.PullUnknown:     "cannot pull from %s",
}

func (b *builder) title() string {
	form := titles[b.cause]
	if b.refusalIsAmbiguous() {
		form = "cannot pull from %s: access refused, or no such image"
	}
	verb := fmt.Sprintf(form, b.what())
	if special := b.special(); special != "" {
		verb = special
	}
	if !b.tally.Ongoing {
		verb = strings.Replace(verb, "cannot", "could not", 1)
	}
	return b.tally.Who() + " " + verb
}

// what the pattern is about, in the words of its title.
func (b *builder) what() string {
	switch b.cause {
	case symptom.PullNotFound, symptom.PullPlatform, symptom.PullNever, symptom.PullInvalidName:
		return detect.List(b.images(), 2)
	case symptom.PullDiskFull:
		return b.node
	}
	return b.image.Registry
}

func (b *builder) images() []string {
	return detect.Values(b.group, func(s *symptom.Symptom) string { return s.Image.Name })
}

// refusalIsAmbiguous: several registries refuse in the same words whether
// the credentials are wrong or the image does not exist. While only one
// repository is refused both are possible.
func (b *builder) refusalIsAmbiguous() bool {
	if b.cause != symptom.PullAuth {
		return false
	}
	repositories := detect.Values(b.group, func(s *symptom.Symptom) string { return s.Image.Repository })
	return len(repositories) == 1 && symptom.MayBeMissing(b.group[0].Message) &&
		!strings.Contains(b.group[0].Message, "invalid_token")
}

func (b *builder) factors() []detect.Factor {
	if b.onNode {
		return []detect.Factor{detect.OnNode(b.node)}
	}
	var out []detect.Factor
	if b.item == symptom.SandboxPauseImage { // no pod names it
		return []detect.Factor{{Attribute: "registry", Value: b.image.Registry}}
	}
	if b.image.Registry != "" {
		registry := b.image.Registry
		out = append(out, detect.Factor{Attribute: "registry", Value: registry, Holds: usesImage(func(i symptom.Image) bool { return i.Registry == registry })})
	}
	if f, ok := b.onlyNew(); ok {
		out = append(out, f)
	}
	if names := b.images(); len(names) == 1 {
		out = append(out, detect.Factor{Attribute: "image", Value: names[0], Holds: usesImage(func(i symptom.Image) bool { return i.Name == names[0] })})
	}
	return out
}

// usesImage reports of a pod whether an image that it asks for matches. Pods of
// a revision ask for the same ones, which are parsed once.
func usesImage(matches func(symptom.Image) bool) func(*cluster.Pod) bool {
	var known sync.Map // by template
	return func(p *cluster.Pod) bool {
		if p.Template == nil {
			return false
		}
		if uses, ok := known.Load(p.Template); ok {
			return uses.(bool)
		}
		uses := slices.ContainsFunc(p.Template.Containers, func(c cluster.ContainerSpec) bool { return matches(symptom.ParseImage(c.Image)) })
		known.Store(p.Template, uses)
		return uses
	}
}
