package cmd

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestPrometheusFlagsThatCannotWork(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--prometheus", "prometheus:9090"}, "must be a URL"},
		{[]string{"--prometheus", "https://ada:pw@example.com"}, "do not belong in the URL"},
		{[]string{"--prometheus", "https://example.com?x=1"}, "without a query"},
		{[]string{"--prometheus", "service/monitoring/prometheus:9090"}, "which -f does not ask"},
		{[]string{"--prometheus", "https://example.com", "--prometheus-range", "5m"}, "an hour or more"},
		{[]string{"--prometheus", "https://example.com", "--prometheus-header", "Authorization: Bearer x"}, "read from a file"},
		{[]string{"--prometheus", "https://example.com", "--prometheus-header", "x"}, "'Name: value'"},
		{[]string{"--prometheus", "https://example.com", "--prometheus-label", "a-b=c"}, "no name of a label"},
		{[]string{"--prometheus", "https://example.com", "--prometheus-cert-file", token}, "go together"},
		{[]string{"--prometheus", "https://example.com", "--prometheus-password-file", token}, "needs --prometheus-username"},
		{[]string{"--prometheus", "https://example.com", "--prometheus-username", "a", "--prometheus-token-file", token}, "exclude each other"},
		{[]string{"--prometheus-insecure"}, "goes with --prometheus"},
	} {
		_, errOut, code := run(t, "", append([]string{"-f", recording("registry-auth")}, c.args...)...)
		if code != exitUsage || !strings.Contains(errOut, c.want) {
			t.Errorf("%v: exit code %d, %s", c.args, code, errOut)
		}
		if strings.Contains(errOut, "pw") {
			t.Errorf("%v: the password is told: %s", c.args, errOut)
		}
	}
	if _, errOut, code := run(t, "", "-f", recording("registry-auth"), "--prometheus", "https://example.com", "--prometheus-token-file", token+"-none"); code != exitFailed || !strings.Contains(errOut, "no such file") {
		t.Errorf("a token file that is not there: exit code %d, %s", code, errOut)
	}
}

func TestCredentialsInClearAreWarnedOf(t *testing.T) {
	for address, want := range map[string]bool{
		"http://prometheus.example.com": true, "https://prometheus.example.com": false,
		"http://localhost:9090": false, "http://127.0.0.1:9090": false, "http://[::1]:9090": false,
	} {
		f := &prometheusFlags{}
		f.Address, f.TokenFile = address, "token"
		if got := f.inClear(); got != want {
			t.Errorf("%s in clear: %v", address, got)
		}
		if f.TokenFile = ""; f.inClear() {
			t.Errorf("%s without credentials", address)
		}
	}
}

// TestPrometheusThatCannotBeReadIsAGap: the scan goes on, and says so.
func TestPrometheusThatCannotBeReadIsAGap(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprint(w, `{"status": "error", "errorType": "unavailable", "error": "TSDB not ready"}`)
	}))
	defer server.Close()
	r := scan(t, "-f", recording("registry-auth"), "--prometheus", server.URL)
	for _, s := range r.Sources {
		if s.Resource == "prometheus" {
			if s.From != server.URL || !strings.Contains(s.Gap, "TSDB not ready") {
				t.Errorf("source %+v", s)
			}
			return
		}
	}
	t.Errorf("no source prometheus: %+v", r.Sources)
}

// TestThePastIsNotReadAtEachTurn of --watch, but anew for another scope.
func TestThePastIsNotReadAtEachTurn(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	o := &options{scanFlags: newScanFlags(genericiooptions.NewTestIOStreamsDiscard()), progress: newProgress(io.Discard)}
	o.prometheus.Address, o.prometheus.reach = server.URL, defaultReach
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		at        time.Time
		namespace string
		asked     int
	}{{at, "a", 1}, {at.Add(15 * time.Second), "a", 1}, {at.Add(30 * time.Second), "b", 2}, {at.Add(time.Hour), "b", 3}} {
		s, err := o.fromPrometheus(t.Context(), nil, cluster.New(cluster.Parts{At: c.at, Scope: cluster.Scope{Namespaces: []string{c.namespace}}}))
		if err != nil || asked != c.asked || len(s.Sources) != 1 {
			t.Errorf("turn %d: %v, asked %d times, want %d; sources %+v", i, err, asked, c.asked, s.Sources)
		}
	}
}
