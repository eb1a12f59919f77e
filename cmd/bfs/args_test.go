package main

import (
	"slices"
	"strings"
	"testing"
)

func TestPermutePutsFlagsFirst(t *testing.T) {
	t.Parallel()
	cases := []struct{ line, want string }{
		{"bfs up mnt --faults 2", "bfs up --faults 2 -- mnt"},
		{"bfs up mnt -f 2 -q -- make -j 4", "bfs up -f 2 -q -- mnt make -j 4"},
		{"bfs up mnt --data=d -- --x", "bfs up --data=d -- mnt --x"},
		{"bfs fs ls / -l", "bfs fs ls -l -- /"},
		{"bfs fs rm -rf a b", "bfs fs rm -rf -- a b"},
		{"bfs fs rm -- -f", "bfs fs rm -- -f"},
		{"bfs fs put - /now", "bfs fs put -- - /now"},
		{"bfs fs mkdir a -m 700", "bfs fs mkdir -m 700 -- a"},
		{"bfs replica --id", "bfs replica --id --"},
		{"bfs", "bfs"},
		{"bfs --help", "bfs --help"},
		{"bfs fs", "bfs fs"},
		{"bfs fs --help", "bfs fs --help"},
		{"bfs dance x --y", "bfs dance x --y"},
		{"bfs up mnt --generate-bash-completion", "bfs up mnt --generate-bash-completion"},
	}
	for _, tc := range cases {
		got := permute(newApp().Commands, strings.Fields(tc.line))
		if !slices.Equal(got, strings.Fields(tc.want)) {
			t.Errorf("%q becomes %q, want %q", tc.line, strings.Join(got, " "), tc.want)
		}
	}
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	for _, c := range newApp().Commands {
		if c.Usage == "" && !c.Hidden {
			t.Errorf("%s has no usage", c.Name)
		}
		for _, sub := range c.Subcommands {
			if sub.Usage == "" {
				t.Errorf("%s %s has no usage", c.Name, sub.Name)
			}
			if c.Name == "snapshot" && sub.Description == "" {
				t.Errorf("%s %s does not say what it promises", c.Name, sub.Name)
			}
		}
	}
}

func TestShellWord(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/a/b": "/a/b", "/a b": "'/a b'", "/$x": "'/$x'", "/it's": `'/it'\''s'`,
	} {
		if got := shellWord(path); got != want {
			t.Errorf("%s is quoted as %s, want %s", path, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[uint64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB", 4 << 30: "4.0 GiB", 1 << 63: "8.0 EiB",
	} {
		if got := size(bytes); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
	}
}

func TestModeText(t *testing.T) {
	t.Parallel()
	for mode, want := range map[uint32]string{
		0o100644: "-rw-r--r--", 0o040755: "drwxr-xr-x", 0o120777: "lrwxrwxrwx", 0o041777: "drwxrwxrwt",
		0o104755: "-rwsr-xr-x", 0o102644: "-rw-r-Sr--", 0o104644: "-rwSr--r--", 0o100000: "----------",
	} {
		if got := modeText(mode); got != want {
			t.Errorf("mode %o is %q, want %q", mode, got, want)
		}
	}
}

func TestPrintableHidesNothingAndDeceivesNobody(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"plain": "plain", "with space": "with space", "ünï": "ünï", "a\x1b[2J": `"a\x1b[2J"`, "a\nb": `"a\nb"`, "\xff": `"\xff"`,
	} {
		if got := printable(name); got != want {
			t.Errorf("%q is shown as %s, want %s", name, got, want)
		}
	}
}

func TestOwnership(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"1", "1:2", ":2", "1:"} {
		if _, err := ownership(good); err != nil {
			t.Errorf("%q is refused: %v", good, err)
		}
	}
	for _, bad := range []string{"", ":", "a", "1:b", "-1", "4294967296"} {
		if set, err := ownership(bad); err == nil {
			t.Errorf("%q is taken for %+v", bad, set)
		}
	}
}
