package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cluster is a local control plane that is up.
type cluster struct {
	program string
	dir     string
	server  int  // process id of its API server
	ours    bool // started here
}

func (c *cluster) kubeconfig() string { return filepath.Join(c.dir, "kubeconfig") }

func (o *options) cluster(ctx context.Context, work string) (*cluster, error) {
	program, err := filepath.Abs(filepath.Join(o.binaries, "cluster"))
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return nil, err
	}
	c := &cluster{program: program, dir: dir}
	if o.dir == "" {
		c.dir, c.ours = filepath.Join(work, "cluster"), true
		if err := c.start(ctx, o.size); err != nil {
			c.down()
			return nil, err
		}
	}
	c.server, err = c.apiServer()
	if err != nil {
		c.down()
	}
	return c, err
}

func (c *cluster) start(ctx context.Context, size int) error {
	for _, args := range [][]string{{"up", "--bare"}, {"fill", "--pods", strconv.Itoa(size)}} {
		cmd := exec.CommandContext(ctx, c.program, append(args, "--dir", c.dir)...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("cluster %s: %w", args[0], err)
		}
	}
	time.Sleep(2 * time.Second) // for the API server's watches
	return nil
}

// down ends a cluster that was started here, even when all else is interrupted.
func (c *cluster) down() {
	if c.ours {
		_ = exec.Command(c.program, "down", "--dir", c.dir).Run()
	}
}

// apiServer finds the process that serves this cluster: a child of its
// supervisor.
func (c *cluster) apiServer() (int, error) {
	raw, err := os.ReadFile(filepath.Join(c.dir, "cluster.json"))
	if err != nil {
		return 0, fmt.Errorf("no cluster in %s: %w", c.dir, err)
	}
	var config struct{ Supervisor int }
	if err := json.Unmarshal(raw, &config); err != nil {
		return 0, fmt.Errorf("read cluster.json: %w", err)
	}
	// Each thread has the children that it started.
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", config.Supervisor))
	if err != nil || len(threads) == 0 {
		return 0, fmt.Errorf("the cluster in %s is not up", c.dir)
	}
	for _, thread := range threads {
		children, _ := os.ReadFile(thread) // the thread may have ended
		for _, id := range strings.Fields(string(children)) {
			command, err := os.ReadFile("/proc/" + id + "/cmdline")
			if err == nil && strings.Contains(string(command), "\x00kube-apiserver\x00") {
				return strconv.Atoi(id)
			}
		}
	}
	return 0, fmt.Errorf("the cluster in %s has no API server", c.dir)
}

// findsIncidents is what speed is worth nothing without: each of the three
// incidents is a root of its own, with its pods.
func (o *options) findsIncidents(ctx context.Context) error {
	var report struct {
		Patterns []struct {
			Detector, Cause, ExplainedBy string
			Frequency                    struct{ Pods int }
		}
	}
	raw, err := exec.CommandContext(ctx, filepath.Join(o.binaries, "kubectl-patterns"), "-A", "-o", "json").Output()
	if err != nil {
		return fmt.Errorf("kubectl patterns: %w", err)
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		return fmt.Errorf("read the report: %w", err)
	}
	roots, failing := map[string]bool{}, 0
	for _, p := range report.Patterns {
		if p.ExplainedBy == "" {
			roots[p.Detector+" "+p.Cause] = true
			failing += p.Frequency.Pods
		}
	}
	want := []string{"image-pull auth", "node-pressure disk-pressure", "missing-config key"}
	for _, root := range want {
		if !roots[root] {
			return fmt.Errorf("the report lacks the root %q: %v", root, roots)
		}
	}
	if len(roots) != len(want) || failing != o.size/50 {
		return fmt.Errorf("%d pods fail in the roots %v, not a fiftieth of %d in three", failing, roots, o.size)
	}
	return nil
}
