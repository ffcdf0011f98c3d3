package symptom

import (
	"slices"
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

func TestWordsOfConnections(t *testing.T) { checkWords(t, connectionWords) }

func TestWordsOfConnectionsInStructuredLogs(t *testing.T) { checkWords(t, structuredWords) }

func TestWordsOfCredentials(t *testing.T) { checkWords(t, credentialSamples) }

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

// TestEveryRowHasASample: a row that no sample reaches is not known to work,
// or stands behind one that takes its words.
func TestEveryRowHasASample(t *testing.T) {
	hit := map[string]bool{}
	for _, c := range slices.Concat(connectionWords, structuredWords, credentialSamples, otherWords) {
		for _, l := range linesOf(c.text) {
			h := &hearing{lines: []line{l}, exit: c.exit}
			for i := range wordTable {
				w := &wordTable[i]
				s := said{}
				if w.matches(strings.ToLower(l.text)) && (w.only == nil || w.only(h, 0)) && (w.names == nil || w.names(h, 0, &s)) {
					hit[w.source] = true
					break
				}
			}
		}
	}
	for _, w := range wordTable {
		if w.source == "" || w.cause == "" || (len(w.texts) == 0 && w.pattern == nil) {
			t.Errorf("row lacks something: %+v", w)
		}
		if !hit[w.source] && w.kind != Environment && w.kind != RBAC && w.kind != "" {
			t.Errorf("no sample reaches the row of %s: %s/%s", w.source, w.kind, w.cause)
		}
	}
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
		`config: /etc/app/config.yaml: unknown field "retry.maxBackof"`,
		"the pod is not ready",
		"/bin/sh: 1: optional-tool: not found\nstarted in 3 s",
	} {
		s := listen(text, 1)
		if s.kind != "" && (s.kind != Exit || s.cause != EndedCrash) {
			t.Errorf("%q: %s/%s %+v", text, s.kind, s.cause, s)
		}
	}
}

func TestWordsOfOtherKinds(t *testing.T) { checkWords(t, otherWords) }

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
