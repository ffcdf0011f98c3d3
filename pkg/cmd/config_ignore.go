package cmd

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/correlate"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// ruleKeys are what a rule may say: its conditions, then the rest.
func ruleKeys() []string {
	return []string{"pattern", "detector", "cause", "namespace", "selector", "consequences", "until", "reason"}
}

func (r *configReader) rules(n *yaml.Node) (out []correlate.IgnoreRule, err error) {
	if isNull(n) {
		return nil, nil
	}
	if n.Kind != yaml.SequenceNode {
		return nil, r.errorf(n, "ignore must be a list of rules")
	}
	for _, item := range n.Content {
		rule, err := r.rule(item)
		if err != nil {
			return nil, err
		}
		out = append(out, *rule)
	}
	return out, nil
}

func (r *configReader) rule(n *yaml.Node) (*correlate.IgnoreRule, error) {
	rule := &correlate.IgnoreRule{At: r.at(n)}
	var words []string
	err := r.each(n, "a rule", ruleKeys(), func(key, value *yaml.Node) error {
		texts, err := r.set(rule, key.Value, value)
		if slices.Index(ruleKeys(), key.Value) < slices.Index(ruleKeys(), "consequences") {
			words = append(words, key.Value+" "+strings.Join(texts, ", "))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, r.errorf(n, "a rule needs one of pattern, detector, cause, namespace, selector: without them it would ignore everything")
	}
	rule.Text = strings.Join(words, "; ")
	return rule, r.checkCauses(n, rule)
}

// set takes one key of a rule in, and returns the values in words.
func (r *configReader) set(rule *correlate.IgnoreRule, key string, n *yaml.Node) (texts []string, err error) {
	switch key {
	case "selector", "until", "reason", "consequences":
		one, err := r.text(key, n)
		if err != nil {
			return nil, err
		}
		return []string{one}, r.setOne(rule, key, one, n)
	}
	if texts, err = r.texts(key, n); err != nil {
		return nil, err
	}
	for _, text := range texts {
		if _, err := path.Match(text, ""); err != nil {
			return nil, r.errorf(n, "%s %q: wildcards are *, ? and [a-z]", key, text)
		}
		if key == "detector" && detectors.Suite().Named(text) == nil {
			return nil, r.errorf(n, "%w", orNear(fmt.Errorf("detector %q does not exist; 'kubectl patterns detectors' lists them", text), text, detectorNames()))
		}
	}
	*map[string]*[]string{"pattern": &rule.IDs, "detector": &rule.Detectors, "cause": &rule.Causes, "namespace": &rule.Namespaces}[key] = texts
	return texts, nil
}

func (r *configReader) setOne(rule *correlate.IgnoreRule, key, text string, n *yaml.Node) error {
	switch key {
	case "reason":
		rule.Reason = text
	case "consequences":
		if n.Tag != "!!bool" {
			return r.errorf(n, "consequences must be true or false")
		}
		rule.Consequences = text == "true"
	case "selector":
		selector, err := labels.Parse(text)
		if err != nil {
			return r.errorf(n, "selector %q: %w", text, err)
		}
		rule.MatchLabels = func(l map[string]string) bool { return selector.Matches(labels.Set(l)) }
	case "until":
		until, err := parseUntil(text)
		if err != nil {
			return r.errorf(n, "until %q: must be a date such as 2026-12-31, which it includes, or a time such as 2026-12-31T12:00:00Z", text)
		}
		rule.Until = until
	}
	return nil
}

// parseUntil reads a time, or a day to its end (UTC).
func parseUntil(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.Add(24*time.Hour - time.Second), nil
	}
	return time.Parse(time.RFC3339, text)
}

// checkCauses refuses causes that no detector of the rule has: such a rule
// would never ignore anything.
func (r *configReader) checkCauses(n *yaml.Node, rule *correlate.IgnoreRule) error {
	var known []string
	for _, d := range detectors.Suite() {
		if len(rule.Detectors) > 0 && !slices.Contains(rule.Detectors, d.Name) {
			continue
		}
		known = append(known, d.Causes...)
	}
	open := slices.ContainsFunc(known, func(cause string) bool { return cause == strings.ToUpper(cause) })
	for _, cause := range rule.Causes {
		if !open && !slices.Contains(known, cause) {
			return r.errorf(n, "%w", orNear(fmt.Errorf("no detector of the rule has the cause %q; there are %s", cause, strings.Join(known, ", ")), cause, known))
		}
	}
	return nil
}

// shown are the patterns to be told: neither ignored, nor hidden by a filter.
func (o *options) shown(story *correlate.Story) *correlate.Story {
	return o.ignoring(story).Only(o.shows)
}

// ignoring leaves out what the user's rules ignore, and tells which rules have
// ended.
func (o *options) ignoring(story *correlate.Story) *correlate.Story {
	o.tellExpired(story.Snapshot.At)
	return story.Ignoring(o.userConfig.ignore)
}

func (o *options) tellExpired(at time.Time) {
	for i := range o.userConfig.ignore {
		rule := &o.userConfig.ignore[i]
		if rule.Expired(at) && !o.userConfig.told[rule.At] {
			o.userConfig.told[rule.At] = true // once, however often --watch reads
			o.warn("%s: this rule ended at %s and ignores nothing any more: %s", rule.At, rule.Until.UTC().Format(time.RFC3339), rule.Text)
		}
	}
}

// noteIgnored says of a pattern that was asked for by its ID that scans leave
// it out, and reports whether they do.
func (o *options) noteIgnored(story *correlate.Story, p *correlate.Pattern) bool {
	for _, i := range o.ignoring(story).Ignored {
		if i.Pattern == p {
			o.warn("a scan does not tell this pattern: %s ignores it (%s)", i.Rule.At, strings.Join(nonEmpty(i.Rule.Text, i.Rule.Reason), ": "))
			return true
		}
	}
	return false
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

// ignoredElsewhere says on standard error what is ignored, for the formats
// that have no room for it.
func (o *options) ignoredElsewhere(r *report.Report) {
	if line := report.IgnoredLine(r.Ignored); line != "" {
		o.warn("%s", line)
	}
}
