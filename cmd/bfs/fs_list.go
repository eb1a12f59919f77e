package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"bfs/fsstate"

	"github.com/urfave/cli/v2"
)

func lsCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:      "ls",
		Usage:     "list directories",
		ArgsUsage: "[PATH…]",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "l", Usage: "with mode, owner, size and time"},
			&cli.BoolFlag{Name: "a", Usage: "names that begin with a dot, too"},
		},
		Action: onFiles(0, -1, (*files).ls),
	})
}

func (f *files) ls() error {
	switch f.NArg() {
	case 0:
		return f.lsOne("/")
	case 1:
		return f.lsOne(f.Args().First())
	}
	return f.each(func(name string) error {
		fmt.Fprintf(f.App.Writer, "%s:\n", name)
		return f.lsOne(name)
	})
}

func (f *files) lsOne(name string) error {
	attr, err := f.client.Walk(f.ctx, f.caller, name)
	if err != nil {
		return err
	}
	entries := []fsstate.Dirent{{Name: name, Attr: attr}}
	if isDir(attr) {
		if entries, err = f.listed(name); err != nil {
			return err
		}
	}
	if f.Bool("l") {
		return f.long(entries)
	}
	for _, e := range entries {
		fmt.Fprintln(f.App.Writer, printable(e.Name))
	}
	return nil
}

// listed is what ls shows of a directory, in the order of the names.
func (f *files) listed(dir string) ([]fsstate.Dirent, error) {
	entries, err := f.client.ReadDirAll(f.ctx, f.caller, dir)
	if err != nil {
		return nil, err
	}
	if !f.Bool("a") {
		entries = slices.DeleteFunc(entries, func(e fsstate.Dirent) bool { return strings.HasPrefix(e.Name, ".") })
	}
	sortByName(entries)
	return entries, nil
}

func sortByName(entries []fsstate.Dirent) {
	slices.SortFunc(entries, func(a, b fsstate.Dirent) int { return cmp.Compare(a.Name, b.Name) })
}

func (f *files) long(entries []fsstate.Dirent) error {
	var columns [4]int
	for _, e := range entries {
		for i, v := range numbers(e.Attr) {
			columns[i] = max(columns[i], len(v))
		}
	}
	for _, e := range entries {
		fmt.Fprint(f.App.Writer, modeText(e.Attr.Mode))
		for i, v := range numbers(e.Attr) {
			fmt.Fprintf(f.App.Writer, " %*s", columns[i], v)
		}
		_, err := fmt.Fprintf(f.App.Writer, " %s %s%s\n", time.Unix(0, e.Attr.Mtime).Format("2006-01-02 15:04:05"),
			printable(e.Name), f.arrow(e))
		if err != nil {
			return err
		}
	}
	return nil
}

// numbers are those that ls -l shows: links, owner, group and size.
func numbers(a fsstate.Attr) [4]string {
	return [4]string{fmt.Sprint(a.Nlink), fmt.Sprint(a.UID), fmt.Sprint(a.GID), fmt.Sprint(a.Size)}
}

// arrow shows where a symbolic link leads.
func (f *files) arrow(e fsstate.Dirent) string {
	if !isSymlink(e.Attr) {
		return ""
	}
	target, err := f.client.Readlink(f.ctx, f.caller, e.Attr.Ino)
	if err != nil {
		return fmt.Sprintf(" -> ? (%v)", err)
	}
	return " -> " + printable(target)
}

func treeCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:      "tree",
		Usage:     "show a directory and all below it",
		ArgsUsage: "[PATH]",
		Action:    onFiles(0, 1, (*files).tree),
	})
}

func (f *files) tree() error {
	root := cmp.Or(f.Args().First(), "/")
	attr, err := f.client.Walk(f.ctx, f.caller, root)
	if err != nil {
		return err
	}
	fmt.Fprintln(f.App.Writer, printable(root))
	if !isDir(attr) {
		return nil
	}
	return f.branches(root, "")
}

func (f *files) branches(dir, indent string) error {
	entries, err := f.client.ReadDirAll(f.ctx, f.caller, dir)
	if err != nil {
		return err
	}
	sortByName(entries)
	for i, e := range entries {
		branch, below := "├── ", "│   "
		if i == len(entries)-1 {
			branch, below = "└── ", "    "
		}
		fmt.Fprintf(f.App.Writer, "%s%s%s%s\n", indent, branch, printable(e.Name), f.arrow(e))
		if isDir(e.Attr) {
			if err := f.branches(path.Join(dir, e.Name), indent+below); err != nil {
				return err
			}
		}
	}
	return nil
}

// printable shows control characters of a name, which could deceive a
// terminal, as escapes.
func printable(name string) string {
	for _, r := range name {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return fmt.Sprintf("%q", name)
		}
	}
	return name
}
