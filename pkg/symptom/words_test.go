package symptom

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// heard is what is expected of words: kind and cause as "kind/cause", then
// the peer, and what is named. Silent words have no kind.
type heard struct {
	what, target, item string
	exit               int32
	text               string
}

func checkWords(t *testing.T, cases []heard) {
	t.Helper()
	for _, c := range cases {
		if c.exit == 0 {
			c.exit = 1
		}
		s := listen(c.text, c.exit)
		what := ""
		if s.kind != "" {
			what = string(s.kind) + "/" + s.cause
		}
		if what != c.what || s.target.Address() != c.target || s.item != c.item {
			t.Errorf("%s\n got %q, peer %q, item %q\nwant %q, peer %q, item %q", c.text, what, s.target.Address(), s.item, c.what, c.target, c.item)
		}
	}
}

func TestWordsOfConnections(t *testing.T) {
	checkWords(t, []heard{
		{what: "network/connection-refused", target: "10.96.4.7:5432", text: `2026/11/22 19:58:51 dial tcp 10.96.4.7:5432: connect: connection refused`},
		{what: "network/connection-refused", target: "10.96.248.230:8080", text: `fatal: upstream unavailable: dial tcp 10.96.248.230:8080: connect: connection refused`},
		{what: "network/dns", target: "db.data", text: `dial tcp: lookup db.data on 10.96.0.10:53: no such host`},
		{what: "network/dns", target: "db.data", item: "10.96.0.10:53", text: `dial tcp: lookup db.data on 10.96.0.10:53: read udp 10.0.1.7:38211->10.96.0.10:53: i/o timeout`},
		{what: "network/dns", target: "db", item: "10.96.0.10:53", text: `dial tcp: lookup db on 10.96.0.10:53: server misbehaving`},
		{what: "network/dns", target: "db.data.svc", item: UnnamedNameServer, text: `Error: getaddrinfo EAI_AGAIN db.data.svc`},
		{what: "network/dns", target: "payments", item: UnnamedNameServer, text: `Caused by: java.net.UnknownHostException: payments: Temporary failure in name resolution`},
		{what: "network/dns", target: "payments", text: `curl: (6) Could not resolve host: payments`},
		{what: "network/dns", target: "payments:8080", text: `wget: bad address 'payments:8080'`},
		{what: "network/dns", target: "db", text: `PHP Warning:  PDO::__construct(): php_network_getaddresses: getaddrinfo for db failed: Name does not resolve in /app/db.php on line 3`},
		{what: "network/dns", target: "payments:8080", text: `System.Net.Http.HttpRequestException: Name or service not known (payments:8080)`},
		{what: "network/dns", target: "payments:8080", item: UnnamedNameServer, text: `System.Net.Http.HttpRequestException: Resource temporarily unavailable (payments:8080)`},
		{what: "network/dns", text: `Caused by: org.apache.kafka.common.config.ConfigException: No resolvable bootstrap urls given in bootstrap.servers`},
		{what: "network/connection-timeout", target: "10.96.4.7:5432", text: `dial tcp 10.96.4.7:5432: i/o timeout`},
		{what: "network/connection-timeout", target: "10.96.4.7:9090", text: `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.96.4.7:9090: connect: no route to host"`},
		{what: "network/connection-timeout", target: "payments.shop", text: `Get "http://payments.shop/charge": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`},
		{what: "network/connection-timeout", text: `java.net.SocketTimeoutException: Connect timed out`},
		{what: "network/connection-timeout", target: "db:5432", text: `wait-for-it.sh: timeout occurred after waiting 15 seconds for db:5432`},
		{what: "network/connection-timeout", target: "10.96.4.7:5432", text: `Error: connect ETIMEDOUT 10.96.4.7:5432`},
		{what: "network/connection-timeout", target: "db.data:3306", text: `ERROR 2003 (HY000): Can't connect to MySQL server on 'db.data:3306' (110)`},
		{what: "network/connection-refused", target: "db.data:3306", text: `ERROR 2003 (HY000): Can't connect to MySQL server on 'db.data:3306' (111)`},
		{what: "network/connection-refused", target: "kafka.mq.svc:9092", text: `[Producer clientId=p-1] Connection to node -1 (kafka.mq.svc/10.96.4.7:9092) could not be established. Broker may not be available.`},
		{what: "network/connection-refused", target: "kafka:9092", text: `%3|1700000000.1|FAIL|rdkafka#producer-1| [thrd:kafka:9092/bootstrap]: kafka:9092/bootstrap: Connect to ipv4#10.96.4.7:9092 failed: Connection refused (after 1ms in state CONNECT)`},
		{what: "network/connection-refused", target: "payments:8080", text: `org.apache.http.conn.HttpHostConnectException: Connect to payments:8080 [payments/10.96.4.7] failed: Connection refused`},
		{what: "network/connection-refused", target: "redis.cache:6379", text: `Caused by: io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: redis.cache/10.96.4.7:6379`},
		{what: "network/connection-refused", target: "payments:8080", text: `curl: (7) Failed to connect to payments port 8080 after 2 ms: Couldn't connect to server`},
		{what: "network/connection-refused", text: `java.net.ConnectException: Connection refused`},
		{what: "network/connection-refused", target: "db.data:5432", text: "failed to connect to `user=app database=shop`:\n\t10.96.4.7:5432 (db.data): dial error: dial tcp 10.96.4.7:5432: connect: connection refused"},
		{what: "network/connection-reset", target: "10.96.4.7:5432", text: `read tcp 10.0.1.7:38211->10.96.4.7:5432: read: connection reset by peer`},
		{what: "network/connection-reset", target: "payments:8080", text: `Post "http://payments:8080/charge": EOF`},
		{what: "network/tls", target: "vault.vault.svc:8200", text: `Get "https://vault.vault.svc:8200/v1/secret": tls: failed to verify certificate: x509: certificate signed by unknown authority`},
		{what: "network/tls", text: `Caused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path to requested target (certificate)`},
		{what: "network/tls", text: `rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate has expired or is not yet valid"`},
		{what: "network/tls", target: "api.acme.example", text: `Get "https://api.acme.example/": remote error: tls: protocol version not supported`},
		{what: "network/tls", target: "payments:443", text: `requests.exceptions.SSLError: HTTPSConnectionPool(host='payments', port=443): Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)')))`},
	})
}

