package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"bfs/bfs"
	"bfs/fuse"

	"github.com/urfave/cli/v2"
)

func mountCommand() *cli.Command {
	return &cli.Command{
		Name:      "mount",
		Usage:     "mount the file system of a cluster that runs",
		ArgsUsage: "MOUNTPOINT",
		Description: `Runs in the foreground until SIGTERM, SIGINT, or somebody unmounts it:

   bfs mount --config cluster.json --client laptop /mnt/files
   bfs mount --config cluster.json --key client-laptop.key -o timeout=30s /mnt/files`,
		Flags:  append(clientFlags(), mountOptionsFlag(), logLevelFlag()),
		Action: mount,
	}
}

func mountOptionsFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name: "o",
		Usage: "mount `OPTIONS`, with commas: allow_other (users besides you), nonempty (hide what is there), " +
			"timeout=DURATION (fail operations with EIO after it; otherwise they wait for the replicas)",
	}
}

func parseMountOptions(c *cli.Context) (options fuse.Options, err error) {
	for _, list := range c.StringSlice("o") {
		for option := range strings.SplitSeq(list, ",") {
			name, value, _ := strings.Cut(option, "=")
			switch name {
			case "allow_other":
				options.AllowOther = true
			case "nonempty":
				options.NonEmpty = true
			case "timeout":
				if options.Timeout, err = time.ParseDuration(value); err != nil || options.Timeout < 0 {
					return options, misused(c, "-o %s: %q is not a duration such as 30s", option, value)
				}
			default:
				return options, misused(c, "-o %s: there is no such option, only allow_other, nonempty and timeout", option)
			}
		}
	}
	return options, nil
}

func mount(c *cli.Context) error {
	if err := wantArgs(c, 1, 1); err != nil {
		return err
	}
	options, err := parseMountOptions(c)
	if err != nil {
		return err
	}
	if options.Logger, err = logger(c); err != nil {
		return err
	}
	ctx, stop := untilSignal(c.Context)
	defer stop()
	config, client, err := connect(ctx, c, mountClient)
	if err != nil {
		return err
	}
	options.Client = bfs.NewClient(client)
	options.Mountpoint = c.Args().First()
	options.Name = config.Cluster
	options.Lease = time.Duration(config.Files.Lease)
	return errors.Join(serveMount(ctx, options), client.Close())
}

// serveMount mounts, waits for the end and unmounts. A second signal ends the
// program at once.
func serveMount(ctx context.Context, options fuse.Options) error {
	mounted, err := fuse.Mount(options)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s is mounted: unmount it with Ctrl-C or umount.\n", mounted.Path())
	select {
	case <-ctx.Done():
	case <-mounted.Done():
	}
	hurry, now := context.WithCancel(context.Background())
	defer now()
	defer force(func() { now(); _ = mounted.Unmount(hurry) })()
	ending, cancel := context.WithTimeout(hurry, unmountTimeout)
	defer cancel()
	return unmount(ending, mounted)
}

// unmount is for a process that ends after it. What still holds on to the
// file system then, such as a copy of the mount in another name space, loses
// it; the mount point is free.
func unmount(ctx context.Context, mounted *fuse.Mounted) error {
	err := mounted.Unmount(ctx)
	if errors.Is(err, fuse.ErrStillServing) {
		return nil
	}
	return err
}
