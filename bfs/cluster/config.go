package cluster

import (
	"os"
	"path/filepath"
	"strconv"
	"time"

	"bfs/fsstate"
	"bfs/pbft"
)

// Config is the configuration of a cluster: everything that its replicas and
// clients must agree on before they can talk. It holds no secrets. All of
// them must have the same file.
type Config struct {
	// Cluster is a random name. A replica or client of one cluster cannot
	// be mistaken for one of another that happens to have its address.
	Cluster string `json:"cluster"`
	// Faults is f, the number of faulty replicas tolerated.
	Faults int `json:"faults"`
	// Unreplicated says that there is one server and no replication.
	Unreplicated bool `json:"unreplicated,omitempty"`
	// Replicas are the 3f+1 replicas; a replica's number is its place.
	Replicas []Replica `json:"replicas"`
	// Clients are those who may ask for operations.
	Clients  []Client `json:"clients"`
	Protocol Protocol `json:"protocol"`
	Files    Files    `json:"files"`

	path string // of the file it was loaded from or saved to
}

// Replica is how one replica is reached and known.
type Replica struct {
	Address   string `json:"address"` // HOST:PORT
	PublicKey string `json:"public_key"`
}

// Client is one client principal. Any number of processes may hold its key.
type Client struct {
	Name      string `json:"name"` // names its key file, too
	Principal uint32 `json:"principal"`
	PublicKey string `json:"public_key"`
}

// Files are the limits of the file system and what its root directory is.
type Files struct {
	// Bytes and Inodes bound the contents; the replicas hold them in memory.
	Bytes  uint64 `json:"bytes"`
	Inodes uint64 `json:"inodes"`
	// Lease is how long a client that sends nothing keeps its files open.
	Lease Duration `json:"lease"`
	// Atime says which reads move access times, Devices who may make device
	// nodes.
	Atime   fsstate.AtimePolicy  `json:"atime"`
	Devices fsstate.DevicePolicy `json:"devices"`
	// Quota is each owner's who is not among Quotas. What root does is not
	// bound by them unless QuotaBindsRoot.
	Quota          Quota        `json:"quota"`
	Quotas         []OwnerQuota `json:"quotas,omitempty"`
	QuotaBindsRoot bool         `json:"quota_binds_root,omitempty"`
	RootUID        uint32       `json:"root_uid"`
	RootGID        uint32       `json:"root_gid"`
	RootMode       Mode         `json:"root_mode"`
	// Created is the time stamp of the empty root directory.
	Created time.Time `json:"created"`
}

// Protocol is those of pbft.Params that an operator may want to change. What
// is absent from the file has pbft's default.
type Protocol struct {
	CheckpointInterval int      `json:"checkpoint_interval"`
	LogSize            int      `json:"log_size"`
	BatchRequests      int      `json:"batch_requests"`
	BatchBytes         int      `json:"batch_bytes"`
	InFlight           int      `json:"in_flight"`
	ClientWindow       int      `json:"client_window"`
	Sessions           int      `json:"sessions"`
	MaxQueued          int      `json:"max_queued"`
	MaxQueuedBytes     int      `json:"max_queued_bytes"`
	LargeRequest       int      `json:"large_request"`
	StatusInterval     Duration `json:"status_interval"`
	Retransmit         Duration `json:"retransmit"`
	ClockBound         Duration `json:"clock_bound"`
	ViewTimeout        Duration `json:"view_timeout"`
}

// defaults returns a Config that lacks only its members.
func defaults() *Config {
	return &Config{
		Protocol: protocolOf(pbft.DefaultParams(1)),
		Files: Files{
			Bytes:    DefaultFileBytes,
			Inodes:   DefaultFileInodes,
			Lease:    Duration(DefaultLease),
			RootMode: DefaultRootMode,
		},
	}
}

// Path is the file that the configuration was read from.
func (c *Config) Path() string { return c.path }

// Dir is the directory of that file, where the keys and logs are.
func (c *Config) Dir() string { return filepath.Dir(c.path) }

// ReplicaKeyPath is where replica id's private key is.
func (c *Config) ReplicaKeyPath(id int) string {
	return replicaFile(c.Dir(), id, "key")
}

// LogPath is where replica id's log is when a supervisor started it.
func (c *Config) LogPath(id int) string { return replicaFile(c.Dir(), id, "log") }

// ClientKeyPath is where the named client's private key is.
func (c *Config) ClientKeyPath(name string) string { return clientKeyPath(c.Dir(), name) }

// ConfigPath is the configuration file of the cluster in dir.
func ConfigPath(dir string) string { return filepath.Join(dir, configName) }

// Exists tells whether dir holds a cluster's configuration.
func Exists(dir string) bool {
	_, err := os.Stat(ConfigPath(dir))
	return err == nil
}

func replicaFile(dir string, id int, extension string) string {
	return filepath.Join(dir, "replica-"+strconv.Itoa(id)+"."+extension)
}

func clientKeyPath(dir, name string) string {
	return filepath.Join(dir, "client-"+name+".key")
}
