package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"bfs/bfs"
	"bfs/bfs/cluster"
	"bfs/fuse"
	"bfs/pbft/runtime"

	"github.com/urfave/cli/v2"
)

// How long `bfs up` waits for the replicas to serve, and for the mount to go.
const (
	startTimeout   = 30 * time.Second
	unmountTimeout = 5 * time.Second
)

func upCommand() *cli.Command {
	return &cli.Command{
		Name:      "up",
		Usage:     "start a cluster on this machine and mount it",
		ArgsUsage: "MOUNTPOINT [-- COMMAND [ARG…]]",
		Description: `Starts 3f+1 replicas as processes of their own, mounts their file system at
MOUNTPOINT, and runs until Ctrl-C, SIGTERM, or somebody unmounts it:

   bfs up files

With a COMMAND it runs that in the file system, with BFS_MOUNT set to where it
is, stops everything when the command ends, and exits with its status, or 128
and the signal's number:

   bfs up files -- sh -c 'tar xf ~/src.tar && make -C src'

The first time, keys and a configuration are made, with the policies that the
flags say; they are kept in --data. The replicas keep the files in memory in this
version: when all of them stop, the files are gone.`,
		Flags: append(filesFlags(), []cli.Flag{
			faultsFlag(), dataFlag(), mountOptionsFlag(),
			&cli.BoolFlag{Name: "no-mount", Usage: "start the replicas only, without MOUNTPOINT, for bfs fs and bfs mount"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "do not explain what was started"},
			logFlag("warn"),
		}...),
		Action: up,
	}
}

func up(c *cli.Context) error {
	least, most := 1, -1
	if c.Bool("no-mount") {
		least, most = 0, 0
	}
	if err := wantArgs(c, least, most); err != nil {
		return err
	}
	ctx, stop := untilSignal(c.Context)
	defer stop()
	s := &supervisor{c: c, command: c.Args().Tail()}
	err := s.start(ctx)
	if err == nil {
		err = s.run(ctx, stop)
	}
	return s.stop(err)
}

// supervisor is a running `bfs up`: what it has started, in this order.
type supervisor struct {
	c       *cli.Context
	command []string
	log     *slog.Logger

	config    *cluster.Config
	lock      *cluster.Lock
	processes *cluster.Processes
	client    *runtime.Client
	mounted   *fuse.Mounted // nil with --no-mount
}

// start starts everything; what it started before an error stop stops.
func (s *supervisor) start(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, errSlowStart)
	defer cancel()
	if s.log, err = logger(s.c); err != nil {
		return err
	}
	options, err := parseMountOptions(s.c)
	if err != nil {
		return err
	}
	steps := []func(context.Context) error{s.configure, s.startReplicas}
	if !s.c.Bool("no-mount") {
		steps = append(steps, s.connect, func(context.Context) error { return s.mount(options) })
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return errors.Join(interrupted(ctx), err)
		}
	}
	return nil
}

func (s *supervisor) mount(options fuse.Options) (err error) {
	options.Client = bfs.NewClient(s.client)
	options.Mountpoint = s.c.Args().First()
	options.Name = s.config.Cluster
	options.Lease = time.Duration(s.config.Files.Lease)
	options.Logger = s.log
	s.mounted, err = fuse.Mount(options)
	if errors.Is(err, fuse.ErrNoFUSE) {
		return fmt.Errorf("%w: start the replicas for them with `bfs up --no-mount`", err)
	}
	return err
}

var errSlowStart = fmt.Errorf("it took longer than %v: look at the logs of the replicas", startTimeout)

// interrupted is the signal that ended ctx, if one did.
func interrupted(ctx context.Context) error {
	var by stoppedBy
	if errors.As(context.Cause(ctx), &by) {
		return by
	}
	return nil
}

// configure takes the data directory's lock, and makes a configuration if
// there is none.
func (s *supervisor) configure(context.Context) error {
	dir, err := dataDir(s.c)
	if err != nil {
		return err
	}
	adjust, err := adjustFiles(s.c)
	if err != nil {
		return err
	}
	holder := fmt.Sprintf("`bfs up %s`, process %d", cmp.Or(s.c.Args().First(), "--no-mount"), os.Getpid())
	if s.lock, err = cluster.AcquireLock(dir, holder); err != nil {
		return err
	}
	if cluster.Exists(dir) {
		if s.config, err = cluster.Load(cluster.ConfigPath(dir)); err == nil {
			err = checkPolicies(s.c, s.config)
		}
	} else {
		s.config, err = cluster.Create(cluster.Options{
			Dir:     dir,
			Faults:  s.c.Int("faults"),
			Clients: []string{mountClient, toolsClient},
			RootUID: uint32(os.Geteuid()),
			RootGID: uint32(os.Getegid()),
			Adjust:  adjust,
		})
	}
	if err != nil {
		return err
	}
	return s.checkFaults(dir)
}

func (s *supervisor) checkFaults(dir string) error {
	if want := s.c.Int("faults"); s.c.IsSet("faults") && want != s.config.Faults {
		return fmt.Errorf("the cluster in %s is made for f = %d, not f = %d: use another directory with --data",
			dir, s.config.Faults, want)
	}
	return nil
}

func (s *supervisor) startReplicas(ctx context.Context) (err error) {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	s.processes, err = cluster.StartProcesses(ctx, cluster.ProcessOptions{Config: s.config, Executable: executable})
	return err
}

func (s *supervisor) connect(ctx context.Context) (err error) {
	s.client, err = cluster.Connect(ctx, cluster.ClientOptions{
		Config:  s.config,
		KeyPath: s.config.ClientKeyPath(mountClient),
		Logger:  s.log,
	})
	return err
}

// stop takes everything down in the reverse order and returns err, or else
// what went wrong with that. A second signal cuts it short.
func (s *supervisor) stop(err error) error {
	defer force(s.emergency)()
	var failed []error
	if s.mounted != nil {
		ctx, cancel := context.WithTimeout(context.Background(), unmountTimeout)
		defer cancel()
		failed = append(failed, unmount(ctx, s.mounted))
	}
	if s.client != nil {
		failed = append(failed, s.client.Close())
	}
	if s.processes != nil {
		failed = append(failed, s.processes.Stop())
	}
	if s.lock != nil {
		failed = append(failed, s.lock.Release())
	}
	return cmp.Or(err, errors.Join(failed...))
}

// emergency ends the replicas and detaches the mount without waiting.
func (s *supervisor) emergency() {
	if s.processes != nil {
		s.processes.Kill()
	}
	if s.mounted != nil {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = s.mounted.Unmount(ctx)
	}
}

// restartHint is the command that starts a replica again.
func (s *supervisor) restartHint(id int) string {
	return fmt.Sprintf("bfs replica --config %s --id %d", shellWord(s.config.Path()), id)
}

// shellWord quotes a path where a shell needs it.
func shellWord(path string) string {
	if !strings.ContainsAny(path, " \t\n\"'\\$`&|;<>()*?[]#~!{}") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
