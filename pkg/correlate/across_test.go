package correlate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// toldBy is a cluster of its own with some patterns, judged two hours past noon.
func toldBy(context string, ps ...*Pattern) Told {
	s := cluster.New(cluster.Parts{At: noon.Add(2 * time.Hour), Identity: cluster.Identity{Context: context, Server: "https://" + context}})
	return Told{context, &Story{Snapshot: s, Patterns: ps}}
}

// pulls is a failed pull of the workloads of a registry.
func pulls(cause string, first time.Time, image string, workloads ...cluster.Ref) *Pattern {
	p := failing("image-pull", cause, first, workloads...)
	p.Key = strings.Split(image, "/")[0]
	for i := range p.Affected {
		p.Affected[i].Image = image
	}
	return p
}

func failing(detector, cause string, first time.Time, workloads ...cluster.Ref) *Pattern {
	pods := map[cluster.Ref][]string{}
	for _, w := range workloads {
		pods[w] = []string{w.Name + "-1", w.Name + "-2"}
	}
	p := patternOf(detector, cause, first, nil, pods)
	p.Key, p.Tier, p.Severity = "", detect.Stated, Warning
	for _, s := range p.Symptoms {
		p.Affected = append(p.Affected, Affected{Ref: s.Object, Workload: s.Workload})
	}
	return p
}

const privateImage = "registry.acme.example/shop/web:2"

func TestAcrossNamesTheOneRegistry(t *testing.T) {
	web, api, ads := deployment("shop", "web"), deployment("core", "api"), deployment("ads", "bidder")
	c := healthyUser("c", noon.Add(-time.Hour), noon.Add(time.Hour))
	found := Across([]Told{
		toldBy("a", pulls("auth", noon.Add(40*time.Second), privateImage, web)),
		toldBy("b", pulls("auth", noon, "registry.acme.example/core/api:7", api, ads)),
		c, toldBy("d"),
	})
	if len(found) != 1 {
		t.Fatalf("found %+v", found)
	}
	f := found[0]
	if f.Attribute != "registry" || f.Values[0] != "registry.acme.example" || f.Detector != "image-pull" || f.Cause != "auth" || f.Tier != detect.Stated {
		t.Errorf("%+v", f)
	}
	if f.Of != 4 || len(f.In) != 2 || f.In[0].Contexts[0] != "b" || f.In[0].Workloads != 2 || f.In[0].Pods != 4 || f.Spread != 40*time.Second || !f.Dated {
		t.Errorf("%+v", f)
	}
	want := "In 2 of 4 clusters that were read the failures themselves name registry registry.acme.example, with the same cause (auth). " +
		"It began first in b, in the last of them 40s later. c uses it in 1 workload without failing on it (ready pods made since then: 1)."
	if f.Text != want {
		t.Errorf("%s\nwant\n%s", f.Text, want)
	}
	if f.Title != "registry registry.acme.example in 2 of 4 clusters: image-pull, auth" {
		t.Error(f.Title)
	}
}

// healthyUser is a cluster in which pods of the private image run.
func healthyUser(context string, created ...time.Time) Told {
	template := &cluster.Template{Containers: []cluster.ContainerSpec{{Name: "app", Image: privateImage}}}
	parts := cluster.Parts{At: noon.Add(2 * time.Hour), Identity: cluster.Identity{Server: context}}
	for i, at := range created {
		parts.Pods = append(parts.Pods, cluster.Pod{Ref: pod("shop", "web-"+string(rune('a'+i))), Created: at, Owner: deployment("shop", "web"),
			Template: template, Conditions: []cluster.Condition{{Type: "Ready", Status: "True"}}})
	}
	return Told{context, &Story{Snapshot: cluster.New(parts)}}
}

