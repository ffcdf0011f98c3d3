package synth

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

var storageKinds = []kind{
	{"storage/mount", 6, (*gen).mount},
	{"storage/attach", 5, (*gen).attach},
	{"storage/multi-attach", 2, (*gen).multiAttach},
	{"storage/provisioning", 6, (*gen).provisioning},
	{"storage/full", 5, (*gen).full},
	{"storage/read-only", 4, (*gen).readOnly},
	{"storage/csi-driver", 2, (*gen).csiDriver},
}

// withClaim is a workload whose pod mounts a bound claim.
func (g *gen) withClaim(opts ...option) (a *app, volume string, since time.Duration) {
	ns, name, volume := g.names.namespace(), g.names.object("data"), g.volumeName()
	g.addClaim(ns, name, pick(g, "gp3", "ceph-rbd"), volume, 20*24*time.Hour)
	a, since = g.newApp(append([]option{in(ns), replicas(1), with(claim("data", name))}, opts...)...)
	return a, volume, since
}

func (g *gen) mount() truth.Truth {
	why := pick(g, "mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs nas.corp.example:/exports/share /var/lib/kubelet/pods/x/volumes/kubernetes.io~nfs/share\nOutput: mount.nfs: Connection timed out",
		"rpc error: code = Internal desc = could not format \"/dev/nvme1n1\" and mount it at \"/var/lib/kubelet/plugins/kubernetes.io/csi/globalmount\": mount failed: exit status 32 Output: mount: wrong fs type, bad option, bad superblock on /dev/nvme1n1",
		"mount failed: exit status 32 Output: mount.nfs: access denied by server while mounting nas.corp.example:/exports/share",
		"hostPath type check failed: /opt/licences is not a directory",
		"mount failed: exit status 32 Output: mount.nfs: Failed to resolve server nas.corp.example: Name or service not known",
		"rpc error: code = DeadlineExceeded desc = context deadline exceeded")
	a, volume, since := (*app)(nil), "", time.Duration(0)
	if onClaim := g.variant == 1 || g.variant == 5; onClaim {
		a, volume, since = g.withClaim()
	}
	op, name := pick(g, "SetUp", "MountDevice", "SetUp", "SetUp", "SetUp", "MountDevice"), pick(g, "share", volume, "share", "licences", "share", volume)
	if a == nil {
		a, since = g.newApp(with(nfsOrHostPath(name, g.variant == 3)))
	}
	for _, p := range a.pods {
		p.stuck("FailedMount", fmt.Sprintf("MountVolume.%s failed for volume %q : %s", op, name, why), "kubelet", since)
	}
	return one("storage", "mount", a)
}

func nfsOrHostPath(name string, hostPath bool) func(*corev1.PodSpec) {
	if hostPath {
		directory := corev1.HostPathDirectory
		return volume(name, "/"+name, corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/opt/licences", Type: &directory}})
	}
	return volume(name, "/"+name, corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{Server: "nas.corp.example", Path: "/exports/share"}})
}

func (g *gen) attach() truth.Truth {
	a, volume, since := g.withClaim(pick(g, option(replicas(1)), statefulSet))
	why := pick(g, "rpc error: code = Internal desc = Could not attach volume \"vol-0a1b2c3d4e5f\" to node \"i-0123456789\": api error UnauthorizedOperation: You are not authorized to perform this operation.",
		"timed out waiting for external-attacher of ebs.csi.aws.com CSI driver to attach volume vol-0a1b2c3d4e5f",
		"rpc error: code = NotFound desc = Volume vol-0a1b2c3d4e5f not found",
		"rpc error: code = ResourceExhausted desc = Attachment limit exceeded: maximum number of volumes attached to instance i-0123456789",
		"rpc error: code = FailedPrecondition desc = volume vol-0a1b2c3d4e5f is in use by instance i-9876543210")
	for _, p := range a.pods {
		p.stuck("FailedAttachVolume", fmt.Sprintf("AttachVolume.Attach failed for volume %q : %s", volume, why), "attachdetach-controller", since)
	}
	return roots(also(root("storage", "attach", a), "storage", "csi-driver"))
}

// multiAttach is a volume for one node whose former pod still has it.
func (g *gen) multiAttach() truth.Truth {
	ns, name, volume := g.names.namespace(), g.names.object("data"), g.volumeName()
	g.addClaim(ns, name, "gp3", volume, 20*24*time.Hour)
	a := g.app(in(ns), replicas(1), on(g.node(0)), with(claim("data", name)))
	old := a.pods[0]
	ago := g.between(3*time.Minute, 40*time.Minute)
	p := a.rollout(ago, nil)[0]
	p.place(g.node(1), ago)
	text := fmt.Sprintf("Multi-Attach error for volume %q Volume is already used by pod(s) %s", volume, old.Name)
	if g.variant == 1 {
		text = fmt.Sprintf("Multi-Attach error for volume %q Volume is already exclusively attached to one node and can't be attached to another", volume)
	}
	p.stuck("FailedAttachVolume", text, "attachdetach-controller", ago-2*time.Second)
	return one("storage", "multi-attach", a)
}