func TestWordsOfConnectionsInStructuredLogs(t *testing.T) {
	checkWords(t, []heard{
		{what: "network/connection-refused", target: "10.96.4.7:8080", text: `{"level":"fatal","ts":1700000000.1,"msg":"cannot start","error":"Get \"http://payments:8080/health\": dial tcp 10.96.4.7:8080: connect: connection refused"}`},
		{what: "network/connection-refused", target: "10.96.4.7:5432", text: `{"level":60,"time":1700000000,"msg":"boom","err":{"type":"Error","message":"connect ECONNREFUSED 10.96.4.7:5432","stack":"Error: connect ECONNREFUSED 10.96.4.7:5432\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)","code":"ECONNREFUSED"}}`},
		{what: "network/dns", target: "db", text: `time="2026-11-22T19:58:51Z" level=fatal msg="ping" err="dial tcp: lookup db on 10.96.0.10:53: no such host"`},
		{what: "credentials/rejected", item: "app", text: `{"@timestamp":"2026-11-22T19:58:51Z","log.level":"ERROR","message":"startup","error.message":"FATAL: password authentication failed for user \"app\""}`},
		{what: "", text: `{"level":"info","msg":"retrying","error":"dial tcp 10.96.4.7:8080: connect: connection refused"}`},
		{what: "network/connection-refused", target: "10.96.4.7:5432", text: "Error: connect ECONNREFUSED 10.96.4.7:5432\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16) {\n  errno: -111,\n  code: 'ECONNREFUSED',\n  syscall: 'connect',\n  address: '10.96.4.7',\n  port: 5432\n}\n\nNode.js v20.11.0"},
	})
}

