package fuse

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/hanwen/go-fuse/v2/posixtest"
)

// notPosix are the tests of go-fuse's suite that ask for what this file
// system does not promise.
var notPosix = map[string]string{
	"FcntlFlockLocksFile": "expects EAGAIN between two descriptors of one process, where POSIX locks " +
		"never conflict; go-fuse leaves it out for itself as well",
}

// TestPosix runs go-fuse's suite in a mount.
func TestPosix(t *testing.T) {
	t.Parallel()
	m := mounted(t, newService())
	for _, name := range slices.Sorted(maps.Keys(posixtest.All)) {
		t.Run(name, func(t *testing.T) {
			if reason, excluded := notPosix[name]; excluded {
				t.Skip(reason)
			}
			dir := m.Path() + "/" + name
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			posixtest.All[name](t, dir)
		})
	}
}
