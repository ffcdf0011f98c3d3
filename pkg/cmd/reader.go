package cmd

import (
	"context"
	"errors"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// reader is a source of snapshots, live or saved.
type reader interface {
	Read(context.Context, cluster.Scope) (cluster.Parts, error)
	// Metrics reads what the kubelets of nodes measure.
	Metrics(ctx context.Context, nodes []string) (cluster.Parts, error)
	Configs(ctx context.Context, configMaps, secrets []string) (cluster.Parts, error)
	// Settings reads quotas, policies and the like, by the namespaces they are wanted of.
	Settings(ctx context.Context, wanted map[cluster.Resource][]string) (cluster.Parts, error)
	Logs(ctx context.Context, wanted []cluster.LogRef) (cluster.Parts, error)
	// Exists reports whether a workload does; saved data are not asked.
	Exists(ctx context.Context, workload cluster.Ref) (bool, error)
	// Like names workloads that may be meant by one that does not exist.
	Like(ctx context.Context, workload cluster.Ref) []cluster.Ref
}

func (o *options) reader() (reader, error) {
	if o.source != nil {
		return o.source, nil
	}
	if len(o.files) > 0 {
		return &collect.Files{Paths: o.files, Stdin: o.streams.In, Now: o.now}, nil
	}
	config, err := o.restConfig()
	if err != nil {
		return nil, err
	}
	raw, err := o.config.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, err
	}
	name := raw.CurrentContext
	if *o.config.Context != "" {
		name = *o.config.Context
	}
	live, err := collect.NewLive(config, name)
	if err != nil {
		return nil, err
	}
	live.Values = o.configValues
	if live.Home, _, err = o.config.ToRawKubeConfigLoader().Namespace(); err != nil {
		return nil, err
	}
	live.Notice = func(said string) { o.warn("%s", said) }
	live.Progress, live.Salvage = o.progress.note, o.salvage
	return live, nil
}

var errNoKubeconfig = errors.New("no cluster to read: there is no kubeconfig (set KUBECONFIG or --kubeconfig), and this is not a pod; saved data can be read with -f")

// restConfig refuses to fall back to a server on localhost, which is what
// the library does when nothing is configured.
func (o *options) restConfig() (*rest.Config, error) {
	raw, err := o.config.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, err
	}
	if len(raw.Clusters) == 0 && *o.config.APIServer == "" {
		if _, err := rest.InClusterConfig(); err != nil {
			return nil, errNoKubeconfig
		}
	}
	config, err := o.config.ToRESTConfig()
	if clientcmd.IsEmptyConfig(err) {
		return nil, errNoKubeconfig
	}
	if err != nil {
		return nil, err
	}
	config.WarningHandler = plainWarnings{rest.NewWarningWriter(o.progress, rest.WarningWriterOptions{Deduplicate: true})}
	return config, nil
}

// plainWarnings are those of the API server, which webhooks may word too, escaped.
type plainWarnings struct{ to rest.WarningHandler }

func (w plainWarnings) HandleWarningHeader(code int, agent, text string) {
	w.to.HandleWarningHeader(code, report.Plain(agent), report.Plain(text))
}

func asFailure(err error, into **failure) bool { return errors.As(err, into) }