func TestWordsOfCredentials(t *testing.T) {
	checkWords(t, []heard{
		{what: "credentials/rejected", target: "db.data:5432", item: "app", text: `psycopg2.OperationalError: connection to server at "db.data" (10.96.4.7), port 5432 failed: FATAL:  password authentication failed for user "app"`},
		{what: "credentials/rejected", target: "db.data", item: "app", text: "failed to connect to `host=db.data user=app database=shop`: failed SASL auth (FATAL: password authentication failed for user \"app\" (SQLSTATE 28P01))"},
		{what: "credentials/rejected", target: "db.data:5432", item: "app", text: "failed to connect to `user=app database=shop`:\n\t10.96.4.7:5432 (db.data): failed SASL auth: FATAL: password authentication failed for user \"app\" (SQLSTATE 28P01)"},
		{what: "credentials/rejected", item: "app", text: `pq: password authentication failed for user "app"`},
		{what: "credentials/rejected", item: "app", text: `FATAL: role "app" does not exist`},
		{what: "credentials/rejected", item: "shop", text: `ERROR 1045 (28000): Access denied for user 'shop'@'10.244.1.7' (using password: YES)`},
		{what: "credentials/rejected", item: "shop", text: `java.sql.SQLException: Access denied for user 'shop'@'10.244.1.7' (using password: YES)`},
		{what: "credentials/rejected", text: `redis.exceptions.AuthenticationError: WRONGPASS invalid username-password pair or user is disabled.`},
		{what: "credentials/rejected", text: `ReplyError: NOAUTH Authentication required.`},
		{what: "credentials/rejected", text: `panic: ERR invalid password`},
		{what: "credentials/rejected", text: `MongoServerError: Authentication failed.`},
		{what: "credentials/rejected", text: `auth error: sasl conversation error: unable to authenticate using mechanism "SCRAM-SHA-256": (AuthenticationFailed) Authentication failed.`},
		{what: "credentials/rejected", text: `com.rabbitmq.client.AuthenticationFailureException: ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.`},
		{what: "credentials/rejected", text: `Exception (403) Reason: "username or password not allowed"`},
		{what: "credentials/rejected", text: `Caused by: org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed: Invalid username or password`},
		{what: "credentials/rejected", item: "sa", text: `mssql: Login failed for user 'sa'.`},
		{what: "credentials/rejected", text: `ORA-01017: invalid username/password; logon denied`},
		{what: "credentials/rejected", item: "app", text: `DB::Exception: app: Authentication failed: password is incorrect, or there is no user with such name. user: app`},
		{what: "credentials/rejected", item: "svc", text: `Provided username svc and/or password are incorrect`},
		{what: "credentials/rejected", item: "elastic", text: `{"error":{"root_cause":[{"type":"security_exception","reason":"unable to authenticate user [elastic] for REST request [/]"}]}}`},
		{what: "credentials/rejected", text: `nats: Authorization Violation`},
		{what: "credentials/rejected", text: `LDAP Result Code 49 "Invalid Credentials": `},
		{what: "credentials/rejected", text: `smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed')`},
		{what: "credentials/rejected", text: `An error occurred (ExpiredToken) when calling the ListObjects operation: The provided token has expired.`},
		{what: "credentials/rejected", text: `AADSTS7000215: Invalid client secret provided.`},
		{what: "credentials/rejected", text: `oauth2: "invalid_grant" "Invalid JWT Signature."`},
		{what: "credentials/rejected", target: "vault.vault.svc:8200", text: `Error making API request. URL: GET https://vault.vault.svc:8200/v1/auth/token/lookup-self Code: 403. Errors: * invalid token`},
		{what: "credentials/rejected", text: `git@git.acme.example: Permission denied (publickey).`},
		{what: "credentials/rejected", target: "payments.shop", text: `requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://payments.shop/charge`},
		{what: "credentials/rejected", text: `AxiosError: Request failed with status code 401`},
		{what: "credentials/rejected", text: `rpc error: code = Unauthenticated desc = missing bearer token`},
		{what: "credentials/rejected", text: `failed to connect to message broker: invalid credentials`},
		{what: "credentials/rejected", target: "kubernetes.default.svc:443", text: `E1122 19:58:51.123456 1 reflector.go:150] failed to list *v1.Pod: the server has asked for the client to provide credentials (get pods)`},
		{what: "exit/no-identity", text: `NoCredentialProviders: no valid providers in chain. Deprecated.`},
	})
}

