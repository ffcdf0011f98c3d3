package collect

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/wire"
)

// streamed lists a kind of the API's own: item after item, while they arrive.
func streamed(version, resource string, add func(b *bucket, item []byte) error) func(context.Context, *Live, place, *bucket) (int, error) {
	return func(ctx context.Context, l *Live, where place, b *bucket) (int, error) {
		s := pager{live: l, where: where, path: listPath(version, where.namespace, resource), resource: cluster.Resource(resource), add: add}
		return s.read(ctx, b)
	}
}

func listPath(version, namespace, resource string) string {
	if namespace != "" {
		resource = "namespaces/" + namespace + "/" + resource
	}
	if version == "v1" {
		return "/api/v1/" + resource
	}
	return "/apis/" + version + "/" + resource
}

// pager reads the list of one kind in one place.
type pager struct {
	live     *Live
	where    place
	path     string
	resource cluster.Resource
	add      func(b *bucket, item []byte) error
}

// read asks for page after page and returns the number of objects. An error in
// the midst ends it; what came before is the caller's to discard, so that no
// partial list passes for a whole one.
func (s *pager) read(ctx context.Context, b *bucket) (int, error) {
	ctx, cancel := context.WithCancel(ctx) // ends the page that was asked for beforehand
	defer cancel()
	total := 0
	for next := s.ask(ctx, ""); next != nil; {
		body, err := next()
		if token := b.onward(err, total); token != "" {
			next = s.ask(ctx, token)
			continue
		}
		if err != nil {
			return 0, err
		}
		next = nil
		n, err := s.page(b, body, func(m wire.Meta) { // the server makes the next page while this one is read
			b.expect(s.resource, m.Remaining)
			if m.Continue != "" {
				next = s.ask(ctx, m.Continue)
			}
		})
		_ = body.Close() // all of it has been read, or nobody wants it
		if err != nil {
			return 0, err
		}
		total += n
		if s.live.Progress != nil {
			s.live.Progress(s.resource, total)
		}
	}
	return total, nil
}

// ask sends the request for a page and returns what waits for the answer.
func (s *pager) ask(ctx context.Context, token string) func() (io.ReadCloser, error) {
	type answer struct {
		body io.ReadCloser
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		request := s.live.typed.CoreV1().RESTClient().Get().AbsPath(s.path).Param("limit", strconv.Itoa(PageSize)).
			SetHeader("Accept", "application/vnd.kubernetes.protobuf,application/json")
		for name, value := range map[string]string{"continue": token, "fieldSelector": s.where.fields, "labelSelector": s.where.labels} {
			if value != "" {
				request = request.Param(name, value)
			}
		}
		if s.live.plain {
			request = request.SetHeader("Accept-Encoding", "identity") // else the transport asks for gzip
		}
		body, err := s.live.stream(ctx, request)
		answers <- answer{body, err}
	}()
	return func() (io.ReadCloser, error) {
		a := <-answers
		return a.body, a.err
	}
}

// stream sends a request and returns the body of its answer. The patience of a
// client is for each try; here it is for all tries together, and for what is
// waited in between at the word of the server.
func (l *Live) stream(ctx context.Context, request *rest.Request) (io.ReadCloser, error) {
	if l.patience <= 0 {
		return request.Stream(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(l.patience, func() { cancel(context.DeadlineExceeded) })
	body, err := request.Stream(ctx)
	if !timer.Stop() && err == nil { // in the last moment: the body would end at once
		_ = body.Close()
		err = context.DeadlineExceeded
	}
	if err != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		err = context.DeadlineExceeded
	}
	return body, err
}

// page reads one answer: in protobuf, or in JSON where something between us
// and the server speaks nothing else.
func (s *pager) page(b *bucket, body io.Reader, meta func(wire.Meta)) (int, error) {
	in := bufio.NewReader(body)
	if first, err := in.Peek(1); err == nil && first[0] == '{' {
		return s.pageInJSON(b, in, meta)
	}
	n := 0
	err := wire.List(in, meta, func(item []byte) error {
		n++
		return s.add(b, item)
	})
	return n, err
}

func (s *pager) pageInJSON(b *bucket, in io.Reader, meta func(wire.Meta)) (int, error) {
	var list struct {
		Kind     string            `json:"kind"`
		Metadata metav1.ListMeta   `json:"metadata"`
		Items    []json.RawMessage `json:"items"`
	}
	if err := json.NewDecoder(in).Decode(&list); err != nil {
		return 0, err
	}
	if !strings.HasSuffix(list.Kind, "List") { // what answers in JSON need not be an API server
		return 0, errNoList
	}
	meta(wire.Meta{Continue: list.Metadata.Continue})
	kind := savedAs(s.resource)
	for _, raw := range list.Items {
		o, err := kind.decode(raw)
		if err != nil {
			return 0, err
		}
		o.add(b)
	}
	return len(list.Items), nil
}

// savedAs is how a resource is read as JSON.
func savedAs(resource cluster.Resource) savedKind {
	for _, k := range savedKinds {
		if k.resource == resource {
			return k
		}
	}
	return savedKind{}
}

// message is an object that can read its own protobuf form.
type message[T any] interface {
	*T
	Unmarshal([]byte) error
}

// object adds an object of which the wanted fields alone are decoded.
func object[T any, P message[T]](wanted *wire.Message, add func(*bucket, P)) func(*bucket, []byte) error {
	return func(b *bucket, item []byte) error {
		var err error
		if b.thin, err = wire.Thin(b.thin[:0], item, wanted); err != nil {
			return err
		}
		var obj T
		if err := P(&obj).Unmarshal(b.thin); err != nil {
			return err
		}
		add(b, &obj)
		return nil
	}
}
