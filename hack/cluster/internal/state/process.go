package state

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Alive tells whether the supervisor of this cluster runs. A process id alone
// proves nothing, it may be somebody else's by now: the program and its
// arguments have to be ours too.
func (f Folder) Alive(config Config) bool {
	if config.Supervisor == 0 {
		return false
	}
	exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", config.Supervisor))
	if err != nil {
		return false
	}
	// A program that was built anew since runs on as "… (deleted)".
	if strings.TrimSuffix(exe, " (deleted)") != config.Executable {
		return false
	}
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", config.Supervisor))
	if err != nil {
		return false
	}
	args := bytes.Split(cmdline, []byte{0})
	return slices.ContainsFunc(args, func(arg []byte) bool { return string(arg) == string(f) })
}

// Terminate ends the supervisor, and with it every part: politely first. It
// returns when the supervisor is gone.
func (f Folder) Terminate(config Config, patience time.Duration) error {
	if !f.Alive(config) {
		return nil
	}
	if err := syscall.Kill(config.Supervisor, syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop supervisor %d: %w", config.Supervisor, err)
	}
	if f.goneWithin(config, patience) {
		return nil
	}
	// The supervisor leads the process group of all parts.
	if err := syscall.Kill(-config.Supervisor, syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill supervisor %d: %w", config.Supervisor, err)
	}
	if !f.goneWithin(config, patience) {
		return fmt.Errorf("supervisor %d does not end", config.Supervisor)
	}
	return nil
}

func (f Folder) goneWithin(config Config, patience time.Duration) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if !f.Alive(config) {
			return true
		}
	}
	return !f.Alive(config)
}
