package report

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
)

// shown is a command as it stands in the output.
func shown(command string, indent, width int) string {
	var out strings.Builder
	newCanvas(&out, Style{Width: width}).command(indent, command)
	return out.String()
}

func TestCommandsAreBrokenWhereAShellJoinsThem(t *testing.T) {
	want := `    kubectl get pod a -o \
      'jsonpath={.spec.imagePullSecrets'\
'} {.spec.serviceAccountName}' -n shop
`
	if diff := cmp.Diff(want, shown(`kubectl get pod a -o 'jsonpath={.spec.imagePullSecrets} {.spec.serviceAccountName}' -n shop`, 4, 42)); diff != "" {
		t.Error(diff)
	}
}

// understood is what a shell makes of a command: the arguments of every kubectl.
func understood(t *testing.T, command string) string {
	t.Helper()
	script := "kubectl() { printf '[%s]' \"$@\"; cat; }\nPASSWORD='p w'\n" + command + "\n"
	sh := exec.CommandContext(t.Context(), "sh")
	sh.Stdin = strings.NewReader("")
	sh.Args = []string{"sh", "-c", script}
	out, err := sh.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", command, err, out)
	}
	return string(out)
}

func checkCommand(t *testing.T, command string) {
	t.Helper()
	want := understood(t, command)
	for _, width := range []int{40, 60, 80, 200} {
		got := shown(command, 5, width)
		if diff := cmp.Diff(want, understood(t, got)); diff != "" {
			t.Errorf("at %d columns the shell understands something else:\n%s%s", width, got, diff)
		}
		for _, line := range strings.Split(got, "\n") {
			if n := runewidth.StringWidth(line); n > width {
				t.Errorf("%d columns of %d: %s", n, width, line)
			}
		}
	}
}

// TestPastedCommandsStayWhatTheyAre by a real shell, at every width.
func TestPastedCommandsStayWhatTheyAre(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("SKIPPED: no POSIX shell")
	}
	for _, command := range []string{
		detect.Kubectl("get", "pods", "-n", "team-geo", "-o", "custom-columns=POD:.metadata.name,STARTED:.status.containerStatuses[*].state.running.startedAt"),
		detect.Kubectl("get", "pod", "x", "-o", `jsonpath={range .spec.containers[*]}{.name}:  {.command} it's {"\n"}{end}`),
		`kubectl create secret docker-registry regcred -n ads --docker-server=registry.acme.example --docker-username=USER --docker-password="$PASSWORD" --dry-run=client -o yaml | kubectl apply -f -`,
		`kubectl get pod "a \"quoted\" word with ${PASSWORD} and $PASSWORD in a very long word of its own that goes on" '' ""`,
		detect.Kubectl("get", strings.Repeat("long-name-without-a-blank", 12), "--", "--x="+strings.Repeat("a''b ", 30)),
		`kubectl get pods --field-selector spec.nodeName=x\ y\\z -o "jsonpath={.a}" | kubectl x`,
	} {
		checkCommand(t, command)
	}
}

// FuzzPastedCommands: whatever an argument is, the shell gives it back.
func FuzzPastedCommands(f *testing.F) {
	if _, err := exec.LookPath("sh"); err != nil {
		f.Skip("SKIPPED: no POSIX shell")
	}
	f.Add("pod", "a b", "it's")
	f.Add("$HOME", `\`, "`id`;*?#!~")
	f.Add("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字", "'''''", strings.Repeat(" x", 60))
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, arg := range []string{a, b, c} {
			if escaped(arg, true) != arg || len(arg) > 500 {
				t.Skip("is escaped, and so no longer what it was")
			}
		}
		checkCommand(t, detect.Kubectl("get", a, "-n", b, "-o", c))
	})
}
