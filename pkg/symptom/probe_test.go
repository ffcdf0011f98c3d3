package symptom

import "testing"

func TestProbeTexts(t *testing.T) {
	checkTable(t, probeSignatures, []sample{
		{ProbeServing, `service unhealthy (responded with "NOT_SERVING")`},
		{ProbeNoHealth, `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health`},
		{ProbeRefused, `Get "http://10.1.0.7:8080/ready": dial tcp 10.1.0.7:8080: connect: connection refused`},
		{ProbeRefused, `dial tcp 10.1.0.7:5432: connect: connection refused`},
		{ProbeRoute, `Get "http://10.1.0.7:8080/ready": dial tcp 10.1.0.7:8080: connect: no route to host`},
		{ProbeSlow, `Get "http://10.1.0.7:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`},
		{ProbeSlow, `timeout: failed to connect service "10.1.0.7:9000" within 1s: context deadline exceeded`},
		{ProbeProtocol, `Get "https://10.1.0.7:8080/ready": http: server gave HTTP response to HTTPS client`},
		{ProbeProtocol, `Get "http://10.1.0.7:8080/ready": EOF`},
		{"", `something new`},
	})
	checkTable(t, commandSignatures, []sample{
		{ProbeNoFile, `OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown`},
		{ProbeCommand, `command timed out: "sh -c check" timed out after 1s`},
		{ProbeCommand, `command "sh -c check" timed out`},
		{"", `psql: error: connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused`},
	})
}

func TestProbeFailures(t *testing.T) {
	for _, c := range []struct{ message, handler, kind, item, output string }{
		{"Readiness probe failed: HTTP probe failed with statuscode: 503", "http", "Readiness", "HTTP 503", ""},
		{"Readiness probe failed: HTTP probe failed with statuscode: 503", "", "Readiness", "HTTP 503", ""},
		{"Liveness probe failed: curl: (7) Failed to connect to localhost port 80: Connection refused", "exec", "Liveness", ProbeOutput, "curl: (7) Failed to connect to localhost port 80: Connection refused"},
		{"Liveness probe failed: curl: (7) Failed to connect to localhost port 80: Connection refused", "", "Liveness", ProbeOutput, "curl: (7) Failed to connect to localhost port 80: Connection refused"},
		{"Startup probe errored: rpc error: code = Unknown desc = x", "exec", "Startup", ProbeOutput, "rpc error: code = Unknown desc = x"},
		{"Startup probe errored and resulted in unknown state: rpc error: code = DeadlineExceeded desc = x", "exec", "Startup", ProbeCommand, ""},
		{"Readiness probe error: HTTP probe failed with statuscode: 404\nbody: \n", "http", "Readiness", "HTTP 404", ""},
		{"Readiness probe failed: ", "exec", "Readiness", ProbeOutput, ""},
	} {
		m := unhealthy.FindStringSubmatch(c.message)
		if m == nil || m[1] != c.kind {
			t.Errorf("%q: %q", c.message, m)
			continue
		}
		if item, output := probeFailure(m[2], c.handler); item != c.item || output != c.output {
			t.Errorf("%q: got %q, %q", c.message, item, output)
		}
	}
}

func TestProbeOfTheEnd(t *testing.T) {
	for text, want := range map[string]bool{
		"rpc error: code = NotFound desc = failed to exec in container: failed to load task: no running task found: task 1 not found: not found": true,
		"rpc error: code = Unknown desc = container is in CONTAINER_EXITED state":                                                                true,
		"HTTP probe failed with statuscode: 503":                                                                                                 false,
	} {
		if got := isProbeNoise(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzProbe(f *testing.F) {
	f.Add("Readiness probe failed: HTTP probe failed with statuscode: 503", "http")
	f.Add("Liveness probe errored and resulted in unknown state: ", "exec")
	f.Add("Startup probe error: \x00", "")
	f.Fuzz(func(t *testing.T, message, handler string) {
		m := unhealthy.FindStringSubmatch(message)
		if m == nil {
			return
		}
		if item, output := probeFailure(m[2], handler); item == "" || len([]rune(output)) > 200 {
			t.Errorf("%q: %q, %q", message, item, output)
		}
	})
}
