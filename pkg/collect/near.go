package collect

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// nearby is how soon a server that is near answers. There a list travels faster
// than it is compressed: gzip takes a second and more of the server's
// processor for 100 MB.
const nearby = 5 * time.Millisecond

// roundTrip measures how long a server takes from a request to the first byte
// of its answer, without what connecting takes. Of several requests the last
// counts.
type roundTrip struct {
	now         func() time.Time
	sent, heard atomic.Int64 // Unix nanoseconds
}

func (r *roundTrip) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { r.sent.Store(r.now().UnixNano()) },
		GotFirstResponseByte: func() { r.heard.Store(r.now().UnixNano()) },
	})
}

// isNear is false as well where nothing was measured.
func (r *roundTrip) isNear() bool {
	sent, heard := r.sent.Load(), r.heard.Load()
	return sent > 0 && heard >= sent && heard-sent < nearby.Nanoseconds()
}
