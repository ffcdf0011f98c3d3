package symptom

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMask(t *testing.T) {
	for _, c := range []struct{ message, want string }{
		{"pod 3f2504e0-4f89-41d3-9a0c-0305e82c3301 is gone", "pod <uuid> is gone"},
		{"layer sha256:" + strings.Repeat("4035", 16), "layer <digest>"},
		{"2026-11-22T19:58:51.123Z cannot start", "<time> cannot start"},
		{"2026/11/22 19:58:51 cannot start", "<time> cannot start"},
		{"[2026-11-22 19:58:51,123] ERROR", "[<time>] ERROR"},
		{"dial tcp 10.96.4.7:5432: connect: connection refused", "dial tcp <addr>: connect: connection refused"},
		{"read tcp 10.0.1.7:38211->10.96.4.7:5432: i/o timeout", "read tcp <addr>: i/o timeout"},
		{"nil pointer at 0xc000123456", "nil pointer at <hex>"},
		{"container 4f5e6d7c8b9a0f1e2d3c is dead", "container <hex> is dead"},
		{"web-7c9f8d6b5-x2k4w is not ready", "web-<pod> is not ready"},
		{"took 2.5s of 1m30s", "took <duration> of <duration>"},
		{"needs 512Mi, has 100MB", "needs <size>, has <size>"},
		{"read 512 bytes", "read 512 bytes"},
		{"pid 4711 died at line 17", "pid <n> died at line <n>"},
		{"worker (pid:4711) timed out", "worker (pid:<n>) timed out"},
		{"panic: boom\n\ngoroutine 1 [running]:\nmain.main()", "panic: boom"},
		{"  padded \n", "padded"},
		{"panic: boom \r\nat main", "panic: boom"},
		{"", ""},
	} {
		if got := Mask(c.message); got != c.want {
			t.Errorf("%q: got %q, want %q", c.message, got, c.want)
		}
	}
}

// TestMaskKeeps: what tells one trouble from another stays.
func TestMaskKeeps(t *testing.T) {
	for _, message := range []string{
		"unexpected status: 503 Service Unavailable",
		"HTTP probe failed with statuscode: 500",
		"got HTTP 404 from upstream",
		"exit code 137",
		"exited with 1",
		"signal 9",
		"exit status 255",
		"ERROR 1045 (28000): Access denied",
		"SQLSTATE[HY000] [2002] Connection refused",
		"listen tcp :8080: bind: address already in use",
		"the server is on port 5432",
		"ephemeral-storage is low", "DiskPressure", "feed added defaced", "python3 utf8 base64 sha1",
		"version 1.4.2 is too old",
		"NOAUTH Authentication required",
	} {
		if got := Mask(message); got != message {
			t.Errorf("%q became %q", message, got)
		}
	}
}

// TestMaskJoins: the same trouble at another time, place and size is one.
func TestMaskJoins(t *testing.T) {
	for _, pair := range [][2]string{
		{"2026-11-22T19:58:51Z cannot reach 10.96.4.7:5432 within 5s", "2026-11-23T01:02:03Z cannot reach 10.96.4.9:5432 within 5.003s"},
		{"lease 3f2504e0-4f89-41d3-9a0c-0305e82c3301 lost by web-7c9f8d6b5-x2k4w", "lease 00000000-4f89-41d3-9a0c-0305e82c3301 lost by web-6d4cf56db9-bbbbb"},
	} {
		if a, b := Mask(pair[0]), Mask(pair[1]); a != b {
			t.Errorf("%q and %q", a, b)
		}
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range pullSamples {
		f.Add(s.text)
	}
	f.Add("2026-11-22T19:58:51Z 10.0.0.1:80->10.0.0.2:90 0xff 5ms 5Mi pid 1\nmore")
	f.Add(strings.Repeat("é", 300))
	f.Fuzz(func(t *testing.T, message string) {
		got := Mask(message)
		n := utf8.RuneCountInString(got)
		if n > 200 {
			t.Errorf("%d runes", n)
		}
		if strings.Contains(got, "\n") || (utf8.ValidString(message) && !utf8.ValidString(got)) {
			t.Errorf("%q became %q", message, got)
		}
		// What was cut may end in half a word, which may look like something else.
		if again := Mask(got); n < 200 && again != got && utf8.ValidString(message) {
			t.Errorf("%q became %q and then %q", message, got, again)
		}
	})
}
