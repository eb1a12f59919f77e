package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"bfs/fsstate"
	"bfs/pbft"
)

// create makes a cluster for one fault in a new directory.
func create(t *testing.T, adjust func(*Options)) *Config {
	t.Helper()
	o := Options{Dir: filepath.Join(t.TempDir(), "state"), Faults: 1, Clients: []string{"mount", "tools"}}
	if adjust != nil {
		adjust(&o)
	}
	c, err := Create(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCreateThenLoadGivesTheSame(t *testing.T) {
	t.Parallel()
	for name, adjust := range map[string]func(*Options){
		"one fault":  nil,
		"two faults": func(o *Options) { o.Faults = 2 },
		"policies": func(o *Options) {
			o.Adjust = func(c *Config) {
				c.Files.Atime, c.Files.Devices = fsstate.AtimeStrict, fsstate.DevicesRefuse
				c.Files.Quota, c.Files.QuotaBindsRoot = Quota{Bytes: 1 << 30}, true
				c.Files.Quotas = []OwnerQuota{{UID: 1000, Quota: Quota{Inodes: 7}}}
			}
		},
		"unreplicated": func(o *Options) { o.Unreplicated = true },
		"adjusted":     func(o *Options) { o.Adjust = func(c *Config) { c.Protocol.LogSize = 512 } },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := create(t, adjust)
			loaded, err := Load(made.Path())
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(made, loaded) {
				t.Errorf("created %+v\n loaded %+v", made, loaded)
			}
		})
	}
}

func TestCreateMakesFilesForTheirOwnersOnly(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	modes := map[string]os.FileMode{
		c.Dir():                  dirMode | os.ModeDir,
		c.Path():                 configMode,
		c.ReplicaKeyPath(0):      0o600,
		c.ReplicaKeyPath(3):      0o600,
		c.ClientKeyPath("mount"): 0o600,
	}
	for path, want := range modes {
		info, err := os.Stat(path)
		if err != nil {
			t.Error(err)
		} else if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestCreateRefusesToOverwrite(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	_, err := Create(Options{Dir: c.Dir(), Faults: 1, Clients: []string{"mount"}})
	if !errors.Is(err, ErrExists) {
		t.Errorf("second Create: %v, want ErrExists", err)
	}
}

func TestCreateResumesAfterInterruption(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	if err := os.Remove(c.Path()); err != nil {
		t.Fatal(err)
	}
	again, err := Create(Options{Dir: c.Dir(), Faults: 1, Clients: []string{"mount", "tools"}})
	if err != nil {
		t.Fatal(err)
	}
	if again.Replicas[0].PublicKey != c.Replicas[0].PublicKey {
		t.Error("the key of replica 0 was not used again")
	}
}

func TestCreateRefusesABadPlanBeforeWriting(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	_, err := Create(Options{Dir: dir, Faults: 1, Addresses: []string{"a:1", "b"}, Clients: []string{"../x"}})
	wantFields(t, err, "replicas", "replicas[1].address", "clients[0].name")
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory was made all the same")
	}
}

func TestDefaultsArePbfts(t *testing.T) {
	t.Parallel()
	if got, want := defaults().params(), pbft.DefaultParams(1); got != want {
		t.Errorf("params of the default configuration are %+v, want %+v", got, want)
	}
}

func TestFreeAddressesDiffer(t *testing.T) {
	t.Parallel()
	addresses, err := freeAddresses(16)
	if err != nil {
		t.Fatal(err)
	}
	had := map[string]bool{}
	for _, a := range addresses {
		if had[a] || !strings.HasPrefix(a, "127.0.0.1:") {
			t.Errorf("%s is no good among %v", a, addresses)
		}
		had[a] = true
	}
}

// wantFields checks that err is an InvalidError about exactly these fields.
func wantFields(t *testing.T, err error, fields ...string) {
	t.Helper()
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want an InvalidError about %v", err, fields)
	}
	var got []string
	for _, p := range invalid.Problems {
		got = append(got, p.Field)
	}
	if !reflect.DeepEqual(got, fields) {
		t.Errorf("problems are with %v, want %v:\n%v", got, fields, err)
	}
}
