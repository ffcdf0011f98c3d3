// Package integration tests the built plugin against real clusters: etcd,
// kube-apiserver, kube-controller-manager and kube-scheduler from hack/cluster,
// with simulated nodes on which scenarios make pods fail.
//
// The tests need two binaries, which `make test` builds and names in
// KUBECTL_PATTERNS_BIN and KUBECTL_PATTERNS_CLUSTER; without them they are
// skipped.
package integration
