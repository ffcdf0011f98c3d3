package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shells are those whose completion is run: what each is told to load the script,
// complete what stands in TYPED and print a candidate a line. The functions that
// a shell's own library would bring are as short as they may be.
var shells = map[string]string{
	"bash": `_init_completion() { words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=${words[cword]}; prev=${words[cword-1]}; }
		compopt() { :; }
		source <(kubectl-patterns completion bash)
		complete -p kubectl-patterns >/dev/null || exit 1
		IFS='|' read -ra COMP_WORDS <<<"$TYPED|"
		COMP_CWORD=$((${#COMP_WORDS[@]}-1)) COMP_LINE=${TYPED//|/ } COMP_TYPE=9
		COMP_POINT=${#COMP_LINE}
		__start_kubectl-patterns
		printf '%s\n' "${COMPREPLY[@]}"`,
	"zsh": `compdef() { :; }
		source <(kubectl-patterns completion zsh)
		_describe() { while [ "$1" != completions ]; do shift; done; print -l -- "${(@P)2}"; }
		_arguments() { print -- files; }
		words=("${(@s:|:)TYPED}")
		CURRENT=${#words}
		_kubectl-patterns`,
	"fish": `kubectl-patterns completion fish | source
		complete -C (string replace -a '|' ' ' -- $TYPED)`,
}

// TestCompletionInShells runs the scripts for completion. PowerShell is no package of
// Debian: its script is run where there is a pwsh, and elsewhere it is looked at
// whether it is whole.
func TestCompletionInShells(t *testing.T) {
	plugin := os.Getenv("KUBECTL_PATTERNS_BIN")
	if plugin == "" {
		t.Skip("SKIPPED: KUBECTL_PATTERNS_BIN is not set; `make test` sets it")
	}
	data, err := filepath.Abs("../score/testdata/incidents/registry-auth/data.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	for shell, script := range shells {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				t.Skipf("SKIPPED: there is no %s", shell)
			}
			for typed, want := range map[string]string{"time": "timeline", "node|-f|" + data + "|": "node-2", "--output|ht": "html", "--detector|oom,pro": "oom,probe"} {
				if got := strings.ReplaceAll(complete(t, plugin, typed, shell, "-c", script), `\,`, ","); !strings.Contains("\n"+got, "\n"+want) {
					t.Errorf("%s: %q", typed, got)
				}
			}
		})
	}
	t.Run("powershell", func(t *testing.T) { powerShell(t, plugin) })
}

// complete is what a shell offers for what was typed.
func complete(t *testing.T, plugin, typed string, command ...string) string {
	t.Helper()
	c := exec.Command(command[0], command[1:]...) //nolint:gosec // of the test
	c.Env = append(os.Environ(), "PATH="+filepath.Dir(plugin)+":"+os.Getenv("PATH"), "KUBECONFIG=/dev/null", "HOME="+t.TempDir(), "TYPED=kubectl-patterns|"+typed)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v: %s", typed, err, out)
	}
	return string(out)
}

func powerShell(t *testing.T, plugin string) {
	script, err := exec.Command(plugin, "completion", "powershell").Output() //nolint:gosec // our own binary
	if err != nil {
		t.Fatal(err)
	}
	text := string(script)
	if strings.Count(text, "{") != strings.Count(text, "}") || !strings.Contains(text, "Register-ArgumentCompleter -CommandName 'kubectl-patterns'") {
		t.Errorf("the script is not whole:\n%s", text)
	}
	if pwsh, err := exec.LookPath("pwsh"); err == nil {
		got := complete(t, plugin, "", pwsh, "-NoProfile", "-Command", text+`
			$line = 'kubectl-patterns time'
			(TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText`)
		if !strings.Contains(got, "timeline") {
			t.Errorf("pwsh: %q", got)
		}
	}
}
