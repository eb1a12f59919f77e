package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"bfs/bench"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	if got := must(t, "version"); !strings.HasPrefix(got, "bfs ") || !strings.Contains(got, "go1.") {
		t.Errorf("version prints %q", got)
	}
}

func TestCompletionScriptsAreGoodShell(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish"} {
		script := must(t, "completion", shell)
		if !strings.Contains(script, "bfs") {
			t.Errorf("the script for %s does not mention bfs", shell)
		}
		if _, err := exec.LookPath(shell); err != nil {
			continue
		}
		check := exec.Command(shell, "-n")
		check.Stdin = strings.NewReader(script)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s finds: %v\n%s", shell, err, out)
		}
	}
}

func TestBashCompletes(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skipf("no bash here: %v", err)
	}
	cases := map[string]string{
		`bfs sta`:      "status",
		`bfs fs chm`:   "chmod",
		`bfs up --fau`: "--faults",
	}
	for line, want := range cases {
		words := strings.Fields(line)
		script := must(t, "completion", "bash") + `
COMP_WORDS=(` + strings.Replace(line, "bfs", program, 1) + `)
COMP_CWORD=` + string(rune('0'+len(words)-1)) + `
_bfs_complete
echo "${COMPREPLY[@]}"`
		out, err := exec.Command(bash, "-c", script).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%q is completed to %q, %v; want %q", line, out, err, want)
		}
	}
}

func TestBenchNull(t *testing.T) {
	var report bench.NullReport
	out := must(t, "bench", "null", "--rounds", "1", "--operations", "20", "--json")
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(report.Kinds) == 0 {
		t.Fatal("nothing was measured")
	}
	for _, k := range report.Kinds {
		if k.Replicated.Median <= 0 || k.Unreplicated.Median <= 0 || k.Ratio <= 0 {
			t.Errorf("%s: %+v", k.Name, k)
		}
		// A request and a reply, and nothing else; other requests to other
		// replicas, and what those say to each other.
		if k.Unreplicated.Messages != 2 || k.Replicated.Messages < 8 {
			t.Errorf("%s: %v messages per operation without replication, %v with", k.Name, k.Unreplicated.Messages, k.Replicated.Messages)
		}
	}
}
