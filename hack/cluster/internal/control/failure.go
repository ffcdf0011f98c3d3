package control

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/kubectl-patterns/kubectl-patterns/hack/cluster/internal/state"
)

// errEnded says that the supervisor gave up; why is in the folder.
var errEnded = errors.New("the cluster ended while it started")

// withLog adds the last lines of the failed part's log to the error.
func withLog(f state.Folder, err error) error {
	if !errors.Is(err, errEnded) {
		return err
	}
	name := "supervisor"
	if failed, readErr := os.ReadFile(f.Failure()); readErr == nil {
		name = string(failed)
	}
	log, readErr := os.ReadFile(f.Log(name))
	if readErr != nil {
		return errors.Join(err, readErr)
	}
	return fmt.Errorf("%s ended while the cluster started; the end of its log:\n%s", name, lastLines(log, logTail))
}

func lastLines(text []byte, count int) []byte {
	lines := bytes.Split(bytes.TrimRight(text, "\n"), []byte("\n"))
	if len(lines) > count {
		lines = lines[len(lines)-count:]
	}
	return bytes.Join(lines, []byte("\n"))
}
