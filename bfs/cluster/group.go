package cluster

import (
	"bfs/bfs"
	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/runtime"
)

// Group is what the runtime needs to know of the configuration.
func (c *Config) Group() (*runtime.Group, error) {
	g := &runtime.Group{
		Cluster:      c.Cluster,
		Params:       c.params(),
		Unreplicated: c.Unreplicated,
	}
	for _, r := range c.Replicas {
		key, err := auth.ParsePublicKey(r.PublicKey)
		if err != nil {
			return nil, err
		}
		g.Replicas = append(g.Replicas, runtime.Member{Address: r.Address, Key: key})
	}
	for _, cl := range c.Clients {
		key, err := auth.ParsePublicKey(cl.PublicKey)
		if err != nil {
			return nil, err
		}
		g.Clients = append(g.Clients, runtime.Principal{Number: cl.Principal, Name: cl.Name, Key: key})
	}
	return g, g.Validate()
}

// NewService is an empty file system as the configuration describes it: the
// same at all replicas.
func (c *Config) NewService() pbft.Service {
	return bfs.NewService(fsstate.New(fsstate.Config{
		Limits: fsstate.Limits{
			Bytes:          c.Files.Bytes,
			Inodes:         c.Files.Inodes,
			Lease:          int64(c.Files.Lease),
			Linger:         int64(lingerTime),
			Atime:          c.Files.Atime,
			Devices:        c.Files.Devices,
			Quota:          fsstate.Quota(c.Files.Quota),
			QuotaBindsRoot: c.Files.QuotaBindsRoot,
		},
		RootUID:  c.Files.RootUID,
		RootGID:  c.Files.RootGID,
		RootMode: uint32(c.Files.RootMode),
		Now:      c.Files.Created.UnixNano(),
		Quotas:   c.Files.quotas(),
	}))
}
