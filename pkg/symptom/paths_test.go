package symptom

import (
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestPathsAreLookedUp: what a path means depends on what is mounted there.
func TestPathsAreLookedUp(t *testing.T) {
	mounts := []cluster.Mount{
		{Container: "app", Path: "/etc/app", Kind: "ConfigMap", Name: "app-config"},
		{Container: "app", Path: "/etc/app/tls", Kind: "Secret", Name: "app-tls"},
		{Container: "app", Path: "/data", Kind: "PersistentVolumeClaim", Name: "data-web-0"},
		{Container: "app", Path: "/scratch/", Kind: "EmptyDir"},
		{Container: "app", Path: "/opt/one.conf", Kind: "ConfigMap", Name: "one", SubPath: true},
		{Container: "other", Path: "/var/lib", Kind: "PersistentVolumeClaim", Name: "other"},
	}
	for _, c := range []struct {
		text, kinds, about, item string
	}{
		{"open /etc/app/config.yaml: no such file or directory", "exit/ missing-config/key", "ConfigMap shop/app-config", "config.yaml"},
		{"FileNotFoundError: [Errno 2] No such file or directory: '/etc/app/tls/tls.crt'", "exit/ missing-config/key", "Secret shop/app-tls", "tls.crt"},
		{"open /etc/app/conf.d/a.yaml: no such file or directory", "exit/file", "", ""},
		{"open /opt/one.conf: no such file or directory", "exit/file", "", ""},
		{"open /etc/other/config.yaml: no such file or directory", "exit/file", "", ""},
		{"write /data/wal/1: no space left on device", "exit/ storage/full", "PersistentVolumeClaim shop/data-web-0", "/data/wal/1"},
		{"write /scratch/x: no space left on device", "exit/ storage/full", " ", "/scratch/x"},
		{"write /database: no space left on device", "exit/ storage/full", " ", "/database"},
		{"open /data/lock: read-only file system", "exit/ storage/read-only", "PersistentVolumeClaim shop/data-web-0", "/data/lock"},
		{"open /var/cache/x: read-only file system", "exit/read-only", "", ""},
		{"open /etc/app/x: read-only file system", "exit/read-only", "", ""},
		{"PANIC:  could not write to file \"pg_wal/x\": Read-only file system", "exit/ storage/read-only", " ", ""},
	} {
		pod := looping("web-0", c.text, func(p *cluster.Pod) { p.Template.Mounts = mounts })
		found := Recognise(cluster.New(cluster.Parts{At: testNow, Pods: []cluster.Pod{pod}}))
		if got := kinds(found); got != c.kinds {
			t.Errorf("%s: got %s, want %s", c.text, got, c.kinds)
			continue
		}
		if last := found[len(found)-1]; len(found) > 1 && (last.About.String() != c.about || last.Item != c.item) {
			t.Errorf("%s: about %q %q, want %q %q", c.text, last.About, last.Item, c.about, c.item)
		}
	}
}
