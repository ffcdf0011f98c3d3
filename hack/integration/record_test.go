package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/history"
)

// TestRecord follows a cluster with exactly the rights of hack/deploy while
// events are made without a pause. The recorder is killed in the midst; the API
// server that it asks is killed, etcd compacted meanwhile, and the server
// started again. Afterwards each event is in the history, once.
func TestRecord(t *testing.T) {
	c := start(t, "empty")
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	grantRecorder(t, c)
	server := secondServer(t, c)
	server.start(t)
	maker := makeEvents(t, c)

	r := record(t, server, "-A")
	r.settled(t)
	time.Sleep(2 * time.Second)
	r.kill(t)

	r = record(t, server, "-A")
	r.settled(t)
	time.Sleep(12 * time.Second) // a beat at least says that it looked
	server.kill(t)
	time.Sleep(3 * time.Second)
	server.compact(t)
	server.start(t)
	time.Sleep(5 * time.Second)
	maker.stop()
	r.settled(t)
	time.Sleep(2 * time.Second)
	r.interrupt(t)

	files, err := filepath.Glob(filepath.Join(os.Getenv("XDG_DATA_HOME"), "kubectl-patterns", "history", "*.db"))
	if err != nil || len(files) != 1 {
		t.Fatalf("histories: %v, %v", files, err)
	}
	maker.compare(t, files[0])
	scansRemember(t, c, files[0])
}

// scansRemember looks whether a scan finds the history of its cluster by itself.
func scansRemember(t *testing.T, c *real, file string) {
	t.Helper()
	remembers := func(args ...string) bool {
		for _, s := range c.report(t, args...).Sources {
			if s.Resource == "history" && s.From == file && s.Gap == "" {
				return true
			}
		}
		return false
	}
	if !remembers("-A") {
		t.Error("the scan does not use the history of its cluster")
	}
	if remembers("-A", "--no-history") {
		t.Error("--no-history uses it all the same")
	}
	if out, errOut, code := c.run(t, "diff", "--at", "5s"); code != 0 || !strings.Contains(out, "Pattern differences") {
		t.Errorf("diff --at: exit code %d, %s%s", code, errOut, out)
	}
	if out, _, code := c.run(t, "history"); code != 0 || !strings.Contains(strings.Join(strings.Fields(out), " "), "of it watched") {
		t.Errorf("history: exit code %d, %s", code, out)
	}
}

// grantRecorder gives the user recorder the ClusterRole of hack/deploy.
func grantRecorder(t *testing.T, c *real) {
	t.Helper()
	data, err := os.ReadFile("../deploy/record.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var role rbacv1.ClusterRole
	for _, doc := range bytes.Split(data, []byte("\n---\n")) {
		if bytes.Contains(doc, []byte("\nkind: ClusterRole\n")) {
			if err := yaml.UnmarshalStrict(doc, &role); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := clients(t, c.kubeconfig).RbacV1().ClusterRoles().Create(t.Context(), &role, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	bind(t, c, "recorder", role.Name)
}

func clients(t *testing.T, kubeconfig string) *kubernetes.Clientset {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	return kubernetes.NewForConfigOrDie(config)
}

// apiServer is a second API server beside the cluster's own, on the same etcd:
// it can be killed while the cluster goes on.
type apiServer struct {
	kubeconfig string
	plugin     string
	command    []string
	etcd       string
	url        string
	process    *exec.Cmd
}

var portFlag = regexp.MustCompile(`^--secure-port=\d+$`)

// secondServer takes the command line of the cluster's own.
func secondServer(t *testing.T, c *real) *apiServer {
	t.Helper()
	s := &apiServer{plugin: c.plugin, command: ownCommand(t, filepath.Dir(c.kubeconfig))}
	port := freePort(t)
	for i, arg := range s.command {
		if portFlag.MatchString(arg) {
			s.command[i] = "--secure-port=" + strconv.Itoa(port)
		}
		if url, ok := strings.CutPrefix(arg, "--etcd-servers="); ok {
			s.etcd = url
		}
	}
	config, err := clientcmd.LoadFromFile(c.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	s.url = fmt.Sprintf("https://127.0.0.1:%d", port)
	for _, x := range config.Clusters {
		x.Server = s.url
	}
	s.kubeconfig = filepath.Join(t.TempDir(), "second.kubeconfig")
	if err := clientcmd.WriteToFile(*config, s.kubeconfig); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.process != nil {
			_ = s.process.Process.Kill()
			_ = s.process.Wait()
		}
	})
	return s
}

// ownCommand is the command line of the API server of a cluster in a folder.
func ownCommand(t *testing.T, dir string) []string {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range lines {
		raw, err := os.ReadFile(path) //nolint:gosec // of the kernel
		args := strings.Split(strings.TrimRight(string(raw), "\x00"), "\x00")
		if err == nil && len(args) > 3 && args[1] == "component" && args[2] == "kube-apiserver" && strings.Contains(string(raw), dir) {
			return append([]string{os.Getenv("KUBECTL_PATTERNS_CLUSTER")}, args[1:]...)
		}
	}
	t.Fatal("the cluster's API server was not found among the processes")
	return nil
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *apiServer) start(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(t.TempDir(), "apiserver.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	s.process = exec.Command(s.command[0], s.command[1:]...) //nolint:gosec // our own tool
	s.process.Stderr, s.process.Dir = log, t.TempDir()
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	client := clients(t, s.kubeconfig)
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		if _, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(t.Context()).Raw(); err == nil {
			return
		}
		if time.Now().After(deadline) {
			tail, _ := os.ReadFile(log.Name())
			t.Fatalf("the second API server does not become ready:\n%s", tail[max(0, len(tail)-3000):])
		}
	}
}

// end sends a signal to a process and waits until it has ended by it.
func end(t *testing.T, process *exec.Cmd, signal os.Signal) {
	t.Helper()
	if err := process.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait()
}

func (s *apiServer) kill(t *testing.T) {
	t.Helper()
	end(t, s.process, os.Kill)
}

// compact has etcd forget everything but what is now.
func (s *apiServer) compact(t *testing.T) {
	t.Helper()
	var now struct {
		Header struct{ Revision string }
	}
	s.ask(t, "/v3/kv/range", `{"key":"AA=="}`, &now)
	s.ask(t, "/v3/kv/compaction", fmt.Sprintf(`{"revision":%q,"physical":true}`, now.Header.Revision), nil)
}

func (s *apiServer) ask(t *testing.T, path, body string, into any) {
	t.Helper()
	answer, err := http.Post(s.etcd+path, "application/json", strings.NewReader(body)) //nolint:gosec // our own etcd
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("etcd answers %s to %s", answer.Status, path)
	}
	if into != nil {
		if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
}

// recorder is a running `kubectl patterns record`.
type recorder struct {
	process *exec.Cmd
	out     lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func record(t *testing.T, s *apiServer, args ...string) *recorder {
	t.Helper()
	r := &recorder{process: exec.Command(s.plugin, append([]string{"record", "--kubeconfig", s.kubeconfig, "--as", "recorder"}, args...)...)} //nolint:gosec // our own binary
	r.process.Stderr = &r.out
	if err := r.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.process.Process.Kill() })
	return r
}

// settled waits until everything is followed again, with the rights that it
// has. An API server that has just started forbids everything at first.
func (r *recorder) settled(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		lines := strings.Split(strings.TrimSpace(r.out.String()), "\n")
		if last := lines[len(lines)-1]; strings.HasPrefix(last, "recording for") && !strings.Contains(last, "not followed") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the rights of hack/deploy are not enough, or it does not recover:\n%s", r.out.String())
		}
	}
}

