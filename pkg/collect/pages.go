package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// PageSize is how many objects one request asks for: kubectl's own default
// chunk.
const PageSize = 500

// eachPage asks for page after page and returns the number of objects. An
// error in the midst ends it; what came before is the caller's to discard,
// so that no partial list passes for a whole one.
func eachPage(ctx context.Context, where place, b *bucket, next func(metav1.ListOptions) (metav1.ListInterface, int, error)) (int, error) {
	opts := metav1.ListOptions{Limit: PageSize, FieldSelector: where.fields, LabelSelector: where.labels}
	total := 0
	for {
		list, n, err := next(opts)
		if opts.Continue = b.onward(err, total); opts.Continue != "" {
			continue
		}
		if err == nil {
			err = isAList(list, n)
		}
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

// isAList refuses an answer in JSON that clients took for a list of nothing, since
// it was JSON: an API server dates each of its lists with a resource version (API
// conventions, Metadata).
func isAList(list metav1.ListInterface, objects int) error {
	if objects == 0 && list.GetResourceVersion() == "" {
		return errNoList
	}
	return nil
}

// moving is of a list that goes on though the server has forgotten the state
// that its first pages are of.
type moving struct {
	may   bool // rather than be read anew
	after int  // objects when it first did, 0: it did not
}

// onward is the token with which a list goes on in the state of now, after so
// many objects; empty where the error is another one, or it may not. No object
// comes twice by it, for a list is in the order of names: but what changes in
// between is seen in part.
func (b *bucket) onward(err error, objects int) string {
	var status apierrors.APIStatus
	if !b.moving.may || err == nil || !isExpired(err) || !errors.As(err, &status) {
		return ""
	}
	token := status.Status().Continue
	if token != "" && b.moving.after == 0 {
		b.moving.after = objects
	}
	return token
}

// bodyOf is what a server answered. Of an error the result knows more than the
// error that comes with the body.
func bodyOf(result rest.Result) ([]byte, error) {
	if err := result.Error(); err != nil {
		return nil, err
	}
	return result.Raw()
}

func unmarshal(raw []byte, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	return nil
}
