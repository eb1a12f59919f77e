package cluster

import (
	"context"
	"fmt"
	"log/slog"

	"bfs/pbft/auth"
	"bfs/pbft/runtime"
)

// ClientOptions say who asks.
type ClientOptions struct {
	Config *Config
	// KeyPath is the file of the client's private key. Which client that is
	// follows from the key.
	KeyPath string
	Logger  *slog.Logger
	// NoWait makes Connect return at once, for those who only inquire.
	NoWait bool
}

// Connect opens a session with the replicas. It returns when enough of them
// have answered for operations to be possible, or ctx ends.
func Connect(ctx context.Context, o ClientOptions) (*runtime.Client, error) {
	config, err := o.runtime()
	if err != nil {
		return nil, err
	}
	return runtime.Dial(ctx, config)
}

func (o ClientOptions) runtime() (runtime.ClientConfig, error) {
	id, err := auth.ReadIdentity(o.KeyPath)
	if err != nil {
		return runtime.ClientConfig{}, err
	}
	group, err := o.Config.Group()
	if err != nil {
		return runtime.ClientConfig{}, err
	}
	for _, p := range group.Clients {
		if p.Key == id.Public() {
			return runtime.ClientConfig{Group: group, Principal: p.Number, Identity: id, Logger: o.Logger, NoWait: o.NoWait}, nil
		}
	}
	return runtime.ClientConfig{}, fmt.Errorf("%w: %s is the key of none of the clients in %s: use the key that was made with it",
		ErrOtherKey, o.KeyPath, o.Config.path)
}
