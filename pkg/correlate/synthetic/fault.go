package synthetic

import (
	"slices"
	"strings"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Fault is what is to blame for an incident.
type Fault struct {
	Kind  FaultKind
	Share float64 // of the pods (or, for what templates name, of the workloads) that have the guilty value, so many fail
}

// FaultKind is what sort of value is to blame.
type FaultKind string

// The kinds of faults.
const (
	NodeFault           FaultKind = "node"
	ZoneFault           FaultKind = "zone"
	KernelFault         FaultKind = "kernel"
	RuntimeFault        FaultKind = "runtime"
	StorageClassFault   FaultKind = "storageClass"
	RegistryFault       FaultKind = "registry"
	TagFault            FaultKind = "tag"
	ImageFault          FaultKind = "image" // one that several workloads carry
	ConfigMapFault      FaultKind = "configMap"
	SecretFault         FaultKind = "secret"
	ServiceAccountFault FaultKind = "serviceAccount"
	PairFault           FaultKind = "image & kernel"

	// What Kubernetes names itself.
	MissingSecretFault FaultKind = "missing secret"
	QuotaFault         FaultKind = "quota"
	WebhookFault       FaultKind = "webhook"

	// What fails of something else.
	DNSFault   FaultKind = "dns"
	ChainFault FaultKind = "cascade"

	// What was changed before.
	RolloutFault FaultKind = "bad rollout"
	EditFault    FaultKind = "config edit"

	// What needs a past to be told, which one look at a cluster has not.
	NightlyFault FaultKind = "nightly job"
	LeakFault    FaultKind = "leak"
)

// Faults are one of each kind, with the share that makes it worth finding, but
// for cascades, which have knobs of their own.
func Faults() []Fault {
	return []Fault{
		{NodeFault, .9},
		{ZoneFault, .15},
		{KernelFault, .2},
		{RuntimeFault, .2},
		{StorageClassFault, .8},
		{RegistryFault, .4},
		{TagFault, 1},
		{ImageFault, .9},
		{ConfigMapFault, 1},
		{SecretFault, 1},
		{ServiceAccountFault, 1},
		{PairFault, .8},
		{MissingSecretFault, 1},
		{QuotaFault, 0},
		{WebhookFault, 0},
		{DNSFault, .2},
		{RolloutFault, 0},
		{EditFault, 0},
		{NightlyFault, 0},
		{LeakFault, 0},
	}
}

// IsValue reports whether what is to blame is a value that some pods have and
// others have not, which nothing but comparing tells.
func (k FaultKind) IsValue() bool { return plays[k] == nil && attributes[k] != nil }

// Value is one value of an attribute, in the words of reports.
type Value struct{ Attribute, Value string }

// ValuesOf are the values that a pod has of the attributes that faults are
// about.
func ValuesOf(p *cluster.Pod, n *cluster.Node) []Value {
	out := []Value{{"namespace", p.Namespace}, {"serviceAccount", p.Namespace + "/" + p.Template.ServiceAccount}}
	if n != nil {
		out = append(out, Value{"node", n.Name}, Value{"zone", n.Zone()}, Value{"nodePool", n.Pool()},
			Value{"kernelVersion", n.Info.KernelVersion}, Value{"containerRuntime", n.Info.ContainerRuntime})
	}
	if len(p.Template.Claims) > 0 {
		class := classOf(p.Labels["app"])
		out = append(out, Value{"storageClass", class}, Value{"csiDriver", driverOf(class)})
	}
	for _, c := range p.Template.Containers {
		registry, rest, _ := strings.Cut(c.Image, "/")
		repository, tag, _ := strings.Cut(rest, ":")
		out = append(out, Value{"image", c.Image}, Value{"registry", registry}, Value{"repository", registry + "/" + repository}, Value{"tag", tag})
	}
	for _, c := range p.Template.ConfigMaps {
		out = append(out, Value{"configMap", p.Namespace + "/" + c.Name})
	}
	for _, c := range p.Template.Secrets {
		out = append(out, Value{"secret", p.Namespace + "/" + c.Name})
	}
	return out
}

// attributes of the values that may be guilty, by kind of fault.
var attributes = map[FaultKind][]string{
	NodeFault:           {"node"},
	ZoneFault:           {"zone"},
	KernelFault:         {"kernelVersion"},
	RuntimeFault:        {"containerRuntime"},
	StorageClassFault:   {"storageClass"},
	RegistryFault:       {"registry"},
	TagFault:            {"tag"},
	ImageFault:          {"image"},
	ConfigMapFault:      {"configMap"},
	SecretFault:         {"secret"},
	MissingSecretFault:  {"secret"},
	EditFault:           {"configMap"},
	ServiceAccountFault: {"serviceAccount"},
	PairFault:           {"image", "kernelVersion"},
}

// whole are the kinds of which all pods of a workload fail: what is to blame
// stands in its template.
var whole = []FaultKind{RegistryFault, TagFault, ImageFault, ConfigMapFault, SecretFault, ServiceAccountFault}

// least is by how many workloads a value has to be held to be worth blaming.
var least = map[FaultKind]int{NodeFault: 5, ConfigMapFault: 3, EditFault: 3, SecretFault: 3, MissingSecretFault: 3, ServiceAccountFault: 3,
	TagFault: 4, ImageFault: 4, PairFault: 6}

// plays are the faults that are more than pods that crash.
var plays = map[FaultKind]func(*maker){
	MissingSecretFault: (*maker).missSecret,
	QuotaFault:         (*maker).exceedQuota,
	WebhookFault:       (*maker).loseWebhook,
	DNSFault:           (*maker).loseDNS,
	ChainFault:         (*maker).failAlong,
	RolloutFault:       (*maker).rollOutBadly,
	EditFault:          (*maker).editConfig,
	NightlyFault:       (*maker).failAtNight,
	LeakFault:          (*maker).leak,
}

// fault lets what has a guilty value crash: pods one by one where it is about
// their place, all pods of a workload where it is about what they ask for.
func (m *maker) fault() {
	if m.Fault.Kind == "" {
		return
	}
	for _, attribute := range attributes[m.Fault.Kind] {
		m.out.Guilty = append(m.out.Guilty, m.guilty(attribute))
	}
	if play, ok := plays[m.Fault.Kind]; ok {
		play(m)
		return
	}
	begin, words := m.ago(20*time.Minute, 50*time.Minute), pick(m, lastWords)
	for _, w := range m.workloads {
		whole := slices.Contains(whole, m.Fault.Kind)
		if whole && !m.chance(m.Fault.Share) {
			continue
		}
		for _, p := range w.pods {
			if m.isGuilty(p) && (whole || m.chance(m.Fault.Share)) {
				m.crash(p, begin, words)
				m.out.Hit[w.Ref] = true
			}
		}
	}
}

func (m *maker) isGuilty(p *cluster.Pod) bool {
	have := ValuesOf(p, m.node(p.Node))
	return !slices.ContainsFunc(m.out.Guilty, func(v Value) bool { return !slices.Contains(have, v) })
}

func (m *maker) node(name string) *cluster.Node {
	for _, n := range m.nodes {
		if n.Name == name {
			return n
		}
	}
	return nil
}

// guilty chooses a value that enough workloads hold, if there is one, and no
// more than half of them; else the most widely held one.
func (m *maker) guilty(attribute string) Value {
	holders, order := map[Value]int{}, []Value{}
	for _, w := range m.workloads {
		seen := map[Value]bool{}
		for _, p := range w.pods {
			for _, v := range ValuesOf(p, m.node(p.Node)) {
				if v.Attribute == attribute && !seen[v] {
					seen[v] = true
					if holders[v]++; holders[v] == 1 {
						order = append(order, v)
					}
				}
			}
		}
	}
	enough := slices.DeleteFunc(slices.Clone(order), func(v Value) bool {
		return holders[v] < max(2, least[m.Fault.Kind])
	})
	if len(enough) > 0 {
		return pick(m, enough)
	}
	return slices.MaxFunc(order, func(a, b Value) int { return holders[a] - holders[b] })
}
