package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bfs/bfs/cluster"
)

func TestBadCommandLines(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		args []string
		says string
	}{
		"no such command":     {[]string{"dance"}, `there is no command "dance"`},
		"no such subcommand":  {[]string{"fs", "dance"}, `there is no command "dance"`},
		"no such flag":        {[]string{"up", "--dance", "x"}, "-dance"},
		"missing mount point": {[]string{"up"}, "MOUNTPOINT is missing"},
		"missing path":        {[]string{"fs", "rm", "-r"}, "PATH is missing"},
		"too many":            {[]string{"version", "x"}, `"x" is one argument too many`},
		"log level":           {[]string{"up", "x", "--log-level", "loud"}, `"loud" is none of`},
		"mount option":        {[]string{"up", "x", "-o", "fast"}, "no such option"},
		"mount timeout":       {[]string{"up", "x", "-o", "timeout=soon"}, "not a duration"},
		"shell":               {[]string{"completion", "csh"}, `no completion for "csh"`},
		"atime policy":        {[]string{"init", "x", "--atime", "never"}, "choose one of relatime, strict, none"},
		"device policy":       {[]string{"up", "x", "--devices", "some"}, "choose one of root-only, allow, refuse"},
		"quota":               {[]string{"init", "x", "--quota", "me=1:1"}, "is not UID=BYTES:INODES"},
		"missing id":          {[]string{"replica", "--config", "x"}, "--id is missing"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFailure(t, execute(t, tc.args...), exitUsage, tc.says, "--help`")
		})
	}
}

func TestBadConfigurations(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	newCluster(t, p, nil)
	other := newPlace(t)
	newCluster(t, other, nil)
	text, err := os.ReadFile(p.config())
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.json")
	spoiled := strings.Replace(string(text), `"faults": 1`, `"faults": 2`, 1)
	spoiled = strings.Replace(spoiled, `"127.0.0.1:`, `"127.0.0.1-`, 1)
	if err := os.WriteFile(broken, []byte(spoiled), 0o644); err != nil {
		t.Fatal(err)
	}
	exposed := filepath.Join(p.data, "replica-2.key")
	if err := os.Chmod(exposed, 0o644); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		args []string
		says []string
	}{
		"missing file":    {[]string{"status", "--config", "/no/such.json"}, []string{"there is no cluster configuration at /no/such.json"}},
		"two problems":    {[]string{"replica", "--config", broken, "--id", "0"}, []string{"replicas: there are 4", "replicas[0].address"}},
		"no such replica": {[]string{"replica", "--config", p.config(), "--id", "4"}, []string{"no replica 4"}},
		"other's key":     {[]string{"replica", "--config", p.config(), "--id", "0", "--key", filepath.Join(p.data, "replica-1.key")}, []string{"not replica 0's key"}},
		"exposed key":     {[]string{"replica", "--config", p.config(), "--id", "2"}, []string{"chmod 600"}},
		"unknown client":  {[]string{"fs", "ls", "--config", p.config(), "--client", "nobody"}, []string{`no client "nobody"`}},
		"foreign key":     {[]string{"fs", "ls", "--config", p.config(), "--key", filepath.Join(other.data, "client-mount.key")}, []string{"is the key of none of the clients"}},
		"init twice":      {[]string{"init", p.data}, []string{"there is a cluster configuration already"}},
		"bad init":        {[]string{"init", filepath.Join(t.TempDir(), "new"), "--replica", "a:1"}, []string{"must be exactly 4"}},
		"other faults":    {[]string{"up", p.mount, "--data", p.data, "--faults", "2"}, []string{"is made for f = 1, not f = 2"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFailure(t, execute(t, tc.args...), exitFailure, tc.says...)
		})
	}
}

func TestUpWithAPortInUse(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var taken string
	newCluster(t, p, func(c *cluster.Config) { taken = c.Replicas[2].Address })
	l, err := net.Listen("tcp", taken)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	wantFailure(t, execute(t, "up", p.mount, "--data", p.data), exitFailure,
		"replica 2 did not start (exit status 1)", taken, "address already in use")
}

func TestUpWhereNothingCanBeMounted(t *testing.T) {
	t.Parallel()
	needFUSE(t)
	p := newPlace(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	full := filepath.Dir(file)
	wantFailure(t, execute(t, "up", file, "--data", p.data), exitFailure, "not a directory")
	wantFailure(t, execute(t, "up", full, "--data", p.data), exitFailure, "not empty")
}

func TestClientWithoutReplicas(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	newCluster(t, p, nil)
	wantFailure(t, execute(t, "fs", "ls", "--config", p.config()), exitFailure, "connected to 0 and need 3", "connection refused")
	if _, code := statusOfCluster(t, p); code != exitUnavailable {
		t.Errorf("bfs status exits with %d, want %d", code, exitUnavailable)
	}
}
