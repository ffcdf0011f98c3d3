package cmd

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// planted are secrets in every place where a cluster may have one; none may get
// into an archive, under old names or new ones.
var planted = []string{"hunter2Qx7LmPz", "dG9wc2VjcmV0UXg3", "ghp_Qx7LmPz9Tk3Vb8Nc2Rw6", "AKIAQX7LMPZ9TK3VB8NC", "Qx7LmPz9Tk3Vb8Nc2Rw6Yd4"}

const plantedObjects = `
apiVersion: v1
kind: Pod
metadata:
  name: web-1
  namespace: shop
  creationTimestamp: "2026-01-02T10:00:00Z"
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"containers":[{"env":[{"name":"PASSWORD","value":"hunter2Qx7LmPz"}]}]}}'
    vendor/token: ghp_Qx7LmPz9Tk3Vb8Nc2Rw6
spec:
  containers:
  - name: web
    image: registry.example.com/web:1
    command: [web, --password=hunter2Qx7LmPz]
    args: ["--db", "postgres://app:hunter2Qx7LmPz@db.shop:5432/app", "--key", AKIAQX7LMPZ9TK3VB8NC]
    env: [{name: PASSWORD, value: hunter2Qx7LmPz}, {name: GITHUB_TOKEN, value: ghp_Qx7LmPz9Tk3Vb8Nc2Rw6}, {name: URL, value: "https://u:hunter2Qx7LmPz@api.example.com/x"}]
    livenessProbe: {exec: {command: [curl, -H, "Authorization: Bearer Qx7LmPz9Tk3Vb8Nc2Rw6Yd4"]}}
status:
  phase: Running
  containerStatuses:
  - {name: web, restartCount: 3, image: x, imageID: y, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error, message: "cannot log in with password=hunter2Qx7LmPz at postgres://app:hunter2Qx7LmPz@db", finishedAt: "2026-01-02T10:10:00Z"}}}
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: shop}
involvedObject: {kind: Pod, namespace: shop, name: web-1}
reason: Failed
type: Warning
message: 'pulling with token=ghp_Qx7LmPz9Tk3Vb8Nc2Rw6 and Authorization: Bearer Qx7LmPz9Tk3Vb8Nc2Rw6Yd4 from https://u:hunter2Qx7LmPz@registry.example.com failed, AKIAQX7LMPZ9TK3VB8NC'
lastTimestamp: "2026-01-02T10:10:00Z"
---
apiVersion: v1
kind: Secret
metadata: {name: regcred, namespace: shop, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"data":{".dockerconfigjson":"dG9wc2VjcmV0UXg3"}}'}}
type: kubernetes.io/dockerconfigjson
data: {.dockerconfigjson: dG9wc2VjcmV0UXg3}
stringData: {password: hunter2Qx7LmPz}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"data":{"p":"hunter2Qx7LmPz"}}'}}
data: {app.conf: "password=hunter2Qx7LmPz\nurl=postgres://app:hunter2Qx7LmPz@db.shop:5432/x", token: ghp_Qx7LmPz9Tk3Vb8Nc2Rw6}
`

const plantedLog = `==== START logs for container web of pod shop/web-1 ====
starting with password=hunter2Qx7LmPz
Authorization: Bearer Qx7LmPz9Tk3Vb8Nc2Rw6Yd4
fatal: connecting to postgres://app:hunter2Qx7LmPz@db:5432 with ghp_Qx7LmPz9Tk3Vb8Nc2Rw6
==== END logs for container web of pod shop/web-1 ====
`

// TestNoSecretGetsIntoAnArchive saves planted secrets in every mode, and looks
// for them in all that was saved.
func TestNoSecretGetsIntoAnArchive(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"objects.yaml": plantedObjects, filepath.Join("shop", "web-1", "logs.txt"): plantedLog} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, flags := range [][]string{nil, {"--logs"}, {"--config-values"}, {"--logs", "--redact"}} {
		saved, errOut, code := run(t, "", append([]string{"snapshot", "-", "-f", folder}, flags...)...)
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s", flags, code, errOut)
		}
		files := filesOf(t, saved)
		if len(files) < 4 {
			t.Errorf("%v: %d files", flags, len(files))
		}
		for name, content := range files {
			for _, secret := range planted {
				if strings.Contains(strings.ToLower(content), strings.ToLower(secret)) {
					t.Errorf("%v: %s holds %s", flags, name, secret)
				}
			}
		}
	}
}

func filesOf(t *testing.T, archive string) map[string]string {
	t.Helper()
	packed, err := gzip.NewReader(bytes.NewReader([]byte(archive)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for in := tar.NewReader(packed); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out[h.Name] = string(raw)
	}
}

// TestRedactedNamesAreGone: no name of what was recorded is in a redacted
// archive, and the same name is another one in each.
func TestRedactedNamesAreGone(t *testing.T) {
	data := recording("registry-auth")
	first, _, _ := run(t, "", "snapshot", "-", "-f", data, "--redact")
	second, _, _ := run(t, "", "snapshot", "-", "-f", data, "--redact")
	if first == second {
		t.Error("names are the same each time, so that they could be tried")
	}
	holdNoName(t, filesOf(t, first))
}

// TestRedactedEvidence: under other names the evidence tells the same, while
// what is printed has the real names; a selector chooses the same.
func TestRedactedEvidence(t *testing.T) {
	for _, args := range [][]string{{"-f", recording("registry-auth")}, {"-f", recording("registry-auth"), "-l", "app=bidder"}} {
		dir := t.TempDir()
		plain := scan(t, append(args, "--redact", "--evidence-dir", dir)...)
		files := contents(t, dir)
		holdNoName(t, files)
		var other report.Report
		decode(t, files["report.json"], &other)
		if len(plain.Patterns) == 0 || len(other.Patterns) != len(plain.Patterns) {
			t.Fatalf("%v: %d patterns, and %d in the evidence", args, len(plain.Patterns), len(other.Patterns))
		}
		for i := range plain.Patterns {
			p, q := &plain.Patterns[i], &other.Patterns[i]
			if p.Detector != q.Detector || p.Cause != q.Cause || len(p.Affected) != len(q.Affected) || p.EvidenceFile != "" {
				t.Errorf("%v: %s of %d with evidence in %q, and %s of %d", args, p.ID, len(p.Affected), p.EvidenceFile, q.ID, len(q.Affected))
			}
			if files[q.ID+".json"] == "" {
				t.Errorf("%v: no file of %s", args, q.ID)
			}
		}
	}
}

// holdNoName: none of the names of the recording is in a file.
func holdNoName(t *testing.T, files map[string]string) {
	t.Helper()
	for name, content := range files {
		for _, old := range []string{"acme", "billing", "invoicer", "contacts", "bidder", "regcred", "192.168."} {
			if strings.Contains(name, old) || strings.Contains(content, old) {
				t.Errorf("%s holds %s", name, old)
			}
		}
	}
}
