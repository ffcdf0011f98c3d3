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
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// pageSize is that of pkg/collect.
const pageSize = 500

// list is one that a scan reads, and what its pages are decoded into.
type list struct {
	path string
	into func() decoded
}

type decoded interface{ Unmarshal([]byte) error }

// lists are those that pkg/collect reads whole. Of ControllerRevisions it reads
// metadata, and there are none here.
var lists = []list{
	{"/api/v1/pods", func() decoded { return &corev1.PodList{} }},
	{"/api/v1/events", func() decoded { return &corev1.EventList{} }},
	{"/api/v1/nodes", func() decoded { return &corev1.NodeList{} }},
	{"/apis/apps/v1/replicasets", func() decoded { return &appsv1.ReplicaSetList{} }},
	{"/apis/apps/v1/deployments", func() decoded { return &appsv1.DeploymentList{} }},
	{"/apis/apps/v1/statefulsets", func() decoded { return &appsv1.StatefulSetList{} }},
	{"/apis/apps/v1/daemonsets", func() decoded { return &appsv1.DaemonSetList{} }},
	{"/apis/batch/v1/jobs", func() decoded { return &batchv1.JobList{} }},
	{"/apis/batch/v1/cronjobs", func() decoded { return &batchv1.CronJobList{} }},
	{"/api/v1/services", func() decoded { return &corev1.ServiceList{} }},
	{"/apis/discovery.k8s.io/v1/endpointslices", func() decoded { return &discoveryv1.EndpointSliceList{} }},
	{"/api/v1/persistentvolumeclaims", func() decoded { return &corev1.PersistentVolumeClaimList{} }},
}

// fetchAll reads the lists in protobuf, all at once, and drops them: as bytes,
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
	for _, l := range lists {
		group.Go(func() error { return fetch(ctx, client, config.Host, l, decode) })
	}
	return group.Wait()
}

// fetch reads one list, page after page. As the plugin does, it asks for the
// next page before it reads this one.
func fetch(ctx context.Context, client *http.Client, host string, l list, decode bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for next := ask(ctx, client, host+l.path, ""); next != nil; {
		page := <-next
		if page.err != nil {
			return fmt.Errorf("%s: %w", l.path, page.err)
		}
		in := bufio.NewReaderSize(page.body, headSize)
		token, err := continueToken(in)
		next = nil
		if err == nil && token != "" {
			next = ask(ctx, client, host+l.path, token)
		}
		if err == nil {
			err = drop(in, l, decode)
		}
		_ = page.body.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", l.path, err)
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
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
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

func drop(in io.Reader, l list, decode bool) error {
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
	return l.into().Unmarshal(envelope.Raw)
}
