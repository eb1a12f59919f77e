package cluster

import (
	"fmt"
	"testing"

	"bfs/bfs"
	"bfs/fsstate"
)

// TestSnapshotsReachAReplicaThatComesBack: one that starts with nothing has the
// snapshots when it has the files, so that three of four replicas, it among
// them, agree on what is in them.
func TestSnapshotsReachAReplicaThatComesBack(t *testing.T) {
	t.Parallel()
	c := create(t, func(o *Options) {
		o.Adjust = func(c *Config) { c.Protocol.CheckpointInterval, c.Protocol.LogSize = 8, 16 }
	})
	p, err := StartInProcess(InProcessOptions{Config: c, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	client := connect(t, c)
	files, root := bfs.NewClient(client), fsstate.Caller{}
	if err := p.Stop(3); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if err := files.WriteFile(patient(t), root, "/file", fmt.Append(nil, "version ", i), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := files.CreateSnapshot(patient(t), root, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	for range 40 { // beyond what the others' logs have
		if _, err := files.Null(patient(t), false, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Start(3); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Inquire(patient(t), 3); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(1); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		text, err := files.ReadFile(patient(t), root, fmt.Sprintf("/.snapshots/%d/file", i))
		if want := fmt.Sprint("version ", i); err != nil || string(text) != want {
			t.Errorf("snapshot %d has %q, %v; want %q", i, text, err, want)
		}
	}
	if err := files.DeleteSnapshot(patient(t), root, "3"); err != nil {
		t.Error(err)
	}
	if list, err := files.Snapshots(patient(t), root); err != nil || len(list) != 9 {
		t.Errorf("%d snapshots, %v", len(list), err)
	}
}
