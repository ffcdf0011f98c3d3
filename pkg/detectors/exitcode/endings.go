package exitcode

import (
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// ending says what the words of a program, or the way in which it was killed,
// tell of an end that belongs to no other detector, and what to do.
type ending struct{ text, advice string }

// endings by the causes that the words of programs give.
var endings = map[string]ending{
	symptom.EndedMemory: {"The program got no more memory from its own runtime, or from the system: it ended itself, and was not killed for memory.",
		"Raise the runtime's own limit (heap, buffers) together with the container's memory limit, or find what takes the memory."},
	symptom.EndedPool: {"All connections of the program's own pool were in use.",
		"Find what holds connections for long, or make the pool larger, as far as the server has room for it."},
	symptom.EndedBusy: {"What the program depends on answers, and takes no connection now: it has too many, or is starting or stopping.",
		"Look at the number of connections of the server and at who holds them, or at why it restarts."},
	symptom.EndedFile: {"A file that the program needs is not there: not in the image, and not mounted where it looks.",
		"Compare the path in the message with the mounts of the container and with the image."},
	symptom.EndedModule: {"A part of the program itself is missing in the image.",
		"Build the image anew with all that the program loads, or correct what is started."},
	symptom.EndedPort: {"The program cannot listen where it wants to: the port is in use, or not allowed to it.",
		"Let each program of the pod, or of the node with hostNetwork, listen on a port of its own above 1023."},
	symptom.EndedPermission: {"The program may not use a file: the user that it runs as does not own it, or the mount belongs to another group.",
		"Set securityContext.fsGroup or runAsUser to what the files want, or correct the files in the image."},
	symptom.EndedReadOnly: {"The program writes where nothing can be written: to the container's own file system, which its securityContext makes read-only, or into a mounted ConfigMap or Secret.",
		"Mount an emptyDir where the program writes, or let it write elsewhere."},
	symptom.EndedWatches: {"The node's limit of watches or open files is used up.",
		"Raise fs.inotify.max_user_watches, fs.inotify.max_user_instances or the limit of open files on the nodes."},
	symptom.EndedShared: {"Shared memory is full: a container has 64 MiB in /dev/shm unless it mounts more.",
		"Mount an emptyDir with medium Memory at /dev/shm."},
	symptom.EndedCrash: {"The program crashed: an error in its own code, or one that it does not handle.",
		"Give the stack trace to whoever maintains the program; look at what changed before the first crash."},
	symptom.EndedCloud: {"The program finds no credentials at all for the cloud that it wants to use.",
		"Bind the pod's service account to an identity of the cloud, or give the program credentials."},
	symptom.EndedDatabase: {"The server answers, and does not have the database, table or column that the program wants: it was not created, or a migration did not run.",
		"Run the migrations that the program's version needs, or correct the name."},
	symptom.EndedLeader: {"The program gave its leadership up because it could not renew its lease in time: the API server was slow, or the program was. It ends by design.",
		"Look at the latency of the API server and at CPU throttling of the program at that time."},
}

// How a container with exit code 137 or 143 was killed, where that is known.
const (
	byProbe = "probe"
	byStop  = "stop"
	byNode  = "node"
	byNeed  = "memory of the node"
)

var kills = map[string]ending{
	byStop: {"The kubelet asked the process to stop, it did not end within its grace period, and was killed.",
		"Let the process end on SIGTERM (PID 1 gets no signals by default in a shell script without exec), or give it a longer terminationGracePeriodSeconds."},
	byNode: {"The node failed or was restarted at that time, and the process ended with it.", "Follow the trouble of the node first."},
	byNeed: {"The kernel killed processes on the node for want of memory at that time; the container itself was not reported as OOMKilled.",
		"Give the pods on the node memory requests that match their use."},
}

var killTitles = map[string]string{byStop: "not stopped within the grace period", byNode: "the node failed", byNeed: "the node had no memory left"}

// killed says how a container was killed, "" when nothing tells.
func killed(pass *detect.Pass, s *symptom.Symptom) string {
	switch {
	case s.KilledBy == symptom.KilledByLiveness || s.KilledBy == symptom.KilledByStartup:
		return byProbe
	case s.ExitCode != 137 && s.ExitCode != 143 && s.ExitCode != 255:
		return ""
	case near(pass.Of(symptom.NodeDown), s):
		return byNode
	case s.ExitCode == 137 && s.KilledBy == symptom.KilledByStop:
		return byStop
	case s.ExitCode == 137 && near(pass.Of(symptom.NodeOOM), s):
		return byNeed
	}
	return ""
}

// together is how close an end must be to trouble of its node to be laid to
// it.
const together = 2 * time.Minute

func near(trouble []*symptom.Symptom, s *symptom.Symptom) bool {
	for _, n := range trouble {
		if n.Node == s.Node && s.Node != "" && s.Ended.After(n.First.Add(-together)) && s.Ended.Before(n.Last.Add(together)) {
			return true
		}
	}
	return false
}

// endingOf is what is known of an end beyond its exit code.
func endingOf(pass *detect.Pass, s *symptom.Symptom) (ending, bool) {
	if e, ok := kills[killed(pass, s)]; ok {
		return e, true
	}
	e, ok := endings[s.Cause]
	return e, ok
}
