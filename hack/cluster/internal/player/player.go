// Package player plays scenarios on a running cluster.
package player

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/scenario"
)

const (
	// fieldManager is who changes objects in the name of the scenario, as a
	// user would.
	fieldManager = "kubectl"
	pollInterval = 250 * time.Millisecond
)

// Player plays scenarios on one cluster.
type Player struct {
	config  *rest.Config
	client  kubernetes.Interface
	dynamic dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
	tell    func(format string, args ...any)
}

// New returns a player for the cluster of a kubeconfig; it tells its progress
// line by line.
func New(kubeconfig string, tell func(format string, args ...any)) (*Player, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	config.QPS, config.Burst = 200, 400
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make client: %w", err)
	}
	dynamicClient, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make client: %w", err)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client.Discovery()))
	return &Player{config: config, client: client, dynamic: dynamicClient, mapper: mapper, tell: tell}, nil
}

// Play does all steps of a scenario, without those that it includes.
func (p *Player) Play(ctx context.Context, s *scenario.Scenario) error {
	for i := range s.Steps {
		step := &s.Steps[i]
		what := describe(step)
		p.tell("%s %d/%d: %s", s.Name, i+1, len(s.Steps), what)
		if err := p.do(ctx, s, step); err != nil {
			return fmt.Errorf("scenario %s, step %d of %d (%s): %w", s.Name, i+1, len(s.Steps), what, err)
		}
	}
	return nil
}

func (p *Player) do(ctx context.Context, s *scenario.Scenario, step *scenario.Step) error {
	ctx, cancel := context.WithTimeoutCause(ctx, step.Limit(), fmt.Errorf("gave up after %s", step.Limit()))
	defer cancel()
	switch {
	case step.Apply != "":
		return p.apply(ctx, s, step.Apply)
	case step.Delay != nil:
		return sleep(ctx, step.Delay.Duration)
	case step.Wait != nil:
		return p.wait(ctx, step.Wait)
	case step.SetImage != nil:
		return p.setImage(ctx, step.SetImage)
	case step.RolloutRestart != nil:
		return p.rolloutRestart(ctx, step.RolloutRestart)
	case step.Patch != nil:
		return p.patch(ctx, step.Patch)
	case step.Delete != nil:
		return p.remove(ctx, step.Delete)
	case step.Annotate != nil:
		return p.annotate(ctx, step.Annotate)
	default:
		return p.killNode(ctx, step.KillNode)
	}
}

// until calls check until it is content. What is still missing becomes part of
// the error when time is over.
func until(ctx context.Context, check func() (missing string, err error)) error {
	for {
		missing, err := check()
		if missing == "" && err == nil {
			return nil
		}
		if hopeless := (*permanentError)(nil); errors.As(err, &hopeless) {
			return err
		}
		if waitErr := sleep(ctx, pollInterval); waitErr != nil {
			if err == nil {
				err = errors.New(missing)
			}
			return fmt.Errorf("%w: %w", waitErr, err)
		}
	}
}

// permanentError is an error that trying again does not mend.
type permanentError struct{ error }

func (e *permanentError) Unwrap() error { return e.error }

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
