package conformance

import (
	"slices"
	"strings"
	"testing"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// The callers of the suite. Alice and Bob share the group staff.
const (
	aliceID = 1001
	bobID   = 1002
	staff   = 2000
)

// A claim is one thing that a file system must do.
type claim struct {
	name  string
	check func(*suite)
}

// Run checks every claim against fs, each in a directory of its own below
// the root, which must be root's and empty.
func Run(t *testing.T, fs FS) {
	run(t, fs, slices.Concat(plainSections, xattrSections))
}

var (
	plainSections = [][]claim{
		nameClaims, linkClaims, symlinkClaims, renameClaims, dataClaims, appendClaims,
		openClaims, modeClaims, ownerClaims, timeClaims, permissionClaims, directoryClaims, umaskClaims,
		specialClaims, exchangeClaims, tmpfileClaims,
		spaceClaims, copyClaims,
		lockClaims,
	}
	xattrSections = [][]claim{xattrClaims, aclClaims}
)

func run(t *testing.T, fs FS, sections [][]claim) {
	for _, c := range slices.Concat(sections...) {
		t.Run(c.name, func(t *testing.T) { c.check(newSuite(t, fs)) })
	}
}

// suite is what a claim is checked with: the file system as three processes
// see it, and a directory that anyone may write to.
type suite struct {
	testing.TB
	fs               FS
	dir              string
	root, alice, bob Process
}

func newSuite(t *testing.T, fs FS) *suite {
	_, name, _ := strings.Cut(t.Name(), "/")
	s := &suite{
		TB:    t,
		fs:    fs,
		dir:   "/" + strings.ReplaceAll(name, "/", "-"),
		root:  fs.As(fsstate.Caller{}),
		alice: fs.As(fsstate.Caller{UID: aliceID, GID: aliceID, Groups: []uint32{staff}}),
		bob:   fs.As(fsstate.Caller{UID: bobID, GID: bobID, Groups: []uint32{staff}}),
	}
	s.ok(s.root.Mkdir(s.dir, 0o777))
	return s
}

// at returns the path of a name in the claim's directory.
func (s *suite) at(name string) string { return s.dir + "/" + name }

func (s *suite) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("unexpected error: %v (%s)", err, s.fs.ErrorName(err))
	}
}

// fails checks that err is one of the errors of these names.
func (s *suite) fails(err error, names ...string) {
	s.Helper()
	if err == nil {
		s.Fatalf("succeeded, want %s", strings.Join(names, " or "))
	}
	if got := s.fs.ErrorName(err); !slices.Contains(names, got) {
		s.Fatalf("failed with %s (%v), want %s", got, err, strings.Join(names, " or "))
	}
}

func equal[T comparable](s *suite, what string, got, want T) {
	s.Helper()
	if got != want {
		s.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// open opens the file of a name, which need not be closed by the claim.
func (s *suite) open(p Process, name string, flags int, mode uint32) File {
	s.Helper()
	f, err := p.Open(s.at(name), flags, mode)
	s.ok(err)
	return f
}

func (s *suite) close(f interface{ Close() error }) {
	s.Helper()
	s.ok(f.Close())
}

// put makes a file with this content, owned by p.
func (s *suite) put(p Process, name, content string) {
	s.Helper()
	f := s.open(p, name, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC, 0o644)
	s.pwrite(f, content, 0)
	s.close(f)
}

// get returns the content of a file as root reads it.
func (s *suite) get(name string) string {
	s.Helper()
	f := s.open(s.root, name, unix.O_RDONLY, 0)
	defer s.close(f)
	a, err := f.Fstat()
	s.ok(err)
	return s.pread(f, int(a.Size)+1, 0)
}

func (s *suite) pwrite(f File, content string, offset int64) {
	s.Helper()
	n, err := f.Pwrite([]byte(content), offset)
	s.ok(err)
	equal(s, "bytes written", n, len(content))
}

func (s *suite) pread(f File, size int, offset int64) string {
	s.Helper()
	buf := make([]byte, size)
	n, err := f.Pread(buf, offset)
	s.ok(err)
	return string(buf[:n])
}

func (s *suite) mkdir(p Process, name string, mode uint32) {
	s.Helper()
	s.ok(p.Mkdir(s.at(name), mode))
}

// attr returns the attributes of a name, not following a link.
func (s *suite) attr(name string) fsstate.Attr {
	s.Helper()
	a, err := s.root.Lstat(s.at(name))
	s.ok(err)
	return a
}

func (s *suite) absent(name string) {
	s.Helper()
	_, err := s.root.Lstat(s.at(name))
	s.fails(err, "ENOENT")
}

// mode returns the permission bits of a name.
func (s *suite) mode(name string) uint32 {
	s.Helper()
	return s.attr(name).Mode & 0o7777
}

func isType(a fsstate.Attr, kind uint32) bool { return a.Mode&unix.S_IFMT == kind }
