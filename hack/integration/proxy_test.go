package integration

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// A tamper answers a request in the place of the real API server, or lets it
// answer and spoils that.
type tamper func(w http.ResponseWriter, r *http.Request, real http.Handler)

// through starts a server in front of a real one that tampers with what goes
// through it, and returns the plugin with a kubeconfig that leads there. It
// speaks TLS and HTTP/2, as API servers do, and asks with the rights of the
// cluster's own kubeconfig.
func (r *real) through(t *testing.T, with tamper) *real {
	t.Helper()
	behind := r.proxy(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, asked *http.Request) { with(w, asked, behind) }))
	server.EnableHTTP2, server.Config.ErrorLog = true, silent()
	server.StartTLS()
	t.Cleanup(server.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return r.at(t, api.Cluster{Server: server.URL, CertificateAuthorityData: authority})
}

// silent takes what a server would log of connections that we break.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }

// at is the plugin with a kubeconfig of one cluster and no credentials.
func (r *real) at(t *testing.T, where api.Cluster) *real {
	t.Helper()
	out := &real{plugin: r.plugin, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	err := clientcmd.WriteToFile(api.Config{
		Clusters: map[string]*api.Cluster{"cluster": &where}, CurrentContext: "cluster",
		Contexts: map[string]*api.Context{"cluster": {Cluster: "cluster"}},
	}, out.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (r *real) proxy(t *testing.T) *httputil.ReverseProxy {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", r.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	behind, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	if proxy.Transport, err = rest.TransportFor(config); err != nil {
		t.Fatal(err)
	}
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) } // whoever asked has gone
	return proxy
}

// of tampers with the lists of some resources alone, wherever they are listed;
// a path means that list and no other. Without any it tampers with everything.
func of(with tamper, what ...string) tamper {
	return when(with, func(r *http.Request) bool {
		return len(what) == 0 || slices.Contains(what, r.URL.Path) || slices.Contains(what, path.Base(r.URL.Path))
	})
}

// when tampers with some requests.
func when(with tamper, these func(*http.Request) bool) tamper {
	return func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		if these(r) {
			with(w, r, real)
			return
		}
		real.ServeHTTP(w, r)
	}
}

// after lets so many requests pass before it tampers with so many; those after
// them pass again.
func after(pass, times int, with tamper) tamper {
	var mu sync.Mutex
	asked := 0
	return func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		mu.Lock()
		asked++
		now := asked > pass && asked <= pass+times
		mu.Unlock()
		if now {
			with(w, r, real)
			return
		}
		real.ServeHTTP(w, r)
	}
}

// always is more often than anything is asked for.
const always = 1 << 30

// laterPages tampers with the pages of a list that come after the first.
func laterPages(with tamper) tamper {
	return when(with, func(r *http.Request) bool { return r.URL.Query().Get("continue") != "" })
}

func untouched(w http.ResponseWriter, r *http.Request, real http.Handler) { real.ServeHTTP(w, r) }

// status answers with an error as API servers write it.
func status(code int, reason metav1.StatusReason, message string, header ...string) tamper {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		writeStatus(w, metav1.Status{Code: int32(code), Reason: reason, Message: message}) //nolint:gosec // a status code
	}
}

// answer answers with what no API server would.
func answer(code int, contentType, body string) tamper {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body)) // whoever asked may have gone
	}
}

// reset breaks the connection off before there is an answer.
func reset(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// hang never answers.
func hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }

// inJSON has the real server answer in JSON, whatever was asked for.
func inJSON(w http.ResponseWriter, r *http.Request, real http.Handler) {
	r.Header.Set("Accept", "application/json")
	real.ServeHTTP(w, r)
}

// dated has the answers of the real server bear another date.
func dated(by time.Duration) tamper {
	return func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		real.ServeHTTP(&spoiled{ResponseWriter: w, left: always, header: func(h http.Header) {
			h.Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		}}, r)
	}
}

// skewedNodes has what kubelets dated in the pods of two namespaces be three hours
// later or earlier than it was.
func skewedNodes(w http.ResponseWriter, r *http.Request, real http.Handler) {
	list := podsOf(r, real)
	for i := range list.Items {
		pod := &list.Items[i]
		by := map[string]time.Duration{"team-01": 3 * time.Hour, "team-04": -3 * time.Hour}[pod.Namespace]
		if pod.Status.StartTime != nil {
			pod.Status.StartTime.Time = pod.Status.StartTime.Add(by)
		}
		for j := range pod.Status.Conditions {
			at := &pod.Status.Conditions[j].LastTransitionTime
			at.Time = at.Add(by)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list) // whoever asked may have gone
}

// resetAfter breaks an answer off in its midst.
func resetAfter(bytes int) tamper {
	return func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		real.ServeHTTP(&spoiled{ResponseWriter: w, left: bytes, full: func() { panic(http.ErrAbortHandler) }}, r)
	}
}

// truncate ends an answer early, as if it were whole.
func truncate(bytes int) tamper {
	return func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		real.ServeHTTP(&spoiled{ResponseWriter: w, left: bytes, header: func(h http.Header) { h.Del("Content-Length") }}, r)
	}
}

// drip lets an answer through in small pieces, each after a pause.
func drip(bytes int, pause time.Duration) tamper {
	return func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		real.ServeHTTP(&spoiled{ResponseWriter: w, left: always, piece: bytes, pause: func() {
			select {
			case <-time.After(pause):
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			}
		}}, r)
	}
}

// spoiled is an answer that is spoiled while it is written.
type spoiled struct {
	http.ResponseWriter
	header func(http.Header)
	left   int    // bytes that pass
	full   func() // is called when they have passed
	piece  int    // bytes at a time, 0: all
	pause  func() // is called before each piece
}

func (s *spoiled) WriteHeader(code int) {
	if s.header != nil {
		s.header(s.Header())
	}
	s.ResponseWriter.WriteHeader(code)
}

func (s *spoiled) Write(body []byte) (int, error) {
	size := len(body)
	if len(body) > s.left {
		body = body[:s.left]
	}
	s.left -= len(body)
	for len(body) > 0 {
		piece := body
		if s.piece > 0 && len(piece) > s.piece {
			piece = piece[:s.piece]
		}
		if s.pause != nil {
			s.pause()
		}
		if _, err := s.ResponseWriter.Write(piece); err != nil {
			return 0, err
		}
		_ = http.NewResponseController(s.ResponseWriter).Flush() // the next write tells
		body = body[len(piece):]
	}
	if s.left == 0 && s.full != nil {
		s.full()
	}
	return size, nil
}

func writeStatus(w http.ResponseWriter, s metav1.Status) {
	s.Kind, s.APIVersion, s.Status = "Status", "v1", metav1.StatusFailure
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(int(s.Code))
	_ = json.NewEncoder(w).Encode(s) // whoever asked may have gone
}
