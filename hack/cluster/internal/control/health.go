package control

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/component"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

const (
	probeInterval = 100 * time.Millisecond
	probeTimeout  = 2 * time.Second
)

// probe asks a part whether it is healthy.
type probe struct {
	client *http.Client
	url    string
}

// newProbe returns the probe of a part. Etcd has none: the API server is not
// ready before it.
func newProbe(name string, f state.Folder, c state.Config) (probe, error) {
	switch name {
	case component.APIServer:
		config, err := clientcmd.BuildConfigFromFlags("", f.Kubeconfig())
		if err != nil {
			return probe{}, fmt.Errorf("read kubeconfig: %w", err)
		}
		config.Timeout = probeTimeout
		client, err := rest.HTTPClientFor(config)
		return probe{client, config.Host + "/readyz"}, err
	case component.ControllerManager:
		return probe{selfSigned(), "https://" + state.Address(c.Ports.ControllerManager) + "/healthz"}, nil
	case component.Scheduler:
		return probe{selfSigned(), "https://" + state.Address(c.Ports.Scheduler) + "/healthz"}, nil
	case component.Kubelet:
		return probe{selfSigned(), "https://" + state.Address(c.Ports.Kubelet) + "/healthz"}, nil
	default:
		return probe{&http.Client{Timeout: probeTimeout}, "http://" + state.Address(c.Ports.Kwok) + "/healthz"}, nil
	}
}

// selfSigned talks to the parts whose certificate it does not know: most make one
// for themselves at start. All that is asked is whether they live; nothing secret is sent.
func selfSigned() *http.Client {
	return &http.Client{
		Timeout:   probeTimeout,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, //nolint:gosec // see above
	}
}

func (p probe) healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil)
	if err != nil {
		return false
	}
	response, err := p.client.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// waitHealthy returns when the part is healthy, or with the error of ctx.
func waitHealthy(ctx context.Context, name string, f state.Folder, c state.Config) error {
	p, err := newProbe(name, f, c)
	if err != nil {
		return err
	}
	for !p.healthy(ctx) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", name, context.Cause(ctx))
		case <-time.After(probeInterval):
		}
	}
	return nil
}
