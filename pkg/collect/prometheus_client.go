package collect

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	promconfig "github.com/prometheus/common/config"
	"k8s.io/client-go/rest"
)

// PrometheusOptions say where a Prometheus-compatible API is, and who asks.
type PrometheusOptions struct {
	// Address is the URL below which api/v1 is, or
	// service/NAMESPACE/[https:]NAME:PORT[/PATH], which is reached through the
	// API server's proxy.
	Address string
	// Cluster is how the API server is reached. Only a service is asked with
	// it: what proves who asks the cluster never goes to a URL.
	Cluster *rest.Config

	TokenFile, Username, PasswordFile string
	CAFile, CertFile, KeyFile         string
	Insecure                          bool              // the server's certificate is not checked
	Headers                           map[string]string // such as X-Scope-OrgID, the tenant
	// Patience is the longest that one query is waited for; 0: 45 seconds, which
	// no other makes longer.
	Patience time.Duration
}

// client makes the API's official client.
func (o *PrometheusOptions) client() (v1.API, *answers, error) {
	address, next := o.Address, http.RoundTripper(nil)
	var err error
	service, proxied := ParsePrometheusService(o.Address)
	if proxied {
		address, next, err = service.reach(o.Cluster)
	} else {
		next, err = promconfig.NewRoundTripperFromConfig(o.http(), "prometheus")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("making a client for --prometheus: %w", err)
	}
	a := &answers{next: next, onlyGet: proxied}
	// A redirect is told rather than followed: where it leads nobody has agreed
	// to ask, and a page to log in is no answer.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c, err := api.NewClient(api.Config{Address: address, Client: &http.Client{Transport: a, CheckRedirect: stay}})
	if err != nil {
		return nil, nil, fmt.Errorf("making a client for --prometheus: %w", err)
	}
	return v1.NewAPI(c), a, nil
}

// http is Prometheus' own description of a client.
func (o *PrometheusOptions) http() promconfig.HTTPClientConfig {
	c := promconfig.HTTPClientConfig{EnableHTTP2: true, ProxyConfig: promconfig.ProxyConfig{ProxyFromEnvironment: true},
		TLSConfig: promconfig.TLSConfig{CAFile: o.CAFile, CertFile: o.CertFile, KeyFile: o.KeyFile, InsecureSkipVerify: o.Insecure}}
	if o.TokenFile != "" {
		c.Authorization = &promconfig.Authorization{Type: "Bearer", CredentialsFile: o.TokenFile}
	}
	if o.Username != "" {
		c.BasicAuth = &promconfig.BasicAuth{Username: o.Username, PasswordFile: o.PasswordFile}
	}
	if len(o.Headers) > 0 {
		c.HTTPHeaders = &promconfig.Headers{Headers: map[string]promconfig.Header{}}
		for name, value := range o.Headers {
			c.HTTPHeaders.Headers[name] = promconfig.Header{Values: []string{value}}
		}
	}
	return c
}

// PrometheusService is a Prometheus inside the cluster.
type PrometheusService struct {
	Namespace string
	Name      string // as the API server's proxy takes it: [https:]NAME:PORT
	Path      string
}

// ParsePrometheusService reads service/NAMESPACE/[https:]NAME:PORT[/PATH].
func ParsePrometheusService(address string) (PrometheusService, bool) {
	parts := strings.SplitN(address, "/", 4)
	if len(parts) < 3 || (parts[0] != "service" && parts[0] != "svc") || parts[1] == "" || parts[2] == "" {
		return PrometheusService{}, false
	}
	s := PrometheusService{Namespace: parts[1], Name: parts[2]}
	if len(parts) == 4 {
		s.Path = parts[3]
	}
	return s, true
}

// reach is the address of a service behind the API server's proxy, and the way
// there.
func (s PrometheusService) reach(config *rest.Config) (string, http.RoundTripper, error) {
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return "", nil, err
	}
	next, err := rest.TransportFor(config)
	return base.JoinPath("api/v1/namespaces", s.Namespace, "services", s.Name, "proxy", s.Path).String(), next, err
}

