package alert

import (
	"fmt"
	"strconv"
	"strings"
)

// Manifest is rules as the YAML of a PrometheusRule, the object of which the
// Prometheus operator makes rules (monitoring.coreos.com/v1,
// https://prometheus-operator.dev/docs/api-reference/api). Its spec is what a
// rule file of Prometheus holds. Whatever may be long stands in blocks that can
// be broken at blanks and mean the same.
func Manifest(rules []Rule, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: %s\nspec:\n  groups:\n  - name: kubectl-patterns\n    rules:\n", plain(name))
	for i := range rules {
		rules[i].write(&b)
	}
	return b.String()
}

func (r *Rule) write(b *strings.Builder) {
	fmt.Fprintf(b, "    - alert: %s\n      expr: |-\n", r.Alert)
	for line := range strings.SplitSeq(r.Expr, "\n") {
		b.WriteString("        " + line + "\n")
	}
	fmt.Fprintf(b, "      for: %s\n      labels:\n        pattern: %s\n        severity: %s\n",
		r.For, strconv.Quote(plain(r.subject.ID)), r.severity())
	fmt.Fprintf(b, "      annotations:\n        summary: >-\n          %s\n        description: >-\n          %s\n", r.summary(), r.description())
}

// severity of the alert.
func (r *Rule) severity() string {
	if r.subject.Critical {
		return "critical"
	}
	return "warning"
}

// summary and description are annotations, which Prometheus runs as templates:
// nothing of the cluster's text stands in them.
func (r *Rule) summary() string { return strings.ToUpper(r.Means[:1]) + r.Means[1:] + "." }

func (r *Rule) description() string {
	about := "kubectl patterns found " + plain(r.subject.ID) + ", of which this tells."
	if r.Untold != "" {
		about += " It cannot tell " + r.Untold + "."
	}
	return about
}
