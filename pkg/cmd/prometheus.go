package cmd

import (
	"context"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
)

// prometheusFlags say where the history is that a monitoring system keeps.
type prometheusFlags struct {
	collect.PrometheusOptions
	labels  map[string]string
	headers []string
	reach   string
	kept    *remembered
}

// defaultReach is how far back a Prometheus is asked: what happens at an hour
// of the day shows in a week.
const defaultReach = "7d"

func (f *prometheusFlags) addTo(p *pflag.FlagSet) {
	p.StringVar(&f.Address, "prometheus", "", "Read what was before from a Prometheus-compatible API: a URL, or service/NS/NAME:PORT[/PATH] through the API server (needs get on services/proxy; https:NAME for TLS)")
	p.StringVar(&f.reach, "prometheus-range", defaultReach, "With --prometheus: how far back to read, such as 24h or 14d; --since shortens it")
	p.StringToStringVar(&f.labels, "prometheus-label", nil, "With --prometheus: the label that chooses this cluster where several are kept, such as cluster=prod")
	p.StringArrayVar(&f.headers, "prometheus-header", nil, "With --prometheus: a header to send, such as 'X-Scope-OrgID: tenant'; repeatable")
	p.StringVar(&f.TokenFile, "prometheus-token-file", "", "With --prometheus: the file of the bearer token")
	p.StringVar(&f.Username, "prometheus-username", "", "With --prometheus: the user of basic authentication")
	p.StringVar(&f.PasswordFile, "prometheus-password-file", "", "With --prometheus: the file of that user's password")
	p.StringVar(&f.CAFile, "prometheus-ca-file", "", "With --prometheus: the certificates to trust, as PEM")
	p.StringVar(&f.CertFile, "prometheus-cert-file", "", "With --prometheus: the certificate to show, as PEM")
	p.StringVar(&f.KeyFile, "prometheus-key-file", "", "With --prometheus: the key of that certificate")
	p.BoolVar(&f.Insecure, "prometheus-insecure", false, "With --prometheus: do not check the server's certificate")
}

// validate refuses what cannot work, before anything is read.
func (f *prometheusFlags) validate(offline bool) error {
	if f.Address == "" {
		return f.needless()
	}
	if _, err := f.span(); err != nil {
		return err
	}
	if err := f.setHeaders(); err != nil {
		return err
	}
	if (f.CertFile == "") != (f.KeyFile == "") {
		return usagef("--prometheus-cert-file and --prometheus-key-file go together")
	}
	if f.Username != "" && f.TokenFile != "" {
		return usagef("--prometheus-username and --prometheus-token-file exclude each other")
	}
	if f.PasswordFile != "" && f.Username == "" {
		return usagef("--prometheus-password-file needs --prometheus-username")
	}
	for label := range f.labels {
		if !labelName.MatchString(label) {
			return usagef("--prometheus-label %q: no name of a label", label)
		}
	}
	if err := f.readable(); err != nil {
		return err
	}
	return f.validateAddress(offline)
}

// labelName is what Prometheus takes for a label without quotes.
var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// needless refuses options of a Prometheus that is not asked.
func (f *prometheusFlags) needless() error {
	for _, o := range []struct {
		name  string
		given bool
	}{
		{"range", f.reach != defaultReach}, {"label", len(f.labels) > 0}, {"header", len(f.headers) > 0},
		{"token-file", f.TokenFile != ""}, {"username", f.Username != ""}, {"password-file", f.PasswordFile != ""},
		{"ca-file", f.CAFile != ""}, {"cert-file", f.CertFile != ""}, {"key-file", f.KeyFile != ""}, {"insecure", f.Insecure},
	} {
		if o.given {
			return usagef("--prometheus-%s goes with --prometheus", o.name)
		}
	}
	return nil
}

func (f *prometheusFlags) span() (time.Duration, error) {
	d, err := parseSpan(f.reach)
	if err != nil || d < time.Hour {
		return 0, usagef("--prometheus-range %q: must be a duration of an hour or more, such as 24h or 14d", f.reach)
	}
	return d, nil
}

