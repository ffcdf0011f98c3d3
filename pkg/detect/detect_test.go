package detect

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// sound is a detector without fault.
const soundDoc = "things that happen\n\nMeans it.\n\nReads it.\n\nGroups by it.\n\nSpeaks when they do.\n\nSilent else.\n\nWhat to do: it."

func sound(change func(*Detector)) *Detector {
	d := &Detector{Name: "some-detector", Category: "timing", Doc: soundDoc,
		Causes: []string{"one-cause", "N"}, Needs: []cluster.Resource{cluster.Pods}, Run: func(*Pass) {}}
	if change != nil {
		change(d)
	}
	return d
}

func TestValidate(t *testing.T) {
	if errs := Validate(Suite{sound(nil), sound(func(d *Detector) { d.Name = "other" })}); errs != nil {
		t.Errorf("nothing is wrong: %v", errs)
	}
	for want, suite := range map[string]Suite{
		"name is not lower-case":  {sound(func(d *Detector) { d.Name = "Some_Detector" })},
		`detector "": name`:       {sound(func(d *Detector) { d.Name = "" })},
		"listed twice":            {sound(nil), sound(nil)},
		`unknown category "fate"`: {sound(func(d *Detector) { d.Category = "fate" })},
		"documentation needs a title line without full stop and a text": {sound(func(d *Detector) { d.Doc = "A title.\n\nA text." })},
		"documentation needs a title line":                              {sound(func(d *Detector) { d.Doc = "a title alone" })},
		"documentation needs":                                           {sound(func(d *Detector) { d.Doc = "" })},
		"and a text":                                                    {sound(func(d *Detector) { d.Doc = "a title\n\n \n" })},
		"one paragraph beginning with each":                             {sound(func(d *Detector) { d.Doc = strings.Replace(soundDoc, "Silent else.", "Also this.", 1) })},
		"in this order": {sound(func(d *Detector) {
			d.Doc = strings.Replace(soundDoc, "Reads it.\n\nGroups by it.", "Groups by it.\n\nReads it.", 1)
		})},
		"no causes":                     {sound(func(d *Detector) { d.Causes = nil })},
		`cause "Some Cause" is neither`: {sound(func(d *Detector) { d.Causes = []string{"Some Cause"} })},
		`cause "" is neither`:           {sound(func(d *Detector) { d.Causes = []string{""} })},
		"no needs":                      {sound(func(d *Detector) { d.Needs = nil })},
	} {
		errs := Validate(suite)
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), want) {
			t.Errorf("got %v, want one error with %q", errs, want)
		}
	}
	if errs := Validate(Suite{{}}); len(errs) != 5 {
		t.Errorf("everything is wrong with an empty detector, not only %v", errs)
	}
	if errs := Validate(nil); errs != nil {
		t.Errorf("an empty suite: %v", errs)
	}
}

func TestNamedAndTitle(t *testing.T) {
	s := Suite{sound(nil)}
	if d := s.Named("some-detector"); d == nil || d.Title() != "things that happen" {
		t.Errorf("got %+v", d)
	}
	if s.Named("other") != nil {
		t.Error("found what is not there")
	}
}

