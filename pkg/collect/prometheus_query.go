package collect

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// What one look into a Prometheus may take. The API refuses more than 11,000
// points a series; what a query loads into the server's memory is bounded too
// (50 million samples, --query.max-samples), which so many series at once stay
// well below.
const (
	pointsAtOnce       = 10_000
	namesAtOnce        = 300
	lettersAtOnce      = 12_000 // of a regular expression: a GET has to carry it
	queryPatience      = 45 * time.Second
	queriesAtOnce      = 3
	prometheusPatience = 4 * time.Minute
)

// naming says what the labels of a family of metrics are called. Where a
// target's own labels have the same names, and honor_labels is off, Prometheus
// puts "exported_" before those of the metric.
type naming map[string]string

func namingOf(labels []string) naming {
	n := naming{}
	for _, l := range labels {
		if plain, ok := strings.CutPrefix(l, "exported_"); ok {
			n[plain] = l
		}
	}
	return n
}

func (n naming) real(label string) string {
	if exported, ok := n[label]; ok {
		return exported
	}
	return label
}

func (n naming) of(m model.Metric, label string) string {
	return string(m[model.LabelName(n.real(label))])
}

// by is a grouping by labels: "by (namespace, pod)". It leaves out what tells
// apart only who measured, such as the instance.
func (n naming) by(labels ...string) string { return "by (" + n.labels(labels...) + ")" }

// labels is a list of labels by their real names.
func (n naming) labels(labels ...string) string {
	out := make([]string, len(labels))
	for i, l := range labels {
		out[i] = n.real(l)
	}
	return strings.Join(out, ", ")
}

// matcher is one condition of a selector.
func matcher(label, operator, value string) string { return label + operator + strconv.Quote(value) }

// is matches a label with one of some values.
func (n naming) is(label string, values ...string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return matcher(n.real(label), "=~", strings.Join(quoted, "|"))
}

// selector is a metric of the cluster that is looked at.
func (r *promReading) selector(metric string, matchers ...string) string {
	for _, label := range slices.Sorted(maps.Keys(r.p.labels)) {
		matchers = append(matchers, matcher(label, "=", r.p.labels[label]))
	}
	return metric + "{" + strings.Join(slices.DeleteFunc(matchers, func(m string) bool { return m == "" }), ",") + "}"
}

// over is a selector of all samples of the period.
func (r *promReading) over(selector string) string {
	return selector + "[" + inSeconds(r.to.Sub(r.from)) + "]"
}

// before is what an expression over a selector was one step ago.
func (r *promReading) before(selector string) string {
	return selector + " offset " + inSeconds(r.step)
}

// inSeconds is a duration as PromQL writes it.
func inSeconds(d time.Duration) string { return fmt.Sprintf("%ds", int64(d/time.Second)) }

// changed is the new value of each gauge at each step at which it is another
// than a step before: of a series that stands still nothing is answered.
func (r *promReading) changed(group, selector string) string {
	return fmt.Sprintf("max %s (%s) != max %s (%s)", group, selector, group, r.before(selector))
}

// began is 1 at each step at which a gauge is 1 and a step before was not, or
// was not there.
func (r *promReading) began(group, selector string) string {
	return fmt.Sprintf("(max %s (%s) == 1) unless (max %s (%s) == 1)", group, selector, group, r.before(selector))
}

// ceased is 1 at each step at which a gauge was 1 a step before, and no longer
// is.
func (r *promReading) ceased(group, selector string) string {
	return fmt.Sprintf("(max %s (%s) == 1) unless (max %s (%s) == 1)", group, r.before(selector), group, selector)
}

// firstTime is when, in steps, each gauge was 1 for the first time.
func (r *promReading) firstTime(group, selector string) string {
	return fmt.Sprintf("min %s (min_over_time(timestamp(%s == 1)[%s:%s]))", group, selector, inSeconds(r.to.Sub(r.from)), inSeconds(r.step))
}

// sampled is one sample of an answer.
type sampled struct {
	metric model.Metric
	at     time.Time
	value  float64
}

// instant asks for values at the end of the period.
func (r *promReading) instant(ctx context.Context, query string) ([]sampled, error) {
	ctx, cancel := context.WithTimeout(ctx, r.p.patience)
	defer cancel()
	value, warnings, err := r.p.api.Query(ctx, query, r.to, v1.WithTimeout(r.p.patience))
	if err != nil {
		return nil, err
	}
	r.warn(warnings)
	vector, ok := value.(model.Vector)
	if !ok {
		return nil, fmt.Errorf("the answer is no vector")
	}
	out := make([]sampled, len(vector))
	for i, s := range vector {
		out[i] = sampled{s.Metric, s.Timestamp.Time().UTC(), float64(s.Value)}
	}
	return out, nil
}

// steps asks for the values at each step of the period, in as many parts as
// the API's bound of points needs.
func (r *promReading) steps(ctx context.Context, query string, step time.Duration) ([]sampled, error) {
	var out []sampled
	for from := r.from; !from.After(r.to); from = from.Add(pointsAtOnce * step) {
		to := from.Add((pointsAtOnce - 1) * step)
		if to.After(r.to) {
			to = r.to
		}
		part, err := r.rangeOf(ctx, query, v1.Range{Start: from, End: to, Step: step})
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	slices.SortStableFunc(out, func(a, b sampled) int { return a.at.Compare(b.at) })
	return out, nil
}

func (r *promReading) rangeOf(ctx context.Context, query string, over v1.Range) ([]sampled, error) {
	ctx, cancel := context.WithTimeout(ctx, r.p.patience)
	defer cancel()
	value, warnings, err := r.p.api.QueryRange(ctx, query, over, v1.WithTimeout(r.p.patience))
	if err != nil {
		return nil, err
	}
	r.warn(warnings)
	matrix, ok := value.(model.Matrix)
	if !ok {
		return nil, fmt.Errorf("the answer is no matrix")
	}
	var out []sampled
	for _, stream := range matrix {
		for _, v := range stream.Values {
			out = append(out, sampled{stream.Metric, v.Timestamp.Time().UTC(), float64(v.Value)})
		}
	}
	return out, nil
}

// chunks cuts names into lists that one query can carry.
func chunks(names []string) [][]string {
	var out [][]string
	letters := 0
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		last := len(out) - 1
		if last < 0 || len(out[last]) == namesAtOnce || letters+len(name) > lettersAtOnce {
			out, letters = append(out, nil), 0
			last++
		}
		out[last] = append(out[last], name)
		letters += len(name) + 1
	}
	return out
}
