// Package control starts the parts of a control plane, watches over them, and
// ends them.
package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/component"
	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

// grace is how long a part may take to end when asked to. The API server would
// wait for open watches; nobody needs that here.
const grace = 3 * time.Second

// errLifetime ends a cluster that was forgotten.
var errLifetime = errors.New("lifetime is over")

// child is one running part.
type child struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// Supervise runs all parts until ctx is done, the lifetime is over, the
// cluster's folder vanishes or a part ends by itself; then it ends them all.
// An error is also left in the folder, for the `up` that waits.
func Supervise(parent context.Context, f state.Folder) error {
	// The kernel ends the children when the thread that started them ends
	// (Pdeathsig): this one must live as long as the process.
	runtime.LockOSThread()
	config, err := f.Load()
	if err != nil {
		return fmt.Errorf("read the cluster's configuration: %w", err)
	}
	config.Supervisor = os.Getpid()
	if err := f.Save(config); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	timer := time.AfterFunc(config.Lifetime, func() { cancel(errLifetime) })
	defer timer.Stop()
	go watchFolder(ctx, f, cancel)

	children, err := startAll(ctx, f, config, cancel)
	if err == nil {
		<-ctx.Done()
		err = context.Cause(ctx)
	}
	stopAll(children)
	if parent.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, errLifetime) {
		return nil
	}
	return errors.Join(err, leaveFailure(f, err))
}

func parts(c state.Config) []string {
	if c.Bare {
		return component.Bare()
	}
	return component.Names()
}

// startAll starts the parts in order. The API server has to be ready before
// those that read from it: they would log a minute of failures and back off.
func startAll(ctx context.Context, f state.Folder, c state.Config, cancel context.CancelCauseFunc) ([]*child, error) {
	var children []*child
	for _, name := range parts(c) {
		started, err := start(name, f, c)
		if err != nil {
			return children, err
		}
		children = append(children, started)
		go reap(ctx, started, cancel)
		if name != component.APIServer {
			continue
		}
		if err := waitHealthy(ctx, name, f, c); err != nil {
			return children, context.Cause(ctx)
		}
	}
	return children, nil
}

func start(name string, f state.Folder, c state.Config) (*child, error) {
	log, err := os.OpenFile(f.Log(name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log of %s: %w", name, err)
	}
	defer log.Close() // the child has its own copy
	// /proc/self/exe is this very program, even if it was built anew since.
	cmd := exec.Command("/proc/self/exe", append([]string{"component", name}, arguments(name, f, c)...)...)
	cmd.Args[0] = c.Executable
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "HOME="+f.Path("home")) // kwok keeps files there
	cmd.Dir = string(f)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return &child{name: name, cmd: cmd, done: make(chan struct{})}, nil
}

// reap waits for a part. One that ends before it was asked to ends the cluster.
func reap(ctx context.Context, c *child, cancel context.CancelCauseFunc) {
	err := c.cmd.Wait()
	close(c.done)
	if ctx.Err() == nil {
		cancel(&EndedError{Component: c.name, Cause: err})
	}
}

// stopAll ends the parts, last started first, so that none sees its server go.
func stopAll(children []*child) {
	for i := len(children) - 1; i >= 0; i-- {
		c := children[i]
		_ = c.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-c.done:
		case <-time.After(grace):
			_ = c.cmd.Process.Kill()
			<-c.done
		}
	}
}

// leaveFailure writes which part failed, and how, for the `up` that waits.
func leaveFailure(f state.Folder, err error) error {
	var ended *EndedError
	if !errors.As(err, &ended) {
		ended = &EndedError{Component: "supervisor", Cause: err}
	}
	return os.WriteFile(f.Failure(), []byte(ended.Component), 0o600)
}

// watchFolder ends a cluster whose folder was removed by hand.
func watchFolder(ctx context.Context, f state.Folder, cancel context.CancelCauseFunc) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(2 * time.Second):
		}
		if _, err := f.Load(); errors.Is(err, os.ErrNotExist) {
			cancel(context.Canceled)
			return
		}
	}
}

// EndedError says that a part ended by itself.
type EndedError struct {
	Component string
	Cause     error
}

func (e *EndedError) Error() string {
	if e.Cause == nil {
		return e.Component + " ended"
	}
	return fmt.Sprintf("%s ended: %v", e.Component, e.Cause)
}

func (e *EndedError) Unwrap() error { return e.Cause }
