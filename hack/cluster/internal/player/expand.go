package player

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
)

// The variables of scenarios: values that nobody knows beforehand.
var (
	clusterIP = regexp.MustCompile(`\$\(clusterIP ([a-z0-9-]+)/([a-z0-9-]+)\)`)                // $(clusterIP NAMESPACE/NAME)
	ago       = regexp.MustCompile(`\$\(ago ([0-9hms]+)\)`)                                    // $(ago 90m)
	denied    = regexp.MustCompile(`\$\(denied ([a-z0-9-]+)/([a-z0-9-]+) ([a-z]+) ([a-z]+)\)`) // $(denied NAMESPACE/ACCOUNT VERB RESOURCE)
)

// expandAll replaces the variables in every string below value, in place.
func (p *Player) expandAll(ctx context.Context, value any) error {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			text, isText := item.(string)
			if !isText {
				if err := p.expandAll(ctx, item); err != nil {
					return err
				}
				continue
			}
			expanded, err := p.expand(ctx, text)
			if err != nil {
				return err
			}
			v[key] = expanded
		}
	case []any:
		for _, item := range v {
			if err := p.expandAll(ctx, item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Player) expand(ctx context.Context, text string) (string, error) {
	for _, match := range clusterIP.FindAllStringSubmatch(text, -1) {
		service, err := p.client.CoreV1().Services(match[1]).Get(ctx, match[2], metav1.GetOptions{})
		if err != nil {
			return "", fmt.Errorf("expand %s: %w", match[0], err)
		}
		text = strings.ReplaceAll(text, match[0], service.Spec.ClusterIP)
	}
	for _, match := range denied.FindAllStringSubmatch(text, -1) {
		words, err := p.denied(ctx, match[1], match[2], match[3], match[4])
		if err != nil {
			return "", fmt.Errorf("expand %s: %w", match[0], err)
		}
		text = strings.ReplaceAll(text, match[0], words)
	}
	for _, match := range ago.FindAllStringSubmatch(text, -1) {
		duration, err := time.ParseDuration(match[1])
		if err != nil {
			return "", fmt.Errorf("expand %s: %w", match[0], err)
		}
		text = strings.ReplaceAll(text, match[0], time.Now().Add(-duration).UTC().Format(time.RFC3339))
	}
	return text, nil
}

func kindOf(o *scenario.Object) string {
	if o.Kind == "" {
		return "Deployment"
	}
	return o.Kind
}

// gvkOf finds the version of the usual kinds; others have to give theirs.
func gvkOf(o *scenario.Object) (schema.GroupVersionKind, error) {
	version := o.APIVersion
	if version == "" {
		switch kindOf(o) {
		case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
			version = "apps/v1"
		case "Job", "CronJob":
			version = "batch/v1"
		default:
			version = "v1"
		}
	}
	gv, err := schema.ParseGroupVersion(version)
	if err != nil {
		return schema.GroupVersionKind{}, fmt.Errorf("version of %s: %w", o.Name, err)
	}
	return gv.WithKind(kindOf(o)), nil
}
