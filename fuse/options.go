package fuse

import (
	"errors"
	"log"
	"log/slog"
	"runtime/debug"
	"time"

	"bfs/bfs"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// Options says what is mounted, where and how.
type Options struct {
	// Client is the file system. Required. Its session is this mount's own:
	// the files it holds open are given back as this mount closes them.
	Client *bfs.Client
	// Mountpoint is a directory; it is made if it is missing. Required.
	Mountpoint string
	// Name is the cluster's: mount(8) and df(1) show "bfs:Name".
	Name string
	// Logger gets what happens besides answers. Default: slog.Default().
	Logger *slog.Logger
	// AllowOther lets other users in than the one who mounts, whom the
	// replicas then check as everybody. Root's mounts always do. For others
	// /etc/fuse.conf must have user_allow_other.
	AllowOther bool
	// NonEmpty allows a mount point with entries, which are then hidden.
	NonEmpty bool
	// Timeout is how long an operation may wait for the replicas until its
	// caller gets EIO. It may happen all the same. 0: for ever.
	Timeout time.Duration
	// Lease is the cluster's session lease. While files are open the session
	// is renewed three times in it. Default: a minute. Too long a value makes
	// replicas forget files that are open on an idle mount.
	Lease time.Duration
}

// check fills in the defaults and tells what is missing.
func (o *Options) check() error {
	var errs []error
	if o.Client == nil {
		errs = append(errs, errors.New("fuse: Options.Client is nil: give it the client of the file system"))
	}
	if o.Mountpoint == "" {
		errs = append(errs, errors.New("fuse: Options.Mountpoint is empty: give it a directory"))
	}
	if o.Timeout < 0 || o.Lease < 0 {
		errs = append(errs, errors.New("fuse: Options.Timeout and Options.Lease must not be negative"))
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Lease == 0 {
		o.Lease = defaultLease
	}
	return errors.Join(errs...)
}

// kernelOptions are the terms on which the kernel gets its answers.
func (o *Options) kernelOptions() *gofuse.MountOptions {
	name := "bfs"
	if o.Name != "" {
		name += ":" + o.Name
	}
	return &gofuse.MountOptions{
		FsName:                  name,
		Name:                    "bfs",
		AllowOther:              o.AllowOther || isRoot(),
		DirectMountStrict:       isRoot(),
		MaxWrite:                maxTransfer,
		MaxInflightRequestBytes: maxInflight,
		Logger:                  goFUSELog(o.Logger),
		PanicHandler:            o.survive,
		// Names and attributes are never believed beyond the call, so the
		// attributes of a whole listing would be thrown away.
		DisableReadDirPlus: true,
		EnableLocks:        true,
		ExtraCapabilities: gofuse.CAP_ATOMIC_O_TRUNC |
			gofuse.CAP_DONT_MASK | // a default access control list replaces the umask
			gofuse.CAP_HANDLE_KILLPRIV | // set-id bits are cleared by the replicas
			gofuse.CAP_DIRECT_IO_ALLOW_MMAP,
	}
}

// goFUSELog is the logger for go-fuse. It reports answers that nobody waits for
// any more, which are many when a busy mount is taken away.
func goFUSELog(logger *slog.Logger) *log.Logger {
	return slog.NewLogLogger(logger.With("from", "go-fuse").Handler(), slog.LevelDebug)
}

// survive keeps a mount alive whose code has a bug: all other programs' files
// would go with it.
func (o *Options) survive(cause any) gofuse.Status {
	o.Logger.Error("fuse: a bug: an operation panicked, and its caller gets EIO", "cause", cause, "stack", string(debug.Stack()))
	return gofuse.EIO
}
