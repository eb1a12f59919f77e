package cluster

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bfs/pbft/auth"
)

// ErrExists is wrapped by Create's error for a directory that already holds a
// configuration.
var ErrExists = errors.New("there is a cluster configuration already")

// Options say what cluster to create.
type Options struct {
	// Dir is where the configuration and the keys go. It is made if it is
	// missing.
	Dir string
	// Faults is f. Without replication it is ignored.
	Faults int
	// Unreplicated asks for one server instead of 3f+1 replicas.
	Unreplicated bool
	// Addresses are the replicas', HOST:PORT. Without any, free ports of
	// this machine's loopback interface are taken.
	Addresses []string
	// Clients are the names of those who get a key.
	Clients []string
	// RootUID and RootGID own the root directory.
	RootUID, RootGID uint32
	// Adjust, unless nil, may change the configuration before it is checked
	// and written.
	Adjust func(*Config)
}

// Create makes the keys of a new cluster, and then its configuration, so that
// a directory with a configuration is complete. Key files that an interrupted
// Create left behind are used again; nothing is overwritten.
func Create(o Options) (*Config, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if Exists(dir) {
		return nil, fmt.Errorf("%w in %s: use it, or choose another directory", ErrExists, dir)
	}
	c, err := o.plan()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("making the cluster's directory: %w", err)
	}
	if err := c.makeKeys(dir); err != nil {
		return nil, err
	}
	if o.Adjust != nil {
		o.Adjust(c)
	}
	if err := c.Save(ConfigPath(dir)); err != nil {
		return nil, err
	}
	return c, nil
}

// plan is the configuration without its keys.
func (o Options) plan() (*Config, error) {
	c := defaults()
	c.Cluster = randomID()
	c.Unreplicated = o.Unreplicated
	c.Files.RootUID, c.Files.RootGID = o.RootUID, o.RootGID
	c.Files.Created = time.Now().UTC().Truncate(time.Second)
	n := 1
	if !o.Unreplicated {
		c.Faults = o.Faults
		n = 3*o.Faults + 1
	}
	addresses := o.Addresses
	if len(addresses) == 0 {
		var err error
		if addresses, err = freeAddresses(n); err != nil {
			return nil, err
		}
	}
	for _, a := range addresses {
		c.Replicas = append(c.Replicas, Replica{Address: a})
	}
	for i, name := range o.Clients {
		c.Clients = append(c.Clients, Client{Name: name, Principal: uint32(i + 1)})
	}
	return c, c.planProblem()
}

// planProblem finds what no keys will make good, before any file is written.
func (c *Config) planProblem() error {
	var k checker
	c.checkSize(&k)
	for i, r := range c.Replicas {
		if what := addressProblem(r.Address); what != "" {
			k.add(fmt.Sprintf("replicas[%d].address", i), "%s", what)
		}
	}
	for i, cl := range c.Clients {
		if what := nameProblem(cl.Name); what != "" {
			k.add(fmt.Sprintf("clients[%d].name", i), "%s", what)
		}
	}
	if len(k.problems) == 0 {
		return nil
	}
	return &InvalidError{Problems: k.problems}
}

func (c *Config) makeKeys(dir string) error {
	for i := range c.Replicas {
		public, err := keyAt(replicaFile(dir, i, "key"))
		if err != nil {
			return err
		}
		c.Replicas[i].PublicKey = public.String()
	}
	for i := range c.Clients {
		public, err := keyAt(clientKeyPath(dir, c.Clients[i].Name))
		if err != nil {
			return err
		}
		c.Clients[i].PublicKey = public.String()
	}
	return nil
}

// keyAt makes a private key file, or reads the one that is there.
func keyAt(path string) (auth.PublicKey, error) {
	id, err := auth.NewIdentity()
	if err != nil {
		return auth.PublicKey{}, err
	}
	err = id.WriteFile(path)
	if errors.Is(err, fs.ErrExist) {
		id, err = auth.ReadIdentity(path)
	}
	if err != nil {
		return auth.PublicKey{}, err
	}
	return id.Public(), nil
}

func randomID() string {
	var id [16]byte
	rand.Read(id[:])
	return hex.EncodeToString(id[:])
}