func TestRun(t *testing.T) {
	var ran sync.Map
	detector := func(name string, need cluster.Resource, patterns ...Pattern) *Detector {
		return &Detector{Name: name, Category: "any", Needs: []cluster.Resource{need}, Run: func(p *Pass) {
			ran.Store(name, true)
			for _, pattern := range patterns {
				p.Report(pattern)
			}
		}}
	}
	s := cluster.New(cluster.Parts{
		Sources: []cluster.Source{{Resource: cluster.Pods, Objects: 1}, {Resource: cluster.Nodes, Gap: "forbidden"}},
		Gaps: []cluster.Gap{{Resource: cluster.Nodes, Reason: "forbidden"},
			{Resource: cluster.Metrics, Reason: "not asked for", Unasked: true}},
	})
	explained := detector("explained", cluster.Pods)
	explained.Run = nil
	patterns, skipped := Run(Suite{
		detector("b", cluster.Pods, Pattern{Cause: "z", Key: "1"}, Pattern{Cause: "a", Key: "2", Tier: Suggestive}, Pattern{Cause: "a", Key: "1"}),
		detector("no-nodes", cluster.Nodes, Pattern{}),
		explained,
		detector("no-jobs", cluster.Jobs, Pattern{}),
		detector("no-metrics", cluster.Metrics, Pattern{}),
		{Name: "nothing", Needs: []cluster.Resource{cluster.Metrics, cluster.Nodes}},
		detector("a", cluster.Pods, Pattern{Cause: "a", Key: "1", Detector: "forged", Category: "forged"}),
		{Name: "some", Needs: []cluster.Resource{cluster.Metrics, cluster.Nodes, cluster.Pods}, Any: true},
	}, s, nil)
	var names []string
	for name := range ran.Range {
		names = append(names, name.(string))
	}
	slices.Sort(names) // they run side by side
	if diff := cmp.Diff([]string{"a", "b"}, names); diff != "" {
		t.Errorf("ran: %s", diff)
	}
	var told []string
	for _, p := range patterns {
		told = append(told, strings.Join([]string{p.Detector, p.Category, p.Cause, p.Key, string(p.Tier)}, " "))
	}
	if diff := cmp.Diff([]string{"b any a 1 stated", "b any a 2 suggestive", "b any z 1 stated", "a any a 1 stated"}, told); diff != "" {
		t.Errorf("patterns: %s", diff)
	}
	if diff := cmp.Diff([]Skipped{{Detector: "no-nodes", Why: "nodes: forbidden"}, {Detector: "no-jobs", Why: "jobs not read"},
		{Detector: "no-metrics", Why: "metrics: not asked for", Unasked: true}, {Detector: "nothing", Why: "metrics: not asked for"},
		{Detector: "some", Why: "without nodes", Partly: true}}, skipped); diff != "" {
		t.Errorf("skipped: %s", diff)
	}
}

func TestPassOf(t *testing.T) {
	symptoms := []symptom.Symptom{{Kind: symptom.OOM, Node: "1"}, {Kind: symptom.Exit, Node: "2"}, {Kind: symptom.OOM, Node: "3"}, {Kind: symptom.Start, Node: "4"}}
	Run(Suite{{Name: "d", Run: func(p *Pass) {
		var got []string
		for _, s := range p.Of(symptom.Exit, symptom.OOM) {
			got = append(got, s.Node)
		}
		if diff := cmp.Diff([]string{"1", "2", "3"}, got); diff != "" {
			t.Error(diff)
		}
		if p.Of(symptom.Rollout) != nil || p.Of() != nil {
			t.Error("found what is not there")
		}
	}}}, cluster.New(cluster.Parts{}), symptoms)
}

func TestGroupBy(t *testing.T) {
	symptoms := []*symptom.Symptom{{Node: "b", Count: 1}, {Node: "a", Count: 2}, {Node: "", Count: 3}, {Node: "b", Count: 4}}
	var got [][]int
	var keys []string
	for _, g := range GroupBy(symptoms, func(s *symptom.Symptom) string { return s.Node }) {
		keys = append(keys, g.Key)
		var counts []int
		for _, s := range g.Symptoms {
			counts = append(counts, s.Count)
		}
		got = append(got, counts)
	}
	if diff := cmp.Diff([]string{"a", "b"}, keys); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]int{{2}, {1, 4}}, got); diff != "" {
		t.Error(diff)
	}
	if GroupBy(nil, func(*symptom.Symptom) string { return "x" }) != nil {
		t.Error("nothing makes a group")
	}
}

func of(pod, workload cluster.Ref, node string) *symptom.Symptom {
	return &symptom.Symptom{Object: pod, Workload: workload, Node: node, Count: 2}
}

func pod(path string) cluster.Ref  { return path2ref("Pod", path) }
func work(path string) cluster.Ref { return path2ref("Deployment", path) }

func path2ref(kind, path string) cluster.Ref {
	ns, name, _ := strings.Cut(path, "/")
	return cluster.Ref{Kind: kind, Namespace: ns, Name: name}
}

