package cluster

import (
	"testing"

	"bfs/bfs"
	"bfs/bfs/conformance"
)

// TestConformance holds the client over a cluster in this process, and over a
// server without replication, to what the bare file state and the mount are
// held to.
func TestConformance(t *testing.T) {
	for name, adjust := range map[string]func(*Options){
		"replicated":   nil,
		"unreplicated": func(o *Options) { o.Unreplicated = true },
	} {
		t.Run(name, func(t *testing.T) {
			c := create(t, adjust)
			p, err := StartInProcess(InProcessOptions{Config: c, Logger: quiet})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { p.Close() })
			files := bfs.NewClient(connect(t, c))
			fs := conformance.Inodes{Context: t.Context(), Operations: files}
			conformance.Run(t, fs)
			conformance.RunSnapshots(t, fs, files)
		})
	}
}
