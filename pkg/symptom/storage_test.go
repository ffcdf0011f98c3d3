package symptom

import (
	"testing"
)

func TestStorageTexts(t *testing.T) {
	checkTable(t, storageSignatures, []sample{
		{StorageCSIDriver, `MountVolume.MountDevice failed for volume "v" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name d not found in the list of registered CSI drivers`},
		{StorageCSIDriver, `AttachVolume.Attach failed for volume "v" : timed out waiting for external-attacher of d CSI driver to attach volume h`},
		{StorageCSIDriver, `AttachVolume.Attach failed for volume "v" : CSINode w-1 does not contain driver ebs.csi.aws.com`},
		{StorageCSIDriver, `MountVolume.SetUp failed for volume "v" : rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /var/lib/kubelet/plugins/ebs.csi.aws.com/csi.sock: connect: connection refused"`},
		{StorageMultiAttach, `Multi-Attach error for volume "v" Volume is already exclusively attached to one node and can't be attached to another`},
		{StorageReadOnly, `MountVolume.SetUp failed for volume "v" : chown /x: read-only file system`},
		{StorageFull, `MountVolume.SetUp failed for volume "v" : write /x: no space left on device`},
		{StorageAttach, `AttachVolume.Attach failed for volume "v" : rpc error: code = NotFound desc = disk not found`},
		{StorageAttach, `AttachVolume.Attach failed for volume "v" : maximum number of volumes already attached`},
		{StorageMount, `MountVolume.SetUp failed for volume "v" : mount failed: exit status 32`},
		{StorageMount, `MapVolume.MapPodDevice failed for volume "v" : device busy`},
		{StorageMount, `Unable to attach or mount volumes: unmounted volumes=[v], failed to process volumes=[v]: error processing PVC a/c: PVC is not bound`},
	})
}

func TestTextsOfVolumesAreTakenApart(t *testing.T) {
	for text, want := range map[string]string{
		"driver name ebs.csi.aws.com not found in the list of registered CSI drivers":              "ebs.csi.aws.com",
		"timed out waiting for external-attacher of file.csi.azure.com CSI driver to attach":       "file.csi.azure.com",
		"CSINode w-1 does not contain driver ebs.csi.aws.com":                                      "ebs.csi.aws.com",
		"mount /var/lib/kubelet/plugins/kubernetes.io/csi/pd.csi.storage.gke.io/0a/globalmount":    "pd.csi.storage.gke.io",
		"dial unix /var/lib/kubelet/plugins/ebs.csi.aws.com/csi.sock: connect: connection refused": "ebs.csi.aws.com",
		"nothing of a driver": "",
	} {
		if got := driverIn(text); got != want {
			t.Errorf("driver of %q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs4 -o hard 10.0.0.5:/a /var/lib/kubelet/x\nOutput: mount.nfs4: access denied": "10.0.0.5",
		"hostPath type check failed: /opt/x is not a directory": "/opt/x",
		"mount failed: exit status 32":                          "",
	} {
		if got := mountItem(text); got != want {
			t.Errorf("item of %q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		`MountVolume.NewMounter initialization failed for volume "v" : path does not exist`:                                            "path does not exist",
		`AttachVolume.Attach failed for volume "v" : rpc error: code = NotFound desc = gone`:                                           "gone",
		"MountVolume.SetUp failed for volume \"v\" : mount failed: exit status 32\nMounting arguments: -t nfs a:/b /c\nOutput: no way": "no way",
	} {
		if got := driverSaid(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzVolumeTexts(f *testing.F) {
	for _, seed := range []string{"", "Output: ", `MountVolume. failed for volume "" : `, "-t nfs :/ /", "already used by pod(s) , , and 3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(driverSaid(text)) > len(text) {
			t.Errorf("%q grew", text)
		}
		_, _, _, _ = driverIn(text), mountItem(text), provisionerSaid(text), usedBy.FindStringSubmatch(text)
	})
}
