package cmd

import (
	"bytes"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// BenchmarkScan reads, analyses and tells a recording of a small real cluster:
// the whole flow but the network.
func BenchmarkScan(b *testing.B) {
	for _, format := range []string{"text", "json"} {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var out, errOut bytes.Buffer
				args := []string{"-f", recording("rollout-dependants"), "-o", format}
				if code := Main(b.Context(), args, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut}); code != 0 {
					b.Fatalf("exit code %d: %s", code, errOut.String())
				}
			}
		})
	}
}
