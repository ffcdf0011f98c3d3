package symptom

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

var (
	measuredAt = time.Date(2026, 11, 22, 20, 5, 0, 0, time.UTC)
	measuredOf = cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "db-0"}
	claimOf    = cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: "shop", Name: "data-db-0"}
)

// measure recognises the symptoms of one running pod with a claim.
func measure(change func(*cluster.Parts)) []Symptom {
	p := cluster.Parts{At: measuredAt.Add(time.Minute), Scope: cluster.Scope{AllNamespaces: true},
		Nodes: []cluster.Node{{Ref: cluster.Ref{Kind: "Node", Name: "worker-1"}, Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}}}},
		Pods: []cluster.Pod{{Ref: measuredOf, Node: "worker-1", Phase: "Running", Created: measuredAt.Add(-time.Hour), Labels: map[string]string{"app": "db"},
			Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}},
			Template:   &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "db", CPULimit: "500m", MemoryLimit: "128Mi"}}},
			Containers: []cluster.Container{{ContainerIdentity: &cluster.ContainerIdentity{Name: "db", Role: cluster.Regular}, Ready: true, State: cluster.State{Phase: cluster.Running, StartedAt: measuredAt.Add(-time.Hour)}}}}},
		Claims: []cluster.Claim{{Ref: claimOf, StorageClass: "fast", Provisioner: "csi.example.com", AccessModes: []string{"ReadWriteOnce"}}},
	}
	change(&p)
	return Recognise(cluster.New(p))
}

const gi = 1 << 30

func volume(left, capacity, inodesLeft, inodes int64) func(*cluster.Parts) {
	return func(p *cluster.Parts) {
		p.Filesystems = []cluster.Filesystem{
			{Of: cluster.OfNode, Node: "worker-1", At: measuredAt, Capacity: 100 * gi, Left: gi, Inodes: 1000, InodesLeft: 10},
			{Of: cluster.OfVolume, Node: "worker-1", Pod: measuredOf, Volume: "data", Claim: claimOf, At: measuredAt, Capacity: capacity, Left: left, Inodes: inodes, InodesLeft: inodesLeft},
		}
	}
}

func TestFullVolumes(t *testing.T) {
	also := func(changes ...func(*cluster.Parts)) func(*cluster.Parts) {
		return func(p *cluster.Parts) {
			for _, c := range changes {
				c(p)
			}
		}
	}
	full := volume(gi/2, 40*gi, 900, 1000)
	for name, c := range map[string]struct {
		change func(*cluster.Parts)
		want   string // message; empty: silence
	}{
		"full":                 {full, "volume data: 98 % of 40Gi used, 512Mi left; 10 % of the inodes used"},
		"no inodes left":       {volume(30*gi, 40*gi, 0, 1000), "volume data: 25 % of 40Gi used, 30Gi left; 100 % of the inodes used"},
		"nothing left":         {volume(0, 40*gi, 0, 0), "volume data: 100 % of 40Gi used, 0 bytes left"},
		"room enough":          {volume(4*gi, 40*gi, 900, 1000), ""},
		"nothing is told":      {volume(0, 0, 0, 0), ""},
		"made full":            {also(full, func(p *cluster.Parts) { p.Claims[0].AccessModes = []string{"ReadOnlyMany"} }), ""},
		"a folder of the node": {volume(gi, 100*gi, 10, 1000), ""},
		"of a pod that ended":  {also(full, func(p *cluster.Parts) { p.Pods[0].Phase = "Succeeded" }), ""},
		"of another namespace": {also(full, func(p *cluster.Parts) { p.Scope = cluster.Scope{Namespaces: []string{"other"}} }), ""},
		"claim was not read":   {also(full, func(p *cluster.Parts) { p.Claims = nil }), "volume data: 98 % of 40Gi used, 512Mi left; 10 % of the inodes used"},
	} {
		t.Run(name, func(t *testing.T) {
			got := measure(c.change)
			if c.want == "" {
				if len(got) > 0 {
					t.Errorf("speaks: %+v", got)
				}
				return
			}
			if len(got) != 1 {
				t.Fatalf("%d symptoms, want 1", len(got))
			}
			s := got[0]
			if s.Kind != Storage || s.Cause != StorageFull || s.About != claimOf || s.Object != measuredOf || !s.Ongoing || s.Message != c.want {
				t.Errorf("%+v", s)
			}
			if len(s.Evidence) != 1 || s.Evidence[0].Source != FromMetric || s.Evidence[0].Subject != claimOf {
				t.Errorf("%+v", s.Evidence)
			}
		})
	}
	if s := measure(full)[0]; s.Class != "fast" || s.Driver != "csi.example.com" || s.Resource != "storage" {
		t.Errorf("%+v", s)
	}
}

