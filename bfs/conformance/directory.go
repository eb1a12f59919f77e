package conformance

import (
	"slices"

	"golang.org/x/sys/unix"
)

// crowd is how many entries the large directories have: some pages of any
// adapter's.
const crowd = 400

var directoryClaims = []claim{
	{"a new directory lists nothing", func(s *suite) {
		s.mkdir(s.alice, "d", 0o777)
		equal(s, "entries", len(s.list("d")), 0)
	}},
	{"a listing tells inode and type", func(s *suite) {
		s.put(s.root, "f", "x")
		s.mkdir(s.root, "d", 0o777)
		s.ok(s.root.Symlink("f", s.at("s")))
		entries := s.list("")
		equal(s, "entries", len(entries), 3)
		for _, e := range entries {
			a := s.attr(e.Name)
			equal(s, "inode of "+e.Name, e.Ino, a.Ino)
			equal(s, "type of "+e.Name, e.Type, a.Mode&unix.S_IFMT)
		}
	}},
	{"a listing has every entry once", func(s *suite) {
		s.fill(crowd)
		s.sameNames(s.list(""), numbers(0, crowd))
	}},
	{"a listing can go on anywhere", func(s *suite) {
		s.fill(50)
		all := s.list("")
		d := s.openDir("")
		defer s.close(d)
		for _, from := range []int{49, 20, 0, 33} {
			s.ok(d.SeekTo(all[from].Cookie))
			equal(s, "the rest", slices.Equal(s.rest(d), all[from+1:]), true)
		}
		s.ok(d.SeekTo(0))
		equal(s, "all again", slices.Equal(s.rest(d), all), true)
	}},
	{"a rewound listing sees changes", func(s *suite) {
		s.fill(3)
		d := s.openDir("")
		defer s.close(d)
		s.rest(d)
		s.put(s.root, "new", "x")
		s.ok(s.root.Unlink(s.at("0")))
		s.ok(d.SeekTo(0))
		s.sameNames(s.rest(d), []string{"1", "2", "new"})
	}},
	{"entries that stay are listed once whatever else changes", func(s *suite) {
		s.fill(crowd)
		d := s.openDir("")
		defer s.close(d)
		seen := make(map[string]int)
		for round := 0; ; round++ {
			entries, err := d.Next()
			s.ok(err)
			if len(entries) == 0 {
				break
			}
			for _, e := range entries {
				seen[e.Name]++
			}
			s.ok(s.root.Unlink(s.at(number(crowd - 1 - round))))
			s.put(s.root, "new"+number(round), "x")
		}
		for _, e := range s.list("") {
			isNew := e.Name[0] == 'n'
			equal(s, "times that "+e.Name+" was listed", isNew || seen[e.Name] == 1, true)
		}
		for name, times := range seen {
			equal(s, "times that "+name+" was listed", times, 1)
		}
	}},
	{"everything listed can be removed on the way", func(s *suite) {
		s.fill(crowd)
		d := s.openDir("")
		defer s.close(d)
		for {
			entries, err := d.Next()
			s.ok(err)
			if len(entries) == 0 {
				break
			}
			for _, e := range entries {
				s.ok(s.root.Unlink(s.at(e.Name)))
			}
		}
		equal(s, "entries", len(s.list("")), 0)
	}},
	{"renames inside of a directory keep its listing whole", func(s *suite) {
		s.fill(30)
		for i := range 30 {
			s.ok(s.root.Rename(s.at(number(i)), s.at(number(100+i))))
		}
		s.sameNames(s.list(""), numbers(100, 130))
	}},
	{"only directories are listed", func(s *suite) {
		s.put(s.root, "f", "x")
		_, err := s.root.OpenDir(s.at("f"))
		s.fails(err, "ENOTDIR")
		_, err = s.root.OpenDir(s.at("none"))
		s.fails(err, "ENOENT")
	}},
	{"an open directory stays readable", func(s *suite) {
		s.fill(5)
		d, err := s.alice.OpenDir(s.dir)
		s.ok(err)
		defer s.close(d)
		s.ok(s.root.Chmod(s.dir, 0o700))
		equal(s, "entries", len(s.rest(d)), 5)
		_, err = s.alice.OpenDir(s.dir)
		s.fails(err, "EACCES")
	}},
}

// fill makes files named 0 to n-1.
func (s *suite) fill(n int) {
	s.Helper()
	for i := range n {
		s.close(s.open(s.root, number(i), createExclusive, 0o644))
	}
}

func numbers(from, to int) []string {
	var names []string
	for i := from; i < to; i++ {
		names = append(names, number(i))
	}
	return names
}

func (s *suite) openDir(name string) Dir {
	s.Helper()
	d, err := s.root.OpenDir(s.at(name))
	s.ok(err)
	return d
}

// endless is more entries than any directory of the suite has.
const endless = 10 * crowd

// rest returns the entries that are left.
func (s *suite) rest(d Dir) []Entry {
	s.Helper()
	var all []Entry
	for {
		entries, err := d.Next()
		s.ok(err)
		if len(entries) == 0 {
			return all
		}
		if all = append(all, entries...); len(all) > endless {
			s.Fatalf("the listing does not end")
		}
	}
}

func (s *suite) list(name string) []Entry {
	s.Helper()
	d := s.openDir(name)
	defer s.close(d)
	return s.rest(d)
}

func (s *suite) sameNames(entries []Entry, want []string) {
	s.Helper()
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	slices.Sort(names)
	slices.Sort(want)
	equal(s, "names", slices.Equal(names, want), true)
}
