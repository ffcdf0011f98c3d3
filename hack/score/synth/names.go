package synth

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// What things are called. Among the words are those that a careless
// recogniser would take for trouble.
var (
	areas = strings.Fields(`billing shop ledger fleet media search crm hr ml data edge auth claims tickets maps mail
		pricing returns stock kiosk travel lending audit games music video print photo weather sensors trading loyalty`)
	subjects = strings.Fields(`invoice basket parcel tariff coupon route badge claim pension roster menu ticket seat lens
		voucher refund order cart profile session catalog banner review shipment driver payment card statement meter alarm
		camera tour hotel flight visa quote policy letter stamp label pallet shelf token timeout denied error oom quota`)
	roles = strings.Fields(`api writer reader worker gateway sync indexer exporter importer sweeper mailer notifier store
		cache proxy planner matcher scorer resizer encoder merger splitter auditor scheduler feeder relay bridge`)
	registryHosts = []string{"registry.%s.example", "ghcr.io/%s", "%s.azurecr.io", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/%s",
		"europe-docker.pkg.dev/%s-prod/apps", "quay.io/%s", "harbor.%s.example:8443/apps", "docker.io/%s"}
	companies = strings.Fields("acme globex initech umbra hooli vandelay stark wonka tyrell soylent")
)

// names hands out names, none twice.
type names struct {
	r    *rand.Rand
	used map[string]bool
}

func newNames(r *rand.Rand) *names { return &names{r, map[string]bool{}} }

func (n *names) word(of []string) string { return of[n.r.IntN(len(of))] }

func (n *names) fresh(make func() string) string {
	for {
		if s := make(); !n.used[s] {
			n.used[s] = true
			return s
		}
	}
}

func (n *names) namespace() string {
	return n.fresh(func() string {
		s := n.word(areas)
		if n.r.IntN(3) == 0 {
			s += "-" + n.word([]string{"prod", "eu", "core", "team-b", "v2"})
		}
		return s
	})
}

func (n *names) app() string {
	return n.fresh(func() string { return n.word(subjects) + "-" + n.word(roles) })
}

// object names something that is no workload: a Secret, a claim.
func (n *names) object(suffix string) string {
	return n.fresh(func() string { return n.word(subjects) + "-" + suffix })
}

func (n *names) node(pattern string, i int) string {
	return fmt.Sprintf(pattern, n.letters(5), i+1)
}

func (n *names) version() string {
	return fmt.Sprintf("%d.%d.%d", 1+n.r.IntN(5), n.r.IntN(20), n.r.IntN(10))
}

// letters as the API server draws them for generated names.
func (n *names) letters(count int) string { return n.draw("bcdfghjklmnpqrstvwxz2456789", count) }

func (n *names) hex(count int) string { return n.draw("0123456789abcdef", count) }

func (n *names) draw(alphabet string, count int) string {
	b := make([]byte, count)
	for i := range b {
		b[i] = alphabet[n.r.IntN(len(alphabet))]
	}
	return string(b)
}

func (n *names) uid() string {
	return strings.Join([]string{n.hex(8), n.hex(4), "4" + n.hex(3), "a" + n.hex(3), n.hex(12)}, "-")
}
