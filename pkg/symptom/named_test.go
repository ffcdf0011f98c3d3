package symptom

import (
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

func TestNamesHost(t *testing.T) {
	for _, c := range []struct {
		message, host string
		want          bool
	}{
		{"ledger: rpc error: code = Unimplemented desc = unknown method Total", "ledger.shop.svc.cluster.local", true},
		{"fatal: ledger: rpc error: code = Unimplemented", "ledger.shop", true},
		{"call to ledger.shop failed with 500", "ledger.shop.svc", true},
		{`schema of service "ledger" is 7, want 6`, "ledger", true},
		{"service ledger does not know field x", "ledger", true},
		{"unknown service ledger.v1.Totals", "ledger.shop", false}, // a package of protobuf
		{"wrote the ledger to disk", "ledger.shop", false},
		{"ledger-old: rpc error", "ledger.shop", false},
		{"my-ledger: rpc error", "ledger.shop", false},
		{"10: no", "10.0.0.1", false},
		{"", "ledger", false},
		{"x: y", "", false},
		{"x: y", ".", false},
		{strings.Repeat("ledger", 2000), "ledger", false},
	} {
		if got := NamesHost(c.message, c.host); got != c.want {
			t.Errorf("%q about %s: got %v", c.message[:min(len(c.message), 80)], c.host, got)
		}
	}
}

func TestNamedPeer(t *testing.T) {
	pod := &cluster.Pod{Template: &cluster.Template{Endpoints: []cluster.Endpoint{{Host: "ledger.shop", Port: "80"}, {Host: "mail.shop"}, {Host: "ledger.shop", Port: "81"}}}}
	if got := namedPeer(pod, said{line: "ledger: unknown method"}); got != (Connection{Host: "ledger.shop", Port: "80"}) {
		t.Errorf("got %+v", got)
	}
	if got := namedPeer(pod, said{line: "fatal: mail: ledger: unknown method"}); got.Host != "" {
		t.Errorf("two are named, it took %+v", got)
	}
	if got := namedPeer(nil, said{line: "ledger: x"}); got.Host != "" {
		t.Errorf("no template, yet %+v", got)
	}
}

func FuzzNamesHost(f *testing.F) {
	f.Add("a: b", "a")
	f.Add("\x00: é", "é.b")
	f.Fuzz(func(t *testing.T, message, host string) {
		if NamesHost(message, host) && !strings.Contains(message, strings.Split(host, ".")[0]) {
			t.Errorf("%q does not have %q", message, host)
		}
	})
}
