package synth

import (
	"fmt"

	"github.com/kubectl-patterns/kubectl-patterns/hack/score/truth"
)

var networkKinds = []kind{
	{"network/dns", 10, (*gen).dns},
	{"network/connection-refused", 11, (*gen).refused},
	{"network/connection-timeout", 9, (*gen).timeout},
	{"network/connection-reset", 5, (*gen).reset},
	{"network/tls", 6, (*gen).tls},
	{"network/sandbox", 5, (*gen).sandbox},
	{"network/ip-exhaustion", 5, (*gen).ipExhaustion},
}

// callers are two workloads that crash with the same words about the same
// peer outside the cluster.
func (g *gen) callers(words string, host string) []*app {
	ns := g.names.namespace()
	var out []*app
	for range 2 {
		out = append(out, g.crashing(end{code: 1, message: words}, in(ns), with(env("UPSTREAM", host))))
	}
	return out
}

func (g *gen) dns() truth.Truth {
	host := g.names.object("db") + "." + g.company + ".internal"
	words := pick(g, "dial tcp: lookup "+host+" on 10.96.0.10:53: no such host",
		"Error: getaddrinfo ENOTFOUND "+host+"\n    at GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:107:26)",
		"java.net.UnknownHostException: "+host+": Name or service not known",
		"socket.gaierror: [Errno -2] Name or service not known (while connecting to "+host+":5432)",
		"dial tcp: lookup "+host+" on 10.96.0.10:53: read udp 10.244.1.9:41234->10.96.0.10:53: i/o timeout",
		`psycopg2.OperationalError: could not translate host name "`+host+`" to address: Name or service not known`,
		"nginx: [emerg] host not found in upstream \""+host+"\" in /etc/nginx/conf.d/default.conf:7",
		"Error: getaddrinfo EAI_AGAIN "+host,
		"ERROR 2005 (HY000): Unknown MySQL server host '"+host+"' (-2)",
		"System.Net.Http.HttpRequestException: Name or service not known ("+host+":443)\n ---> System.Net.Sockets.SocketException (0xFFFDFFFF): Name or service not known")
	return one("network", "dns", g.callers(words, host)...)
}

func (g *gen) refused() truth.Truth {
	host := g.names.object("db") + "." + g.company + ".internal"
	words := pick(g, "failed to connect: dial tcp 192.0.2.40:5432: connect: connection refused",
		"Error: connect ECONNREFUSED 192.0.2.40:5432\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)",
		`psycopg.OperationalError: connection to server at "`+host+`" (192.0.2.40), port 5432 failed: Connection refused`,
		"Could not connect to Redis at "+host+":6379: Connection refused",
		"Errno::ECONNREFUSED: Connection refused - connect(2) for \""+host+"\" port 5432",
		"java.net.ConnectException: Connection refused: "+host+"/192.0.2.40:8080",
		"System.Net.Http.HttpRequestException: Connection refused ("+host+":443)\n ---> System.Net.Sockets.SocketException (111): Connection refused",
		"ERROR 2003 (HY000): Can't connect to MySQL server on '"+host+":3306' (111)",
		"MongoServerSelectionError: connect ECONNREFUSED 192.0.2.40:27017",
		"requests.exceptions.ConnectionError: HTTPConnectionPool(host='"+host+"', port=8080): Max retries exceeded with url: /ready (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))",
		"rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 192.0.2.40:50051: connect: connection refused\"")
	return one("network", "connection-refused", g.callers(words, host)...)
}

