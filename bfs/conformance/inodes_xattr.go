package conformance

import (
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// withXattr resolves a path to a file whose attribute of a name is meant. It
// refuses, like the kernel, what is no name before it looks at the path.
func (p *process) withXattr(path, name string) (fsstate.Ino, error) {
	if name == "" || len(name) > fsstate.MaxName {
		return 0, fsstate.Range
	}
	place, err := p.need(path, false)
	return place.Attr.Ino, err
}

func (p *process) Lgetxattr(path, name string) ([]byte, error) {
	ino, err := p.withXattr(path, name)
	if err != nil {
		return nil, err
	}
	return p.ops.Getxattr(p.ctx, p.caller, ino, name)
}

// Lsetxattr does the same for flags and values.
func (p *process) Lsetxattr(path, name string, value []byte, flags int) error {
	switch {
	case flags&^(unix.XATTR_CREATE|unix.XATTR_REPLACE) != 0:
		return fsstate.Inval
	case len(value) > fsstate.MaxXattrValue:
		return fsstate.XattrTooBig
	}
	ino, err := p.withXattr(path, name)
	if err != nil {
		return err
	}
	return p.ops.Setxattr(p.ctx, p.caller, ino, name, value, fsstate.XattrFlags(flags))
}

// Lremovexattr knows that the kernel asks for a privilege to take a file's
// capabilities away, unless it does it by itself.
func (p *process) Lremovexattr(path, name string) error {
	ino, err := p.withXattr(path, name)
	if err != nil {
		return err
	}
	if name == "security.capability" && p.caller.UID != 0 {
		return fsstate.Perm
	}
	return p.ops.Removexattr(p.ctx, p.caller, ino, name)
}

func (p *process) Llistxattr(path string) ([]string, error) {
	place, err := p.need(path, false)
	if err != nil {
		return nil, err
	}
	return p.ops.Listxattr(p.ctx, p.caller, place.Attr.Ino)
}
