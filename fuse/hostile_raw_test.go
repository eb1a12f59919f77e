package fuse

import (
	"fmt"
	"math"
	"strings"
	"syscall"
	"testing"

	"bfs/bfs"
	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// TestHostileRequests: names and numbers that no kernel lets through are
// refused as well, and change nothing.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	s := newService()
	f, client := raw(t, s.invoker()), bfs.NewClient(s.invoker())
	created := &gofuse.CreateOut{}
	in := &gofuse.CreateIn{InHeader: rootHeader, Flags: syscall.O_CREAT | syscall.O_RDWR, Mode: 0o666}
	if got := f.Create(nil, in, "file", created); got != gofuse.OK {
		t.Fatal(got)
	}
	file := gofuse.InHeader{NodeId: created.NodeId}
	before := wholeRoot(t, client)
	for what, refusals := range map[string][]hostileRequest{
		"name": hostileNames(f), "node": hostileNodes(f), "number": hostileNumbers(f, file),
	} {
		for _, r := range refusals {
			if got := r.do(); got != gofuse.Status(r.want) {
				t.Errorf("hostile %s: %s: %v, want %v", what, r.name, got, r.want)
			}
			if after := wholeRoot(t, client); after != before {
				t.Fatalf("hostile %s: %s has changed something:\n%s\nwas\n%s", what, r.name, after, before)
			}
		}
	}
}

// wholeRoot is what there is in the root, and how much in all.
func wholeRoot(t *testing.T, client *bfs.Client) string {
	t.Helper()
	entries, _, err := client.Readdir(t.Context(), fsstate.Caller{}, fsstate.RootIno, 0, 100, true)
	must(t, err)
	root, err := client.Getattr(t.Context(), fsstate.Caller{}, fsstate.RootIno)
	must(t, err)
	used, err := client.Statfs(t.Context(), fsstate.Caller{})
	must(t, err)
	return fmt.Sprintf("%+v %+v %+v", entries, root, used)
}

type hostileRequest struct {
	name string
	do   func() gofuse.Status
	want syscall.Errno
}

// hostileNames has every request that makes, finds or takes away a name, with
// names that are none.
func hostileNames(f *fileSystem) (all []hostileRequest) {
	names := map[string]syscall.Errno{
		"": syscall.ENOENT, "a/b": syscall.EINVAL, "/": syscall.EINVAL, "\x00": syscall.EINVAL,
		"a\x00b": syscall.EINVAL, strings.Repeat("n", 256): syscall.ENAMETOOLONG,
	}
	for name, want := range names {
		for op, do := range map[string]func() gofuse.Status{
			"lookup": func() gofuse.Status { return f.Lookup(nil, &rootHeader, name, &gofuse.EntryOut{}) },
			"mkdir": func() gofuse.Status {
				return f.Mkdir(nil, &gofuse.MkdirIn{InHeader: rootHeader, Mode: 0o755}, name, &gofuse.EntryOut{})
			},
			"mknod": func() gofuse.Status {
				return f.Mknod(nil, &gofuse.MknodIn{InHeader: rootHeader, Mode: syscall.S_IFIFO}, name, &gofuse.EntryOut{})
			},
			"create": func() gofuse.Status {
				return f.Create(nil, &gofuse.CreateIn{InHeader: rootHeader, Flags: syscall.O_RDWR}, name, &gofuse.CreateOut{})
			},
			"symlink": func() gofuse.Status { return f.Symlink(nil, &rootHeader, "target", name, &gofuse.EntryOut{}) },
			"link": func() gofuse.Status {
				return f.Link(nil, &gofuse.LinkIn{InHeader: rootHeader, Oldnodeid: 2}, name, &gofuse.EntryOut{})
			},
			"unlink":      func() gofuse.Status { return f.Unlink(nil, &rootHeader, name) },
			"rmdir":       func() gofuse.Status { return f.Rmdir(nil, &rootHeader, name) },
			"rename from": func() gofuse.Status { return f.Rename(nil, renameInRoot(0), name, "new") },
			"rename to":   func() gofuse.Status { return f.Rename(nil, renameInRoot(0), "file", name) },
			"exchange":    func() gofuse.Status { return f.Rename(nil, renameInRoot(2), "file", name) },
		} {
			all = append(all, hostileRequest{fmt.Sprintf("%s %.10q", op, name), do, want})
		}
	}
	return all
}

func renameInRoot(flags uint32) *gofuse.RenameIn {
	return &gofuse.RenameIn{InHeader: rootHeader, Newdir: rootHeader.NodeId, Flags: flags}
}

