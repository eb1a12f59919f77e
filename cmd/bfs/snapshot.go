package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"bfs/fsstate"

	"github.com/urfave/cli/v2"
)

func snapshotCommand() *cli.Command {
	return &cli.Command{
		Name:  "snapshot",
		Usage: "keep the files as they are now",
		Description: `A snapshot costs nothing when it is made, and later what has changed since. Its
files are found under .snapshots/NAME in the root directory of the mount, which
listings do not show, and for reading only:

   bfs snapshot create monday
   diff -r files/src files/.snapshots/monday/src
   bfs fs get -r /.snapshots/monday restored

Whoever could read a file then can read it in the snapshot, whatever has become of
its mode since. What only snapshots hold counts against nobody's quota, and is in
the memory of the replicas all the same.`,
		Subcommands: []*cli.Command{
			filesCommand(&cli.Command{
				Name: "create", Usage: "keep the files as they are now", ArgsUsage: "NAME",
				Description: fmt.Sprintf(`NAME is one that a file can have. Only root and the owner of the root directory
make snapshots. There are at most %d at one time, and the bytes and the files that
they list together come to at most %d times the file system's limits.`, fsstate.MaxSnapshots, fsstate.SnapshotShare),
				Action: onFiles(1, 1, (*files).createSnapshot),
			}),
			filesCommand(&cli.Command{
				Name: "list", Aliases: []string{"ls"}, Usage: "show the snapshots, the oldest first",
				Description: `BYTES and INODES are of all that is in a snapshot, also of what it shares with the
files of now and takes no memory of its own. BY is the user who has made it, and
the client whose key vouched for that.`,
				Flags:  []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "for programs"}},
				Action: onFiles(0, 0, (*files).listSnapshots),
			}),
			filesCommand(&cli.Command{
				Name: "delete", Aliases: []string{"rm"}, Usage: "forget snapshots", ArgsUsage: "NAME…",
				Description: `What no other snapshot has of it, nor the files of now, is lost. What is still
open in it fails with ESTALE. Only root and the owner of the root directory may.`,
				Action: onFiles(1, -1, (*files).deleteSnapshots),
			}),
		},
	}
}

func (f *files) createSnapshot() error {
	name := f.Args().First()
	if strings.Contains(name, "/") || name == "." || name == ".." {
		return misused(f.Context, "%s is no NAME: a snapshot is named as a file is, without a directory", printable(name))
	}
	info, err := f.client.CreateSnapshot(f.ctx, f.caller, name)
	if err != nil {
		return fmt.Errorf("snapshot %s: %w", printable(name), err)
	}
	_, err = fmt.Fprintf(f.App.Writer, "%s: %d files, %s, under %s/%s\n",
		printable(name), info.Inodes, size(info.Bytes), fsstate.SnapshotsName, printable(name))
	return err
}

func (f *files) deleteSnapshots() error {
	return f.each(func(name string) error {
		if err := f.client.DeleteSnapshot(f.ctx, f.caller, name); err != nil {
			return fmt.Errorf("snapshot %s: %w", printable(name), err)
		}
		return nil
	})
}

// snapshotLine is a snapshot for programs.
type snapshotLine struct {
	Name   string    `json:"name"`
	Time   time.Time `json:"time"`
	UID    uint32    `json:"uid"`
	Client string    `json:"client"`
	Bytes  uint64    `json:"bytes"`
	Inodes uint64    `json:"inodes"`
}

func (f *files) listSnapshots() error {
	list, err := f.client.Snapshots(f.ctx, f.caller)
	if err != nil {
		return err
	}
	lines := []snapshotLine{}
	for _, s := range list {
		lines = append(lines, snapshotLine{
			Name: s.Name, Time: time.Unix(0, s.Made).UTC(), UID: s.UID, Client: clientName(f.config, s.Principal),
			Bytes: s.Bytes, Inodes: s.Inodes,
		})
	}
	if f.Bool("json") {
		encoder := json.NewEncoder(f.App.Writer)
		encoder.SetIndent("", "  ")
		return encoder.Encode(lines)
	}
	w := tabwriter.NewWriter(f.App.Writer, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tTIME\tBY\tBYTES\tINODES")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%d through %s\t%s\t%d\n", printable(l.Name), l.Time.Local().Format("2006-01-02 15:04:05"),
			l.UID, l.Client, size(l.Bytes), l.Inodes)
	}
	return w.Flush()
}
