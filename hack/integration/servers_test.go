package integration

import (
	"context"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/clientcmd/api"
)

// refused is where nothing listens.
func refused(t *testing.T, c *real) *real {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return c.at(t, api.Cluster{Server: server.URL})
}

// unknownAuthority is a server whose certificate is not of the kubeconfig's
// authority.
func unknownAuthority(t *testing.T, c *real) *real {
	server := quiet(t)
	server.StartTLS()
	return c.at(t, api.Cluster{Server: server.URL})
}

// plainHTTP is a server without TLS, where the kubeconfig expects one with it.
func plainHTTP(t *testing.T, c *real) *real {
	server := quiet(t)
	server.Start()
	return c.at(t, api.Cluster{Server: strings.Replace(server.URL, "http:", "https:", 1)})
}

// needsTLS is the other way round.
func needsTLS(t *testing.T, c *real) *real {
	server := quiet(t)
	server.StartTLS()
	return c.at(t, api.Cluster{Server: strings.Replace(server.URL, "https:", "http:", 1)})
}

// quiet is a server that does not write what goes wrong in TLS to the log of the
// test.
func quiet(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = silent()
	t.Cleanup(server.Close)
	return server
}

// restarts is an API server that ends when the second page of events is asked
// for, with all its connections, and takes none for half a second.
func restarts(t *testing.T, c *real) *real {
	behind := c.proxy(t)
	var door *gate
	shut := of(laterPages(after(0, 1, func(http.ResponseWriter, *http.Request, http.Handler) {
		door.shut(500 * time.Millisecond)
		panic(http.ErrAbortHandler)
	})), "events")
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { shut(w, r, behind) }))
	door = &gate{Listener: server.Listener}
	server.Listener, server.EnableHTTP2, server.Config.ErrorLog = door, true, silent()
	server.StartTLS()
	t.Cleanup(server.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return c.at(t, api.Cluster{Server: server.URL, CertificateAuthorityData: authority})
}

// restartsForReal is an API server that is killed when the second page of events
// is asked for, with the lists that it was about to send, and started again. What
// stands before it, as before the API servers of a cluster, lets wait meanwhile.
func restartsForReal(t *testing.T, c *real) *real {
	server := secondServer(t, c)
	server.start(t)
	behind := (&real{kubeconfig: server.kubeconfig}).proxy(t)
	var up sync.RWMutex
	restart := of(laterPages(after(0, 1, func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		up.Lock()
		server.kill(t)
		server.start(t)
		up.Unlock()
		real.ServeHTTP(w, r)
	})), "events")
	return c.through(t, func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		restart(w, r, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			up.RLock()
			up.RUnlock() //nolint:staticcheck // it waits, and guards nothing
			behind.ServeHTTP(w, r)
		}))
	})
}

// endsForReal is one that is killed when the first list of the second step is asked
// for.
func endsForReal(t *testing.T, c *real) *real {
	server := secondServer(t, c)
	server.start(t)
	behind := (&real{kubeconfig: server.kubeconfig}).proxy(t)
	ends := of(after(0, 1, func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		server.kill(t)
		real.ServeHTTP(w, r)
	}), "configmaps")
	return c.through(t, func(w http.ResponseWriter, r *http.Request, _ http.Handler) { ends(w, r, behind) })
}

// gate is a listener that can be shut for a while.
type gate struct {
	net.Listener
	mu     sync.Mutex
	open   []net.Conn
	closed time.Time // until then
}

func (g *gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g.mu.Lock()
		shut := time.Now().Before(g.closed)
		if !shut {
			g.open = append(g.open, conn)
		}
		g.mu.Unlock()
		if !shut {
			return conn, nil
		}
		_ = conn.Close() // as of a server that is not there
	}
}

func (g *gate) shut(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = time.Now().Add(d)
	for _, conn := range g.open {
		_ = conn.Close() // whoever asked is to find it broken
	}
	g.open = nil
}

// metricsDown is the cluster itself, with an aggregated API that nothing serves:
// it answers 503, and discovery is not whole.
func metricsDown(t *testing.T, c *real) *real {
	rest := clients(t, c.kubeconfig).Discovery().RESTClient()
	const service = `{"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1beta1.metrics.k8s.io"},
		"spec": {"group": "metrics.k8s.io", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100, "insecureSkipTLSVerify": true,
			"service": {"namespace": "kube-system", "name": "metrics-server"}}}`
	err := rest.Post().AbsPath("/apis/apiregistration.k8s.io/v1/apiservices").SetHeader("Content-Type", "application/json").
		Body([]byte(service)).Do(t.Context()).Error()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for { // until it is known that nothing serves it
		err := rest.Get().AbsPath("/apis/metrics.k8s.io/v1beta1").Do(ctx).Error()
		if apierrors.IsServiceUnavailable(err) {
			return c
		}
		select {
		case <-ctx.Done():
			t.Fatalf("is served: %v", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