// provisioning is a claim that gets no volume; the pod waits unscheduled.
func (g *gen) provisioning() truth.Truth {
	ns, name := g.names.namespace(), g.names.object("data")
	class := pick(g, "fast-ssd", "gp3", "gp3", "ceph-block", "", "zonal")
	since := g.between(4*time.Minute, 50*time.Minute)
	g.addClaim(ns, name, class, "", since)
	a, _ := g.newApp(in(ns), replicas(1), fresh(since), with(claim("data", name)))
	reason, text, from := "ProvisioningFailed", "", "persistentvolume-controller"
	switch g.variant {
	case 0:
		text = fmt.Sprintf("storageclass.storage.k8s.io %q not found", class)
	case 1:
		text, from = `failed to provision volume with StorageClass "gp3": rpc error: code = ResourceExhausted desc = Could not create volume "`+g.volumeName()+`": VolumeLimitExceeded: You have exceeded your maximum gp3 storage limit of 50 TiB in this region`, "ebs.csi.aws.com_ebs-csi-controller-7f9c_0b2d"
	case 2:
		text, from = `failed to provision volume with StorageClass "gp3": rpc error: code = DeadlineExceeded desc = context deadline exceeded`, "ebs.csi.aws.com_ebs-csi-controller-7f9c_0b2d"
	case 4:
		reason, text = "FailedBinding", "no persistent volumes available for this claim and no storage class is set"
	case 5:
		text, from = `failed to provision volume with StorageClass "zonal": error generating accessibility requirements: no available topology found`, "pd.csi.storage.gke.io_gke-controller_51a2"
	case 3:
		reason, text = "ExternalProvisioning", "Waiting for a volume to be created either by the external provisioner 'rook-ceph.rbd.csi.ceph.com' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
	}
	typ := "Warning"
	if reason != "ProvisioningFailed" {
		typ = "Normal"
	}
	g.event(ev{object: g.claimRef(ns, name), typ: typ, reason: reason, message: text, from: from, first: since, last: 20 * time.Second, count: 4 * repeats(since)})
	for _, p := range a.pods {
		p.unschedulable(fmt.Sprintf("0/%d nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/%d nodes are available: %d Preemption is not helpful for scheduling.", len(g.nodes), len(g.nodes), len(g.nodes)), since-time.Second)
	}
	e := also(root("storage", "provisioning", a), "scheduling", "volume")
	if class == "" {
		return roots(e)
	}
	return roots(withFactor(e, "storageClass", class))
}

// lastWordsOf is a workload with a claim that crashes with some last words.
func (g *gen) crashingWithClaim(words string) *app {
	a, _, since := g.withClaim(with(lastWords))
	for _, p := range a.pods {
		p.crash(end{code: 1, message: words}, since)
	}
	return a
}

func (g *gen) full() truth.Truth {
	return one("storage", "full", g.crashingWithClaim(pick(g,
		"PANIC:  could not write to file \"pg_wal/xlogtemp.27\": No space left on device",
		"java.io.IOException: No space left on device\n\tat java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)",
		"open /var/lib/data/segment-000041: no space left on device",
		"OSError: [Errno 28] No space left on device: '/var/lib/data/tmp'",
		"Error: ENOSPC: no space left on device, write")))
}

func (g *gen) readOnly() truth.Truth {
	return one("storage", "read-only", g.crashingWithClaim(pick(g,
		"open /var/lib/data/db.lock: read-only file system",
		"OSError: [Errno 30] Read-only file system: '/var/lib/data/index'",
		"Error: EROFS: read-only file system, open '/var/lib/data/state.json'",
		"java.nio.file.FileSystemException: /var/lib/data/lucene.lock: Read-only file system")))
}

// csiDriver is a node on which a driver's plugin is not registered.
func (g *gen) csiDriver() truth.Truth {
	driver := pick(g, "ebs.csi.aws.com", "rbd.csi.ceph.com")
	ns := g.names.namespace()
	var apps []*app
	for range 2 {
		name, volume := g.names.object("data"), g.volumeName()
		g.addClaim(ns, name, "block", volume, 20*24*time.Hour)
		a, since := g.newApp(in(ns), replicas(1), on(g.node(0)), with(claim("data", name)))
		text := fmt.Sprintf("MountVolume.MountDevice failed for volume %q : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name %s not found in the list of registered CSI drivers", volume, driver)
		for _, p := range a.pods {
			p.stuck("FailedMount", text, "kubelet", since)
		}
		apps = append(apps, a)
	}
	return one("storage", "csi-driver", apps...)
}
