package collect

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// pageSize is how many objects one request asks for: kubectl's own default
// chunk.
const pageSize = 500

// eachPage asks for page after page and returns the number of objects. An
// error in the midst ends it; what came before is the caller's to discard,
// so that no partial list passes for a whole one.
func eachPage(ctx context.Context, where place, next func(metav1.ListOptions) (metav1.ListInterface, int, error)) (int, error) {
	opts := metav1.ListOptions{Limit: pageSize, FieldSelector: where.fields, LabelSelector: where.labels}
	total := 0
	for {
		list, n, err := next(opts)
		if err != nil {
			return 0, err
		}
		total += n
		if opts.Continue = list.GetContinue(); opts.Continue == "" {
			return total, nil
		}
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
}

const notServed = "not served by this cluster"

// gapOf says in a word why a kind could not be read, and what would help.
func gapOf(k kind, namespace string, err error) cluster.Gap {
	gap := cluster.Gap{Resource: k.resource, Namespace: namespace, Reason: err.Error()}
	switch {
	case apierrors.IsForbidden(err):
		gap.Reason = "forbidden"
		gap.Remedy = k.right("list").rule()
	case apierrors.IsUnauthorized(err):
		gap.Reason = "unauthorized"
	case apierrors.IsNotFound(err):
		gap.Reason = notServed
	case apierrors.IsResourceExpired(err) || apierrors.IsGone(err):
		gap.Reason = "410 expired"
	case apierrors.IsTooManyRequests(err):
		gap.Reason = "429 too many requests"
	case apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err):
		gap.Reason = "timed out"
	default:
		if s, ok := err.(apierrors.APIStatus); ok && s.Status().Code >= http.StatusInternalServerError {
			gap.Reason = fmt.Sprintf("%d %s", s.Status().Code, http.StatusText(int(s.Status().Code)))
		}
	}
	return gap
}

func unmarshal(raw []byte, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	return nil
}
