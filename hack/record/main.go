// Command record plays incidents on a local cluster and keeps what its API then
// says, together with the truth, for the scoreboard.
//
//	go run ./hack/record [-only NAME,…] [-out FOLDER] [-seed N]
//
// The control plane is real (hack/cluster); what kubelets do is played. Names,
// sizes, counts and times come out of the seed and the incident's own name, so
// that adding one does not change another. What happens in seconds here is told
// as if it had taken minutes: see clock.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

type options struct {
	tool string // the program of hack/cluster
	dir  string // where its cluster is kept
	out  string
	only string
	seed uint64
	list bool
	show bool
}

func main() {
	var o options
	flag.StringVar(&o.tool, "cluster", "bin/cluster", "the program of hack/cluster")
	flag.StringVar(&o.dir, "dir", ".cluster/record", "folder of the cluster; one that is up there is used, and stays")
	flag.StringVar(&o.out, "out", "hack/score/testdata/incidents", "folder of the recordings")
	flag.StringVar(&o.only, "only", "", "names of the incidents to record, or their beginnings, separated by commas")
	flag.Uint64Var(&o.seed, "seed", 20261122, "what the names, sizes and times come from")
	flag.BoolVar(&o.list, "list", false, "only list the incidents")
	flag.BoolVar(&o.show, "show", false, "tell each step")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &o); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o *options) error {
	chosen := choose(incidents(), o.only)
	if len(chosen) == 0 {
		return fmt.Errorf("no incident is called %s", o.only)
	}
	if o.list {
		for _, i := range chosen {
			fmt.Println(i.name)
		}
		return nil
	}
	c, err := up(ctx, o.tool, o.dir)
	if err != nil {
		return err
	}
	defer c.down()
	var failed []error
	for n, i := range chosen {
		began := time.Now()
		if err := record(ctx, c, i, o); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", i.name, err))
			fmt.Printf("%3d/%d %-34s FAILED %v\n", n+1, len(chosen), i.name, err)
		} else {
			fmt.Printf("%3d/%d %-34s %s\n", n+1, len(chosen), i.name, time.Since(began).Round(100*time.Millisecond))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// choose returns the incidents whose name is one of the list, or begins so.
func choose(all []incident, only string) []incident {
	if only == "" {
		return all
	}
	var out []incident
	for _, i := range all {
		for name := range strings.SplitSeq(only, ",") {
			if i.name == name || strings.HasSuffix(name, "*") && strings.HasPrefix(i.name, strings.TrimSuffix(name, "*")) {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

// record plays one incident, writes it, and takes it away again.
func record(ctx context.Context, c *cluster, i incident, o *options) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 4*time.Minute, errors.New("gave up after four minutes"))
	defer cancel()
	s := newSet(ctx, c, i.name, o.seed, o.show)
	i.play(s)
	lists, err := s.snapshot()
	cleanErr := s.clean(context.WithoutCancel(ctx))
	if err != nil {
		return errors.Join(err, cleanErr)
	}
	return errors.Join(write(filepath.Join(o.out, i.name), lists, s.truth), cleanErr)
}
