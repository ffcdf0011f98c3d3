package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// view is what the API server has done and taken so far.
type view struct {
	requests, lists, bytes float64
	cpu                    time.Duration
	resident               int64
	peak                   int64 // since the last look
}

// look reads the API server's process before its metrics, which cost it too.
// Looking sets the peak back.
func (c *cluster) look(ctx context.Context) (view, error) {
	v := view{}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.server))
	if err != nil {
		return v, fmt.Errorf("look at the API server: %w", err)
	}
	if v.cpu, err = cpuOf(string(stat)); err != nil {
		return v, err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.server))
	if err != nil {
		return v, fmt.Errorf("look at the API server: %w", err)
	}
	v.resident, v.peak = kibibytes(string(status), "VmRSS:"), kibibytes(string(status), "VmHWM:")
	if err := c.metrics(ctx, &v); err != nil {
		return v, err
	}
	return v, os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", c.server), []byte("5"), 0) // 5 sets the peak back: proc(5)
}

const ticks = 100 // USER_HZ, which Linux tells programs on every architecture of ours

// cpuOf reads user and system time, fields 14 and 15. The second field is a
// name in brackets that may contain anything.
func cpuOf(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, errors.New("/proc has another form than known")
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * (time.Second / ticks), errors.Join(err, err2)
}

func kibibytes(status, name string) int64 {
	_, rest, _ := strings.Cut(status, name)
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(fields[0], 10, 64)
	return n << 10
}

func (c *cluster) metrics(ctx context.Context, v *view) error {
	config, err := clientcmd.BuildConfigFromFlags("", c.kubeconfig())
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, config.Host+"/metrics", nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("read the API server's metrics: %w", err)
	}
	defer answer.Body.Close()
	return count(answer.Body, v)
}

// own are asked for by the API server itself now and then.
var own = []string{"", "leases", "namespaces", "configmaps", "clusterroles", "clusterrolebindings", "roles", "rolebindings", "services", "servicecidrs", "ipaddresses"}

// workloads may not be listed beyond the namespace that is asked about.
var workloads = []string{"pods", "events", "replicasets", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs"}

// count adds up what was asked of the API server: every list, watch and look-up
// but for its own.
func count(metrics io.Reader, v *view) error {
	lines := bufio.NewScanner(metrics)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		name, _, _ := strings.Cut(line, "{")
		if name != "apiserver_request_total" && name != "apiserver_response_sizes_sum" {
			continue
		}
		value, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
		if err != nil {
			return fmt.Errorf("read the API server's metrics: %w", err)
		}
		verb, resource := label(line, "verb"), label(line, "resource")
		if verb != "LIST" && (verb != "GET" && verb != "WATCH" || slices.Contains(own, resource)) {
			continue
		}
		if name == "apiserver_response_sizes_sum" {
			v.bytes += value
			continue
		}
		v.requests += value
		if verb == "LIST" && label(line, "scope") == "cluster" && slices.Contains(workloads, resource) {
			v.lists += value
		}
	}
	return lines.Err()
}

func label(line, name string) string {
	for _, before := range []string{"{", ","} {
		if _, rest, ok := strings.Cut(line, before+name+`="`); ok {
			value, _, _ := strings.Cut(rest, `"`)
			return value
		}
	}
	return ""
}