func TestWho(t *testing.T) {
	for _, c := range []struct {
		want     string
		symptoms []*symptom.Symptom
	}{
		{"1 pod of shop/web", []*symptom.Symptom{of(pod("shop/web-1"), work("shop/web"), "")}},
		{"2 pods of shop/web", []*symptom.Symptom{of(pod("shop/web-1"), work("shop/web"), ""), of(pod("shop/web-2"), work("shop/web"), "")}},
		{"1 pod of shop/web", []*symptom.Symptom{of(pod("shop/web-1"), work("shop/web"), ""), of(pod("shop/web-1"), work("shop/web"), "")}}, // two containers
		{"pod shop/bare", []*symptom.Symptom{of(pod("shop/bare"), pod("shop/bare"), "")}},
		{"2 pods of 2 workloads in shop", []*symptom.Symptom{of(pod("shop/web-1"), work("shop/web"), ""), of(pod("shop/api-1"), work("shop/api"), "")}},
		{"Deployment shop/web", []*symptom.Symptom{of(work("shop/web"), work("shop/web"), "")}},
		{"2 workloads in shop", []*symptom.Symptom{of(work("shop/web"), work("shop/web"), ""), of(work("shop/api"), work("shop/api"), "")}},
		{"2 workloads in 2 namespaces", []*symptom.Symptom{of(work("shop/web"), work("shop/web"), ""), of(work("data/api"), work("data/api"), "")}},
		{"2 pods in 2 namespaces", []*symptom.Symptom{of(pod("shop/web-1"), work("shop/web"), ""), of(pod("data/web-1"), work("data/web"), "")}},
	} {
		tally := Sum(c.symptoms)
		if got := tally.Who(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestSum(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	a := of(pod("shop/web-2"), work("shop/web"), "n2")
	b := of(pod("shop/web-1"), work("shop/web"), "n1")
	c := of(cluster.Ref{Kind: "Node", Name: "n1"}, cluster.Ref{}, "n1")
	a.First, a.Last = noon.Add(-time.Minute), noon
	b.First, b.Last, b.Ongoing = noon.Add(-time.Hour), noon.Add(-time.Minute), true
	a.Object.UID = "42" // pods are counted by name
	want := Tally{Pods: []cluster.Ref{pod("shop/web-1"), pod("shop/web-2")}, Workloads: []cluster.Ref{work("shop/web")},
		Namespaces: []string{"shop"}, Nodes: []string{"n1", "n2"}, Occurrences: 6, First: noon.Add(-time.Hour), Last: noon, Ongoing: true}
	if diff := cmp.Diff(want, Sum([]*symptom.Symptom{a, b, c})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, Sum([]*symptom.Symptom{c, b, a})); diff != "" {
		t.Errorf("in another order: %s", diff)
	}
	s := cluster.New(cluster.Parts{Pods: []cluster.Pod{{Ref: pod("data/db-0"), Node: "n3", Owner: path2ref("StatefulSet", "data/db")}, {Ref: pod("shop/web-1"), Owner: work("shop/web")}}})
	got := Sum([]*symptom.Symptom{a, b})
	got.AddPods(s, []*cluster.Pod{s.Pod("shop", "web-1"), s.Pod("data", "db-0")})
	if diff := cmp.Diff([]string{"data/db-0", "shop/web-1", "shop/web-2"}, Paths(got.Pods)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"data/db", "shop/web"}, Paths(got.Workloads)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"n1", "n2", "n3"}, got.Nodes); diff != "" {
		t.Error(diff)
	}
}

func TestWords(t *testing.T) {
	for want, got := range map[string]string{
		"1 pod":                                  Count(1, "pod"),
		"0 pods":                                 Count(0, "pod"),
		"12 pods":                                Count(12, "pod"),
		"2 registries":                           Count(2, "registry"),
		"2 keys":                                 Count(2, "key"),
		"2 Endpoints":                            Count(2, "Endpoints"),
		"2 Ingresses":                            Count(2, "Ingress"),
		"":                                       List(nil, 3),
		"a":                                      List([]string{"a"}, 3),
		"a and b":                                List([]string{"a", "b"}, 3),
		"a, b and c":                             List([]string{"a", "b", "c"}, 3),
		"a, b and 2 more":                        List([]string{"a", "b", "c", "d"}, 2),
		"“as it was said”":                       Said("as it was said"),
		"kubectl get pod x":                      Kubectl("get", "pod", "x"),
		"kubectl logs 'a b' -n 'x; reboot'":      Kubectl("logs", "a b", "-n", "x; reboot"),
		"kubectl describe -n n -- -k --server=x": Kubectl("describe", "-k", "--server=x", "-n", "n"),
		"kubectl get pod -n --server=x -o y -- -": Kubectl("get", "pod", "-", "-n", "--server=x", "-o", "y"),
		"kubectl get pods -A --tail=5":            Kubectl("get", "pods", "-A", "--tail=5"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	values := Values([]*symptom.Symptom{{Node: "b"}, {Node: ""}, {Node: "a"}, {Node: "b"}}, func(s *symptom.Symptom) string { return s.Node })
	if diff := cmp.Diff([]string{"a", "b"}, values); diff != "" {
		t.Error(diff)
	}
}

// TestQuote: names in a saved dump are somebody's text.
func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"web-7c9f8d6b5-x2k4w":         "web-7c9f8d6b5-x2k4w",
		"deployment/web":              "deployment/web",
		"spec.nodeName=n1":            "spec.nodeName=n1",
		"registry.example:5000/a@b,c": "registry.example:5000/a@b,c",
		"":                            "''",
		"a b":                         "'a b'",
		"$(reboot)":                   "'$(reboot)'",
		"`reboot`":                    "'`reboot`'",
		"a;b":                         "'a;b'",
		"a|b&c>d<e":                   "'a|b&c>d<e'",
		"it's":                        `'it'\''s'`,
		"a\nb":                        "'a\nb'",
		"a\n":                         "'a\n'",
		"*":                           "'*'",
		"~root":                       "'~root'",
		"{a,b}":                       "'{a,b}'",
		"é":                           "'é'",
		`"`:                           `'"'`,
		`\`:                           `'\'`,
		"!1":                          "'!1'",
		"#x":                          "'#x'",
		"=ls":                         "'=ls'",
	} {
		if got := Quote(word); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}

// FuzzQuote reads back what was quoted, as a shell would.
func FuzzQuote(f *testing.F) {
	f.Add("it's")
	f.Add("''\\''$(x)")
	f.Fuzz(func(t *testing.T, word string) {
		q := Quote(word)
		if q == word {
			if strings.ContainsAny(word, " \t\n'\"\\$`|&;<>()*?[]{}!#~\x00\x1b") || word == "" {
				t.Errorf("%q is left as it is", word)
			}
			return
		}
		if !strings.HasPrefix(q, "'") || !strings.HasSuffix(q, "'") || len(q) < 2 {
			t.Fatalf("%q became %s", word, q)
		}
		if back := strings.ReplaceAll(q[1:len(q)-1], `'\''`, "'"); back != word {
			t.Errorf("%q came back as %q", word, back)
		}
		if inner := strings.ReplaceAll(q[1:len(q)-1], `'\''`, ""); strings.Contains(inner, "'") {
			t.Errorf("the quotation %s ends before its end", q)
		}
	})
}

func TestID(t *testing.T) {
	p := Pattern{Detector: "exit-code", Cause: "SIGKILL", Key: "137||", Title: "a", Symptoms: []*symptom.Symptom{{Node: "x"}}}
	id := p.ID()
	same := Pattern{Detector: "exit-code", Cause: "SIGKILL", Key: "137||", Title: "b", Tier: Strong, Category: "any", Nodes: []string{"n"}}
	if same.ID() != id {
		t.Errorf("%s and %s: the ID is of detector, cause and key alone", id, same.ID())
	}
	if !strings.HasPrefix(id, "exit-code-sigkill-") || id != strings.ToLower(id) || Quote(id) != id {
		t.Errorf("ID %q", id)
	}
	reason := Pattern{Detector: "unclassified", Cause: "$(touch x)\u202e;" + strings.Repeat("x", 5000)} // an event's, and so anybody's
	if id := reason.ID(); !strings.HasPrefix(id, "unclassified-_touch_x_x") || Quote(id) != id || len(id) > 200 {
		t.Errorf("ID %q", id)
	}
	seen := map[string]string{}
	for _, o := range []Pattern{p, {Detector: "exit-code", Cause: "SIGKILL", Key: "137|x|"}, {Detector: "exit-code", Cause: "137", Key: "||"},
		{Detector: "exit", Cause: "codeSIGKILL", Key: "137||"}} {
		if other, ok := seen[o.ID()]; ok {
			t.Errorf("%+v and %s have the ID %s", o, other, o.ID())
		}
		seen[o.ID()] = o.Key
	}
	// IDs are typed by people and kept in notes: a change of how they are made
	// is a change of the contract.
	if fixed := (&Pattern{Detector: "image-pull", Cause: "auth", Key: "registry.example.com"}).ID(); fixed != "image-pull-auth-6c268a" {
		t.Errorf("got %s", fixed)
	}
}
