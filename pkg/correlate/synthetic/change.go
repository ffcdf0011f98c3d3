package synthetic

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// Scale gives a workload so many times its pods, each new one a copy of an old
// one on a node that chance chooses. Nothing else is touched.
func (c *Cluster) Scale(w cluster.Ref, times int) {
	rng := rand.New(rand.NewPCG(uint64(times), uint64(len(c.Pods))))
	for _, p := range c.Pods {
		if p.Namespace != w.Namespace || p.Labels["app"] != w.Name {
			continue
		}
		for range times - 1 {
			copied := p
			copied.Name = fmt.Sprintf("%s-%05d", p.Name, len(c.Pods))
			copied.Node = c.Nodes[rng.IntN(len(c.Nodes))].Name
			c.Pods = append(c.Pods, copied)
		}
	}
	for i := range c.Workloads {
		if s := &c.Workloads[i]; s.Ref == w {
			n := int32(times)
			s.Desired, s.Ready, s.Updated, s.Available = n*s.Desired, n*s.Ready, n*s.Updated, n*s.Available
		}
	}
}

// Join adds the workloads of another cluster, with the nodes that they are on.
func (c *Cluster) Join(o *Cluster) {
	c.Pods = append(c.Pods, o.Pods...)
	c.Nodes = append(c.Nodes, o.Nodes...)
	c.Workloads = append(c.Workloads, o.Workloads...)
	c.Revisions = append(c.Revisions, o.Revisions...)
	c.Events = append(c.Events, o.Events...)
	c.Services = append(c.Services, o.Services...)
	c.Claims = append(c.Claims, o.Claims...)
	c.Configs = append(c.Configs, o.Configs...)
}

// objects are what is rewritten, as text.
type objects struct {
	At        time.Time
	Pods      []cluster.Pod
	Nodes     []cluster.Node
	Workloads []cluster.Workload
	Revisions []cluster.Revision
	Events    []cluster.Event
	Services  []cluster.Service
	Claims    []cluster.Claim
	Configs   []cluster.Config
}

// Rewrite changes all texts and times of the objects alike.
func (c *Cluster) Rewrite(change func(text string) string) error {
	raw, err := json.Marshal(objects{c.At, c.Pods, c.Nodes, c.Workloads, c.Revisions, c.Events, c.Services, c.Claims, c.Configs})
	if err != nil {
		return err
	}
	var o objects
	if err := json.Unmarshal([]byte(change(string(raw))), &o); err != nil {
		return err
	}
	c.At, c.Pods, c.Nodes, c.Workloads, c.Revisions, c.Events = o.At, o.Pods, o.Nodes, o.Workloads, o.Revisions, o.Events
	c.Services, c.Claims, c.Configs = o.Services, o.Claims, o.Configs
	return nil
}

var names = regexp.MustCompile(`(app|team|node|settings|keys|robot)(\d{4})`)

// Rename gives everything another name, so that names stand in another order.
// Done twice, all is as before.
func Rename(text string) string {
	return names.ReplaceAllStringFunc(text, func(name string) string {
		n, _ := strconv.Atoi(name[len(name)-4:]) // digits, by the form
		return fmt.Sprintf("%s%04d", name[:len(name)-4], 9999-n)
	})
}

var moments = regexp.MustCompile(`20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// Later moves all times.
func Later(by time.Duration) func(text string) string {
	return func(text string) string {
		return moments.ReplaceAllStringFunc(text, func(moment string) string {
			t, err := time.Parse(time.RFC3339, moment)
			if err != nil {
				return moment
			}
			return t.Add(by).Format(time.RFC3339)
		})
	}
}

// Permute lets the pods of each revision change places, as chance has it, and
// those that are alone in theirs among each other: who fails has nothing to do
// with where it is any more.
func (c *Cluster) Permute(seed uint64) {
	rng := rand.New(rand.NewPCG(seed, seed))
	size := map[cluster.Ref]int{}
	for i := range c.Pods {
		size[c.Pods[i].Owner]++
	}
	revisions, order := map[cluster.Ref][]int{}, []cluster.Ref{}
	for i := range c.Pods {
		owner := c.Pods[i].Owner
		if size[owner] == 1 {
			owner = cluster.Ref{}
		}
		if revisions[owner] == nil {
			order = append(order, owner)
		}
		revisions[owner] = append(revisions[owner], i)
	}
	nodes := map[cluster.Ref]string{}
	for _, owner := range order {
		pods := revisions[owner]
		rng.Shuffle(len(pods), func(i, j int) {
			a, b := &c.Pods[pods[i]], &c.Pods[pods[j]]
			a.Node, b.Node = b.Node, a.Node
		})
		for _, i := range pods {
			nodes[c.Pods[i].Ref] = c.Pods[i].Node
		}
	}
	for i := range c.Events {
		if e := &c.Events[i]; e.Host != "" {
			e.Host = nodes[e.Object]
		}
	}
}

// Shuffle puts everything into another order.
func (c *Cluster) Shuffle(seed uint64) {
	rng := rand.New(rand.NewPCG(seed, seed))
	c.Pods, c.Nodes, c.Workloads = shuffled(rng, c.Pods), shuffled(rng, c.Nodes), shuffled(rng, c.Workloads)
	c.Revisions, c.Events = shuffled(rng, c.Revisions), shuffled(rng, c.Events)
	c.Services, c.Claims, c.Configs = shuffled(rng, c.Services), shuffled(rng, c.Claims), shuffled(rng, c.Configs)
}

func shuffled[T any](rng *rand.Rand, items []T) []T {
	out := slices.Clone(items)
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