func (g *gen) timeout() truth.Truth {
	host := g.names.object("db") + "." + g.company + ".internal"
	words := pick(g, "failed to connect: dial tcp 192.0.2.41:5432: i/o timeout",
		"Error: connect ETIMEDOUT 192.0.2.41:5432",
		`connection to server at "`+host+`" (192.0.2.41), port 5432 failed: timeout expired`,
		"TimeoutError: [Errno 110] Connection timed out: connecting to "+host+":443",
		"ERROR 2003 (HY000): Can't connect to MySQL server on '"+host+":3306' (110)",
		"java.net.SocketTimeoutException: Connect timed out (connecting to "+host+":9200)",
		`Get "https://`+host+`/v1/health": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
		"requests.exceptions.ConnectTimeout: HTTPSConnectionPool(host='"+host+"', port=443): Max retries exceeded with url: /login (Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object at 0x7f>, 'Connection to "+host+" timed out. (connect timeout=5)'))",
		"dial tcp 192.0.2.41:5432: connect: no route to host")
	return one("network", "connection-timeout", g.callers(words, host)...)
}

func (g *gen) reset() truth.Truth {
	words := pick(g, "read tcp 10.244.1.9:41234->192.0.2.42:9092: read: connection reset by peer",
		"Error: read ECONNRESET 192.0.2.42:9092",
		"ConnectionResetError: [Errno 104] Connection reset by peer (192.0.2.42:9092)",
		"java.net.SocketException: Connection reset",
		"write tcp 10.244.1.9:41234->192.0.2.42:9092: write: broken pipe")
	apps := g.callers(words, "192.0.2.42")
	if g.variant == 3 { // Java does not say whom it talked with
		return roots(root("network", "connection-reset", apps[0]), root("network", "connection-reset", apps[1]))
	}
	return one("network", "connection-reset", apps...)
}

func (g *gen) tls() truth.Truth {
	host := "api." + g.company + ".example"
	words := pick(g, `Get "https://`+host+`/v1/ping": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
		`Post "https://`+host+`/v1/token": x509: certificate has expired or is not yet valid: current time 2026-05-01T10:00:00Z is after 2026-04-30T23:59:59Z`,
		"requests.exceptions.SSLError: HTTPSConnectionPool(host='"+host+"', port=443): Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1007)')))",
		"javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target",
		"Error: unable to verify the first certificate\n    at TLSSocket.onConnectSecure (node:_tls_wrap:1674:34)",
		`Get "https://`+host+`/": remote error: tls: bad certificate`)
	apps := g.callers(words, host)
	if g.variant == 3 || g.variant == 4 { // Java and Node.js do not say whom they talked with
		return roots(root("network", "tls", apps[0]), root("network", "tls", apps[1]))
	}
	return one("network", "tls", apps...)
}

// onNode are two workloads whose new pods on one node get no sandbox.
func (g *gen) sandboxless(cause string) []*app {
	n := g.node(g.r.IntN(len(g.nodes)))
	var out []*app
	for range 2 {
		a, since := g.newApp(on(n), replicas(2))
		for _, p := range a.pods {
			p.stuck("FailedCreatePodSandBox", g.cni(p, cause), "kubelet", since)
		}
		out = append(out, a)
	}
	return out
}

func (g *gen) cni(p *pod, cause string) string {
	switch g.runtime {
	case "cri-o":
		return fmt.Sprintf("Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create pod network sandbox k8s_%s_%s_%s_0(%s): error adding pod %s_%s to CNI network \"k8s-pod-network\": plugin %s",
			p.Name, p.Namespace, p.UID, g.names.hex(64), p.Namespace, p.Name, cause)
	case "docker":
		return fmt.Sprintf("Failed to create pod sandbox: rpc error: code = Unknown desc = failed to set up sandbox container %q network for pod %q: networkPlugin cni failed to set up pod \"%s_%s\" network: plugin %s",
			g.names.hex(64), p.Name, p.Name, p.Namespace, cause)
	}
	return fmt.Sprintf("Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox %q: plugin %s", g.names.hex(64), cause)
}

func (g *gen) sandbox() truth.Truth {
	return one("network", "sandbox", g.sandboxless(pick(g,
		`type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/`,
		`type="cilium-cni" failed (add): unable to connect to Cilium daemon: failed to create cilium agent client after 30.000000 seconds timeout: Get "http://localhost/v1/config": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory`,
		`type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory`,
		`type="aws-cni" name="aws-cni" failed (add): add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"`,
		`type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized`))...)
}

func (g *gen) ipExhaustion() truth.Truth {
	apps := g.sandboxless(pick(g,
		`type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container`,
		`type="bridge" name="kindnet" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254`,
		`type="calico" failed (add): failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [10.244.0.0/16]`,
		`type="cilium-cni" failed (add): unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure range is full`,
		`type="azure-vnet" failed (add): IPAM Invoker Add failed with error: Failed to get IP address from CNS: no IPs available in the subnet`))
	if g.variant == 4 { // it may be its agent too
		return roots(also(root("network", "ip-exhaustion", apps...), "network", "sandbox"))
	}
	return one("network", "ip-exhaustion", apps...)
}
