package symptom

import (
	"slices"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// How a program ended by its own words, as Cause of an Exit symptom: words
// that explain an end and belong to no other kind.
const (
	EndedMemory     = "memory"      // it got no memory from its runtime: not the kernel's kill
	EndedPool       = "pool"        // no free connection in its pool
	EndedBusy       = "busy"        // the dependency takes no more connections, or is not ready yet
	EndedFile       = "file"        // a file that it needs is not there
	EndedModule     = "module"      // a part of the program itself is not in the image
	EndedPort       = "port"        // it may not listen where it wants to
	EndedPermission = "permission"  // it may not use a file
	EndedReadOnly   = "read-only"   // it writes to its image's file system, which is read-only
	EndedWatches    = "watches"     // the node's limit of watches or open files
	EndedShared     = "shared"      // shared memory is full
	EndedCrash      = "crash"       // a panic, an unhandled exception, a bad memory access
	EndedCloud      = "no-identity" // it finds no credentials at all
	EndedDatabase   = "no-database" // the server does not know the database or the table
	EndedLeader     = "leader-lost" // it lost its lease and starts again by design
)

// Causes of symptoms that programs' words give.
const (
	Rejected        = "rejected"         // Credentials
	Forbidden       = "forbidden"        // RBAC
	MissingVariable = "missing-variable" // Environment
	BadValue        = "bad-value"        // Environment
	MixedVersions   = "mixed-versions"   // Version
	StorageFull     = "full"             // Storage
	StorageReadOnly = "read-only"        // Storage
	NoCommand       = "command-not-found"
	NotPermitted    = "permission"
	WrongFormat     = "exec-format"
)

// word is one row of the table of programs' words.
type word struct {
	kind   Kind // "" for look-alikes that are no failure
	client string
	signature
	// only is what else has to hold; names finds what the words name, and
	// may refuse the row.
	only  func(h *hearing, i int) bool
	names func(h *hearing, i int, s *said) bool
}

// wordTable is ordered from the specific to the general: in a chain of
// wrapped errors the specific cause wins over what was made of it.
var wordTable = slices.Concat(refusalWords, credentialWords, resourceWords, environmentWords, versionWords, startWords, networkWords, endWords)

// refusalWords are look-alikes, which come first, and what the API server
// refuses or does not find.
var refusalWords = []word{
	{signature: signature{cause: "noise", source: "net/http and kubelet probes, shutdown, servers' own access logs", texts: []string{
		"http: tls handshake error from", "superfluous response.writeheader", "client disconnected", "context canceled", "while reading client request",
		"deprecationwarning"}, pattern: lazyregexp.New(`"(?:get|post|put|delete|head|patch|options) /\S* http/[0-9.]+"? \d{3}`)}},
	{kind: RBAC, signature: signature{cause: Forbidden, source: "apiserver/pkg/endpoints/handlers/responsewriters/errors.go",
		pattern: lazyregexp.New(`forbidden: user "[^"]{1,300}" cannot `)}, names: nameAccess},
	{kind: Credentials, client: "kubernetes", signature: signature{cause: Rejected, source: "apimachinery/pkg/api/errors", texts: []string{
		"the server has asked for the client to provide credentials"},
		pattern: lazyregexp.New(`user "system:anonymous" cannot `)}, names: nameLogin},
	{kind: MissingConfig, signature: signature{cause: "not-found", source: "apimachinery NewNotFound, as clients print it",
		pattern: lazyregexp.New(`\b(?:configmaps|secrets|serviceaccounts) "[^"]{1,253}" not found`)}, names: nameObject},
}

// resourceWords are of memory, connections, watches and disks.
var resourceWords = []word{
	{kind: Exit, signature: signature{cause: EndedLeader, source: "client-go leaderelection", texts: []string{
		"leader election lost", "leaderelection lost", "failed to renew lease"}}},
	{kind: Exit, signature: signature{cause: EndedMemory, source: "JVM, Node.js, Python, Go, .NET, Ruby, PHP", texts: []string{
		"java.lang.outofmemoryerror", "javascript heap out of memory", "fatal error: runtime: out of memory", "runtime: cannot allocate memory", "system.outofmemoryexception",
		"nomemoryerror", "cannot allocate memory", "std::bad_alloc", "perhaps out of memory?", "memory allocation of "},
		pattern: lazyregexp.New(`^(?:.*\s)?memoryerror(?::|$)|allowed memory size of \d+ bytes exhausted`)}},
	{kind: Exit, signature: signature{cause: EndedPool, source: "HikariCP, SQLAlchemy, ActiveRecord, ADO.NET, Npgsql, go-redis, Jedis, knex, Prisma, pgbouncer", texts: []string{
		"connection is not available, request timed out", "queuepool limit of size", "could not obtain a connection from the pool", "prior to obtaining a connection from the pool",
		"the connection pool has been exhausted", "connection pool timeout", "could not get a resource from the pool", "the pool is probably full",
		"timed out fetching a new connection from the connection pool", "no more connections allowed", "pool exhausted", "pool is exhausted"}}},
	{kind: Exit, signature: signature{cause: EndedBusy, source: "PostgreSQL, MySQL, Redis", texts: []string{
		"sorry, too many clients already", "remaining connection slots are reserved", "too many connections", "max number of clients reached",
		"the database system is starting up", "the database system is shutting down", "the database system is in recovery mode", "redis is loading the dataset in memory"}}},
	{kind: Exit, signature: signature{cause: EndedDatabase, source: "PostgreSQL, MySQL", texts: []string{"unknown database '"},
		pattern: lazyregexp.New(`(?:database|relation|table|column) "?[\w.]{1,120}"? (?:does not|doesn't) exist|table '[^']{1,120}' doesn't exist`)}},
	{kind: Exit, signature: signature{cause: EndedWatches, source: "inotify(7), getrlimit(2)", texts: []string{
		"too many open files", "user limit on total number", "system limit for number of file watchers"}, pattern: lazyregexp.New(`(?:inotify|fsnotify|watch)\S{0,20} .*no space left on device`)}},
	{kind: Exit, signature: signature{cause: EndedShared, source: "PostgreSQL, shm_overview(7)", pattern: lazyregexp.New(
		`(?:shared memory|/dev/shm).*no space left on device|no space left on device.*/dev/shm`)}},
	{kind: Storage, signature: signature{cause: StorageFull, source: "ENOSPC, EDQUOT in all runtimes", texts: []string{
		"no space left on device", "enospc", "disk quota exceeded", "edquot", "not enough space on the disk", "database or disk is full"}}, names: namePath},
	{kind: Storage, signature: signature{cause: StorageReadOnly, source: "EROFS in all runtimes", texts: []string{
		"read-only file system", "erofs", "readonly file system"}}, names: namePath},
}

// versionWords are of two programs that do not fit each other.
var versionWords = []word{
	{kind: Version, signature: signature{cause: MixedVersions, source: "gRPC, JSON decoders, Kafka, MongoDB, migration tools, apimachinery", texts: []string{
		"unsupported protocol version", "protocol version mismatch", "incompatible protocol", "unsupported api version", "schema version mismatch", "incompatible api version",
		"unsupportedversionexception", "unsupported_version", "incompatibleschemaexception", "reports wire version", "unsupported wire"},
		pattern: lazyregexp.New(`\bunknown field "|api version \S{1,60} is (?:not|no longer) supported|(?:schema|protocol|api|server|client|database|migration) version \S{1,40} (?:is )?(?:newer|older|too old|too new|not supported|unsupported|incompatible|does not match)` +
			`|(?:requires|expected|expects|want|need)s? (?:schema|protocol|api|server|client|database|migration) version|code = unimplemented desc = |no matches for kind "[^"]{1,120}" in version "|minimum supported (?:server|client|protocol|schema|wire) version`)},
		only: ofTwoPrograms, names: namePeer},
}

// startWords are of containers that started and found that there is nothing
// to run.
var startWords = []word{
	{kind: Start, signature: signature{cause: WrongFormat, source: "execve(2) ENOEXEC, as runc, shells and Go print it", texts: []string{
		"exec format error", "cannot execute binary file"}}},
	{kind: Start, signature: signature{cause: NoCommand, source: "POSIX shells (exit code 127), runc", texts: []string{"command not found", "executable file not found in $path"},
		pattern: lazyregexp.New(`(?:^|/)(?:ba|da|a)?sh: (?:line )?(?:\d+: )?\S{1,200}: not found$|^exec: "?\S{1,200}: not found$|^exec \S{1,200}: no such file or directory$`)}, only: exitIs(127, 128, 255)},
	{kind: Start, signature: signature{cause: NotPermitted, source: "POSIX shells (exit code 126), runc",
		pattern: lazyregexp.New(`(?:^|/)(?:ba|da|a)?sh: (?:line )?(?:\d+: )?\S{1,200}: permission denied$|^exec:? "?\S{1,200}: permission denied$`)}, only: exitIs(126, 255)},
}
