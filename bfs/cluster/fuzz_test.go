package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// FuzzLoad: a file is refused with a reason, or is a configuration that Save
// writes and Load reads as the same.
func FuzzLoad(f *testing.F) {
	dir := f.TempDir()
	made, err := Create(Options{Dir: filepath.Join(dir, "state"), Faults: 1, Clients: []string{"mount"}})
	if err != nil {
		f.Fatal(err)
	}
	valid, err := os.ReadFile(made.Path())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(valid)
	f.Add([]byte(`{"cluster":"x","faults":1,"files":{"root_mode":"0755","lease":"1m"},"protocol":{"log_size":-1}}`))
	f.Add([]byte(`{"replicas":[{"address":":1","public_key":""}],"clients":[{}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), configName)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := Load(path)
		if err != nil {
			if invalid := (*InvalidError)(nil); !errors.As(err, &invalid) && len(text) <= maxConfigBytes {
				t.Errorf("%v is no InvalidError", err)
			}
			return
		}
		if err := c.Save(path); err != nil {
			t.Fatal(err)
		}
		if again, err := Load(path); err != nil || !reflect.DeepEqual(c, again) {
			t.Errorf("loaded %+v, and when it was saved %+v, %v", c, again, err)
		}
	})
}