func TestWordsOfAccess(t *testing.T) {
	for _, c := range []struct {
		text string
		want Access
	}{
		{`E1122 19:58:51.123456       1 reflector.go:150] "Failed to watch" err="failed to list *v1.Secret: secrets is forbidden: User \"system:serviceaccount:ops:robot\" cannot list resource \"secrets\" in API group \"\" at the cluster scope"`,
			Access{User: "system:serviceaccount:ops:robot", Verb: "list", Resource: "secrets"}},
		{`pods is forbidden: User "system:serviceaccount:ops:robot" cannot list resource "pods" in API group "" in the namespace "shop"`,
			Access{User: "system:serviceaccount:ops:robot", Verb: "list", Resource: "pods", Namespace: "shop"}},
		{`deployments.apps "web" is forbidden: User "system:serviceaccount:ops:robot" cannot patch resource "deployments/scale" in API group "apps" in the namespace "shop": RBAC: clusterrole.rbac.authorization.k8s.io "scaler" not found`,
			Access{User: "system:serviceaccount:ops:robot", Verb: "patch", Resource: "deployments/scale", Group: "apps", Namespace: "shop"}},
		{`{"level":"error","msg":"Reconciler error","error":"leases.coordination.k8s.io \"x\" is forbidden: User \"system:serviceaccount:ops:robot\" cannot get resource \"leases\" in API group \"coordination.k8s.io\" in the namespace \"ops\""}`,
			Access{User: "system:serviceaccount:ops:robot", Verb: "get", Resource: "leases", Group: "coordination.k8s.io", Namespace: "ops"}},
		{`forbidden: User "system:serviceaccount:ops:robot" cannot get path "/metrics"`, Access{User: "system:serviceaccount:ops:robot", Verb: "get", Resource: "/metrics"}},
	} {
		s := listen(c.text, 1)
		if s.kind != RBAC || s.access != c.want {
			t.Errorf("%s\n got %s %+v\nwant %+v", c.text, s.kind, s.access, c.want)
		}
	}
	// The same word, other causes.
	for _, text := range []string{
		`pods "web-1" is forbidden: exceeded quota: compute, requested: limits.cpu=1, used: limits.cpu=4, limited: limits.cpu=4`,
		`pods "web-1" is forbidden: violates PodSecurity "restricted:latest": privileged (container "app" must not set securityContext.privileged=true)`,
		`403 Forbidden`, `access denied`, `forbidden`, `Error: permission denied`,
	} {
		if s := listen(text, 1); s.kind == RBAC {
			t.Errorf("%s: %+v", text, s)
		}
	}
	if ref, ok := (Access{User: "system:serviceaccount:ops:robot"}).ServiceAccount(); !ok || ref.Path() != "ops/robot" {
		t.Errorf("got %v %v", ref, ok)
	}
	for _, user := range []string{"", "jane", "system:node:worker-1", "system:serviceaccount:ops", "system:serviceaccount::x"} {
		if ref, ok := (Access{User: user}).ServiceAccount(); ok {
			t.Errorf("%s is %v", user, ref)
		}
	}
}

