package integration

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"k8s.io/client-go/tools/clientcmd/api"
)

// insideVariable is set in the run of the test that has a network of its own.
const insideVariable = "KUBECTL_PATTERNS_TEST_NETWORK"

// TestNoNetwork: what needs no cluster connects to nothing, and a scan to the API
// server alone. It runs itself in a network namespace without a single route, whose
// kernel counts what anybody tries.
func TestNoNetwork(t *testing.T) {
	plugin := os.Getenv("KUBECTL_PATTERNS_BIN")
	if plugin == "" {
		t.Skip("SKIPPED: KUBECTL_PATTERNS_BIN is not set; `make test` sets it")
	}
	if os.Getenv(insideVariable) != "" {
		insideNetwork(t, &real{plugin: plugin})
		return
	}
	var out bytes.Buffer
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestNoNetwork$", "-test.v") //nolint:gosec // this test
	again.Env = append(os.Environ(), insideVariable+"=1", "XDG_DATA_HOME="+t.TempDir())
	again.Stdout, again.Stderr = &out, &out
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	if err := again.Start(); err != nil {
		t.Skipf("SKIPPED: this system gives no network namespace: %v", err)
	}
	if err := again.Wait(); err != nil {
		t.Errorf("%v:\n%s", err, out.String())
	}
}

func insideNetwork(t *testing.T, c *real) {
	c = c.at(t, api.Cluster{Server: "https://192.0.2.1"}) // of no network (RFC 5737)
	data := filepath.Join("..", "score", "testdata", "incidents", "registry-auth", "data.tar.gz")
	for _, args := range [][]string{{"--help"}, {"version"}, {"version", "-o", "json"}, {"detectors"}, {"detectors", "image-pull"}, {"completion", "bash"}, {"history"},
		{"-f", data}, {"-f", data, "-o", "html"}, {"-f", data, "-o", "json"}, {"timeline", "-f", data}, {"matrix", "-f", data},
		{"diff", data, data}, {"snapshot", "-", "-f", data}, {"-f", data, "--evidence-dir", filepath.Join(t.TempDir(), "evidence")}} {
		before := tried(t)
		if _, errOut, code := c.run(t, args...); code != 0 {
			t.Errorf("%v: exit code %d: %s", args, code, errOut)
		}
		if n := tried(t) - before; n != 0 {
			t.Errorf("%v: %d connections were tried", args, n)
		}
	}
	before := tried(t)
	if _, _, code := c.run(t, "-A"); code != 1 || tried(t) == before {
		t.Errorf("exit code %d, and %d connections were tried: it would not be noticed", code, tried(t)-before)
	}
	onlyTheServer(t, c)
}

// onlyTheServer scans a server that holds nothing: each connection is one to it.
func onlyTheServer(t *testing.T, c *real) {
	loopback(t)
	var accepted atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/version" {
			_, _ = io.WriteString(w, `{"gitVersion": "v1.36.1"}`)
			return
		}
		_, _ = io.WriteString(w, `{"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": []}`)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			accepted.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	before := tried(t)
	if _, errOut, code := c.at(t, api.Cluster{Server: server.URL}).run(t, "-A", "--no-history", "--metrics", "--logs"); code != 0 {
		t.Errorf("exit code %d: %s", code, errOut)
	}
	if n := int64(tried(t) - before); n != accepted.Load() || n == 0 {
		t.Errorf("%d connections were tried, %d were to the API server", n, accepted.Load())
	}
}

// tried counts what the kernel was asked to connect or send: connections that it
// began, packets without one, and what had no way to go.
func tried(t *testing.T) int {
	t.Helper()
	n := counted(t, "/proc/self/net/snmp6", "Ip6OutNoRoutes") + counted(t, "/proc/self/net/snmp6", "Udp6OutDatagrams")
	raw, err := os.ReadFile("/proc/self/net/snmp")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n")
	for i := 0; i+1 < len(lines); i += 2 { // the names, and below them the numbers
		names, numbers := strings.Fields(lines[i]), strings.Fields(lines[i+1])
		for k, name := range names {
			switch names[0] + name {
			case "Ip:OutNoRoutes", "Tcp:ActiveOpens", "Udp:OutDatagrams":
				n += number(t, numbers[k])
			}
		}
	}
	return n
}

// counted is a number of a file that has one name in each line; 0 where the system
// does not count it.
func counted(t *testing.T, file, name string) int {
	t.Helper()
	raw, err := os.ReadFile(file) //nolint:gosec // of the kernel
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == name {
			return number(t, fields[1])
		}
	}
	return 0
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// loopback lets a process of this network reach 127.0.0.1: netdevice(7).
func loopback(t *testing.T) {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(socket) }()
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_UP}
	copy(request.name[:], "lo")
	_, _, failed := syscall.Syscall(syscall.SYS_IOCTL, uintptr(socket), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))) //nolint:gosec // as the kernel wants it
	if failed != 0 {
		t.Fatal(failed)
	}
}
