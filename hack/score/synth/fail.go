package synth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// status is that of the container that the incident is about.
func (p *pod) status() *corev1.ContainerStatus {
	for _, list := range [][]corev1.ContainerStatus{p.Status.InitContainerStatuses, p.Status.ContainerStatuses} {
		for i := range list {
			if list[i].Name == p.at {
				return &list[i]
			}
		}
	}
	return &p.Status.ContainerStatuses[0]
}

func (p *pod) askedImage() string {
	for _, list := range [][]corev1.Container{p.Spec.InitContainers, p.Spec.Containers} {
		for _, c := range list {
			if c.Name == p.at {
				return c.Image
			}
		}
	}
	return p.Spec.Containers[0].Image
}

// in chooses the container that what follows is about.
func (p *pod) in(container string) *pod {
	p.at = container
	return p
}

// hang makes the container wait for a reason. One that never ran has no
// image ID, and a plain init container keeps all others from starting.
func (p *pod) hang(reason, message string, since time.Duration, ranBefore bool) {
	s := p.status()
	s.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	s.Ready, s.Started = false, new(false)
	if !ranBefore {
		s.ImageID, s.ContainerID, s.LastTerminationState = "", "", corev1.ContainerState{}
		p.unsay(p.at)
	}
	p.fell = max(p.fell, since)
	p.holdUp()
}

// unsay takes back that a container was started.
func (p *pod) unsay(container string) {
	var kept []corev1.Event
	for _, e := range p.w.events {
		about := e.InvolvedObject.UID == p.UID && (container == "" || strings.HasSuffix(e.InvolvedObject.FieldPath, "{"+container+"}"))
		if !about || (e.Reason != "Pulled" && e.Reason != "Created" && e.Reason != "Started") {
			kept = append(kept, e)
		}
	}
	p.w.events = kept
}

// holdUp makes everything wait that waits for the init container in question.
func (p *pod) holdUp() {
	isInit := false
	for i := range p.Status.InitContainerStatuses {
		isInit = isInit || p.Status.InitContainerStatuses[i].Name == p.at
	}
	if isInit {
		for i := range p.Status.ContainerStatuses {
			p.notStarted(&p.Status.ContainerStatuses[i], "PodInitializing")
		}
	}
}

func (p *pod) notStarted(s *corev1.ContainerStatus, reason string) {
	p.unsay(s.Name)
	*s = corev1.ContainerStatus{Name: s.Name, Image: s.Image, Started: new(false),
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}}
}

// pullFails makes the image unavailable, for the reason that the runtime
// gives.
func (p *pod) pullFails(why string, since time.Duration) {
	image := p.askedImage()
	n, last := repeats(since), p.w.latest(since)
	p.say(p.at, "Normal", "Pulling", fmt.Sprintf("Pulling image %q", image), since, last, n)
	p.say(p.at, "Warning", "Failed", fmt.Sprintf("Failed to pull image %q: %s", image, why), since, last, n)
	p.say(p.at, "Warning", "Failed", "Error: ErrImagePull", since, last, n)
	p.say(p.at, "Warning", "Failed", "Error: ImagePullBackOff", since, last, n*3)
	p.say(p.at, "Normal", "BackOff", fmt.Sprintf("Back-off pulling image %q", image), since, last, n*3)
	switch {
	case p.w.chance(25):
		p.hang("ErrImagePull", why, since, false)
	case p.w.isOld():
		p.hang("ImagePullBackOff", fmt.Sprintf("Back-off pulling image %q", image), since, false)
	default:
		p.hang("ImagePullBackOff", fmt.Sprintf("Back-off pulling image %q: ErrImagePull: %s", image, why), since, false)
	}
}

// cannot makes the kubelet or the runtime unable to create or start the
// container: reason is that of the waiting state.
func (p *pod) cannot(reason, message string, since time.Duration) {
	p.hang(reason, message, since, false)
	p.say(p.at, "Normal", "Pulled", fmt.Sprintf("Container image %q already present on machine", p.askedImage()), since, p.w.latest(since), repeats(since)*2)
	p.say(p.at, "Warning", "Failed", "Error: "+message, since, p.w.latest(since), repeats(since)*2)
}

// stuck keeps the pod at ContainerCreating, which has no message; an event
// says why.
func (p *pod) stuck(reason, message, from string, since time.Duration) {
	waiting := "ContainerCreating"
	if len(p.Spec.InitContainers) > 0 {
		waiting = "PodInitializing"
	}
	for _, list := range [][]corev1.ContainerStatus{p.Status.InitContainerStatuses, p.Status.ContainerStatuses} {
		for i := range list {
			p.notStarted(&list[i], waiting)
		}
	}
	p.Status.PodIP, p.Status.PodIPs = "", nil
	p.fell = since
	if reason == "FailedCreatePodSandBox" && p.w.chance(40) { // each try has a sandbox of its own: the recorder merges them
		message = "(combined from similar events): " + message
	}
	host := ""
	if from == "kubelet" {
		host = p.Spec.NodeName
	}
	p.w.event(ev{object: p.ref(""), typ: "Warning", reason: reason, message: message, from: from, host: host, first: since, last: p.w.latest(since), count: repeats(since)})
}