func (r *recorder) kill(t *testing.T) {
	t.Helper()
	end(t, r.process, os.Kill)
}

func (r *recorder) interrupt(t *testing.T) {
	t.Helper()
	end(t, r.process, os.Interrupt)
	if code := r.process.ProcessState.ExitCode(); code != 130 {
		t.Errorf("interrupted, it ends with %d:\n%s", code, r.out.String())
	}
}

// eventMaker creates events at the cluster's own API server, and repeats some.
type eventMaker struct {
	counts map[string]int // the last count of each, by its message
	end    chan struct{}
	done   chan struct{}
}

func makeEvents(t *testing.T, c *real) *eventMaker {
	m := &eventMaker{counts: map[string]int{}, end: make(chan struct{}), done: make(chan struct{})}
	events := clients(t, c.kubeconfig).CoreV1().Events("default")
	t.Cleanup(m.stop)
	go func() {
		defer close(m.done)
		for n := 0; ; n++ {
			select {
			case <-m.end:
				return
			case <-time.After(20 * time.Millisecond):
			}
			now := metav1.Now()
			e, err := events.Create(t.Context(), &corev1.Event{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("made.%d", n)},
				InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "default", Name: "cart", UID: "u"}, Type: "Warning", Reason: "Made",
				Message: fmt.Sprintf("made %d", n), Count: 1, FirstTimestamp: now, LastTimestamp: now}, metav1.CreateOptions{})
			if err != nil {
				t.Errorf("making an event: %v", err)
				return
			}
			m.counts[e.Message] = 1
			if n%5 == 0 {
				e.Count, e.LastTimestamp = 4, metav1.Now()
				if _, err := events.Update(t.Context(), e, metav1.UpdateOptions{}); err != nil {
					t.Errorf("repeating an event: %v", err)
					return
				}
				m.counts[e.Message] = 4
			}
		}
	}()
	return m
}

func (m *eventMaker) stop() {
	select {
	case <-m.end:
	default:
		close(m.end)
	}
	<-m.done
}

// compare looks for each event that was made, with its last count, once.
func (m *eventMaker) compare(t *testing.T, path string) {
	t.Helper()
	store, err := history.OpenRead(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	seen := map[string]map[int]int{}
	err = store.Events(t.Context(), history.Query{}, func(e cluster.Event) bool {
		if e.Reason == "Made" {
			if seen[e.Message] == nil {
				seen[e.Message] = map[int]int{}
			}
			seen[e.Message][e.Count]++
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	lost, doubled := 0, 0
	for message, count := range m.counts {
		if seen[message][count] == 0 {
			lost++
		}
		for _, times := range seen[message] {
			if times > 1 {
				doubled++
			}
		}
	}
	t.Logf("%d events were made, %d are in the history", len(m.counts), len(seen))
	if lost > 0 || doubled > 0 || len(seen) != len(m.counts) || len(m.counts) < 300 {
		t.Errorf("of %d events %d are lost and %d doubled; the history holds %d", len(m.counts), lost, doubled, len(seen))
	}
	watches, err := store.Watches(t.Context())
	if err != nil || len(watches) != 3 { // before the kill, after it, and after what was compacted away
		t.Errorf("%d periods of looking, want 3: %+v, %v", len(watches), watches, err)
	}
}