func TestWordsOfEnvironment(t *testing.T) {
	missing, bad := "environment/missing-variable", "environment/bad-value"
	checkWords(t, []heard{
		{what: missing, item: "DATABASE_URL", text: `required key DATABASE_URL missing value`},
		{what: missing, item: "PORT", text: `2026/11/22 19:58:51 required key PORT missing value`},
		{what: missing, item: "DATABASE_URL", text: `env: required environment variable "DATABASE_URL" is not set`},
		{what: missing, item: "API_KEY", text: `panic: environment variable API_KEY not set`},
		{what: missing, item: "TOKEN", text: `Error: Environment variable TOKEN is required`},
		{what: missing, item: "DATABASE_URL", text: `error: Environment variable not found: DATABASE_URL.`},
		{what: missing, item: "STRIPE_KEY", text: `Error: Missing required environment variable: STRIPE_KEY`},
		{what: missing, item: "SESSION_SECRET", text: `Error: SESSION_SECRET is not defined`},
		{what: missing, item: "JWT_SECRET", text: `thread 'main' panicked at src/main.rs:12:5: JWT_SECRET must be set: NotPresent`},
		{what: missing, item: "JWT_SECRET", text: "thread 'main' panicked at src/main.rs:12:5:\nJWT_SECRET must be set: NotPresent\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"},
		{what: missing, item: "REDIS_HOST", text: `ValueError: REDIS_HOST environment variable must be set`},
		{what: missing, item: "SECRET_KEY", text: `django.core.exceptions.ImproperlyConfigured: Set the SECRET_KEY environment variable`},
		{what: missing, item: "SECRET_KEY", text: `decouple.UndefinedValueError: SECRET_KEY not found. Declare it as envvar or define a default value.`},
		{what: missing, item: "DB_URL", text: "Exception in thread \"main\" org.springframework.beans.factory.BeanCreationException: Error creating bean\n\tat a.b.C.d(C.java:1)\nCaused by: java.lang.IllegalArgumentException: Could not resolve placeholder 'DB_URL' in value \"${DB_URL}\"\n\tat a.b.E.f(E.java:2)\n\t... 20 more"},
		{what: missing, item: "DATABASE_URL", text: "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\n    DB = os.environ[\"DATABASE_URL\"]\n         ~~~~~~~~~~^^^^^^^^^^^^^^^^\n  File \"<frozen os>\", line 685, in __getitem__\nKeyError: 'DATABASE_URL'"},
		{what: missing, item: "PORT", text: "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\n    port = os.environ['PORT']\n  File \"<frozen os>\", line 685, in __getitem__\nKeyError: 'PORT'"},
		{what: missing, item: "API_TOKEN", text: `config.rb:3:in 'Hash#fetch': key not found: "API_TOKEN" (KeyError)`},
		{what: missing, item: "DB_HOST", text: `/entrypoint.sh: line 3: DB_HOST: unbound variable`},
		{what: missing, item: "DB_HOST", text: `/entrypoint.sh: 3: DB_HOST: parameter not set`},
		{what: missing, item: "quarkus.datasource.url", text: `SRCFG00014: The config property quarkus.datasource.url is required but it could not be found in any config source`},
		{what: missing, item: "POSTGRES_PASSWORD", text: "Error: Database is uninitialized and superuser password is not specified.\n       You must specify POSTGRES_PASSWORD to a non-empty value for the\n       superuser. For example, \"-e POSTGRES_PASSWORD=password\" on \"docker run\"."},
		{what: missing, item: "MYSQL_ROOT_PASSWORD", text: "2026-11-22 19:58:51+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD"},
		{what: missing, item: "database_url", text: "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\ndatabase_url\n  Field required [type=missing, input_value={}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.6/v/missing"},
		{what: missing, item: "DATABASE_URL", text: "pydantic.error_wrappers.ValidationError: 1 validation error for AppSettings\nDATABASE_URL\n  field required (type=value_error.missing)"},
		{what: missing, item: "DATABASE_URL", text: "================================\n Missing environment variables:\n    DATABASE_URL: undefined\n================================\n Exiting with error code 1"},
		{what: missing, item: "DATABASE_URL", text: "ZodError: [\n  {\n    \"code\": \"invalid_type\",\n    \"expected\": \"string\",\n    \"received\": \"undefined\",\n    \"path\": [\n      \"DATABASE_URL\"\n    ],\n    \"message\": \"Required\"\n  }\n]"},
		{what: missing, item: "DataSource", text: `Failed to configure a DataSource: 'url' attribute is not specified and no embedded datasource could be configured.`},
		{what: bad, item: "APP_PORT", text: `envconfig.Process: assigning APP_PORT to Port: converting 'abc' to type int. details: strconv.ParseInt: parsing "abc": invalid syntax`},
		{what: bad, item: "Port", text: `env: parse error on field "Port" of type "int": strconv.ParseInt: parsing "abc": invalid syntax`},
		{what: bad, item: "-port", text: `invalid value "abc" for flag -port: parse error`},
		{what: bad, item: "--port", text: `Error: invalid argument "abc" for "-p, --port" flag: strconv.ParseInt: parsing "abc": invalid syntax`},
		{what: bad, item: "REQUEST_TIMEOUT", text: `panic: invalid value "5" for REQUEST_TIMEOUT: time: missing unit in duration "5"`},
		{what: bad, item: "CACHE_TTL", text: `invalid value for environment variable CACHE_TTL: "never"`},
		{what: bad, item: "LISTEN_PORT", text: `Error: LISTEN_PORT must be a number`},
		{what: bad, item: "LISTEN_PORT", text: `failed to parse LISTEN_PORT: strconv.Atoi: parsing "eighty": invalid syntax`},
		{what: bad, item: "PORT", text: "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\n    port = int(os.environ[\"PORT\"])\nValueError: invalid literal for int() with base 10: 'eighty'"},
		{what: bad, item: "server.port", text: "***************************\nAPPLICATION FAILED TO START\n***************************\n\nDescription:\n\nFailed to bind properties under 'server.port' to java.lang.Integer:\n\n    Property: server.port\n    Value: \"abc\"\n    Reason: failed to convert java.lang.String to java.lang.Integer"},
		{what: bad, text: `RangeError [ERR_SOCKET_BAD_PORT]: options.port should be >= 0 and < 65536. Received type number (NaN).`},
		{what: bad, text: `listen tcp: address 808080: invalid port`},
		{what: bad, item: "workers", text: "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\nworkers\n  Input should be a valid integer, unable to parse string as an integer [type=int_parsing, input_value='many', input_type=str]"},
	})
}

