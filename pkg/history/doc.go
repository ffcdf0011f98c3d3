// Package history keeps what the API of a cluster forgets: the facts that a
// recorder saw, in one SQLite file for each cluster.
//
// Kept are facts and never what was made of them: events with each count that
// they were seen with, ends of containers, conditions that turned, dated
// changes, and the versions of the trimmed objects, a version only where the
// one before differs. So a later table of symptoms applies to old data too.
//
// Every fact has a key of its own (an event's UID and count; a container's end
// by pod, container and time; a turn by object, condition and time). Whatever
// is seen twice, after a restart or by two recorders, is kept once.
//
// The file is in WAL mode and each batch is one transaction: a recorder that is
// killed loses what it had not handed over, and nothing that it had. The
// driver is modernc.org/sqlite, SQLite itself compiled to Go: the plugin stays
// free of cgo and builds for every platform of krew.
package history