// end is how a container ends.
type end struct {
	code     int32
	reason   string // Error unless said
	message  string
	run      time.Duration // how long it ran each time
	restarts int32
}

// crash makes the container end again and again, as seen during a back-off.
func (p *pod) crash(e end, since time.Duration) {
	if e.reason == "" {
		e.reason = "Error"
	}
	if e.run == 0 {
		e.run = 2 * time.Second
	}
	if e.restarts == 0 {
		e.restarts = 4 + int32((since / (6 * time.Minute)))
	}
	p.hang("CrashLoopBackOff", p.backOff(), since, true)
	s := p.status()
	ended := min(p.w.between(20*time.Second, 4*time.Minute), since)
	s.RestartCount = e.restarts
	s.LastTerminationState.Terminated = p.terminated(e, ended)
	p.asSeen(e, ended)
	p.say(p.at, "Normal", "Pulled", fmt.Sprintf("Container image %q already present on machine", p.askedImage()), since+time.Second, ended+e.run, e.restarts)
	p.say(p.at, "Normal", "Started", "Started container "+p.at, since+time.Second, ended+e.run, e.restarts)
	p.say(p.at, "Warning", "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod %s_%s(%s)", p.at, p.Name, p.Namespace, p.UID),
		since, min(ended, 30*time.Second), e.restarts*3)
}

func (p *pod) backOff() string {
	return fmt.Sprintf("back-off 5m0s restarting failed container=%s pod=%s_%s(%s)", p.at, p.Name, p.Namespace, p.UID)
}

// asSeen is the moment of the loop at which it is looked at: mostly during a
// back-off, at times just after an end, or while it runs once more.
func (p *pod) asSeen(e end, ended time.Duration) {
	s := p.status()
	switch p.w.r.IntN(8) {
	case 0:
		s.State = corev1.ContainerState{Terminated: p.terminated(e, min(ended, 4*time.Second))}
	case 1:
		if p.isPlainInit(p.at) || e.reason == "StartError" {
			return
		}
		s.State, s.Started = running(p.w, min(ended, 3*time.Second)), new(true)
		s.Ready = p.probe() == nil
	}
}

// probe is the readiness probe of the container in question.
func (p *pod) probe() *corev1.Probe {
	for _, c := range p.Spec.Containers {
		if c.Name == p.at {
			return c.ReadinessProbe
		}
	}
	return nil
}

func (p *pod) terminated(e end, ago time.Duration) *corev1.ContainerStateTerminated {
	return &corev1.ContainerStateTerminated{ExitCode: e.code, Reason: e.reason, Message: e.message,
		StartedAt: p.w.ago(ago + e.run), FinishedAt: p.w.ago(ago), ContainerID: p.w.containerID()}
}

// oom kills the container for memory, again and again.
func (p *pod) oom(since time.Duration) {
	p.crash(end{code: 137, reason: "OOMKilled", run: 40 * time.Second}, since)
}

// unready makes a probe fail without a restart.
func (p *pod) unready(message string, since time.Duration) {
	p.status().Ready = false
	p.fell = since
	p.say(p.at, "Warning", "Unhealthy", message, since, p.w.between(2*time.Second, 20*time.Second), 4+int32(since/(20*time.Second)))
}

// killedByProbe restarts the container for a probe that fails.
func (p *pod) killedByProbe(probe, message string, since time.Duration) {
	n := 2 + int32(since/(3*time.Minute))
	p.crash(end{code: 137, run: time.Minute, restarts: n}, since)
	s := p.status()
	s.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: p.backOff()}}
	s.Ready, s.Started = false, new(false)
	ended := p.w.now.Sub(s.LastTerminationState.Terminated.FinishedAt.Time)
	p.say(p.at, "Warning", "Unhealthy", message, since, ended+35*time.Second, n*3)
	p.say(p.at, "Normal", "Killing", fmt.Sprintf("Container %s failed %s probe, will be restarted", p.at, probe), since, ended+31*time.Second, n)
	if p.w.chance(60) { // between two back-offs it runs
		s.State = running(p.w, ended-time.Second)
		s.Started = new(probe != "startup")
	}
}

func splitTag(image string) (repository, tag string) {
	i := strings.LastIndex(image, ":")
	if i < strings.LastIndex(image, "/") || i < 0 {
		return image, ""
	}
	return image[:i], image[i+1:]
}

func sum256(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}
