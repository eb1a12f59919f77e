package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bfs/bfs/cluster"
)

// startServer runs the service without replication, which all commands work
// with as with a cluster.
func startServer(t *testing.T) place {
	t.Helper()
	p := newPlace(t)
	must(t, "init", "--unreplicated", p.data)
	launchServer(t, p)
	return p
}

func launchServer(t *testing.T, p place) *running {
	t.Helper()
	r := launch(t, program, nil, "serve", "--config", p.config())
	awaitState(t, p, healthy)
	return r
}

// fsRunner runs `bfs fs` commands on one cluster.
func fsRunner(t *testing.T, p place) func(status int, line string) string {
	return func(status int, line string) string {
		t.Helper()
		words := strings.Fields(line)
		args := append([]string{"fs", words[0], "--config", p.config()}, words[1:]...)
		r := executeWith(t, "typed in", args...)
		if r.status != status {
			t.Errorf("bfs fs %s: exit status %d, want %d\n%s", line, r.status, status, r.stderr)
		}
		if (status == exitOK) != (r.stderr == "") {
			t.Errorf("bfs fs %s: stderr is %q", line, r.stderr)
		}
		return r.stdout
	}
}

func TestFilesWithoutAMount(t *testing.T) {
	t.Parallel()
	p := startServer(t)
	fs := fsRunner(t, p)
	steps := []struct {
		line   string
		status int
		output string
	}{
		{"mkdir /a", 0, ""},
		{"mkdir /a", 1, ""},
		{"mkdir -p a/b/c a/b", 0, ""},
		{"put - /a/note", 0, ""},
		{"cat a/note", 0, "typed in"},
		{"get a/note -", 0, "typed in"},
		{"ln -s note a/link", 0, ""},
		{"cat /a/link", 0, "typed in"},
		{"ln a/note a/b", 0, ""},
		{"ls /", 0, "a\n"},
		{"ls a", 0, "b\nlink\nnote\n"},
		{"tree", 0, "/\n└── a\n    ├── b\n    │   ├── c\n    │   └── note\n    ├── link -> note\n    └── note\n"},
		{"mv a/note a/renamed", 0, ""},
		{"mv -n a/renamed a/link", 1, ""},
		{"cat a/link", 1, ""},
		{"mv a/renamed a/link a/b/c", 0, ""},
		{"ls a/b/c", 0, "link\nrenamed\n"},
		{"rm a", 1, ""},
		{"rm nothing", 1, ""},
		{"rm -f nothing", 0, ""},
		{"rm -r /", 1, ""},
		{"rm a/b/c/link a/b/note", 0, ""},
		{"chmod 600 a/b/c/renamed", 0, ""},
		{"chown -r 7:8 a/b", 0, ""},
		{"rm -r a", 0, ""},
		{"ls", 0, ""},
	}
	for _, s := range steps {
		if got := fs(s.status, s.line); got != s.output {
			t.Errorf("bfs fs %s prints\n%s want\n%s", s.line, got, s.output)
		}
	}
}

func TestAttributesAreShown(t *testing.T) {
	t.Parallel()
	fs := fsRunner(t, startServer(t))
	fs(0, "put - /file")
	fs(0, "mkdir -m 700 /dir")
	fs(0, "chmod 640 file")
	fs(0, "chown 7:8 file")
	fields := func(line string) string { return strings.Join(strings.Fields(line)[:5], " ") }
	lines := strings.Split(fs(0, "ls -l"), "\n")
	if fields(lines[0]) != "drwx------ 2 0 0 4096" && os.Getuid() == 0 || fields(lines[1]) != "-rw-r----- 1 7 8 8" {
		t.Errorf("ls -l prints\n%s", strings.Join(lines, "\n"))
	}
	for _, want := range []string{"(0640)", "7:8", "8 bytes"} {
		if got := fs(0, "stat file"); !strings.Contains(got, want) {
			t.Errorf("stat lacks %q:\n%s", want, got)
		}
	}
	if got := fs(0, "df"); !strings.Contains(got, "4.0 GiB") || !strings.Contains(got, "1048576") {
		t.Errorf("df prints\n%s", got)
	}
}

func TestTreesAreCopied(t *testing.T) {
	t.Parallel()
	fs := fsRunner(t, startServer(t))
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "to")
	big := strings.Repeat("a line of a large file\n", 200_000)
	for name, text := range map[string]string{"one": "1", "dir/two": "", "dir/deep/three": big} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(from, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(from, name), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../one", filepath.Join(from, "dir", "link")); err != nil {
		t.Fatal(err)
	}
	fs(exitFailure, "put "+from+" /copy")
	fs(exitOK, "put -r "+from+" /copy")
	fs(exitOK, "put -r "+from+"/dir/. /copy/dir")
	fs(exitFailure, "get /copy "+to)
	fs(exitOK, "get -r /copy "+to)
	for name, want := range map[string]string{"one": "1", "dir/two": "", "dir/deep/three": big, "dir/link": "1"} {
		got, err := os.ReadFile(filepath.Join(to, name))
		if err != nil || string(got) != want {
			t.Errorf("%s holds %d bytes, %v; want %d", name, len(got), err, len(want))
		}
	}
	info, err := os.Lstat(filepath.Join(to, "dir", "two"))
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("mode is %v, %v; want 0640", info.Mode(), err)
	}
}

func TestMountOfAServer(t *testing.T) {
	t.Parallel()
	p := startServer(t)
	launchMount(t, p)
	write(t, p, "file", "contents")
	if got := fsRunner(t, p)(0, "cat file"); got != "contents" {
		t.Errorf("bfs fs cat prints %q", got)
	}
}

func TestInitForSeveralMachines(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	args := []string{"init", p.data, "--client", "laptop", "--client", "desk", "--root-uid", "12"}
	for _, host := range []string{"a", "b", "c", "d"} {
		args = append(args, "--replica", host+".example:4000")
	}
	said := must(t, args...)
	config, err := cluster.Load(p.config())
	if err != nil {
		t.Fatal(err)
	}
	if config.Replicas[3].Address != "d.example:4000" || config.Clients[1].Name != "desk" || config.Files.RootUID != 12 {
		t.Errorf("the configuration is %+v", config)
	}
	for _, want := range []string{"--id 3", "replica-3.key", "--client laptop", "client-desk.key"} {
		if !strings.Contains(said, want) {
			t.Errorf("init does not say %q:\n%s", want, said)
		}
	}
}

func TestServerAndReplicaAreNotConfused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	must(t, "init", "--unreplicated", p.data)
	wantFailure(t, execute(t, "replica", "--config", p.config(), "--id", "0"), exitUsage, "run it with `bfs serve`")
	q := newPlace(t)
	newCluster(t, q, nil)
	wantFailure(t, execute(t, "serve", "--config", q.config()), exitUsage, "run its members with `bfs replica`")
}

func TestEveryErrorIsReported(t *testing.T) {
	t.Parallel()
	p := startServer(t)
	r := execute(t, "fs", "cat", "--config", p.config(), "one", "two")
	want := "bfs: stat one: no such file or directory\nbfs: stat two: no such file or directory\n"
	if got := strings.ReplaceAll(r.stderr, "open ", "stat "); r.status != exitFailure || got != want {
		t.Errorf("exit status %d and\n%s want 1 and\n%s", r.status, r.stderr, want)
	}
}