// TestWordsThatSayNothing: what looks alike and is none.
func TestWordsThatSayNothing(t *testing.T) {
	for _, text := range []string{
		"",
		"listening on :8080",
		"dial tcp 10.96.4.7:5432: connect: connection refused\nretrying in 1s\nconnected to 10.96.4.7:5432\nreceived SIGTERM, shutting down",
		"INFO retrying after connection refused to 10.96.4.7:5432 ... connected",
		"retrying after connection refused to 10.96.4.7:5432: connected to 10.96.4.7:5432",
		`{"level":"warn","msg":"cache at redis:6379: connection refused, going on without"}`,
		"WARN redis:6379 connection refused, going on without cache",
		"ERROR cache: dial tcp 10.96.4.7:6379: connect: connection refused\npanic: assignment to entry in nil map",
		`10.0.1.7 - - [22/Nov/2026:19:58:51 +0000] "GET /api HTTP/1.1" 401 12`,
		"user jane: invalid password",
		"environment variable DEBUG is set",
		"KeyError: 'USD'", "KeyError: 'name'", `key not found: "id" (KeyError)`,
		"ReferenceError: API_URL is not defined",
		`strconv.Atoi: parsing "abc": invalid syntax`,
		"context deadline exceeded", "request timed out", "timeout", "forbidden", "denied", "EOF", "unexpected EOF", "broken pipe",
		"http: TLS handshake error from 10.0.1.7:38211: EOF",
		"column user_id is required",
		"the pod is not ready",
		"/bin/sh: 1: optional-tool: not found\nstarted in 3 s",
	} {
		s := listen(text, 1)
		if s.kind != "" && (s.kind != Exit || s.cause != EndedCrash) {
			t.Errorf("%q: %s/%s %+v", text, s.kind, s.cause, s)
		}
	}
}

