package symptom

import "testing"

func TestNameServerIsToldFromAMissingName(t *testing.T) {
	for _, c := range []struct{ message, cause, server string }{
		{"dial tcp: lookup db.shop.svc on 10.96.0.10:53: no such host", NetworkDNS, ""},
		{"dial tcp: lookup db.shop.svc on 10.96.0.10:53: server misbehaving", NetworkDNS, "10.96.0.10:53"},
		{"dial tcp: lookup db on [fd00::a]:53: read udp [fd00::1]:40000->[fd00::a]:53: i/o timeout", NetworkDNS, "[fd00::a]:53"},
		{"lookup db on 10.96.0.10:53: write udp 10.0.0.1:4->10.96.0.10:53: write: operation not permitted", NetworkDNS, "10.96.0.10:53"},
		{"Error: getaddrinfo EAI_AGAIN db.shop", NetworkDNS, UnnamedNameServer},
		{"Error: getaddrinfo ENOTFOUND db.shop", NetworkDNS, ""},
		{"java.net.UnknownHostException: db.shop: Temporary failure in name resolution", NetworkDNS, UnnamedNameServer},
		{"dial tcp 10.0.0.1:5432: connect: connection refused", NetworkRefused, ""},
		{"dial tcp 10.0.0.1:5432: i/o timeout", NetworkTimeout, ""},
		{"nothing of a peer", "", ""},
	} {
		if got := networkCauses[ParseConnection(c.message).Class]; got != c.cause {
			t.Errorf("%q: cause %q, want %q", c.message, got, c.cause)
		}
		if got := NameServer(c.message); got != c.server {
			t.Errorf("%q: name server %q, want %q", c.message, got, c.server)
		}
	}
}
