package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// names makes up what real clusters are called, without saying one thing twice.
type names struct {
	r    *rand.Rand
	used map[string]bool
}

var (
	domains = strings.Fields(`billing crm ads shop media search payments identity orders catalog inventory shipping
		pricing fraud ledger payroll hr legal docs mail chat video maps fleet iot telemetry analytics reporting ml
		features recommend ranking crawler feeds news sports weather travel hotels flights tickets gaming loyalty
		coupons returns warehouse procurement suppliers partners webhooks audit compliance kyc onboarding support
		helpdesk surveys campaigns social geo climate energy grid meters trading quotes risk claims policies lending`)
	roles = strings.Fields(`api worker web gateway consumer scheduler indexer exporter sync ingest proxy cache broker
		router resolver renderer mailer notifier importer backend frontend admin agent controller store reader writer
		aggregator dispatcher matcher planner validator transcoder thumbs archiver replicator relay loader tagger`)
	stages   = strings.Fields(`prod production live staging stage qa test dev eu us apac team core`)
	orgs     = strings.Fields(`acme globex initech umbra hooli stark wayne tyrell cyberdyne wonka vandelay soylent oscorp`)
	dataKeys = strings.Fields(`DATABASE_URL API_TOKEN REDIS_ADDR KAFKA_BROKERS SMTP_HOST S3_BUCKET LICENSE_KEY SESSION_SECRET
		FEATURE_FLAGS JWT_ISSUER SENTRY_DSN STRIPE_KEY LOG_LEVEL TENANT_ID OIDC_CLIENT_ID`)
)

func (n *names) of(list []string) string { return list[n.r.IntN(len(list))] }

func (n *names) between(least, most int) int { return least + n.r.IntN(most-least+1) }

func (n *names) chance(percent int) bool { return n.r.IntN(100) < percent }

// once makes names until it finds a new one.
func (n *names) once(make func() string) string {
	for {
		if name := make(); !n.used[name] {
			n.used[name] = true
			return name
		}
	}
}

func (n *names) namespace() string {
	return n.once(func() string {
		switch n.r.IntN(4) {
		case 0:
			return n.of(domains) + "-" + n.of(stages)
		case 1:
			return "team-" + n.of(domains)
		default:
			return n.of(domains)
		}
	})
}

func (n *names) app() string {
	return n.once(func() string {
		if n.chance(25) {
			return n.of(roles)
		}
		return n.of(domains) + "-" + n.of(roles)
	})
}

func (n *names) hex(length int) string {
	const digits = "0123456789abcdef"
	b := make([]byte, length)
	for i := range b {
		b[i] = digits[n.r.IntN(len(digits))]
	}
	return string(b)
}

func (n *names) version() string {
	switch n.r.IntN(4) {
	case 0:
		return "v" + fmt.Sprintf("%d.%d.%d", n.between(0, 9), n.between(0, 30), n.between(0, 20))
	case 1:
		return fmt.Sprintf("%d.%d.%d", n.between(1, 12), n.between(0, 30), n.between(0, 9))
	case 2:
		return "main-" + n.hex(7)
	default:
		return fmt.Sprintf("2026.%d.%d", n.between(1, 11), n.between(1, 28))
	}
}

// registry is the place that an organisation's images come from.
func (n *names) registry() string {
	org := n.of(orgs)
	return n.once(func() string {
		switch n.r.IntN(8) {
		case 0:
			return "ghcr.io/" + org
		case 1:
			return "quay.io/" + org
		case 2:
			return fmt.Sprintf("%012d.dkr.ecr.%s.amazonaws.com/%s", n.r.Int64N(1e12), n.of([]string{"eu-west-1", "us-east-1", "eu-central-1"}), org)
		case 3:
			return n.of([]string{"europe-west1", "us-central1"}) + "-docker.pkg.dev/" + org + "-prod/apps"
		case 4:
			return org + ".azurecr.io/" + n.of(stages)
		case 5:
			return "harbor." + org + ".example:8443/apps"
		case 6:
			return "registry.gitlab.com/" + org + "/deploy"
		default:
			return "registry." + org + ".example/" + n.of(stages)
		}
	})
}

// hostOf is the registry of an image: what stands before the first slash.
func hostOf(image string) string {
	host, _, _ := strings.Cut(image, "/")
	return host
}

// nodeNames makes up the names of a cluster's nodes, in the way of one cloud.
func (n *names) nodes(count int) []string {
	style, pool, id := n.r.IntN(4), n.of([]string{"general", "pool-1", "workers", "default-pool", "apps"}), n.hex(8)
	out := make([]string, count)
	for i := range out {
		switch style {
		case 0:
			out[i] = fmt.Sprintf("gke-%s-%s-%s-%s", n.of(orgs), pool, id, n.hex(4))
		case 1:
			out[i] = fmt.Sprintf("ip-10-%d-%d-%d.eu-west-1.compute.internal", n.between(0, 40), n.between(0, 250), i*20+n.between(4, 20))
		case 2:
			out[i] = fmt.Sprintf("aks-%s-%d-vmss%06x", strings.ReplaceAll(pool, "-", ""), 10000000+n.r.IntN(80000000), i)
		default:
			out[i] = fmt.Sprintf("%s-%d", pool, i+1)
		}
	}
	return out
}
