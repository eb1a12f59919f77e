package conformance

import (
	"slices"
	"strings"
)

// lawful tells whether both refuse a step, for reasons of which a file system
// may look at any first. POSIX leaves their order open.
func (d Differential) lawful(s step, got, want string) bool {
	for _, o := range orders {
		if (d.Mounted || !o.mounted) && o.about(s) && slices.Contains(o.got, got) && slices.Contains(o.want, want) {
			return true
		}
	}
	return false
}

// orders are the reasons that come first here, and on Linux's own file system.
var orders = []struct {
	mounted   bool // at a mount only
	about     func(step) bool
	got, want []string
}{
	{false, isRename, []string{"ENOTEMPTY"}, []string{"EACCES"}},
	{false, isRename, []string{"EACCES"}, []string{"ENOTEMPTY"}},
	// The kernel finds both paths before it asks whether the caller may search
	// the last directory of the first.
	{true, hasTwoPaths, []string{"ENOENT", "ENOTDIR", "ELOOP", "EEXIST", "EXDEV", "EPERM", "EBUSY", "EINVAL", "ENAMETOOLONG", "ENOTEMPTY"}, []string{"EACCES"}},
	// The kernel compares the type before it asks whether the caller may write
	// to the directory, or whether it is sticky.
	{true, isRemoval, []string{"ENOTDIR", "EISDIR"}, []string{"EACCES", "EPERM"}},
	// The kernel refuses to open a socket, to make what ends with a slash, and
	// not to follow a link, without asking for permissions or knowing of a
	// sticky directory.
	{true, opens, []string{"ENXIO", "EISDIR", "ELOOP"}, []string{"EACCES"}},
}

func isRename(s step) bool    { return strings.HasPrefix(s.Call, "rename") }
func hasTwoPaths(s step) bool { return isRename(s) || s.Call == "link" || s.Call == "tmpfile" }
func isRemoval(s step) bool   { return isRename(s) || s.Call == "unlink" || s.Call == "rmdir" }
func opens(s step) bool       { return s.Call == "open" || s.Call == "hold" || s.Call == "locks" }
