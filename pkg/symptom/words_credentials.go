package symptom

import "github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"

// credentialWords are refusals of a login by something that a program depends
// on. Words such as "denied" or "unauthorized" alone do not count: each row
// is the sentence of a server or of its client.
var credentialWords = []word{
	{kind: Credentials, client: "postgres", signature: signature{cause: Rejected, source: "PostgreSQL, errcodes 28P01 and 28000", texts: []string{
		"password authentication failed for user", "scram-sha-256 authentication failed", "password authentication failed", "sqlstate 28p01"},
		pattern: lazyregexp.New(`fatal: +role "[^"]{1,63}" (?:does not exist|is not permitted to log in)|peer authentication failed for user|ident authentication failed for user`)}, names: nameLogin},
	{kind: Credentials, client: "mysql", signature: signature{cause: Rejected, source: "MySQL, ER_ACCESS_DENIED_ERROR 1045", pattern: lazyregexp.New(
		`access denied for user '[^']{0,120}'@'[^']{1,253}' \(using password: \S{1,10}\)|\b1045 \(28000\)`)}, names: nameLogin},
	{kind: Credentials, client: "redis", signature: signature{cause: Rejected, source: "Redis, server.c and acl.c", texts: []string{
		"wrongpass ", "noauth authentication required", "err invalid password", "err auth <password> called without any password configured", "client sent auth, but no password is set"}}, names: nameLogin},
	{kind: Credentials, client: "mongodb", signature: signature{cause: Rejected, source: "MongoDB, AuthenticationFailed 18", texts: []string{
		"(authenticationfailed)", "mongoservererror: authentication failed", "codename: 'authenticationfailed'", "'codename': 'authenticationfailed'", "exception authenticating mongocredential", "unable to authenticate using mechanism"}}, names: nameLogin},
	{kind: Credentials, client: "rabbitmq", signature: signature{cause: Rejected, source: "RabbitMQ, AMQP 403 at the connection", texts: []string{
		"login was refused using authentication mechanism", "username or password not allowed", "authenticationfailureexception: access_refused"}}, names: nameLogin},
	{kind: Credentials, client: "kafka", signature: signature{cause: Rejected, source: "Kafka SaslAuthenticationException, librdkafka, sarama", texts: []string{
		"saslauthenticationexception", "sasl authentication failed", "sasl authentication error", "sasl handshake failed", "authentication failed during authentication due to invalid credentials",
		"_authentication: ", "invalid credentials with sasl mechanism"}}, names: nameLogin},
	{kind: Credentials, client: "sqlserver", signature: signature{cause: Rejected, source: "SQL Server, error 18456", texts: []string{"login failed for user"}}, names: nameLogin},
	{kind: Credentials, client: "oracle", signature: signature{cause: Rejected, source: "Oracle Database", texts: []string{"ora-01017", "ora-28000", "ora-28001"}}, names: nameLogin},
	{kind: Credentials, client: "clickhouse", signature: signature{cause: Rejected, source: "ClickHouse, code 516", texts: []string{
		"password is incorrect, or there is no user with such name"}}, names: nameLogin},
	{kind: Credentials, client: "cassandra", signature: signature{cause: Rejected, source: "Apache Cassandra", pattern: lazyregexp.New(
		`provided username \S{1,120} and/or password are incorrect`)}, names: nameLogin},
	{kind: Credentials, client: "elasticsearch", signature: signature{cause: Rejected, source: "Elasticsearch, security_exception", texts: []string{
		"unable to authenticate user [", "missing authentication credentials for rest request"}}, names: nameLogin},
	{kind: Credentials, client: "nats", signature: signature{cause: Rejected, source: "nats-server", texts: []string{
		"nats: authorization violation", "nats: authentication"}}, names: nameLogin},
	{kind: Credentials, client: "ldap", signature: signature{cause: Rejected, source: "RFC 4511, resultCode 49", texts: []string{
		`ldap result code 49`, "ldap: error code 49", "ldap_bind: invalid credentials"}}, names: nameLogin},
	{kind: Credentials, client: "smtp", signature: signature{cause: Rejected, source: "RFC 4954, reply 535", pattern: lazyregexp.New(
		`\b535[ -]5\.7\.\d{1,3}\b|smtpauthenticationerror`)}, names: nameLogin},
	{kind: Credentials, client: "aws", signature: signature{cause: Rejected, source: "AWS STS and SDKs", texts: []string{
		"expiredtoken", "invalidclienttokenid", "signaturedoesnotmatch", "invalidaccesskeyid", "unrecognizedclientexception", "the security token included in the request is",
		"webidentityerr", "invalididentitytoken"}}, names: nameLogin},
	{kind: Credentials, client: "azure", signature: signature{cause: Rejected, source: "Microsoft Entra ID", texts: []string{
		"aadsts7000215", "aadsts7000222", "aadsts700016", "aadsts50126", "aadsts700024"}}, names: nameLogin},
	{kind: Credentials, client: "oauth", signature: signature{cause: Rejected, source: "RFC 6749, section 5.2", texts: []string{
		`"error":"invalid_client"`, `"error":"invalid_grant"`, `"invalid_client"`, `"invalid_grant"`, "oauth2: cannot fetch token: 401"}}, names: nameLogin},
	{kind: Credentials, client: "vault", signature: signature{cause: Rejected, source: "HashiCorp Vault", texts: []string{"* invalid token", "* bad token", "* token is expired"}}, names: nameLogin},
	{kind: Credentials, client: "git", signature: signature{cause: Rejected, source: "git, libgit2, OpenSSH", texts: []string{
		"authentication failed for 'http", "permission denied (publickey", "invalid username or token. password authentication is not supported"}}, names: nameLogin},
	{kind: Credentials, client: "http", signature: signature{cause: Rejected, source: "RFC 9110, status 401, as HTTP clients print it", texts: []string{
		"401 client error: unauthorized for url", "request failed with status code 401", "httpunauthorized"},
		pattern: lazyregexp.New(`(?:status|code|response|http(?:/[0-9.]+)?|returned|got|received|error)[ :=(]{1,3}"?401\b|\b401 unauthorized\b|code = unauthenticated\b`)}, names: nameLogin},
	{kind: Credentials, signature: signature{cause: Rejected, source: "clients of databases, brokers and APIs", pattern: lazyregexp.New(
		`(?:connect|database|\bdb\b|redis|postgres|mysql|mongo|kafka|rabbit|amqp|broker|vault|smtp|ldap|\bs3\b|\bapi\b|upstream|log(?:ging)? ?in(?:to)? (?:to )?|queue|cache|dependency|remote|server).{0,160}` +
			`(?:invalid credentials|bad credentials|authentication failed|authentication failure|(?:invalid|incorrect|wrong) (?:user(?:name)? (?:or|and|/) ?)?password|invalid api key|invalid access token|access token (?:has )?expired|token (?:is|has) expired)` +
			`|(?:invalid credentials|bad credentials|authentication failed|authentication failure|(?:invalid|incorrect|wrong) (?:user(?:name)? (?:or|and|/) ?)?password|invalid api key|credentials (?:were )?rejected).{0,160}` +
			`(?:connect|database|\bdb\b|redis|postgres|mysql|mongo|kafka|rabbit|amqp|broker|vault|smtp|ldap|\bs3\b|\bapi\b|upstream|queue|dependency|remote|server)`)}, only: notHandshake, names: nameLogin},
	{kind: Exit, signature: signature{cause: EndedCloud, source: "AWS, Google Cloud and Azure SDKs", texts: []string{
		"nocredentialproviders", "unable to locate credentials", "could not find default credentials", "could not load credentials from any providers",
		"failed to retrieve a token from the included credentials", "unable to load credentials", "no ec2 imds role found"}}},
}