func TestWordsOfOtherKinds(t *testing.T) {
	checkWords(t, []heard{
		{what: "storage/full", item: "/var/lib/data/wal/000001", text: `write /var/lib/data/wal/000001: no space left on device`},
		{what: "storage/full", item: "/data/log", text: `OSError: [Errno 28] No space left on device: '/data/log'`},
		{what: "storage/full", text: `PANIC:  could not write to file "pg_wal/xlogtemp.29": No space left on device`},
		{what: "storage/full", item: "/uploads/x", text: `Error: ENOSPC: no space left on device, write '/uploads/x'`},
		{what: "storage/read-only", item: "/data/lock", text: `open /data/lock: read-only file system`},
		{what: "storage/read-only", item: "/var/cache/nginx/client_temp", text: `nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)`},
		{what: "exit/watches", text: `Error: ENOSPC: System limit for number of file watchers reached, watch '/app'`},
		{what: "exit/watches", text: `failed to create watcher: too many open files`},
		{what: "exit/shared", text: `ERROR:  could not resize shared memory segment "/PostgreSQL.12" to 8388608 bytes: No space left on device`},
		{what: "missing-config/configmap", item: "app-config", text: `Error: configmaps "app-config" not found`},
		{what: "missing-config/secret", item: "tls", text: `{"level":"error","error":"secrets \"tls\" not found"}`},
		{what: "version/mixed-versions", target: "catalog:9090", text: `Get "http://catalog:9090/": unsupported protocol version 3`},
		{what: "version/mixed-versions", text: `json: unknown field "discount_code"`},
		{what: "version/mixed-versions", text: `rpc error: code = Unimplemented desc = unknown method Charge for service shop.v2.Payments`},
		{what: "version/mixed-versions", text: `schema version mismatch: have 41, want 42`},
		{what: "version/mixed-versions", text: `org.apache.kafka.common.errors.UnsupportedVersionException: The broker does not support METADATA`},
		{what: "version/mixed-versions", text: `no matches for kind "Widget" in version "acme.example/v2"`},
		{what: "version/mixed-versions", text: `fatal: database version 17 is newer than this binary supports`},
		{what: "start/exec-format", exit: 255, text: `exec /app/server: exec format error`},
		{what: "start/exec-format", exit: 1, text: `standard_init_linux.go:228: exec user process caused: exec format error`},
		{what: "start/command-not-found", exit: 127, text: `/bin/sh: 1: gunicorn: not found`},
		{what: "start/command-not-found", exit: 127, text: `/entrypoint.sh: line 7: migrate: command not found`},
		{what: "start/command-not-found", exit: 255, text: `exec /docker-entrypoint.sh: no such file or directory`},
		{what: "start/permission", exit: 126, text: `/bin/sh: 1: /app/run.sh: Permission denied`},
		{what: "exit/memory", text: `Exception in thread "main" java.lang.OutOfMemoryError: Java heap space`},
		{what: "exit/memory", exit: 134, text: "<--- Last few GCs --->\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n 1: 0xb7a3e0 node::Abort() [node]"},
		{what: "exit/memory", exit: 2, text: "fatal error: runtime: out of memory\n\nruntime stack:\nruntime.throw({0x1, 0x2})"},
		{what: "exit/memory", text: "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\n    x = bytearray(1 << 40)\nMemoryError"},
		{what: "exit/memory", text: `PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 65536 bytes) in /app/x.php on line 3`},
		{what: "exit/pool", text: `java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.`},
		{what: "exit/pool", text: `sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00`},
		{what: "exit/busy", text: `FATAL: sorry, too many clients already`},
		{what: "exit/no-database", text: `FATAL: database "shop" does not exist`},
		{what: "exit/port", text: `listen tcp :8080: bind: address already in use`},
		{what: "exit/permission", item: "/data/db", text: `mkdir /data/db: permission denied`},
		{what: "exit/permission", item: "/data/x", text: `PermissionError: [Errno 13] Permission denied: '/data/x'`},
		{what: "exit/file", item: "/etc/app/config.yaml", text: `open /etc/app/config.yaml: no such file or directory`},
		{what: "exit/file", item: "/etc/app/config.yaml", text: `FileNotFoundError: [Errno 2] No such file or directory: '/etc/app/config.yaml'`},
		{what: "exit/module", text: `Error: Cannot find module './server'`},
		{what: "exit/module", text: `ModuleNotFoundError: No module named 'flask'`},
		{what: "exit/crash", exit: 2, text: "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:42 +0x1d"},
		{what: "exit/leader-lost", text: `F1122 19:58:51.123456       1 main.go:42] leader election lost`},
	})
}

// TestLastErrorWins: of several errors that of the end counts, and an error
// that only says that it gives up is passed over.
func TestLastErrorWins(t *testing.T) {
	checkWords(t, []heard{
		{what: "credentials/rejected", item: "app", text: "ERROR dial tcp 10.96.4.7:6379: connect: connection refused\nERROR pq: password authentication failed for user \"app\""},
		{what: "network/connection-refused", target: "10.96.4.7:5432", text: "WARN db: dial tcp 10.96.4.7:5432: connect: connection refused\nWARN db: dial tcp 10.96.4.7:5432: connect: connection refused\nFATAL could not connect to the database after 10 attempts, giving up"},
		{what: "network/connection-refused", target: "payments:8080", text: "ERROR requests to http://payments:8080/charge: connection refused\nnpm ERR! code ELIFECYCLE\nnpm ERR! errno 1"},
		{what: "network/connection-refused", target: "db:5432", text: "Traceback (most recent call last):\n  File \"/app/db.py\", line 9, in connect\n    sock.connect()\nConnectionRefusedError: [Errno 111] connect to db:5432: Connection refused\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\n    start()\nRuntimeError: broken"},
		{what: "", text: "ERROR dial tcp 10.96.4.7:6379: connect: connection refused\nValueError: cannot unpack"},
		{what: "network/connection-refused", target: "db:5432", text: "java.lang.IllegalStateException: no pool\n\tat a.B.c(B.java:1)\nCaused by: org.postgresql.util.PSQLException: Connection to db:5432 refused. Check that the hostname and port are correct\n\tat d.E.f(E.java:2)\n\t... 3 more\n"},
	})
}

