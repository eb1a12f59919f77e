package fuse

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
)

// fsType is the type that mount(8) shows.
const fsType = "fuse.bfs"

// mountTable is the kernel's, as the calling thread sees it: the one of
// /proc/self is the main thread's, which may have another root directory.
const mountTable = "/proc/thread-self/mountinfo"

// mountEntry is one line of the table.
type mountEntry struct {
	device string // major:minor, minor being the FUSE connection's number
	path   string
	fsType string
}

// mountAt returns what is mounted at exactly path, the topmost if there are
// several. It asks the kernel's table, never the file system itself, so that
// a dead or hanging one cannot hold it up.
func mountAt(path string) (mountEntry, bool, error) {
	f, err := os.Open(mountTable)
	if err != nil {
		return mountEntry{}, false, err
	}
	defer f.Close()
	return topmost(f, path)
}

func topmost(table io.Reader, path string) (top mountEntry, found bool, err error) {
	lines := bufio.NewScanner(table)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if e, ok := parseMountinfo(lines.Text()); ok && e.path == path {
			top, found = e, true
		}
	}
	return top, found, lines.Err()
}

// parseMountinfo reads a line as proc_pid_mountinfo(5) describes it: the
// device is the third field, the mount point the fifth, and the type the
// first after a lone hyphen.
func parseMountinfo(line string) (mountEntry, bool) {
	left, right, ok := strings.Cut(line, " - ")
	before, after := strings.Fields(left), strings.Fields(right)
	if !ok || len(before) < 6 || len(after) < 1 {
		return mountEntry{}, false
	}
	return mountEntry{device: before[2], path: unescapeOctal(before[4]), fsType: after[0]}, true
}

// unescapeOctal undoes the kernel's \ooo for blanks and backslashes.
func unescapeOctal(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
