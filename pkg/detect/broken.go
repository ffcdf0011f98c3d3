package detect

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// Mistake begins the reason for which a detector did not judge that has a mistake
// in it.
const Mistake = "a mistake in it, which its authors would like to know of: "

// run runs the detector. One that has a mistake in it, found by data that nobody
// thought of, takes nothing away from the others: what it reported is not believed,
// and that it did not judge is told.
func (p *Pass) run() {
	defer func() {
		if r := recover(); r != nil {
			p.broken, p.reports = Mistake+fmt.Sprint(r)+placeOf(), nil
		}
	}()
	p.detector.Run(p)
}

// placeOf is where in the detectors the running goroutine came to grief; empty
// where that is not in them.
func placeOf() string {
	var at [64]uintptr
	frames := runtime.CallersFrames(at[:runtime.Callers(3, at[:])])
	for {
		f, more := frames.Next()
		if strings.Contains(f.Function, "/pkg/detectors/") {
			return fmt.Sprintf(" (%s/%s:%d)", filepath.Base(filepath.Dir(f.File)), filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}
