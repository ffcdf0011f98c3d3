package symptom

import "github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"

// Causes of containers that do not start, as in the taxonomy.
const (
	StartCommandNotFound = "command-not-found"
	StartPermission      = "permission"
	StartExecFormat      = "exec-format"
	StartHook            = "hook"
	StartRuntime         = "runtime"
)

// What exactly keeps a container from starting: Symptom.Item of Start.
const (
	StartNotFound   = "not found"      // the executable is not in the image
	StartNoCommand  = "no command"     // neither pod nor image name one
	StartNotAllowed = "not executable" // the file may not be executed
	StartAsRoot     = "as root"        // runAsNonRoot, and the image is root's
	StartUserName   = "user name"      // runAsNonRoot, and the user is no number
	StartNoUser     = "no such user"
	StartSecurity   = "security" // a security setting is refused or unknown
	StartFormat     = "format"
	StartPostStart  = "postStart"
	StartInitOOM    = "init out of memory"
	StartMount      = "mount" // a directory onto a file or the other way round
	StartSubPath    = "subPath"
	StartDevice     = "device"
	StartName       = "name reserved"
	StartSpace      = "no space"
	StartFiles      = "too many files"
	StartCgroup     = "cgroup"
	StartTimeout    = "timeout"
	StartOther      = "other"
)

var startCauses = map[string]string{
	StartNotFound: StartCommandNotFound, StartNoCommand: StartCommandNotFound,
	StartNotAllowed: StartPermission, StartAsRoot: StartPermission, StartUserName: StartPermission,
	StartNoUser: StartPermission, StartSecurity: StartPermission,
	StartFormat: StartExecFormat, StartPostStart: StartHook,
}

// startCause is the cause in the taxonomy; what is not listed is the
// runtime's own trouble.
func startCause(item string) string {
	if c, ok := startCauses[item]; ok {
		return c
	}
	return StartRuntime
}

// startSignatures classify what the kubelet and the runtime say of a
// container that cannot be made or started: runc, crun, containerd, CRI-O,
// dockerd. What a runtime runs stands in the same text as why it cannot, so
// the order is from the certain to the vague.
var startSignatures = []signature{
	{cause: StartInitOOM, source: "runc libcontainer/process_linux.go", texts: []string{"init was oom-killed"}},
	{cause: StartAsRoot, source: "kubelet security_context_others.go", texts: []string{
		"image will run as root", "container's runasuser breaks non-root policy"}},
	{cause: StartUserName, source: "kubelet security_context_others.go", texts: []string{"cannot verify user is non-root"}},
	{cause: StartNoUser, source: "runc libcontainer/user, containerd oci", texts: []string{"unable to find user", "no matching entries in passwd file",
		"unable to find group", "no users found"}},
	{cause: StartFormat, source: "ENOEXEC", texts: []string{"exec format error"}},
	{cause: StartNoCommand, source: "containerd cri/server, dockerd", texts: []string{"no command specified", "no entrypoint or command"}},
	{cause: StartSubPath, source: "kubelet kubelet_pods.go, subpath_linux.go", texts: []string{"failed to create subpath directory", "failed to prepare subpath"}},
	{cause: StartMount, source: "runc rootfs_linux.go", texts: []string{"are you trying to mount a directory onto a file", "not a directory: unknown"},
		pattern: lazyregexp.New(`error mounting .{1,600}: (?:not a directory|is a directory)`)},
	{cause: StartNotFound, source: "Go os/exec by runc; crun", texts: []string{"executable file not found in $path", "executable file not found in %path%"},
		pattern: lazyregexp.New(`executable file .{1,300} not found in \$path|exec: "[^"]{1,300}": (?:stat \S{1,300}: )?no such file or directory|exec container process .{1,300}: no such file|exec \S{1,300}: no such file or directory|system cannot find the file specified`)},
	{cause: StartNotAllowed, source: "runc, crun: EACCES", texts: []string{},
		pattern: lazyregexp.New(`exec: "[^"]{1,300}": (?:stat \S{1,300}: )?(?:permission denied|is a directory)|exec container process .{1,300}: permission denied|exec \S{1,300}: permission denied`)},
	{cause: StartDevice, source: "nvidia-container-toolkit, CDI, dockerd", texts: []string{
		"nvidia-container-cli", "nvidia-container-runtime", "unresolvable cdi devices", "could not select device driver", "failed to inject cdi devices"}},
	{cause: StartName, source: "containerd cri/server, CRI-O: after a request that timed out", texts: []string{
		"failed to reserve container name", "is reserved for", "that name is already in use", "name is in use by"}},
	{cause: StartSpace, source: "ENOSPC", texts: []string{"no space left on device"}},
	{cause: StartFiles, source: "EMFILE, ENFILE", texts: []string{"too many open files"}},
	{cause: StartSecurity, source: "runc, containerd, kubelet: seccomp, AppArmor, SELinux, capabilities, EPERM", texts: []string{
		"seccomp", "apparmor", "selinux", "capabilities", "operation not permitted", "sysctl"}},
	{cause: StartCgroup, source: "runc libcontainer/cgroups, kubelet cm", texts: []string{"cgroup", "cpu.cfs_quota_us", "cpuset.cpus", "cpu.max"}},
	{cause: StartTimeout, source: "CRI client of the kubelet", texts: []string{"context deadline exceeded", "code = deadlineexceeded", "code = unavailable", "connection refused"}},
}

// startItem is what keeps a container from starting, StartOther when no text
// is known.
func startItem(message string) string {
	if item := classify(startSignatures, message); item != "" {
		return item
	}
	return StartOther
}

// executable finds the file that a runtime could not run, or the user that it
// did not find.
var executable = lazyregexp.New("exec: \"([^\"]{1,200})\"|executable file [`'\"]?([^`'\"\\s]{1,200})[`'\"]? not found in|exec container process [`'\"]?([^`'\": ]{1,200})|exec (/\\S{1,200}): |(?:^|/|\\s)(?:ba|da|a)?sh: (?:line )?(?:\\d{1,5}: )?([^:\\s]{1,200}): |unable to find user ([^:\\s]{1,100})|non-numeric user \\(([^)]{1,100})\\)")

// startNames are the names that a text of a failed start gives: one at most.
func startNames(message string) []string {
	m := executable.FindStringSubmatch(message)
	for i := 1; i < len(m); i++ {
		if m[i] != "" {
			return []string{m[i]}
		}
	}
	return nil
}