func TestThrottledContainers(t *testing.T) {
	usage := func(u cluster.Usage) func(*cluster.Parts) {
		u.Pod, u.Container, u.Node, u.At = measuredOf, "db", "worker-1", measuredAt
		if !u.Total {
			u.Since = measuredAt.Add(-20 * time.Second)
		}
		return func(p *cluster.Parts) { p.Usages = []cluster.Usage{u} }
	}
	got := measure(usage(cluster.Usage{Periods: 200, Throttled: 199, CPU: .5, CPUWait: .91}))
	if len(got) != 1 {
		t.Fatalf("%d symptoms, want 1", len(got))
	}
	want := "container db was throttled in 199 of 200 CPU periods (99 %) within 20s; it used 0.50 cores on average, and some thread waited for CPU 91 % of the time"
	if s := got[0]; s.Kind != Throttling || s.Limit != "500m" || !s.Ongoing || !s.SinceBefore || s.Evidence[0].Text != want || s.Evidence[0].Source != FromMetric {
		t.Errorf("%+v", s)
	}
	total := measure(usage(cluster.Usage{Total: true, Periods: 6000, Throttled: 3000, CPU: -1, CPUWait: -1}))
	if len(total) != 1 || total[0].Ongoing || total[0].Message != "throttled in 3000 of 6000 CPU periods (50 %) since it started" {
		t.Errorf("%+v", total)
	}
	for name, u := range map[string]cluster.Usage{
		"now and then":        {Periods: 200, Throttled: 40},
		"hardly ran":          {Periods: 30, Throttled: 30},
		"at its start, maybe": {Total: true, Periods: 300, Throttled: 300},
		"no limit":            {},
	} {
		if got := measure(usage(u)); len(got) > 0 {
			t.Errorf("%s: speaks: %+v", name, got)
		}
	}
	resized := measure(func(p *cluster.Parts) {
		usage(cluster.Usage{Periods: 200, Throttled: 199})(p)
		p.Pods[0].Containers[0].CPULimit = "1"
	})
	if resized[0].Limit != "1" {
		t.Errorf("the running container's limit is 1, not %s", resized[0].Limit)
	}
}

// TestMeasurementsBesideOtherSymptoms: what is measured adds to what is known.
func TestMeasurementsBesideOtherSymptoms(t *testing.T) {
	killed := func(workingSet int64, at time.Time) func(*cluster.Parts) {
		return func(p *cluster.Parts) {
			c := &p.Pods[0].Containers[0]
			c.Restarts, c.MemoryLimit = 3, "128Mi"
			c.Ended = &cluster.State{Phase: cluster.Terminated, Reason: "OOMKilled", ExitCode: 137, StartedAt: measuredAt.Add(-20 * time.Minute), FinishedAt: measuredAt.Add(-10 * time.Minute)}
			c.State.StartedAt = measuredAt.Add(-9 * time.Minute)
			p.Usages = []cluster.Usage{{Pod: measuredOf, Container: "db", At: at, WorkingSet: workingSet, MemoryWait: .25}}
		}
	}
	texts := func(symptoms []Symptom) []string {
		var out []string
		for _, s := range symptoms {
			for _, e := range s.Evidence {
				if e.Source == FromMetric {
					out = append(out, string(s.Kind)+": "+e.Text)
				}
			}
		}
		slices.Sort(out)
		return out
	}
	for name, c := range map[string]struct {
		change func(*cluster.Parts)
		want   []string
	}{
		"near its limit again": {killed(120<<20, measuredAt), []string{"oom: container db uses 120Mi of its limit of 128Mi again (93 %), and some thread waited for memory 25 % of the time"}},
		"far from it":          {killed(20<<20, measuredAt), nil},
		"measured before":      {killed(120<<20, measuredAt.Add(-11*time.Minute)), nil},
		"disk pressure": {func(p *cluster.Parts) {
			volume(39*gi, 40*gi, 900, 1000)(p)
			p.Filesystems = append(p.Filesystems, p.Filesystems[0])
			p.Filesystems[2].Of = cluster.OfImages
			p.Nodes[0].Conditions = append(p.Nodes[0].Conditions, cluster.Condition{Type: "DiskPressure", Status: "True"}, cluster.Condition{Type: "MemoryPressure", Status: "True"})
		}, []string{"pressure: filesystem of the node (node): 99 % of 100Gi used, 1.0Gi left; 99 % of the inodes used"}},
	} {
		if diff := cmp.Diff(c.want, texts(measure(c.change))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAmountsOfBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 1536: "1.5Ki", 20 << 20: "20Mi", 3 << 40: "3.0Ti", 1 << 60: "1048576Ti"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
	if got := percent(.9999); strings.HasPrefix(got, "100") {
		t.Errorf("what is not full reads %s", got)
	}
}
