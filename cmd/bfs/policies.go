package main

import (
	"encoding"
	"fmt"

	"bfs/bfs/cluster"

	"github.com/urfave/cli/v2"
)

// filesFlags are those of commands that make a configuration, for what its
// file system allows.
func filesFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "atime", Value: "relatime", Usage: "which reads move access times, a `POLICY`: relatime, strict or none"},
		&cli.StringFlag{Name: "devices", Value: "root-only", Usage: "who may make device nodes, a `POLICY`: root-only, allow or refuse"},
		&cli.Uint64Flag{Name: "quota-bytes", DefaultText: "no bound", Usage: "each owner's files may come to this `NUMBER` of bytes"},
		&cli.Uint64Flag{Name: "quota-inodes", DefaultText: "no bound", Usage: "each owner may have this `NUMBER` of files"},
		&cli.StringSliceFlag{Name: "quota", Usage: "the quota of one owner, `UID=BYTES:INODES`; 0 is no bound"},
		&cli.BoolFlag{Name: "quota-binds-root", Usage: "quotas bind what root does, too"},
	}
}

// adjustFiles returns what applies the flags to a new configuration.
func adjustFiles(c *cli.Context) (func(*cluster.Config), error) {
	var files cluster.Files
	for name, policy := range map[string]encoding.TextUnmarshaler{"atime": &files.Atime, "devices": &files.Devices} {
		if err := policy.UnmarshalText([]byte(c.String(name))); err != nil {
			return nil, misused(c, "--%s: %v", name, err)
		}
	}
	for _, text := range c.StringSlice("quota") {
		quota, err := cluster.ParseOwnerQuota(text)
		if err != nil {
			return nil, misused(c, "--quota: %v", err)
		}
		files.Quotas = append(files.Quotas, quota)
	}
	return func(config *cluster.Config) {
		f := &config.Files
		f.Atime, f.Devices, f.Quotas = files.Atime, files.Devices, files.Quotas
		f.Quota = cluster.Quota{Bytes: c.Uint64("quota-bytes"), Inodes: c.Uint64("quota-inodes")}
		f.QuotaBindsRoot = c.Bool("quota-binds-root")
	}, nil
}

// checkPolicies refuses flags that contradict a configuration that is there.
func checkPolicies(c *cli.Context, config *cluster.Config) error {
	f := config.Files
	for name, there := range map[string]any{
		"atime": f.Atime, "devices": f.Devices, "quota-bytes": f.Quota.Bytes, "quota-inodes": f.Quota.Inodes,
		"quota-binds-root": f.QuotaBindsRoot,
	} {
		if c.IsSet(name) && fmt.Sprint(c.Value(name)) != fmt.Sprint(there) {
			return otherwise(config, name, there)
		}
	}
	if c.IsSet("quota") {
		return otherwise(config, "quota", "what it says")
	}
	return nil
}

func otherwise(config *cluster.Config, name string, there any) error {
	return fmt.Errorf("%s is made already, with %v for %s: use another directory with --data", config.Path(), there, name)
}