func (f *prometheusFlags) setHeaders() error {
	f.Headers = map[string]string{}
	for _, h := range f.headers {
		name, value, ok := strings.Cut(h, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" {
			return usagef("--prometheus-header %q: must be 'Name: value'", name)
		}
		if strings.EqualFold(name, "Authorization") {
			return usagef("--prometheus-header: a token or password is read from a file, by --prometheus-token-file or --prometheus-username and --prometheus-password-file")
		}
		f.Headers[name] = value
	}
	return nil
}

// readable finds missing files before the cluster has been read.
func (f *prometheusFlags) readable() error {
	for _, name := range []string{f.TokenFile, f.PasswordFile, f.CAFile, f.CertFile, f.KeyFile} {
		if name == "" {
			continue
		}
		file, err := os.Open(name)
		if err != nil {
			return &failure{exitFailed, err}
		}
		_ = file.Close() // only opened to see that it can be
	}
	return nil
}

func (f *prometheusFlags) validateAddress(offline bool) error {
	if _, ok := collect.ParsePrometheusService(f.Address); ok {
		if offline {
			return usagef("--prometheus %s is reached through the cluster, which -f does not ask: give a URL", f.Address)
		}
		if f.TokenFile+f.Username+f.CAFile+f.CertFile != "" || f.Insecure {
			return usagef("--prometheus %s is reached with the credentials of the cluster: options for a token, user or certificate are for a URL", f.Address)
		}
		return nil
	}
	u, err := url.Parse(f.Address)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return usagef("--prometheus: must be a URL such as https://prometheus.example.com, or service/NAMESPACE/NAME:PORT")
	case u.User != nil:
		return usagef("--prometheus: the user and password do not belong in the URL, where others can see them: --prometheus-username and --prometheus-password-file")
	case u.RawQuery != "" || u.Fragment != "":
		return usagef("--prometheus: must be the URL below which api/v1 is, without a query")
	}
	return nil
}

// inClear reports whether what proves who asks would be sent unencrypted over
// a network.
func (f *prometheusFlags) inClear() bool {
	u, err := url.Parse(f.Address)
	if err != nil || u.Scheme != "http" || f.TokenFile+f.Username == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// renewal is how long what was read of the past holds: with --watch the
// present is read every few seconds, and a week does not change in that time.
const renewal = 10 * time.Minute

// remembered is what was read of the past.
type remembered struct {
	cluster.Parts
	at    time.Time
	scope string
}

// fromPrometheus adds what a Prometheus knows of the time before, where one is
// named.
func (o *options) fromPrometheus(ctx context.Context, _ reader, s *cluster.Snapshot) (*cluster.Snapshot, error) {
	f := &o.prometheus
	if f.Address == "" {
		return s, nil
	}
	scope := strings.Join(s.Scope.Namespaces, " ")
	if k := f.kept; k != nil && k.scope == scope && s.At.Sub(k.at) < renewal {
		return s.WithPast(k.Parts), nil
	}
	p, err := o.newPrometheus()
	if err != nil {
		return nil, err
	}
	parts, err := p.Past(ctx, s)
	if err != nil {
		return nil, err
	}
	f.kept = &remembered{parts, s.At, scope}
	return s.WithPast(parts), nil
}

func (o *options) newPrometheus() (*collect.Prometheus, error) {
	f := &o.prometheus
	reach, err := f.span()
	if err != nil {
		return nil, err
	}
	if o.since > 0 {
		reach = max(time.Hour, min(reach, o.since))
	}
	if _, ok := collect.ParsePrometheusService(f.Address); ok {
		if f.Cluster, err = o.restConfig(); err != nil {
			return nil, err
		}
	}
	if f.Patience, err = clientcmd.ParseTimeout(*o.config.Timeout); err != nil {
		return nil, usagef("--request-timeout %q: must be a duration such as 30s", *o.config.Timeout)
	}
	if f.inClear() && f.kept == nil {
		o.warn("--prometheus: the credentials are sent unencrypted to %s; use https", f.Address)
	}
	p, err := collect.NewPrometheus(f.PrometheusOptions, f.labels, reach)
	if err != nil {
		return nil, err
	}
	p.Progress = o.progress.note
	return p, nil
}
