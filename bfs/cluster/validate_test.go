package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestValidateNamesTheField(t *testing.T) {
	t.Parallel()
	valid := create(t, nil)
	cases := []struct {
		name   string
		spoil  func(*Config)
		fields []string
	}{
		{"no id", func(c *Config) { c.Cluster = "" }, []string{"cluster"}},
		{"no faults", func(c *Config) { c.Faults = 0 }, []string{"faults"}},
		{"many faults", func(c *Config) { c.Faults = 1000 }, []string{"faults"}},
		{"too few replicas", func(c *Config) { c.Replicas = c.Replicas[:3] }, []string{"replicas"}},
		{"no port", func(c *Config) { c.Replicas[1].Address = "host" }, []string{"replicas[1].address"}},
		{"port 0", func(c *Config) { c.Replicas[1].Address = "host:0" }, []string{"replicas[1].address"}},
		{"no host", func(c *Config) { c.Replicas[1].Address = ":4000" }, []string{"replicas[1].address"}},
		{"same address", func(c *Config) { c.Replicas[2].Address = c.Replicas[0].Address }, []string{"replicas[2].address"}},
		{"same key", func(c *Config) { c.Replicas[2].PublicKey = c.Replicas[0].PublicKey }, []string{"replicas[2].public_key"}},
		{"typo in key", func(c *Config) { c.Clients[0].PublicKey += "x" }, []string{"clients[0].public_key"}},
		{"no clients", func(c *Config) { c.Clients = nil }, []string{"clients"}},
		{"same name", func(c *Config) { c.Clients[1].Name = "mount" }, []string{"clients[1].name"}},
		{"name with slash", func(c *Config) { c.Clients[1].Name = "a/b" }, []string{"clients[1].name"}},
		{"same principal", func(c *Config) { c.Clients[1].Principal = 1 }, []string{"clients[1].principal"}},
		{"no room", func(c *Config) { c.Files.Bytes = 1 }, []string{"files.bytes"}},
		{"no inodes", func(c *Config) { c.Files.Inodes = 0 }, []string{"files.inodes"}},
		{"no lease", func(c *Config) { c.Files.Lease = 0 }, []string{"files.lease"}},
		{"mode", func(c *Config) { c.Files.RootMode = 0o10000 }, []string{"files.root_mode"}},
		{"quota twice", func(c *Config) { c.Files.Quotas = []OwnerQuota{{UID: 1}, {UID: 2}, {UID: 1}} }, []string{"files.quotas[2].uid"}},
		{"quotas", func(c *Config) {
			for uid := range uint32(maxQuotas + 1) {
				c.Files.Quotas = append(c.Files.Quotas, OwnerQuota{UID: uid})
			}
		}, []string{"files.quotas"}},
		{"log size", func(c *Config) { c.Protocol.LogSize = 130 }, []string{"protocol"}},
		{"unreplicated with faults", func(c *Config) { c.Unreplicated = true }, []string{"faults", "replicas"}},
		{"several", func(c *Config) { c.Cluster, c.Files.Bytes, c.Protocol.Retransmit = "", 0, 0 },
			[]string{"cluster", "files.bytes", "protocol"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := copyOf(valid)
			tc.spoil(c)
			wantFields(t, c.Validate(), tc.fields...)
		})
	}
}

func copyOf(c *Config) *Config {
	other := *c
	other.Replicas = append([]Replica(nil), c.Replicas...)
	other.Clients = append([]Client(nil), c.Clients...)
	return &other
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	valid, err := os.ReadFile(create(t, nil).Path())
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct{ text, want string }{
		"unknown field": {strings.Replace(string(valid), `"faults"`, `"fault"`, 1), "fault"},
		"syntax":        {strings.Replace(string(valid), `"faults": 1,`, `"faults": 1`, 1), "line 4"},
		"kind":          {strings.Replace(string(valid), `"faults": 1`, `"faults": "1"`, 1), "line 3"},
		"more":          {string(valid) + "{}", "more text"},
		"duration":      {strings.Replace(string(valid), `"1m0s"`, `"1 minute"`, 1), "not a duration"},
		"mode":          {strings.Replace(string(valid), `"0755"`, `"rwx"`, 1), "not a mode"},
		"atime":         {strings.Replace(string(valid), `"relatime"`, `"sometimes"`, 1), "choose one of relatime, strict, none"},
		"empty":         {"", "cut off"},
		"huge":          {strings.Repeat(" ", maxConfigBytes+1), "larger than"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), configName)
			if err := os.WriteFile(path, []byte(tc.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(path); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Load: %v; want it to say %q", err, tc.want)
			}
		})
	}
}

func TestLoadOfNothing(t *testing.T) {
	t.Parallel()
	if _, err := Load(ConfigPath(t.TempDir())); !errors.Is(err, ErrNoConfig) {
		t.Errorf("Load: %v, want ErrNoConfig", err)
	}
}

func TestLoadFillsInDefaults(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	text, err := os.ReadFile(c.Path())
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), `"protocol": {`)
	_, after, _ := strings.Cut(rest, "},\n")
	if err := os.WriteFile(c.Path(), []byte(before+after), 0o644); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(c.Path())
	if err != nil {
		t.Fatal(err)
	}
	if loaded.Protocol != c.Protocol {
		t.Errorf("protocol is %+v, want the defaults", loaded.Protocol)
	}
}

func TestLockKeepsOthersOut(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	first, err := AcquireLock(dir, "bfs up, process 12")
	if err != nil {
		t.Fatal(err)
	}
	_, err = AcquireLock(dir, "other")
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "bfs up, process 12") {
		t.Errorf("second lock: %v; want ErrLocked that names the holder", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := AcquireLock(dir, "third")
	if err != nil {
		t.Fatalf("after Release: %v", err)
	}
	again.Release()
}
