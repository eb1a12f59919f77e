package conformance

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// readSize is more than the files of a sequence mostly have.
const readSize = 20_000

// errNoFile is the outcome of a call by a slot without a file, on both sides.
var errNoFile = errors.New("no file is held there")

// openAndClose opens a file, writes and reads as it may, and closes it.
func openAndClose(w *side, p Process, s step) (string, error) {
	f, err := p.Open(s.Path, s.Flags, s.Mode)
	if err != nil {
		return "", err
	}
	defer f.Close()
	result := ""
	if s.Flags&unix.O_ACCMODE != unix.O_RDONLY {
		n, err := f.Pwrite(s.data(), s.Offset)
		result = fmt.Sprint(n, w.nameOf(err))
	}
	if s.Flags&unix.O_ACCMODE != unix.O_WRONLY {
		read, err := contents(f, 0, readSize)
		result += read + w.nameOf(err)
	}
	return result, nil
}

func hold(w *side, p Process, s step) (string, error) {
	if err := w.release(s.Slot); err != nil {
		return "", err
	}
	f, err := p.Open(s.Path, s.Flags, s.Mode)
	if err == nil {
		w.held[s.Slot] = f
	}
	return "", err
}

// tmpfile makes a file without a name and gives it one.
func tmpfile(_ *side, p Process, s step) (string, error) {
	f, err := p.Open(s.Path, s.Flags, s.Mode)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := pwrite(f, s); err != nil {
		return "", err
	}
	return "", f.LinkAs(s.To)
}

// throughFile is a call by an open file, whoever opened it.
func throughFile(f func(File, step) (string, error)) call {
	return func(w *side, _ Process, s step) (string, error) {
		if w.held[s.Slot] == nil {
			return "", errNoFile
		}
		return f(w.held[s.Slot], s)
	}
}

func pwrite(f File, s step) (string, error) {
	n, err := f.Pwrite(s.data(), s.Offset)
	return fmt.Sprint(n), err
}

// seek asks no directory, of which it is nowhere said where its holes are.
func seek(f File, s step) (string, error) {
	if attr, err := f.Fstat(); err != nil || isType(attr, unix.S_IFDIR) {
		return "", err
	}
	found, err := f.Seek(s.Offset, s.Flags)
	return fmt.Sprint(found), err
}

func copyBetween(w *side, _ Process, s step) (string, error) {
	from, to := w.held[s.Slot], w.held[s.Other]
	if from == nil || to == nil {
		return "", errNoFile
	}
	n, err := from.CopyRange(s.Offset, to, int64(s.Flags), s.Length)
	return fmt.Sprint(n), err
}

func contents(f File, offset, size int64) (string, error) {
	buf := make([]byte, size)
	n, err := f.Pread(buf, offset)
	return digest(buf[:max(n, 0)]), err
}

func digest(b []byte) string {
	sum := uint32(len(b))
	for _, c := range b {
		sum = sum*31 + uint32(c)
	}
	return fmt.Sprint(len(b), " bytes ", sum)
}
