package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
)

// fetchAll reads the lists of a scan in protobuf, all at once, and drops them: as bytes,
// or decoded into the API's types.
func fetchAll(ctx context.Context, decode bool) error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	config.DisableCompression = true
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, path := range collect.WholeLists() {
		group.Go(func() error { return fetch(ctx, client, config.Host, path, decode) })
	}
	return group.Wait()
}

// fetch reads one list, page after page. As the plugin does, it asks for the
// next page before it reads this one.
func fetch(ctx context.Context, client *http.Client, host, path string, decode bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for next := ask(ctx, client, host+path, ""); next != nil; {
		page := <-next
		if page.err != nil {
			return fmt.Errorf("%s: %w", path, page.err)
		}
		in := bufio.NewReaderSize(page.body, headSize)
		token, err := continueToken(in)
		next = nil
		if err == nil && token != "" {
			next = ask(ctx, client, host+path, token)
		}
		if err == nil {
			err = drop(in, decode)
		}
		_ = page.body.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

type page struct {
	body io.ReadCloser
	err  error
}

// ask requests one page; the answer comes through the channel.
func ask(ctx context.Context, client *http.Client, address, token string) <-chan page {
	query := url.Values{"limit": {strconv.Itoa(collect.PageSize)}}
	if token != "" {
		query.Set("continue", token)
	}
	out := make(chan page, 1)
	go func() {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+query.Encode(), nil)
		if err != nil {
			out <- page{err: err}
			return
		}
		request.Header.Set("Accept", "application/vnd.kubernetes.protobuf")
		answer, err := client.Do(request)
		switch {
		case err != nil:
			out <- page{err: err}
		case answer.StatusCode != http.StatusOK:
			_ = answer.Body.Close()
			out <- page{err: fmt.Errorf("answered %s", answer.Status)}
		default:
			out <- page{body: answer.Body}
		}
	}()
	return out
}

func drop(in io.Reader, decode bool) error {
	if !decode {
		_, err := io.Copy(io.Discard, in)
		return err
	}
	raw, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var envelope runtime.Unknown
	if err := envelope.Unmarshal(raw[len(protobufMagic):]); err != nil {
		return err
	}
	into, err := scheme.Scheme.New(schema.FromAPIVersionAndKind(envelope.APIVersion, envelope.Kind))
	if err != nil {
		return err
	}
	list, ok := into.(interface{ Unmarshal([]byte) error })
	if !ok {
		return fmt.Errorf("%s has no form in protobuf", envelope.Kind)
	}
	return list.Unmarshal(envelope.Raw)
}
