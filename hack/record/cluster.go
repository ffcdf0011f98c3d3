package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// cluster is a running local cluster.
type cluster struct {
	tool, dir string
	ours      bool // we started it, so we end it
	config    *rest.Config
	client    kubernetes.Interface
	dynamic   dynamic.Interface
	mapper    meta.RESTMapper
}

// up starts a cluster, or finds the one that is up in the folder.
func up(ctx context.Context, tool, dir string) (*cluster, error) {
	c := &cluster{tool: tool, dir: dir}
	if exec.CommandContext(ctx, tool, "status", "--dir", dir).Run() != nil { //nolint:gosec // our own tool
		var errOut bytes.Buffer
		start := exec.CommandContext(ctx, tool, "up", "--dir", dir) //nolint:gosec // our own tool
		start.Stderr = &errOut
		if err := start.Run(); err != nil {
			return nil, fmt.Errorf("starting the cluster: %w\n%s", err, errOut.String())
		}
		c.ours = true
	}
	return c, c.connect()
}

func (c *cluster) connect() error {
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(c.dir, "kubeconfig"))
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 300, 600
	// The manager of what users do: what stands before the first slash.
	config.UserAgent = "kubectl/v1.36.1"
	c.config = config
	if c.client, err = kubernetes.NewForConfig(config); err != nil {
		return err
	}
	if c.dynamic, err = dynamic.NewForConfig(config); err != nil {
		return err
	}
	c.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(c.client.Discovery()))
	return nil
}

func (c *cluster) down() {
	if c.ours {
		_ = exec.Command(c.tool, "down", "--dir", c.dir).Run() //nolint:gosec // our own tool
	}
}

// resource is where objects of a kind are read and written.
func (c *cluster) resource(o object, namespace string) (dynamic.ResourceInterface, error) {
	u := unstructured.Unstructured{Object: o}
	gvk := u.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, fmt.Errorf("finding the resource of %s: %w", gvk.Kind, err)
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return c.dynamic.Resource(mapping.Resource), nil
	}
	return c.dynamic.Resource(mapping.Resource).Namespace(namespace), nil
}

// apply writes an object as `kubectl apply --server-side` does. A new namespace
// has no default service account in its first moment, so it tries again.
func (c *cluster) apply(ctx context.Context, o object) error {
	u := &unstructured.Unstructured{Object: o}
	resource, err := c.resource(o, u.GetNamespace())
	if err != nil {
		return err
	}
	return until(ctx, 20*time.Second, fmt.Sprintf("apply %s %s/%s", u.GetKind(), u.GetNamespace(), u.GetName()), func() (bool, error) {
		_, err := resource.Apply(ctx, u.GetName(), u, metav1.ApplyOptions{FieldManager: "kubectl", Force: true})
		return err == nil, err
	})
}

// until asks again and again, and keeps the last error for when time is over.
func until(ctx context.Context, limit time.Duration, what string, check func() (bool, error)) error {
	deadline := time.After(limit)
	for {
		done, err := check()
		if done {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, errors.Join(context.Cause(ctx), err))
		case <-deadline:
			return fmt.Errorf("%s: not so after %s: %w", what, limit, errors.Join(errors.New("gave up"), err))
		case <-time.After(200 * time.Millisecond):
		}
	}
}
