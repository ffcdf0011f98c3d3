package symptom

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestConnectionTexts(t *testing.T) {
	checkTable(t, connectionSignatures, []sample{
		{"dns", "dial tcp: lookup db on 10.96.0.10:53: no such host"},
		{"tls", "tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{"refused", "dial tcp 10.96.4.7:5432: connect: connection refused"},
		{"reset", "read tcp 10.0.1.7:38211->10.96.4.7:5432: read: connection reset by peer"},
		{"timeout", "dial tcp 10.96.4.7:5432: i/o timeout"},
		{"dns", "curl: (6) Could not resolve host: payments"},
		{"tls", "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"},
		{"refused", "curl: (7) Failed to connect to payments port 8080 after 2 ms: Couldn't connect to server"},
		{"reset", "server closed the connection unexpectedly"},
		{"timeout", "Net::OpenTimeout: execution expired"},
		{"", "FileNotFoundError: [Errno 2] No such file or directory: 'x'"},
		{"", "FATAL: password authentication failed for user \"app\""},
	})
}

func TestParseConnection(t *testing.T) {
	for _, c := range []struct {
		text string
		want Connection
	}{
		// Go
		{`dial tcp 10.96.4.7:5432: connect: connection refused`, Connection{"refused", "10.96.4.7", "5432"}},
		{`failed to connect: dial tcp4 10.96.4.7:5432: i/o timeout`, Connection{"timeout", "10.96.4.7", "5432"}},
		{`dial tcp [2001:db8::7]:5432: connect: connection refused`, Connection{"refused", "2001:db8::7", "5432"}},
		{`dial tcp: lookup db.data.svc.cluster.local on 10.96.0.10:53: no such host`, Connection{"dns", "db.data.svc.cluster.local", ""}},
		{`dial tcp: lookup db.data: no such host`, Connection{"dns", "db.data", ""}},
		{`dial tcp: lookup db on 10.96.0.10:53: server misbehaving`, Connection{"dns", "db", ""}},
		// The resolver did not answer: it is not the peer, and the trouble is of names.
		{`dial tcp: lookup db on 10.96.0.10:53: read udp 10.0.1.7:38211->10.96.0.10:53: i/o timeout`, Connection{"dns", "db", ""}},
		{`read tcp 10.0.1.7:38211->10.96.4.7:5432: read: connection reset by peer`, Connection{"reset", "10.96.4.7", "5432"}},
		{`write tcp 10.0.1.7:38211->10.96.4.7:5432: write: broken pipe`, Connection{"reset", "10.96.4.7", "5432"}},
		{`Post "http://payments:8080/charge": dial tcp 10.96.4.7:8080: connect: connection refused`, Connection{"refused", "10.96.4.7", "8080"}},
		{`Get "https://vault.vault.svc:8200/v1/secret": tls: failed to verify certificate: x509: certificate signed by unknown authority`, Connection{"tls", "vault.vault.svc", "8200"}},
		{`Get "http://payments.shop/charge": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, Connection{"timeout", "payments.shop", ""}},
		{`rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.96.4.7:9090: connect: no route to host"`, Connection{"timeout", "10.96.4.7", "9090"}},
		// Node.js
		{`Error: connect ECONNREFUSED 10.96.4.7:5432`, Connection{"refused", "10.96.4.7", "5432"}},
		{`Error: connect ECONNREFUSED ::1:6379`, Connection{"refused", "::1", "6379"}},
		{`Error: connect ETIMEDOUT 10.96.4.7:5432`, Connection{"timeout", "10.96.4.7", "5432"}},
		{`Error: getaddrinfo ENOTFOUND db.data.svc`, Connection{"dns", "db.data.svc", ""}},
		{`Error: getaddrinfo EAI_AGAIN db.data.svc`, Connection{"dns", "db.data.svc", ""}},
		{`MongoServerSelectionError: connect ECONNREFUSED 10.96.4.7:27017`, Connection{"refused", "10.96.4.7", "27017"}},
		// Java
		{`org.postgresql.util.PSQLException: Connection to db.data.svc:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.`, Connection{"refused", "db.data.svc", "5432"}},
		{`java.net.UnknownHostException: payments: Name or service not known`, Connection{"dns", "payments", ""}},
		{`Caused by: java.net.UnknownHostException: payments.shop.svc`, Connection{"dns", "payments.shop.svc", ""}},
		{`java.net.ConnectException: Connection refused`, Connection{}},
		// Python
		{`requests.exceptions.ConnectionError: HTTPConnectionPool(host='payments', port=8080): Max retries exceeded with url: /charge (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))`, Connection{"refused", "payments", "8080"}},
		{`urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='payments.shop', port=443): Max retries exceeded (Caused by NameResolutionError("Failed to resolve 'payments.shop' ([Errno -2] Name or service not known)"))`, Connection{"dns", "payments.shop", "443"}},
		{`redis.exceptions.ConnectionError: Error 111 connecting to redis.cache:6379. Connection refused.`, Connection{"refused", "redis.cache", "6379"}},
		{`ConnectionRefusedError: [Errno 111] Connection refused`, Connection{}},
		// Ruby
		{`Failed to open TCP connection to payments:8080 (Connection refused - connect(2) for "payments" port 8080) (Errno::ECONNREFUSED)`, Connection{"refused", "payments", "8080"}},
		{`Connection refused - connect(2) for 10.96.4.7:6379 (Errno::ECONNREFUSED)`, Connection{"refused", "10.96.4.7", "6379"}},
		// PostgreSQL, MySQL, Redis, .NET, nginx
		{`connection to server at "db.data" (10.96.4.7), port 5432 failed: Connection refused`, Connection{"refused", "db.data", "5432"}},
		{`connection to server at "10.96.4.7", port 5432 failed: timeout expired`, Connection{"timeout", "10.96.4.7", "5432"}},
		{`could not translate host name "db.data" to address: Name or service not known`, Connection{"dns", "db.data", ""}},
		{`Could not connect to Redis at redis.cache:6379: Connection refused`, Connection{"refused", "redis.cache", "6379"}},
		{`System.Net.Http.HttpRequestException: Connection refused (payments:8080)`, Connection{"refused", "payments", "8080"}},
		{`nginx: [emerg] host not found in upstream "payments.shop" in /etc/nginx/conf.d/default.conf:3`, Connection{"dns", "payments.shop", ""}},
		// No failed connection, or no peer.
		{``, Connection{}},
		{`connection refused`, Connection{}},
		{`user lookup failed: connection refused`, Connection{}},
		{`listening on 10.0.1.7:8080`, Connection{}},
		{`panic: dial tcp 10.96.4.7:5432`, Connection{}},
		{`see http://docs.example/errors/17`, Connection{}},
	} {
		if diff := cmp.Diff(c.want, ParseConnection(c.text)); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}

func TestAddress(t *testing.T) {
	for want, c := range map[string]Connection{
		"db":           {Host: "db"},
		"db:5432":      {Host: "db", Port: "5432"},
		"[::1]:5432":   {Host: "::1", Port: "5432"},
		"":             {},
		"10.0.0.1:443": {Host: "10.0.0.1", Port: "443"},
	} {
		if got := c.Address(); got != want {
			t.Errorf("%+v: got %q, want %q", c, got, want)
		}
	}
}

func FuzzParseConnection(f *testing.F) {
	f.Add(`Get "https://vault:8200/v1": x509: unknown authority`)
	f.Add(`dial tcp [::1]:1: connection refused`)
	f.Add("lookup a on b: no such host")
	f.Add("http://[: econnrefused")
	f.Fuzz(func(t *testing.T, message string) {
		c := ParseConnection(message)
		if (c.Class == "") != (c.Host == "") || (c.Port != "" && c.Host == "") {
			t.Errorf("half a connection: %+v", c)
		}
		if len(c.Host)+len(c.Port) > len(message) || (utf8.ValidString(message) && !utf8.ValidString(c.Host)) {
			t.Errorf("%+v of %q", c, message)
		}
	})
}
