package conformance

var exchangeClaims = []claim{
	{"exchange makes two files change places", func(s *suite) {
		s.put(s.alice, "a", "from a")
		s.put(s.alice, "b", "from b")
		a, b := s.attr("a").Ino, s.attr("b").Ino
		s.ok(s.alice.RenameExchange(s.at("a"), s.at("b")))
		equal(s, "contents of a", s.get("a"), "from b")
		equal(s, "contents of b", s.get("b"), "from a")
		equal(s, "inode of a", s.attr("a").Ino, b)
		equal(s, "inode of b", s.attr("b").Ino, a)
	}},
	{"exchange of a file and a full directory", func(s *suite) {
		s.mkdir(s.alice, "d", 0o755)
		s.mkdir(s.alice, "e", 0o755)
		s.mkdir(s.alice, "e/sub", 0o755)
		s.put(s.alice, "e/sub/f", "x")
		s.put(s.alice, "d/f", "y")
		s.ok(s.alice.RenameExchange(s.at("d/f"), s.at("e/sub")))
		equal(s, "what is in the directory", s.get("d/f/f"), "x")
		equal(s, "contents of the file", s.get("e/sub"), "y")
		equal(s, "links of the old parent", s.attr("e").Nlink, 2)
		equal(s, "links of the new parent", s.attr("d").Nlink, 3)
		equal(s, "what dot-dot is", s.attr("d/f/..").Ino, s.attr("d").Ino)
	}},
	{"exchange needs both names", func(s *suite) {
		s.put(s.alice, "a", "a")
		s.fails(s.alice.RenameExchange(s.at("a"), s.at("none")), "ENOENT")
		s.fails(s.alice.RenameExchange(s.at("none"), s.at("a")), "ENOENT")
		s.ok(s.alice.RenameExchange(s.at("a"), s.at("a")))
		equal(s, "contents", s.get("a"), "a")
	}},
	{"exchange refuses to make a circle", func(s *suite) {
		s.mkdir(s.alice, "d", 0o755)
		s.put(s.alice, "d/f", "x")
		s.fails(s.alice.RenameExchange(s.at("d"), s.at("d/f")), "EINVAL")
		s.fails(s.alice.RenameExchange(s.at("d/f"), s.at("d")), "EINVAL")
		equal(s, "contents", s.get("d/f"), "x")
	}},
	{"exchange needs permission on both sides", func(s *suite) {
		s.mkdir(s.alice, "hers", 0o755)
		s.mkdir(s.bob, "his", 0o755)
		s.put(s.alice, "hers/f", "a")
		s.put(s.bob, "his/f", "b")
		s.fails(s.bob.RenameExchange(s.at("hers/f"), s.at("his/f")), "EACCES")
		s.fails(s.alice.RenameExchange(s.at("hers/f"), s.at("his/f")), "EACCES")
		s.mkdir(s.root, "sticky", 0o777)
		s.ok(s.root.Chmod(s.at("sticky"), 0o1777))
		s.put(s.alice, "sticky/a", "a")
		s.put(s.bob, "sticky/b", "b")
		s.fails(s.bob.RenameExchange(s.at("sticky/b"), s.at("sticky/a")), "EPERM")
		s.fails(s.bob.RenameExchange(s.at("sticky/a"), s.at("sticky/b")), "EPERM")
	}},
	{"exchange moves the times of both directories", func(s *suite) {
		s.mkdir(s.alice, "d", 0o755)
		s.mkdir(s.alice, "e", 0o755)
		s.put(s.alice, "d/f", "x")
		s.mkdir(s.alice, "e/sub", 0o755)
		swap := func() { s.ok(s.alice.RenameExchange(s.at("d/f"), s.at("e/sub"))) }
		s.moves("d", both, swap)
		s.moves("e", both, swap)
		before := s.attr("d/f")
		s.pass(before)
		swap()
		after := s.attr("e/sub")
		equal(s, "mtime of what moved", after.Mtime, before.Mtime)
		equal(s, "whether its ctime moved", after.Ctime > before.Ctime, true)
	}},
}
