package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/component"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

const (
	startTimeout = 2 * time.Minute
	stopPatience = 20 * time.Second
	logTail      = 15 // lines
)

// SuperviseCommand is the hidden command that becomes the supervisor.
const SuperviseCommand = "supervise"

// Progress is told, line by line, what happens.
type Progress func(format string, args ...any)

// Up starts a cluster in the folder and returns when it is ready. When it
// fails, or ctx is done before, nothing is left behind.
func Up(ctx context.Context, f state.Folder, c state.Config, tell Progress) error {
	if err := claim(f, c, tell); err != nil {
		return err
	}
	if err := Prepare(f, c); err != nil {
		return errors.Join(err, f.Remove())
	}
	supervisor, err := startSupervisor(f, c)
	if err != nil {
		return errors.Join(err, f.Remove())
	}
	c.Supervisor = supervisor.Process.Pid
	ended := make(chan struct{})
	go func() {
		_ = supervisor.Wait()
		close(ended)
	}()
	if err := waitReady(ctx, f, c, ended, tell); err != nil {
		return errors.Join(withLog(f, err), stop(f, c))
	}
	return nil
}

// Down ends the cluster in the folder and removes the folder. It is no error
// if there is none.
func Down(f state.Folder) error {
	c, err := f.Load()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return stop(f, c)
}

func stop(f state.Folder, c state.Config) error {
	if err := f.Terminate(c, stopPatience); err != nil {
		return err
	}
	return f.Remove()
}

func claim(f state.Folder, c state.Config, tell Progress) error {
	old, err := f.Load()
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case f.Alive(old):
		return fmt.Errorf("a cluster is already up in %s: use another --dir, or end it with `cluster down --dir %s`", f, f)
	default:
		tell("removing what an ended cluster left in %s", f)
		if err := f.Remove(); err != nil {
			return err
		}
	}
	return f.Claim(c)
}

// startSupervisor starts it detached: in a session of its own, so that neither
// Ctrl-C nor the end of the terminal reaches it.
func startSupervisor(f state.Folder, c state.Config) (*exec.Cmd, error) {
	log, err := os.OpenFile(f.Log("supervisor"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log of the supervisor: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(c.Executable, SuperviseCommand, "--dir", string(f))
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Dir = string(f)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the supervisor: %w", err)
	}
	return cmd, nil
}

func waitReady(ctx context.Context, f state.Folder, c state.Config, ended <-chan struct{}, tell Progress) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(startTimeout, func() { cancel(fmt.Errorf("not ready after %s", startTimeout)) })
	defer timer.Stop()
	go func() {
		select {
		case <-ended:
			cancel(errEnded)
		case <-ctx.Done():
		}
	}()
	for _, name := range parts(c) {
		if name == component.Etcd {
			continue // the API server is not ready before it
		}
		if err := waitHealthy(ctx, name, f, c); err != nil {
			return err
		}
		tell("%s is ready", name)
	}
	if c.Bare {
		return nil
	}
	return waitServiceAccount(ctx, f)
}

// waitServiceAccount waits for what the controller-manager makes in every
// namespace and no pod can be created without.
func waitServiceAccount(ctx context.Context, f state.Folder) error {
	config, err := clientcmd.BuildConfigFromFlags("", f.Kubeconfig())
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("make client: %w", err)
	}
	for {
		_, err := client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("wait for the default service account: %w", context.Cause(ctx))
		}
		if !apierrors.IsNotFound(err) {
			return fmt.Errorf("wait for the default service account: %w", err)
		}
		time.Sleep(probeInterval)
	}
}
