package cmd

import (
	"errors"
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// plainError is an error that is told on a terminal: names of files in archives,
// of contexts and kinds, and what servers answer are anybody's text.
type plainError struct{ error }

// Error is escaped. Of errors that were joined each has lines of its own.
func (e plainError) Error() string {
	if joined, ok := e.error.(interface{ Unwrap() []error }); ok { //nolint:errorlint // what wraps it has words of its own
		var lines []string
		for _, err := range joined.Unwrap() {
			lines = append(lines, err.Error())
		}
		if strings.Join(lines, "\n") == e.error.Error() { // errors.Join, and not a format with several
			for i := range lines {
				lines[i] = report.Plain(lines[i])
			}
			return strings.Join(lines, "\n")
		}
	}
	return report.Plain(e.error.Error())
}

func (e plainError) Unwrap() error { return e.error }

// ended is how a command ends: with an exit code, and an error that is fit to be
// told.
func ended(err error) error {
	var coded *failure
	switch {
	case err == nil || errors.Is(err, errFound):
		return err
	case asFailure(err, &coded):
		return &failure{coded.code, plainError{coded.err}}
	}
	return &failure{exitFailed, plainError{err}}
}