func TestAcrossIsSilent(t *testing.T) {
	web, api := deployment("shop", "web"), deployment("core", "api")
	over := endedAt(noon.Add(5*time.Minute), pulls("auth", noon, privateImage, web))
	child := pulls("auth", noon, privateImage, web)
	child.ExplainedBy = "node-failure-not-ready-123456"
	old := pulls("auth", noon, privateImage, web)
	old.Severity = Info
	burst := func() *Pattern {
		p := failing("burst", "spike", noon, web)
		p.Category = "timing"
		return p
	}
	missing := func(image string, w cluster.Ref) *Pattern {
		p := pulls("not-found", noon, image, w)
		p.Key = strings.Split(image, ":")[0]
		p.Shared = []SharedFactor{{Attribute: "registry", Value: "docker.io", Tier: detect.Stated}}
		return p
	}
	database := func(name string, w cluster.Ref) *Pattern {
		p := failing("network", "connection-refused", noon, w)
		p.Shared = []SharedFactor{{Attribute: "dependency", Value: name, Tier: detect.Stated}}
		return p
	}
	b := toldBy("b", pulls("auth", noon, privateImage, api))
	for name, all := range map[string][]Told{
		"one cluster alone":                     {b},
		"nothing in the other":                  {b, toldBy("a")},
		"another registry":                      {b, toldBy("a", pulls("auth", noon, "other.example/web:1", web))},
		"another time":                          {toldBy("a", over), toldBy("b", pulls("auth", noon.Add(time.Hour), privateImage, api))},
		"what follows from something else":      {b, toldBy("a", child)},
		"what is long past":                     {b, toldBy("a", old)},
		"two missing images of one registry":    {toldBy("a", missing("docker.io/x/one:1", web)), toldBy("b", missing("docker.io/x/two:1", api))},
		"the same limit of different workloads": {toldBy("a", failing("oom", "container-limit", noon, web)), toldBy("b", failing("oom", "container-limit", noon, api))},
		"nodes of one name":                     {toldBy("a", ofNode(failing("exit-code", "1", noon, web))), toldBy("b", ofNode(failing("exit-code", "1", noon, web)))},
		"time alone":                            {toldBy("a", burst()), toldBy("b", burst())},
		"Services of one name":                  {toldBy("a", database("shop/db", web)), toldBy("b", database("shop/db", api))},
		"an address that may be of each":        {toldBy("a", database("10.0.0.5:5432", web)), toldBy("b", database("10.0.0.5:5432", api))},
		"two contexts of one cluster":           {toldBy("b", pulls("auth", noon, privateImage, web)), b},
	} {
		if found := Across(all); len(found) > 0 {
			t.Errorf("%s: %s", name, found[0].Text)
		}
	}
	if found := Across([]Told{toldBy("a", database("db.acme.example:5432", web)), toldBy("b", database("db.acme.example:5432", api))}); len(found) != 1 || found[0].Attribute != "dependency" {
		t.Errorf("a host outside of both: %+v", found)
	}
}

func ofNode(p *Pattern) *Pattern {
	p.Nodes = []string{"n1"}
	return p
}

// Two ways to one cluster see the same nodes, whatever its address.
func TestContextsOfOneCluster(t *testing.T) {
	web := deployment("shop", "web")
	withNode := func(context, uid string) Told {
		s := cluster.New(cluster.Parts{At: noon.Add(2 * time.Hour), Identity: cluster.Identity{Server: context},
			Nodes: []cluster.Node{{Ref: cluster.Ref{Kind: "Node", Name: "n1", UID: uid}}}})
		return Told{context, &Story{Snapshot: s, Patterns: []*Pattern{pulls("auth", noon, privateImage, web)}}}
	}
	if found := Across([]Told{withNode("inside", "1"), withNode("tunnel", "1")}); found != nil {
		t.Errorf("one cluster is told as two: %s", found[0].Text)
	}
	found := Across([]Told{withNode("inside", "1"), withNode("tunnel", "1"), withNode("other", "2")})
	if len(found) != 1 || found[0].Of != 2 || len(found[0].In) != 2 || found[0].In[0].Pods != 2 || !slices.Equal(found[0].In[0].Contexts, []string{"inside", "tunnel"}) {
		t.Errorf("%+v", found)
	}
}

func TestAcrossWorkloadsOfTheSameNames(t *testing.T) {
	web, api := deployment("shop", "web"), deployment("core", "api")
	bound := failing("exit-code", "1", noon, web, api)
	bound.Tally.SinceBefore = true
	found := Across([]Told{toldBy("a", failing("exit-code", "1", noon, web, api)), toldBy("b", bound), healthyUser("c", noon)})
	if len(found) != 1 || len(found[0].Values) != 2 || found[0].Dated {
		t.Fatalf("%+v", found)
	}
	want := "In 2 of 3 clusters that were read the same fails in the same way (exit-code, 1): Deployment shop/web and Deployment core/api. Their names alone connect them. " +
		"Not of all of them is it known when it began. c runs 1 of 2 workloads of these names without a failure."
	if got := found[0].Text; got != want && got != strings.Replace(want, "Deployment shop/web and Deployment core/api", "Deployment core/api and Deployment shop/web", 1) {
		t.Error(got)
	}
}

