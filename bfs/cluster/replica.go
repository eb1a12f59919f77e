package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"

	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// ReplicaOptions say which replica to run.
type ReplicaOptions struct {
	Config *Config
	// ID is the replica's number. Without replication it is 0.
	ID int
	// KeyPath is the file of its private key; empty is beside the
	// configuration.
	KeyPath string
	// Version is what `bfs status` shows.
	Version string
	Logger  *slog.Logger
	// Ready, unless nil, is told when the replica serves, and closed.
	Ready *os.File
	// Wrap, unless nil, may put something around the file service.
	Wrap func(pbft.Service) pbft.Service
	// Filter is runtime.ReplicaConfig's.
	Filter func(send func(to message.Node, m message.Message)) runtime.Filter
}

// RunReplica runs a replica, or the server of an unreplicated configuration,
// until ctx ends, which is no error, or it fails.
func RunReplica(ctx context.Context, o ReplicaOptions) error {
	r, err := StartReplica(o, nil)
	if err != nil {
		return err
	}
	if err := sayReady(o.Ready); err != nil {
		return errors.Join(fmt.Errorf("telling the supervisor: %w", err), r.Close())
	}
	select {
	case <-ctx.Done():
		o.Logger.Info("stopping", "cause", context.Cause(ctx))
		return r.Close()
	case <-r.Done():
		return errors.Join(errStopped, r.Close())
	}
}

var errStopped = errors.New("the replica stopped by itself: its log says why")

// StartReplica starts a replica, or the server of an unreplicated
// configuration, in this process. It listens on listener, which it takes over,
// or if that is nil on its configured address.
func StartReplica(o ReplicaOptions, listener net.Listener) (*runtime.Replica, error) {
	id, err := o.identity()
	if err != nil {
		return nil, err
	}
	group, err := o.Config.Group()
	if err != nil {
		return nil, err
	}
	service := o.Config.NewService()
	if o.Wrap != nil {
		service = o.Wrap(service)
	}
	config := runtime.ReplicaConfig{
		ID:       message.ReplicaID(o.ID),
		Group:    group,
		Identity: id,
		Service:  service,
		Logger:   o.Logger,
		Version:  o.Version,
		Listener: listener,
		Filter:   o.Filter,
	}
	if o.Config.Unreplicated {
		return runtime.StartServer(config)
	}
	return runtime.StartReplica(config)
}

func sayReady(ready *os.File) error {
	if ready == nil {
		return nil
	}
	_, err := io.WriteString(ready, readyLine)
	return errors.Join(err, ready.Close())
}

// identity reads the replica's key and checks that it is the configured one.
func (o ReplicaOptions) identity() (*auth.Identity, error) {
	if o.ID < 0 || o.ID >= len(o.Config.Replicas) {
		return nil, fmt.Errorf("%s has no replica %d: its replicas are 0 to %d", o.Config.path, o.ID, len(o.Config.Replicas)-1)
	}
	path := o.KeyPath
	if path == "" {
		path = o.Config.ReplicaKeyPath(o.ID)
	}
	id, err := auth.ReadIdentity(path)
	if err != nil {
		return nil, err
	}
	if id.Public().String() != o.Config.Replicas[o.ID].PublicKey {
		return nil, fmt.Errorf("%w: %s is not replica %d's key in %s: use the key that was made with it",
			ErrOtherKey, path, o.ID, o.Config.path)
	}
	return id, nil
}

// ErrOtherKey is wrapped by the error for a private key that the
// configuration does not know, or has for somebody else.
var ErrOtherKey = errors.New("the key does not fit the configuration")
