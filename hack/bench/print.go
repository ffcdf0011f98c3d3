package main

import (
	"fmt"
	"io"
)

// print tells the figures and then the goals, as tables of Markdown that also
// read as text.
func (o *options) print(w io.Writer, measured map[string]sample, judged []goal) {
	fmt.Fprintf(w, "\n%d pods and events, 1,000 nodes\n\n", o.size)
	fmt.Fprintf(w, "| %-52s | %8s | %9s | %8s | %8s | %8s | %10s | %8s |\n", "", "wall", "processor", "peak", "requests", "answers", "server CPU", "growth")
	fmt.Fprintf(w, "|%s|%s|%s|%s|%s|%s|%s|%s|\n", dashes(54), dashes(10), dashes(11), dashes(10), dashes(10), dashes(10), dashes(12), dashes(10))
	for _, r := range o.all("") {
		s, ok := measured[r.name]
		if !ok {
			continue
		}
		fmt.Fprintf(w, "| %-52s | %6.2f s | %7.2f s | %4.0f MiB | ", r.says, wall(s), cpu(s), peak(s))
		if r.offline {
			fmt.Fprintf(w, "%8s | %8s | %10s | %8s |\n", "", "", "", "")
			continue
		}
		fmt.Fprintf(w, "%8.0f | %4.0f MiB | %8.2f s | %4.0f MiB |\n", s.Requests, s.Bytes/mebibyte, serverCPU(s), growth(s))
	}
	fmt.Fprintf(w, "\n| %-70s | %9s | %4s |\n|%s|%s|%s|\n", "goal", "found", "", dashes(72), dashes(11), dashes(6))
	for _, g := range judged {
		mark := "MISS"
		if g.met {
			mark = "PASS"
		}
		fmt.Fprintf(w, "| %-70s | %9s | %s |\n", g.says, g.found, mark)
	}
}

func dashes(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = '-'
	}
	return string(out)
}
