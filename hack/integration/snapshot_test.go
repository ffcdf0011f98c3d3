package integration

import "testing"

// TestSnapshotOfARealCluster: what a live scan saves and -f reads back gives
// the same report but for where it is from; no secret is in anything that is
// written, and in a redacted archive no name.
func TestSnapshotOfARealCluster(t *testing.T) {
	c := start(t, planted)
	for name, flags := range map[string][]string{"all": {"-A", "--logs"}, "namespace": {"-n", "default", "--no-secrets"}, "selector": {"-A", "-l", "app"},
		"metrics": {"-A", "--metrics"}, "values": {"-n", "zenithbank", "--config-values", "--since", "1h"}} {
		t.Run(name, func(t *testing.T) { savedIsTheSame(t, c, flags) })
	}
	t.Run("no secret is written", func(t *testing.T) { noSecretIsWritten(t, c) })
	t.Run("other names", func(t *testing.T) { otherNames(t, c) })
}
