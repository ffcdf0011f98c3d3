package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// Causes of trouble with volumes; StorageFull and StorageReadOnly are also
// told by programs and metrics.
const (
	StorageMount        = "mount"
	StorageAttach       = "attach"
	StorageMultiAttach  = "multi-attach"
	StorageProvisioning = "provisioning"
	StorageCSIDriver    = "csi-driver"
)

// The halves of a CSI driver, of which one does not answer: the Item of a
// symptom of StorageCSIDriver.
const (
	CSIController = "controller"
	CSINodePlugin = "node plugin"
)

// storageSignatures classify what the kubelet and the attach-detach controller
// say of a volume. What names the driver or the cause comes before the frame
// of the operation, which any text has.
var storageSignatures = []signature{
	{cause: StorageCSIDriver, source: "pkg/volume/csi csi_client.go, csi_attacher.go; nodeinfomanager", texts: []string{
		"in the list of registered csi drivers", "timed out waiting for external-attacher of", "does not contain driver"},
		pattern: lazyregexp.New(`dial unix \S{0,200}/plugins\S{0,200}: connect: |error while dialing:? "?dial unix \S{1,200}csi`)},
	{cause: StorageMultiAttach, source: "pkg/controller/volume/attachdetach/reconciler", texts: []string{"multi-attach error"}},
	{cause: StorageReadOnly, source: "EROFS", texts: []string{"read-only file system", "readonly file system"}},
	{cause: StorageFull, source: "ENOSPC, EDQUOT", texts: []string{"no space left on device", "disk quota exceeded"}},
	{cause: StorageAttach, source: "pkg/volume/util/operationexecutor; csi_attacher.go; cloud drivers", texts: []string{
		"attachvolume.", "mountvolume.waitforattach failed", "is not attached for volume attachment", "volume attachment is being deleted",
		"exceed max volume count", "attachment limit"},
		pattern: lazyregexp.New(`maximum number of .{0,60}attached`)},
	{cause: StorageMount, source: "pkg/volume/util/operationexecutor/operation_generator.go; pkg/kubelet/volumemanager", texts: []string{
		"mountvolume.", "mapvolume.", "unmapvolume.", "error processing pvc", "failed to fetch pvc"}},
}

// passingMounts are the failures of a mount that come of the kubelet's own
// timing: its caches fill when a pod comes to the node, and empty when it
// goes (pkg/kubelet/util/manager).
var passingMounts = lazyregexp.New(`failed to sync (?:configmap|secret) cache|object "[^"]{0,63}"/"[^"]{0,253}" not registered|failed to get (?:configmap|secret) cache`)

// onlyWaits is how a text begins that says which volumes a pod waits for and
// not why (pkg/kubelet/volumemanager/volume_manager.go).
const onlyWaits = "Unable to attach or mount volumes: "

// inFlight marks the answer of a CSI driver that is still at the call before:
// it says nothing of what went wrong with that one.
var inFlight = lazyregexp.New(`an operation with the given volume .{0,300} already exists`)

var (
	// "driver name X not found", "external-attacher of X CSI driver", and the
	// path under which the kubelet stages a volume.
	driverName = lazyregexp.New(`driver name (\S{1,120}) not found|external-attacher of (\S{1,120}) CSI driver|contain driver (\S{1,120}?)[.,]?(?:\s|$)|plugins/kubernetes\.io/csi/([a-z0-9][a-z0-9.-]{1,120})/|plugins/([a-z0-9][a-z0-9-]{0,60}\.[a-z0-9.-]{1,60})/csi\.sock`)
	// Multi-Attach names pods of the same namespace (GenerateMsg).
	usedBy = lazyregexp.New(`already used by pod\(s\) ([a-z0-9., -]{1,1000}?)(?: and \d|$)`)
	// mount(8) is called with server:/path; the target lies under the kubelet.
	nfsServer  = lazyregexp.New(`(?:-t nfs\S{0,10}|mount\.nfs\S{0,10}:?).{0,400}?\s\[?([A-Za-z0-9][A-Za-z0-9.-]{0,252}|[0-9a-fA-F:]{2,45})\]?:(/\S{0,200}) /`)
	claimInPVC = lazyregexp.New(`error processing PVC ([a-z0-9-]{1,63})/([a-z0-9.-]{1,253}):`)
	hostPath   = lazyregexp.New(`hostPath type check failed: (\S{1,300}) is not`)
)

// driverIn is the CSI driver that a text names.
func driverIn(text string) string {
	if m := driverName.FindStringSubmatch(text); m != nil {
		return firstOf(m[1:]...)
	}
	return ""
}

// mountItem is what a mount is about that is no claim: an NFS server, a path
// of the node.
func mountItem(text string) string {
	if m := nfsServer.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	if m := hostPath.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// frame is how the kubelet and the controllers begin what a driver said:
// operation, volume, gRPC code.
var frame = lazyregexp.New(`^(?:\(combined from similar events\): )?(?:\w{1,30}\.[\w ]{1,40} failed for volume "[^"]{0,253}" ?: )?`)

// scopeUnit is what systemd-run says before mount(8) does; the unit's name is
// another each time (mount-utils/mount_linux.go).
var scopeUnit = lazyregexp.New(`^Running (?:scope )?as unit: \S{1,200}\s*`)

// driverSaid is a volume's failure without the frames around it. Of a mount
// that failed the last word is mount(8)'s own; its command and arguments come
// before.
func driverSaid(message string) string {
	said := strings.TrimSpace(stripRPC(frame.ReplaceAllString(message, "")))
	if i := strings.LastIndex(said, "Output: "); i >= 0 && strings.Contains(said, "Mounting arguments: ") {
		said = strings.TrimSpace(scopeUnit.ReplaceAllString(said[i+len("Output: "):], ""))
	}
	return said
}

// provisionFrame is what the provisioner puts before its driver's words.
var provisionFrame = lazyregexp.New(`^failed to provision volume with StorageClass "[^"]{0,253}": `)

func provisionerSaid(message string) string {
	return strings.TrimSpace(stripRPC(provisionFrame.ReplaceAllString(message, "")))
}
