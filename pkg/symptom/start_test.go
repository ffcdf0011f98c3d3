package symptom

import (
	"strings"
	"testing"
)

var startSamples = []sample{
	{StartInitOOM, `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown`},
	{StartAsRoot, `container has runAsNonRoot and image will run as root (pod: "a_b(c)", container: app)`},
	{StartAsRoot, `container's runAsUser breaks non-root policy (pod: "a_b(c)", container: app)`},
	{StartUserName, `container has runAsNonRoot and image has non-numeric user (node), cannot verify user is non-root (pod: "a", container: app)`},
	{StartNoUser, `unable to start container process: unable to find user deploy: no matching entries in passwd file: unknown`},
	{StartFormat, `exec: "/app": exec format error: unknown`},
	{StartNoCommand, `failed to generate spec: no command specified`},
	{StartSubPath, `failed to create subPath directory for volumeMount "conf" of container "app"`},
	{StartMount, `error mounting "/var/lib/x" to rootfs at "/etc/x": mount src=/var/lib/x, dst=/etc/x: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?`},
	{StartNotFound, `exec: "srv": executable file not found in $PATH: unknown`},
	{StartNotFound, `exec: "/srv": stat /srv: no such file or directory: unknown`},
	{StartNotFound, "executable file `srv` not found in $PATH: No such file or directory"},
	{StartNotFound, "exec container process `/srv`: No such file or directory"},
	{StartNotAllowed, `exec: "/srv": permission denied: unknown`},
	{StartNotAllowed, "exec container process `/srv`: Permission denied"},
	{StartDevice, `nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown`},
	{StartDevice, `failed to inject CDI devices: unresolvable CDI devices nvidia.com/gpu=0`},
	{StartName, `failed to reserve container name "a": name "a" is reserved for "b"`},
	{StartName, `Error response from daemon: Conflict. The container name "/k8s_a" is already in use by container "b". That name is already in use`},
	{StartSpace, `mkdir /run/containerd/x: no space left on device`},
	{StartFiles, `create inotify watcher: too many open files`},
	{StartSecurity, `cannot load seccomp profile "/var/lib/kubelet/seccomp/a.json": open: no such file or directory`},
	{StartSecurity, `failed to apply apparmor profile: write /proc/self/attr/exec: no such file or directory`},
	{StartCgroup, `failed to write "100": write /sys/fs/cgroup/cpu/cpu.cfs_quota_us: invalid argument`},
	{StartTimeout, `context deadline exceeded`},
	{"", `something new`},
}

func TestStartTexts(t *testing.T) {
	checkTable(t, startSignatures, startSamples)
}

func TestNamesOfStarts(t *testing.T) {
	for text, want := range map[string]string{
		`exec: "/srv/run.sh": permission denied`:                      "/srv/run.sh",
		"executable file `srv` not found in $PATH":                    "srv",
		"executable file srv not found in $PATH: No such file":        "srv",
		`exec: "srv": executable file not found in $PATH`:             "srv",
		"exec container process `/srv`: No such file":                 "/srv",
		`exec /usr/bin/tool: exec format error`:                       "/usr/bin/tool",
		`unable to find user deploy: no matching entries`:             "deploy",
		`image has non-numeric user (node), cannot verify`:            "node",
		`sh: 1: serve: not found`:                                     "serve",
		`bash: line 1: serve: command not found`:                      "serve",
		`container has runAsNonRoot and image will run as root (pod)`: "",
	} {
		if got := strings.Join(startNames(text), ","); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzStart(f *testing.F) {
	for _, s := range startSamples {
		f.Add(s.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if item := startItem(text); item == "" || startCause(item) == "" {
			t.Errorf("%q has no cause", text)
		}
		for _, name := range startNames(text) {
			if name == "" || !strings.Contains(text, name) {
				t.Errorf("%q: name %q", text, name)
			}
		}
		if !strings.HasSuffix(text, withoutContainer(text)) {
			t.Errorf("%q is cut to %q", text, withoutContainer(text))
		}
	})
}