// notHandshake refuses gRPC's "authentication handshake failed", which is of
// TLS.
func notHandshake(h *hearing, i int) bool { return notTLS(h, i) }

// clientPorts are the ports that servers listen on by custom; the names of
// clients in variables are the other way to tell which address is meant.
var clientPorts = map[string]string{
	"postgres": "5432", "mysql": "3306", "redis": "6379", "mongodb": "27017", "rabbitmq": "5672", "kafka": "9092", "sqlserver": "1433",
	"oracle": "1521", "clickhouse": "9000", "cassandra": "9042", "elasticsearch": "9200", "nats": "4222", "ldap": "389", "smtp": "587", "vault": "8200",
}

// clientNames are parts of the names of variables in which the address of a
// server stands.
var clientNames = map[string]*lazyregexp.Regexp{
	"postgres": lazyregexp.New(`(?i)postgres|\bpg|_pg|psql`), "mysql": lazyregexp.New(`(?i)mysql|maria`), "redis": lazyregexp.New(`(?i)redis|valkey`),
	"mongodb": lazyregexp.New(`(?i)mongo`), "rabbitmq": lazyregexp.New(`(?i)rabbit|amqp`), "kafka": lazyregexp.New(`(?i)kafka|bootstrap`),
	"elasticsearch": lazyregexp.New(`(?i)elastic|opensearch`), "vault": lazyregexp.New(`(?i)vault`), "nats": lazyregexp.New(`(?i)nats`),
}
