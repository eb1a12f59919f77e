package main

import (
	"context"
	"errors"
	"os"

	"bfs/bfs"
	"bfs/bfs/cluster"
	"bfs/fsstate"
	"bfs/pbft/runtime"

	"github.com/urfave/cli/v2"
)

func fsCommand() *cli.Command {
	return &cli.Command{
		Name:  "fs",
		Usage: "work with the files without mounting them",
		Description: `Paths start at the root of the file system, with or without a slash.
Permissions are checked for the user who runs the command. Examples:

   bfs fs put -r src /backup
   bfs fs ls -l /backup/src
   bfs fs cat /backup/src/README | less
   bfs fs get -r /backup/src restored`,
		Subcommands: []*cli.Command{
			lsCommand(), treeCommand(), statCommand(), dfCommand(),
			catCommand(), putCommand(), getCommand(),
			mkdirCommand(), rmCommand(), mvCommand(), lnCommand(),
			chmodCommand(), chownCommand(),
		},
	}
}

// files is the file system as one command sees it.
type files struct {
	*cli.Context
	ctx    context.Context
	client *bfs.Client
	caller fsstate.Caller
	// What client talks to, and by what.
	config   *cluster.Config
	replicas *runtime.Client
}

// onFiles makes a command's action, which gets lo to hi arguments (hi < 0 is
// any number), from one that works with files.
func onFiles(lo, hi int, action func(*files) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		if err := wantArgs(c, lo, hi); err != nil {
			return err
		}
		ctx, stop := untilSignal(c.Context)
		defer stop()
		config, client, err := connect(ctx, c, toolsClient)
		if err != nil {
			return err
		}
		defer client.Close()
		caller, err := self()
		if err != nil {
			return err
		}
		return action(&files{Context: c, ctx: ctx, client: bfs.NewClient(client), caller: caller, config: config, replicas: client})
	}
}

// self is the user who runs this process.
func self() (fsstate.Caller, error) {
	groups, err := os.Getgroups()
	if err != nil {
		return fsstate.Caller{}, err
	}
	caller := fsstate.Caller{UID: uint32(os.Geteuid()), GID: uint32(os.Getegid())}
	for _, g := range groups[:min(len(groups), fsstate.MaxGroups)] {
		caller.Groups = append(caller.Groups, uint32(g))
	}
	return caller, nil
}

// filesCommand completes a command of `bfs fs` with the flags that all have.
func filesCommand(c *cli.Command) *cli.Command {
	c.Flags = append(c.Flags, clientFlags()...)
	c.Flags = append(c.Flags, quietLogFlag())
	return c
}

// each calls do for every argument and goes on after errors.
func (f *files) each(do func(path string) error) error {
	var errs []error
	for _, path := range f.Args().Slice() {
		errs = append(errs, do(path))
	}
	return errors.Join(errs...)
}
