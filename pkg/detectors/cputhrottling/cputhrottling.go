// Package cputhrottling detects containers that are held at their CPU limit.
package cputhrottling

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector groups throttled containers by workload and name.
var Detector = &detect.Detector{
	Name:     "cpu-throttling",
	Category: "infrastructure",
	Doc: `containers that are held at their CPU limit

Means that containers want more CPU than their limit, and are stopped for a part of
each period.

Reads what kubelets measure (container_cpu_cfs_periods_total and
container_cpu_cfs_throttled_periods_total): with --metrics, or from folders
metrics-N beside saved data.

Groups by workload and container.

Speaks when a running container was throttled in a quarter or more of the periods in
which it wanted to run: between two samples some seconds apart, or since its start
where there is only one. It makes slow, which is no failure: it is told as an
observation (info), unless a failure follows from it, such as a probe that times
out.

Silent on containers that are throttled now and then, that hardly ran, or that ended
or started anew since they were measured, and where nothing was measured.

What to do: raise the CPU limit or take it away, or let the program want less, with
as many threads as it may use cores.`,
	Causes: []string{"cfs-quota"},
	Needs:  []cluster.Resource{cluster.Pods, cluster.Metrics},
	Run:    run,
}

func run(pass *detect.Pass) {
	groups := detect.GroupBy(pass.Of(symptom.Throttling), func(s *symptom.Symptom) string {
		return s.Workload.String() + " " + s.Container
	})
	for _, g := range groups {
		pass.Report(pattern(pass, g))
	}
}

func pattern(pass *detect.Pass, g detect.Group) detect.Pattern {
	t := detect.Sum(g.Symptoms)
	container := g.Symptoms[0].Container
	limits := detect.Values(g.Symptoms, func(s *symptom.Symptom) string { return s.Limit })
	verb, when := "is", ""
	if !t.Ongoing {
		verb, when = "was", " since it started"
	}
	p := detect.Pattern{
		Cause:    "cfs-quota",
		Key:      g.Key,
		Symptoms: g.Symptoms,
		Title: fmt.Sprintf("Container %s of %s %s throttled in %s of its CPU periods%s at %s",
			container, t.Who(), verb, shares(g.Symptoms), when, limitText("its limit", limits)),
		Probable: detect.Cause{
			Text: fmt.Sprintf("Container %s wants more CPU than %s allows: when the quota of a period is used up, all its threads wait for the next.",
				container, limitText("its limit", limits)),
			Confidence: detect.High,
			Why:        "the kernel counts the periods in which the quota was used up",
		},
		Counter:       counter(pass, g.Symptoms),
		Investigation: investigation(g.Symptoms[0]),
		Recommendations: []detect.Recommendation{{Urgency: detect.Later,
			Text: fmt.Sprintf("Give container %s of %s more CPU than %s, or let it want less: as many threads as it may use cores (GOMAXPROCS, -XX:ActiveProcessorCount, workers).",
				container, t.Workloads[0].Path(), limitText("its limit", limits)),
			Commands: raise(t.Workloads[0], container)}},
	}
	for _, limit := range limits {
		p.Factors = append(p.Factors, detect.Factor{Attribute: "cpuLimit", Value: limit, Holds: hasLimit(limit)})
	}
	return p
}

// limitText names a limit by its values, if they are known.
func limitText(what string, limits []string) string {
	if len(limits) == 0 {
		return what
	}
	return what + " of " + strings.Join(limits, " or ")
}

// shares is the share of throttled periods, from the least throttled
// container to the most.
func shares(symptoms []*symptom.Symptom) string {
	least := slices.MinFunc(symptoms, byShare).Share
	most := slices.MaxFunc(symptoms, byShare).Share
	if percent(least) == percent(most) {
		return fmt.Sprintf("%d %%", percent(least))
	}
	return fmt.Sprintf("%d to %d %%", percent(least), percent(most))
}

func byShare(a, b *symptom.Symptom) int {
	switch {
	case a.Share < b.Share:
		return -1
	case a.Share > b.Share:
		return 1
	}
	return 0
}

// percent rounds down: not quite always must not read 100 %.
func percent(share float64) int { return int(share*100 + 1e-9) }

// counter says what speaks against throttling being a trouble.
func counter(pass *detect.Pass, symptoms []*symptom.Symptom) []string {
	var out []string
	starting := 0
	for _, s := range symptoms {
		if c := containerOf(s); c != nil && pass.At.Sub(c.State.StartedAt) < symptom.StartGrace {
			starting++
		}
	}
	if starting > 0 {
		out = append(out, fmt.Sprintf("%d of %s started less than %s ago, and starting often takes more CPU than what follows",
			starting, detect.Count(len(symptoms), "container"), detect.Span(symptom.StartGrace)))
	}
	if !slices.ContainsFunc(symptoms, func(s *symptom.Symptom) bool { return !s.Pod.Ready() }) {
		out = append(out, "all of these pods are ready: throttling makes them slow, which may be meant")
	}
	return out
}

func containerOf(s *symptom.Symptom) *cluster.Container {
	for i := range s.Pod.Containers {
		if s.Pod.Containers[i].Name == s.Container {
			return &s.Pod.Containers[i]
		}
	}
	return nil
}

func hasLimit(limit string) func(*cluster.Pod) bool {
	return func(p *cluster.Pod) bool {
		return p.Template != nil && slices.ContainsFunc(p.Template.Containers, func(c cluster.ContainerSpec) bool { return c.CPULimit == limit })
	}
}

func investigation(s *symptom.Symptom) []detect.Command {
	return []detect.Command{
		{Why: "CPU in use now, to be held against the limit (needs metrics-server)",
			Command: detect.Kubectl("top", "pod", s.Object.Name, "-n", s.Object.Namespace, "--containers")},
		{Why: "how probes of the pod fare: slow answers fail them",
			Command: detect.Kubectl("get", "events", "-n", s.Object.Namespace, "--field-selector", "involvedObject.name="+s.Object.Name)},
	}
}

// raise is a command that sets a higher limit; how high is for the reader.
func raise(w cluster.Ref, container string) []string {
	if detect.Rolls(w) {
		return []string{detect.Kubectl("set", "resources", detect.Target(w), "-n", w.Namespace, "-c", container, "--limits=cpu=NEW_LIMIT")}
	}
	return nil
}
