package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"bfs/fsstate"

	"github.com/urfave/cli/v2"
)

func statCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:      "stat",
		Usage:     "show everything about files except their contents",
		ArgsUsage: "PATH…",
		Action:    onFiles(1, -1, func(f *files) error { return f.each(f.stat) }),
	})
}

func (f *files) stat(name string) error {
	a, err := f.client.WalkNoFollow(f.ctx, f.caller, name)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(f.App.Writer, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "name\t%s\nmode\t%s (%04o)\nowner\t%d:%d\n", printable(name), modeText(a.Mode), a.Mode&0o7777, a.UID, a.GID)
	fmt.Fprintf(w, "size\t%d bytes in %d blocks of 512\ninode\t%d, %d links\n", a.Size, a.Blocks, a.Ino, a.Nlink)
	fmt.Fprintf(w, "read\t%s\nwritten\t%s\nchanged\t%s\nmade\t%s\n", moment(a.Atime), moment(a.Mtime), moment(a.Ctime), moment(a.Btime))
	return w.Flush()
}

func moment(ns int64) string { return time.Unix(0, ns).Format(time.RFC3339Nano) }

func chmodCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:        "chmod",
		Usage:       "set permission bits",
		ArgsUsage:   "MODE PATH…",
		Description: "MODE is octal: bfs fs chmod 640 /notes",
		Flags:       []cli.Flag{recursiveFlag("and of all below directories")},
		Action: onFiles(2, -1, func(f *files) error {
			mode, err := strconv.ParseUint(f.Args().First(), 8, 12)
			if err != nil {
				return misused(f.Context, "%q is not a mode: write it in octal, such as 640", f.Args().First())
			}
			return f.setAll(fsstate.SetAttr{Mask: fsstate.SetMode, Mode: uint32(mode)})
		}),
	})
}

func chownCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:        "chown",
		Usage:       "set owner and group",
		ArgsUsage:   "UID[:GID] PATH…",
		Description: "Numbers only: bfs fs chown 1000:1000 /home",
		Flags:       []cli.Flag{recursiveFlag("and of all below directories")},
		Action: onFiles(2, -1, func(f *files) error {
			set, err := ownership(f.Args().First())
			if err != nil {
				return misused(f.Context, "%q is not UID, UID:GID or :GID in numbers", f.Args().First())
			}
			return f.setAll(set)
		}),
	})
}

func ownership(text string) (set fsstate.SetAttr, err error) {
	uid, gid, _ := strings.Cut(text, ":")
	parse := func(text string, bit fsstate.SetMask, into *uint32) {
		if text == "" {
			return
		}
		v, failed := strconv.ParseUint(text, 10, 32)
		err = errors.Join(err, failed)
		set.Mask |= bit
		*into = uint32(v)
	}
	parse(uid, fsstate.SetUID, &set.UID)
	parse(gid, fsstate.SetGID, &set.GID)
	if set.Mask == 0 {
		err = strconv.ErrSyntax
	}
	return set, err
}

// setAll sets attributes of all arguments but the first.
func (f *files) setAll(set fsstate.SetAttr) error {
	var errs []error
	for _, name := range f.Args().Tail() {
		errs = append(errs, f.set(name, set))
	}
	return errors.Join(errs...)
}

func (f *files) set(name string, set fsstate.SetAttr) error {
	one := func(name string, a fsstate.Attr) error {
		if _, err := f.client.Setattr(f.ctx, f.caller, a.Ino, set); err != nil {
			return &fs.PathError{Op: f.Command.Name, Path: name, Err: err}
		}
		return nil
	}
	if !f.Bool("r") {
		attr, err := f.client.Walk(f.ctx, f.caller, name)
		if err != nil {
			return err
		}
		return one(name, attr)
	}
	return f.client.Tree(f.ctx, f.caller, name, func(name string, a fsstate.Attr) error {
		if isSymlink(a) {
			return nil
		}
		return one(name, a)
	})
}

func recursiveFlag(what string) cli.Flag {
	return &cli.BoolFlag{Name: "r", Aliases: []string{"R"}, Usage: what}
}

func dfCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:   "df",
		Usage:  "show how much room there is",
		Action: onFiles(0, 0, (*files).df),
	})
}

func (f *files) df() error {
	total, err := f.client.Statfs(f.ctx, f.caller)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(f.App.Writer, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\ttotal\tused\tfree\t\n")
	fmt.Fprintf(w, "bytes\t%s\t%s\t%s\t\n", size(total.Bytes), size(total.Bytes-total.BytesFree), size(total.BytesFree))
	fmt.Fprintf(w, "inodes\t%d\t%d\t%d\t\n", total.Inodes, total.Inodes-total.InodesFree, total.InodesFree)
	return w.Flush()
}

// size is a number of bytes for people.
func size(bytes uint64) string {
	const units = "KMGTPE"
	if bytes < 1024 {
		return strconv.FormatUint(bytes, 10) + " B"
	}
	value, unit := float64(bytes)/1024, 0
	for value >= 1024 && unit < len(units)-1 {
		value /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %ciB", value, units[unit])
}