// remedy is the rule that the proxy needs.
func (s PrometheusService) remedy() string {
	return fmt.Sprintf(`{apiGroups: [""], resources: ["services/proxy"], resourceNames: [%q], verbs: ["get"]} in namespace %s`, s.Name, s.Namespace)
}

// answers lets through what is an answer, and makes an error of what is not.
type answers struct {
	next http.RoundTripper
	// onlyGet asks with GET what the client would POST: through the API
	// server's proxy a POST needs the right to create.
	onlyGet bool
	// partial is set when a server said that it left data out.
	partial atomic.Bool
}

// refusal is an answer that holds no data.
type refusal struct {
	code int
	text string
	// cluster is set when the API server refused, not what it was to ask.
	cluster bool
}

func (r *refusal) Error() string {
	return strings.TrimSuffix(fmt.Sprintf("%d %s: %s", r.code, http.StatusText(r.code), r.text), ": ")
}

// RoundTrip asks, and bounds and judges the answer.
func (a *answers) RoundTrip(req *http.Request) (*http.Response, error) {
	req, err := a.asGet(req)
	if err != nil {
		return nil, err
	}
	resp, err := a.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		if req.Method == http.MethodPost && refusesPost(resp.StatusCode) {
			return resp, nil // the client asks again with GET
		}
		return nil, refusalOf(resp)
	}
	body := bufio.NewReader(&bounded{r: resp.Body, left: answerLimit})
	// VictoriaMetrics says it in front of the data, where the client does not look.
	if head, _ := body.Peek(64); bytes.Contains(head, []byte(`"isPartial":true`)) {
		a.partial.Store(true)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{body, resp.Body}
	return resp, nil
}

func refusesPost(code int) bool {
	return code == http.StatusForbidden || code == http.StatusMethodNotAllowed || code == http.StatusNotImplemented
}

func (a *answers) asGet(req *http.Request) (*http.Request, error) {
	if !a.onlyGet || req.Method != http.MethodPost {
		return req, nil
	}
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close() // it is in memory
	if err != nil {
		return nil, err
	}
	got := req.Clone(req.Context())
	got.Method, got.Body, got.GetBody, got.ContentLength = http.MethodGet, nil, nil, 0
	got.URL.RawQuery = string(body)
	got.Header.Del("Content-Type")
	return got, nil
}

// refusalOf reads why there is no data: in the words of the API, of the API
// server in front of it, or of whatever else answered.
func refusalOf(resp *http.Response) error {
	defer func() { _ = resp.Body.Close() }() // only read from
	r := &refusal{code: resp.StatusCode}
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, 4096)) // what there is of it
	var said struct{ Kind, Message, Error string }
	if json.Unmarshal(raw, &said) == nil {
		r.text, r.cluster = firstOf(said.Error, said.Message), said.Kind == "Status"
	}
	if to := resp.Header.Get("Location"); to != "" {
		r.text = "it sends on to " + to
	}
	r.text = short(r.text)
	return r
}

// short keeps the beginning of a text that may be long.
func short(text string) string {
	const enough = 300
	if runes := []rune(text); len(runes) > enough {
		return string(runes[:enough]) + "…"
	}
	return text
}

// wordsOf says why a query got no answer.
func wordsOf(err error) string {
	var refused *refusal
	var transport *url.Error
	var said *v1.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "did not answer in time"
	case errors.As(err, &refused):
		return refused.Error()
	case errors.Is(err, errTooLong):
		return errTooLong.Error()
	case errors.As(err, &said) && said.Type == v1.ErrBadResponse:
		return "the answer is not that of a Prometheus API (" + short(said.Msg) + ")"
	case errors.As(err, &transport): // says the address again, which stands beside it
		return short(transport.Err.Error())
	}
	return short(err.Error())
}
