package fuse

import (
	"strings"
	"testing"
)

const table = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
31 22 0:39 / /mnt/a\040b\134c rw,nosuid shared:7 master:2 - fuse.bfs bfs:x rw,user_id=0
32 22 0:40 / /mnt/twice rw - tmpfs tmpfs rw
33 32 0:41 / /mnt/twice rw - fuse.bfs bfs:y rw
cut short
34 22 0:42 / /mnt/odd rw no-hyphen fuse.bfs
`

func TestTopmost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path  string
		want  mountEntry
		found bool
	}{
		{"/", mountEntry{"254:0", "/", "ext4"}, true},
		{`/mnt/a b\c`, mountEntry{"0:39", `/mnt/a b\c`, "fuse.bfs"}, true},
		{"/mnt/twice", mountEntry{"0:41", "/mnt/twice", "fuse.bfs"}, true},
		{"/mnt/odd", mountEntry{}, false},
		{"/mnt", mountEntry{}, false},
	}
	for _, test := range tests {
		got, found, err := topmost(strings.NewReader(table), test.path)
		if err != nil || found != test.found || got != test.want {
			t.Errorf("%s: got %v, %v, %v; want %v, %v", test.path, got, found, err, test.want, test.found)
		}
	}
}
