package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
)

// sharedName is the file to which both mounts append.
const sharedName = "shared"

// recordBytes is the size of one record: a line of its writer, its number, and
// a checksum of both.
const recordBytes = 64

func record(writer int, number int64) []byte {
	text := fmt.Sprintf("%d %d ", writer, number)
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	return []byte(text + sum[:recordBytes-1-len(text)] + "\n")
}

// feed is what one writer appends: records with the numbers 0, 1, 2, ….
type feed struct {
	writer      int
	file        *os.File
	begun, done atomic.Int64
}

func newFeed(t *testing.T, mount string, writer int) *feed {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(mount, sharedName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return &feed{writer: writer, file: file}
}

func (f *feed) append() error {
	n := f.done.Load()
	f.begun.Store(n + 1)
	if _, err := f.file.Write(record(f.writer, n)); err != nil {
		return err
	}
	f.done.Store(n + 1)
	if n%16 == 0 {
		return f.file.Sync()
	}
	return nil
}

// verify reads the whole file.
func (f *feed) verify(path string) error {
	err := (&follower{feed: f, path: path}).step()
	return err
}

// follower reads on in the shared file from where it was, and checks that one
// writer's records are all there, each once and in order.
type follower struct {
	feed   *feed
	path   string
	offset int64
	next   int64
}

func (r *follower) step() error {
	before := r.feed.done.Load()
	file, err := os.Open(r.path)
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(io.NewSectionReader(file, r.offset, 1<<40))
	if err != nil {
		return err
	}
	for len(data) >= recordBytes {
		if err := r.take(data[:recordBytes]); err != nil {
			return err
		}
		data = data[recordBytes:]
	}
	if after := r.feed.begun.Load(); r.next < before || r.next > after || len(data) > 0 {
		return fmt.Errorf("writer %d's records end at %d, and %d bytes follow; %d were acknowledged before, %d begun after",
			r.feed.writer, r.next, len(data), before, after)
	}
	return nil
}

// take checks one record, if it is of the writer.
func (r *follower) take(line []byte) error {
	var writer int
	var number int64
	if _, err := fmt.Sscanf(string(line), "%d %d ", &writer, &number); err != nil || !bytes.Equal(line, record(writer, number)) {
		return fmt.Errorf("at %d there is no record but %q", r.offset, line)
	}
	if writer == r.feed.writer {
		if number != r.next {
			return fmt.Errorf("at %d record %d of writer %d follows on %d", r.offset, number, writer, r.next-1)
		}
		r.next++
	}
	r.offset += recordBytes
	return nil
}

// swap is a file that is replaced as a whole, by a rename, with ever new
// versions.
type swap struct {
	mount, name string
	begun, done atomic.Int64
}

func newSwap(t *testing.T, mount string, i int) *swap {
	t.Helper()
	s := &swap{mount: mount, name: fmt.Sprint("current-", i)}
	if err := s.replace(); err != nil {
		t.Fatal(err)
	}
	return s
}

// versionOf is a version's contents: its number, as many bytes as that
// says, some of them more than one request, and a checksum.
func versionOf(n int64) []byte {
	rng := rand.New(rand.NewPCG(uint64(n), 0))
	size := rng.IntN(2000)
	if n%32 == 0 {
		size = rng.IntN(300_000)
	}
	body := append(fmt.Appendf(nil, "%d\n", n), bytes.Repeat([]byte{byte(n)}, size)...)
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

func (s *swap) replace() error {
	n := s.done.Load() + 1
	s.begun.Store(n)
	next := filepath.Join(s.mount, s.name+".next")
	if err := os.WriteFile(next, versionOf(n), 0o644); err != nil {
		return err
	}
	if err := os.Rename(next, filepath.Join(s.mount, s.name)); err != nil {
		return err
	}
	s.done.Store(n)
	return nil
}

// look reads the file on a mount, and checks that it is one whole version, not
// older than one that was complete before.
func (s *swap) look(mount string) error {
	before := s.done.Load()
	data, err := os.ReadFile(filepath.Join(mount, s.name))
	if errors.Is(err, syscall.ESTALE) {
		return nil // replaced twice while it was opened, as on NFS
	}
	if err != nil {
		return err
	}
	var n int64
	if _, err := fmt.Sscan(string(data[:min(len(data), 20)]), &n); err != nil {
		return fmt.Errorf("%s holds no version: %w", s.name, err)
	}
	if after := s.begun.Load(); n < before || n > after {
		return fmt.Errorf("%s is version %d; %d was complete before, %d begun after", s.name, n, before, after)
	}
	if !bytes.Equal(data, versionOf(n)) {
		return fmt.Errorf("%s is version %d with other contents", s.name, n)
	}
	return nil
}

// churn makes, fills, lists, moves and removes directories.
type churn struct {
	here, there string // one directory on two mounts
	n           int
}

func (c *churn) step() error {
	c.n++
	dir := fmt.Sprint("d", c.n)
	names := []string{"a", "b", "c"}
	if err := os.MkdirAll(filepath.Join(c.here, dir), 0o755); err != nil {
		return err
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(c.here, dir, name), []byte(dir+name), 0o644); err != nil {
			return err
		}
	}
	moved := dir + "-moved"
	if err := os.Rename(filepath.Join(c.here, dir), filepath.Join(c.here, moved)); err != nil {
		return err
	}
	if err := holds(filepath.Join(c.there, moved), dir, names); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(c.here, moved)); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(c.there, moved)); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s was removed, but on the other mount: %w", moved, err)
	}
	return nil
}

// holds checks that a directory has just these files, with their contents.
func holds(dir, text string, names []string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil || string(data) != text+e.Name() {
			return fmt.Errorf("%s/%s holds %q: %w", dir, e.Name(), data, err)
		}
	}
	if !slices.Equal(found, names) {
		return fmt.Errorf("%s lists %q, want %q", dir, found, names)
	}
	return nil
}
