// Package cluster is the vocabulary of the tool: what was in a Kubernetes
// cluster at one moment, trimmed to what finding patterns needs.
//
// A Snapshot is built once (package collect), indexed, and never changed
// afterwards. Nothing here reads, writes or knows the time of day: a
// Snapshot carries its own clock in Snapshot.At.
package cluster
