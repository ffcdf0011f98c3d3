package integration

import "testing"

// TestDemo is what needs a cluster with something in it, whatever it is: one
// serves for all.
func TestDemo(t *testing.T) {
	c := start(t, "demo")
	t.Run("interrupted", func(t *testing.T) { interrupts(t, c) })
	t.Run("interrupted, with files to keep", func(t *testing.T) { interruptsFiles(t, c) })
	t.Run("examples of the pages", func(t *testing.T) { examplesRun(t, c) })
	t.Run("two runs into one folder", func(t *testing.T) { twoIntoOne(t, c) })
}