// hostileNodes has requests about files that are not there.
func hostileNodes(f *fileSystem) (all []hostileRequest) {
	for _, id := range []uint64{0, 1 << 20, 1 << 63, math.MaxUint64} {
		h := gofuse.InHeader{NodeId: id}
		for op, do := range map[string]func() gofuse.Status{
			"getattr": func() gofuse.Status { return f.GetAttr(nil, &gofuse.GetAttrIn{InHeader: h}, &gofuse.AttrOut{}) },
			"open":    func() gofuse.Status { return f.Open(nil, &gofuse.OpenIn{InHeader: h}, &gofuse.OpenOut{}) },
			"lookup":  func() gofuse.Status { return f.Lookup(nil, &h, "x", &gofuse.EntryOut{}) },
			"mkdir":   func() gofuse.Status { return f.Mkdir(nil, &gofuse.MkdirIn{InHeader: h}, "x", &gofuse.EntryOut{}) },
			"link": func() gofuse.Status {
				return f.Link(nil, &gofuse.LinkIn{InHeader: rootHeader, Oldnodeid: id}, "x", &gofuse.EntryOut{})
			},
			"rename": func() gofuse.Status {
				return f.Rename(nil, &gofuse.RenameIn{InHeader: rootHeader, Newdir: id}, "file", "x")
			},
		} {
			all = append(all, hostileRequest{fmt.Sprint(op, " ", id), do, syscall.ESTALE})
		}
	}
	return all
}

// hostileNumbers has requests about a file whose sums overflow, or whose flags
// nobody knows.
func hostileNumbers(f *fileSystem, file gofuse.InHeader) []hostileRequest {
	const all64, all32 = math.MaxUint64, math.MaxUint32
	write := func(offset uint64) func() gofuse.Status {
		return func() gofuse.Status {
			_, status := f.Write(nil, &gofuse.WriteIn{InHeader: file, Offset: offset}, []byte("hostile"))
			return status
		}
	}
	reserve := func(mode uint32, offset, length uint64) func() gofuse.Status {
		in := &gofuse.FallocateIn{InHeader: file, Mode: mode, Offset: offset, Length: length}
		return func() gofuse.Status { return f.Fallocate(nil, in) }
	}
	set := func(in gofuse.SetAttrInCommon) func() gofuse.Status {
		in.InHeader = file
		return func() gofuse.Status { return f.SetAttr(nil, &gofuse.SetAttrIn{SetAttrInCommon: in}, &gofuse.AttrOut{}) }
	}
	return []hostileRequest{
		{"a write at the end of time", write(all64), syscall.EINVAL},
		{"a write beyond every file", write(fsstate.MaxSize), syscall.EFBIG},
		{"a read at the end of time", func() gofuse.Status {
			_, status := f.Read(nil, &gofuse.ReadIn{InHeader: file, Offset: all64, Size: all32}, nil)
			return status
		}, syscall.EINVAL},
		{"reserving whose end overflows", reserve(0, 1, all64), syscall.EFBIG},
		{"reserving in an unknown way", reserve(all32, 0, 1), syscall.EOPNOTSUPP},
		{"a size beyond every file", set(gofuse.SetAttrInCommon{Valid: gofuse.FATTR_SIZE, Size: all64}), syscall.EFBIG},
		{"nobody's number as owner", set(gofuse.SetAttrInCommon{Valid: gofuse.FATTR_UID, Owner: gofuse.Owner{Uid: all32}}), syscall.EINVAL},
		{"an unknown kind of rename", func() gofuse.Status { return f.Rename(nil, renameInRoot(all32), "file", "x") }, syscall.EINVAL},
		{"copying in an unknown way", func() gofuse.Status {
			_, status := f.CopyFileRange(nil, &gofuse.CopyFileRangeIn{InHeader: file, NodeIdOut: file.NodeId, Flags: all64})
			return status
		}, syscall.EINVAL},
		{"seeking from nowhere", func() gofuse.Status {
			return f.Lseek(nil, &gofuse.LseekIn{InHeader: file, Whence: all32}, &gofuse.LseekOut{})
		}, syscall.EINVAL},
		{"a listing from beyond every cookie", func() gofuse.Status {
			return f.ReadDir(nil, &gofuse.ReadIn{InHeader: file, Offset: all64, Size: all32}, gofuse.NewDirEntryList(make([]byte, 100), 0))
		}, syscall.ENOTDIR},
		{"an attribute with unknown flags", func() gofuse.Status {
			return f.SetXAttr(nil, &gofuse.SetXAttrIn{InHeader: file, Flags: all32}, "user.x", nil)
		}, syscall.EINVAL},
	}
}
