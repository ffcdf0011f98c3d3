package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/synth"
	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cmd"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// incident is something that happened in a cluster, and what is true of it.
type incident struct {
	name  string
	truth truth.Truth
	// put puts its data into an empty folder and returns what to read; a
	// recording stays where it is.
	put func(folder string) ([]string, error)
}

// recorded reads the truth of recorded incidents, one in each folder.
func recorded(folders []string) ([]incident, error) {
	var out []incident
	for _, f := range folders {
		t, err := truth.Read(f)
		if err != nil {
			return nil, err
		}
		out = append(out, incident{filepath.Base(f), t, func(string) ([]string, error) { return saved(f) }})
	}
	return out, nil
}

// generated are the synthetic incidents.
func generated(seed uint64) []incident {
	var out []incident
	for _, i := range synth.All(seed) {
		out = append(out, incident{i.Name, i.Truth, i.Write})
	}
	return out
}

// keepAll writes the synthetic incidents into folders as recorded ones have.
func keepAll(dir string, seed uint64) error {
	for _, in := range generated(seed) {
		folder := filepath.Join(dir, filepath.FromSlash(in.name))
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return err
		}
		if _, err := in.put(folder); err != nil {
			return err
		}
		raw, err := yaml.Marshal(in.truth)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "truth.yaml"), raw, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// saved is what a recording consists of: the objects (data.tar.gz, or a
// folder data), and the kubelets' metrics where they were recorded.
func saved(folder string) ([]string, error) {
	data := filepath.Join(folder, "data.tar.gz")
	if _, err := os.Stat(data); err != nil {
		data = filepath.Join(folder, "data")
	}
	metrics, err := filepath.Glob(filepath.Join(folder, "metrics-*"))
	return append([]string{data}, metrics...), err
}

// scoreAll analyses incidents, as many at a time as there are processors, and
// judges what was told of each.
func scoreAll(ctx context.Context, incidents []incident) ([]result, error) {
	results, errs := make([]result, len(incidents)), make([]error, len(incidents))
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i := range incidents {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			results[i], errs[i] = scoreOne(ctx, &incidents[i])
		})
	}
	all.Wait()
	return results, errors.Join(errs...)
}

func scoreOne(ctx context.Context, in *incident) (result, error) {
	folder, err := os.MkdirTemp("", "score-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(folder)
	files, err := in.put(folder)
	if err != nil {
		return result{}, err
	}
	r, err := analyse(ctx, files, in.truth.At)
	if err != nil {
		return result{}, fmt.Errorf("%s: %w", in.name, err)
	}
	return judge(in.name, &in.truth, r), nil
}

// analyse runs the plugin itself, by its command line, as if it were now.
func analyse(ctx context.Context, files []string, now string) (*report.Report, error) {
	args := []string{"-o", "json", "--now", now}
	for _, f := range files {
		args = append(args, "-f", f)
	}
	var out, errOut bytes.Buffer
	code := cmd.Main(ctx, args, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut})
	if code != 0 {
		return nil, fmt.Errorf("exit code %d: %s", code, errOut.String())
	}
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	return &r, nil
}