func TestAcrossARegistryThatFailsInSeveralWays(t *testing.T) {
	web, api := deployment("shop", "web"), deployment("core", "api")
	found := Across([]Told{toldBy("a", pulls("dns", noon, privateImage, web)), toldBy("b", pulls("unreachable", noon, privateImage, api))})
	if len(found) != 1 || found[0].Cause != "" || found[0].Tier != detect.Observation || !strings.Contains(found[0].Text, "in different ways (dns in a; unreachable in b): they meet in time, and nothing else connects them.") {
		t.Fatalf("%+v", found)
	}
	// The same cause in both says more, and says it alone.
	found = Across([]Told{toldBy("a", pulls("dns", noon, privateImage, web), pulls("tls", noon, privateImage, web)), toldBy("b", pulls("dns", noon, privateImage, api))})
	if len(found) != 1 || found[0].Cause != "dns" {
		t.Errorf("%+v", found)
	}
}

func TestAcrossAnImageThatComparingFound(t *testing.T) {
	found := []Common{}
	one := func(w cluster.Ref, tier detect.Tier) *Pattern {
		p := failing("exit-code", "1", noon, w)
		p.Shared = []SharedFactor{{Attribute: "image", Value: privateImage, Tier: tier}}
		return p
	}
	found = append(found, Across([]Told{toldBy("a", one(deployment("shop", "web"), detect.Strong)), toldBy("b", one(deployment("core", "api"), detect.Suggestive))})...)
	if len(found) != 1 || found[0].Tier != detect.Suggestive || found[0].Attribute != "image" || !strings.HasPrefix(found[0].Text, "In each of 2 of 2 clusters") {
		t.Errorf("%+v", found)
	}
}

// startsAt is a cluster with an hour of events, whose nodes fail at some times.
func startsAt(context string, after ...time.Duration) Told {
	parts := cluster.Parts{At: noon.Add(time.Hour), Identity: cluster.Identity{Server: context}, Events: []cluster.Event{{Last: noon}}}
	story := &Story{Snapshot: cluster.New(parts)}
	for i, d := range after {
		p := ofNode(failing("node-failure", "not-ready", noon.Add(d), deployment("shop", context+string(rune('a'+i)))))
		story.Patterns = append(story.Patterns, p)
	}
	return Told{context, story}
}

func TestAcrossAtOneTime(t *testing.T) {
	const half = 30 * time.Minute
	found := Across([]Told{startsAt("a", half), startsAt("b", half+10*time.Second), startsAt("c", half+25*time.Second), startsAt("d")})
	if len(found) != 1 || found[0].Attribute != "time" || found[0].Tier != detect.Observation || len(found[0].In) != 3 || found[0].Of != 4 {
		t.Fatalf("%+v", found)
	}
	// 3 beginnings, each of two others within a minute of an hour, and 3 pairs of others.
	want := "In 3 of 4 clusters that were read it began within 30s (chance of that about 0.0025): time is all that connects them. It began first in a, in the last of them 25s later."
	if found[0].Text != want || found[0].Title != "at one time in 3 of 4 clusters: node-failure, not-ready" {
		t.Errorf("%s: %s", found[0].Title, found[0].Text)
	}
	var often []time.Duration
	for i := range 6 {
		often = append(often, time.Duration(i)*10*time.Minute)
	}
	for name, all := range map[string][]Told{
		"two of three":           {startsAt("a", half), startsAt("b", half), startsAt("c")},
		"a minute apart":         {startsAt("a", half), startsAt("b", half+time.Minute), startsAt("c", half+2*time.Minute)},
		"often enough by chance": {startsAt("a", often...), startsAt("b", often...), startsAt("c", often...)},
		"before the events":      {startsAt("a", -half), startsAt("b", -half), startsAt("c", -half)},
	} {
		if found := Across(all); len(found) > 0 {
			t.Errorf("%s: %s", name, found[0].Text)
		}
	}
}
