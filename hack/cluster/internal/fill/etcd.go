package fill

import (
	"bytes"
	"context"
	"fmt"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
)

const (
	batchSize = 64 // etcd allows 128 operations and 1.5 MiB in a transaction
	writers   = 4
)

// Into makes the planned cluster in the etcd at this address. The API server
// learns of it by its watches.
func Into(ctx context.Context, address string, plan Plan) (Planted, error) {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{address}, DialTimeout: 5 * time.Second})
	if err != nil {
		return Planted{}, fmt.Errorf("connect to etcd: %w", err)
	}
	defer client.Close()
	batches := make(chan []clientv3.Op)
	group, ctx := errgroup.WithContext(ctx)
	for range writers {
		group.Go(func() error { return commit(ctx, client, batches) })
	}
	var planted Planted
	group.Go(func() error {
		defer close(batches)
		var err error
		planted, err = send(ctx, plan, batches)
		return err
	})
	return planted, group.Wait()
}

func commit(ctx context.Context, client *clientv3.Client, batches <-chan []clientv3.Op) error {
	for batch := range batches {
		if _, err := client.Txn(ctx).Then(batch...).Commit(); err != nil {
			return fmt.Errorf("write to etcd: %w", err)
		}
	}
	return nil
}

func send(ctx context.Context, plan Plan, batches chan<- []clientv3.Op) (Planted, error) {
	var batch []clientv3.Op
	flush := func() error {
		select {
		case batches <- batch:
			batch = nil
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	planted, err := Make(plan, func(key string, o runtime.Object) error {
		stored, err := encode(o)
		if err != nil {
			return err
		}
		batch = append(batch, clientv3.OpPut(key, string(stored)))
		if len(batch) < batchSize {
			return nil
		}
		return flush()
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	return planted, err
}

var storage = protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)

// encode gives the bytes that the API server would store.
func encode(o runtime.Object) ([]byte, error) {
	var out bytes.Buffer
	if err := storage.Encode(o, &out); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return out.Bytes(), nil
}
