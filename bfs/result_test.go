package bfs

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"bfs/fsstate"
)

var someAttr = fsstate.Attr{
	Ino: 7, Mode: 0o100644, Nlink: 1, UID: 1000, GID: 100, Rdev: 259, Size: 1 << 33, Blocks: 8,
	Atime: 1, Mtime: -1, Ctime: 1 << 60, Btime: math.MinInt64,
}

var someEntries = []fsstate.Dirent{
	{Name: "a", Ino: 8, Cookie: 3, Attr: someAttr},
	{Name: "\xff", Ino: 9, Cookie: 1 << 61, Attr: someAttr},
}

// form is one kind of result: how it is written and read.
type form struct {
	name   string
	sample result
	bytes  string
	empty  func() result
	append func(dst []byte, res result, status fsstate.Status) []byte
}

var forms = []form{
	{
		"nothing", &nothing{}, "9100",
		func() result { return &nothing{} },
		func(dst []byte, _ result, status fsstate.Status) []byte { return appendNothing(dst, status) },
	},
	{
		"attributes", &attributes{someAttr}, "92009c07cd81a401cd03e864cd0103cf00000002000000000801ffcf1000000000000000d38000000000000000",
		func() result { return &attributes{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendAttributes(dst, res.(*attributes).attr, status)
		},
	},
	{
		"contents", &contents{max: 10, bytes: []byte("data")}, "9200c40464617461",
		func() result { return &contents{max: 10} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendContents(dst, res.(*contents).bytes, status)
		},
	},
	{
		"created", &created{someAttr, true}, "93009c07cd81a401cd03e864cd0103cf00000002000000000801ffcf1000000000000000d38000000000000000c3",
		func() result { return &created{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendCreated(dst, res.(*created), status)
		},
	},
	{
		"page", &page{entries: withoutAttributes(someEntries), eof: true}, "930092940803c40161089409cf2000000000000000c401ff08c3",
		func() result { return &page{} }, appendPageResult,
	},
	{
		"page with attributes", &page{plus: true, entries: someEntries}, "930092940803c401619c07cd81a401cd03e864cd0103cf00000002000000000801ffcf1000000000000000d380000000000000009409cf2000000000000000c401ff9c07cd81a401cd03e864cd0103cf00000002000000000801ffcf1000000000000000d38000000000000000c2",
		func() result { return &page{plus: true} }, appendPageResult,
	},
	{
		"number", &number{1 << 40}, "9200cf0000010000000000",
		func() result { return &number{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendNumber(dst, res.(*number).value, status)
		},
	},
	{
		"snapshots", &snapshots{someSnapshots}, "92009297c4056461696c79cf0000100000000001ffcd03e803cf00000100000000000797c401ffcf00002000000000010000000000",
		func() result { return &snapshots{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendSnapshots(dst, res.(*snapshots).list, status)
		},
	},
	{
		"names of attributes", &xattrNames{[]string{"user.a", "user.\xff"}}, "920092c406757365722e61c406757365722eff",
		func() result { return &xattrNames{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendXattrNames(dst, res.(*xattrNames), status)
		},
	},
	{
		"owners", &ownerPage{[]fsstate.Usage{{UID: 1000, Bytes: 4096, Inodes: 2, Quota: fsstate.Quota{Bytes: 1 << 40, Inodes: 3}}}, true}, "93009195cd03e8cd100002cf000001000000000003c3",
		func() result { return &ownerPage{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendOwners(dst, res.(*ownerPage), status)
		},
	},
	{
		"totals", &total{fsstate.Statfs{Bytes: 1 << 40, BytesFree: 5, Inodes: 300, InodesFree: 200}}, "9500cf000001000000000005cd012cccc8",
		func() result { return &total{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendTotals(dst, res.(*total), status)
		},
	},
	{
		"ticket", &ticket{300}, "9200cd012c",
		func() result { return &ticket{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendTicket(dst, res.(*ticket), status)
		},
	},
	{
		"lock", &foundLock{someLock}, "920096010101cf7fffffffffffffffcf8000000000000000cd012c",
		func() result { return &foundLock{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendFoundLock(dst, res.(*foundLock), status)
		},
	},
	{
		"cancelled", &cancelled{true}, "9200c3",
		func() result { return &cancelled{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendCancelled(dst, res.(*cancelled), status)
		},
	},
	{
		"waits", &waiting{fsstate.LockWaits{Since: 300, Tickets: []uint64{301, 1 << 40}}}, "9300cd012c92cd012dcf0000010000000000",
		func() result { return &waiting{} },
		func(dst []byte, res result, status fsstate.Status) []byte {
			return appendWaiting(dst, res.(*waiting), status)
		},
	},
}

var someSnapshots = []fsstate.SnapshotInfo{
	{Name: "daily", Root: 1<<44 | 1, Made: -1, UID: 1000, Principal: 3, Bytes: 1 << 40, Inodes: 7},
	{Name: "\xff", Root: 2<<44 | 1},
}

func appendPageResult(dst []byte, res result, status fsstate.Status) []byte {
	return appendPage(dst, res.(*page), status)
}

func withoutAttributes(entries []fsstate.Dirent) []fsstate.Dirent {
	plain := append([]fsstate.Dirent(nil), entries...)
	for i := range plain {
		plain[i].Attr = fsstate.Attr{Ino: plain[i].Ino, Mode: plain[i].Attr.Mode & 0o170000}
	}
	return plain
}

func TestGoldenResults(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		b := f.append(nil, f.sample, fsstate.OK)
		if got := hex.EncodeToString(b); got != f.bytes {
			t.Errorf("%s: written as\n%s, want\n%s", f.name, got, f.bytes)
		}
		got := f.empty()
		if err := decodeResult(b, got); err != nil || !reflect.DeepEqual(got, f.sample) {
			t.Errorf("%s: came back as %+v, error %v", f.name, got, err)
		}
	}
}

// A result that is not OK carries its status and nothing else.
func TestFailedResults(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		for _, status := range fsstate.Statuses() {
			if status == fsstate.OK {
				continue
			}
			b := f.append(nil, f.sample, status)
			if want := appendNothing(nil, status); !bytes.Equal(b, want) {
				t.Errorf("%s with %v: %x, want %x", f.name, status, b, want)
			}
			if err := decodeResult(b, f.empty()); err != error(status) {
				t.Errorf("%s with %v: error %v", f.name, status, err)
			}
		}
	}
}

func TestMalformedResults(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		good := f.append(nil, f.sample, fsstate.OK)
		bad := [][]byte{nil, {0x90}, {0x80}, {0xc0}, {0x92, 0, 0xc0}, {0x92, 22, 0}, append(bytes.Clone(good), 0)}
		for n := range good {
			bad = append(bad, good[:n])
		}
		for _, b := range bad {
			if err := decodeResult(b, f.empty()); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: %x: error %v", f.name, b, err)
			}
		}
	}
}

// A list of attributes cannot be read as another.
func TestListedXattrNames(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"user.a": true, "\xff": true, strings.Repeat("n", fsstate.MaxName): true,
		"": false, "user.a\x00user.b": false, strings.Repeat("n", fsstate.MaxName+1): false,
	} {
		b := appendXattrNames(nil, &xattrNames{[]string{name}}, fsstate.OK)
		if err := decodeResult(b, &xattrNames{}); (err == nil) != ok {
			t.Errorf("%q: error %v", name, err)
		}
	}
}

// A listing cannot make a program leave the directory that it lists.
func TestListedNamesAreNames(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"...": true, "a..": true, "\xff\n": true, strings.Repeat("n", fsstate.MaxName): true,
		"": false, ".": false, "..": false, "/": false, "../a": false, "a/b": false, "a\x00": false,
		strings.Repeat("n", fsstate.MaxName+1): false,
	} {
		b := appendPage(nil, &page{entries: []fsstate.Dirent{{Name: name}}}, fsstate.OK)
		if err := decodeResult(b, &page{}); errors.Is(err, ErrMalformed) == ok {
			t.Errorf("%q: error %v, want accepted %v", name, err, ok)
		}
	}
}

func TestLargestResult(t *testing.T) {
	t.Parallel()
	read := appendContents(nil, make([]byte, MaxIO), fsstate.OK)
	if len(read) != MaxResult {
		t.Errorf("the largest read has %d bytes, MaxResult is %d", len(read), MaxResult)
	}
	attr := fsstate.Attr{
		Ino: math.MaxUint64, Mode: math.MaxUint32, Nlink: math.MaxUint32, UID: math.MaxUint32,
		GID: math.MaxUint32, Rdev: math.MaxUint32, Size: math.MaxUint64, Blocks: math.MaxUint64,
		Atime: math.MinInt64, Mtime: math.MinInt64, Ctime: math.MinInt64, Btime: math.MinInt64,
	}
	if n := len(appendAttr(nil, &attr)); n != maxAttr {
		t.Errorf("the largest attributes have %d bytes, want %d", n, maxAttr)
	}
	entry := fsstate.Dirent{
		Name: strings.Repeat("n", fsstate.MaxName), Ino: math.MaxUint64, Cookie: math.MaxUint64, Attr: attr,
	}
	largest := &page{plus: true}
	for range fsstate.MaxPage {
		largest.entries = append(largest.entries, entry)
	}
	if n := len(appendPage(nil, largest, fsstate.OK)); n > MaxResult {
		t.Errorf("the largest page has %d bytes, MaxResult is %d", n, MaxResult)
	}
	crowd := &waiting{fsstate.LockWaits{Since: math.MaxUint64, Tickets: make([]uint64, fsstate.MaxWaits)}}
	if err := decodeResult(appendWaiting(nil, crowd, fsstate.OK), &waiting{}); err != nil {
		t.Errorf("as many waits as there may be: %v", err)
	}
	crowd.waits.Tickets = append(crowd.waits.Tickets, 1)
	if err := decodeResult(appendWaiting(nil, crowd, fsstate.OK), &waiting{}); !errors.Is(err, ErrMalformed) {
		t.Errorf("one more: %v", err)
	}
}

func FuzzDecodeResult(f *testing.F) {
	for _, form := range forms {
		f.Add(form.append(nil, form.sample, fsstate.OK))
	}
	f.Add(appendNothing(nil, fsstate.Stale))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, form := range forms {
			res := form.empty()
			err := decodeResult(b, res)
			var status fsstate.Status
			if err != nil && !errors.As(err, &status) {
				continue
			}
			if again := form.append(nil, res, status); !bytes.Equal(again, b) {
				t.Errorf("%x was read as %s %+v, which is written as %x", b, form.name, res, again)
			}
		}
	})
}