func TestTopFrames(t *testing.T) {
	for want, text := range map[string]string{
		"main.(*Shop).connect < main.main":                   "panic: boom\n\ngoroutine 1 [running]:\nmain.(*Shop).connect(0xc000012345)\n\t/src/shop.go:17 +0x1d\nmain.main()\n\t/src/main.go:42 +0x25\nexit status 2",
		"main.worker":                                        "panic: boom\n\ngoroutine 7 [running]:\nmain.worker()\n\t/src/w.go:1 +0x1\ncreated by main.main in goroutine 1\n\t/src/main.go:3 +0x9\n\ngoroutine 1 [sleep]:\nmain.main()\n\t/src/main.go:42 +0x25",
		"com.acme.Shop.connect < com.acme.Shop.main":         "Exception in thread \"main\" java.lang.IllegalStateException: boom\n\tat com.acme.Shop.connect(Shop.java:17)\n\tat com.acme.Shop.main(Shop.java:42)",
		"org.acme.Inner.read":                                "java.lang.RuntimeException: x\n\tat com.acme.Shop.main(Shop.java:42)\nCaused by: java.lang.IllegalStateException: boom\n\tat org.acme.Inner.read(Inner.java:3)\n\t... 1 more",
		"shop.py:connect < main.py:start < main.py:<module>": "Traceback (most recent call last):\n  File \"/app/main.py\", line 9, in <module>\n    start()\n  File \"/app/main.py\", line 5, in start\n    connect()\n  File \"/app/shop.py\", line 2, in connect\n    raise ValueError\nValueError: x",
		"Shop.connect < Server.start":                        "TypeError: x is not a function\n    at Shop.connect (/app/shop.js:17:9)\n    at async Server.start (/app/server.js:3:1)\n    at node:internal/main/run_main_module:28:49",
		"Acme.Shop.Main":                                     "Unhandled exception. System.InvalidOperationException: x\n   at Acme.Shop.Main(String[] args) in /src/Shop.cs:line 42",
		"shop.rb:connect":                                    "/app/shop.rb:17:in 'connect': boom (RuntimeError)",
		"":                                                   "plain words\nand more (of them)",
	} {
		if got := topFrames(linesOf(text)); got != want {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

func FuzzListen(f *testing.F) {
	f.Add(`{"level":"error","msg":"x","err":{"message":"connect ECONNREFUSED 1.2.3.4:5","stack":"a\nb"}}`, int32(1))
	f.Add("Traceback (most recent call last):\n  File \"x\", line 1, in y\nKeyError: 'A_B'", int32(1))
	f.Add("\x1b[31mERROR\x1b[0m forbidden: User \"system:serviceaccount:a:b\" cannot get resource \"c\"", int32(2))
	f.Add("1 validation error for Settings\nx\n  Field required [type=missing]", int32(0))
	f.Add(strings.Repeat("é", 3000)+"\r\n"+strings.Repeat("at x(y)\n", 300), int32(-1))
	f.Fuzz(func(t *testing.T, text string, exit int32) {
		s := listen(text, exit)
		if (s.kind == "") != (s.cause == "") {
			t.Errorf("half an answer: %+v", s)
		}
		if len(s.line) > 4*mostLine+mostText || (utf8.ValidString(text) && !utf8.ValidString(s.line)) {
			t.Errorf("line %q of %q", s.line, text)
		}
		if s.item != "" && len(s.item) > 400 {
			t.Errorf("item of %d bytes", len(s.item))
		}
	})
}
