package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"bfs/bfs"
	"bfs/bfs/cluster"
	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// side is a cluster, or a server without replication, that is measured.
type side struct {
	name      string
	replicas  int
	dir       string
	processes *cluster.Processes
	client    *runtime.Client
}

// round is what one round on one side gave.
type round struct {
	latencies []time.Duration
	messages  float64 // per operation
}

// startSides starts the unreplicated server and the replicas. stop is to be
// called in any case.
func startSides(ctx context.Context, c NullConfig) (sides []*side, stop func(), err error) {
	stop = func() {
		for _, s := range sides {
			s.stop()
		}
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for _, o := range []cluster.Options{
		{Unreplicated: true},
		{Faults: c.Faults},
	} {
		s := &side{name: "replicated"}
		if o.Unreplicated {
			s.name = "unreplicated"
		}
		sides = append(sides, s)
		if err := s.start(ctx, o, c.Executable); err != nil {
			return sides, stop, err
		}
	}
	return sides, stop, nil
}

const clientName = "bench"

func (s *side) start(ctx context.Context, o cluster.Options, executable string) (err error) {
	if s.dir, err = os.MkdirTemp("", "bfs-bench-"); err != nil {
		return err
	}
	o.Dir, o.Clients = s.dir, []string{clientName}
	config, err := cluster.Create(o)
	if err != nil {
		return err
	}
	s.replicas = len(config.Replicas)
	s.processes, err = cluster.StartProcesses(ctx, cluster.ProcessOptions{Config: config, Executable: executable, LogLevel: "warn"})
	if err != nil {
		return err
	}
	s.client, err = cluster.Connect(ctx, cluster.ClientOptions{
		Config:  config,
		KeyPath: config.ClientKeyPath(clientName),
		Logger:  slog.New(slog.DiscardHandler),
	})
	return err
}

func (s *side) stop() {
	if s.client != nil {
		s.client.Close()
	}
	if s.processes != nil {
		s.processes.Kill()
	}
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

// measure runs one round: one operation after the other.
func (s *side) measure(ctx context.Context, kind Kind, operations int) (round, error) {
	ctx, cancel := context.WithTimeout(ctx, roundTimeout)
	defer cancel()
	client := bfs.NewClient(s.client)
	argument := make([]byte, kind.Argument)
	for range warmup {
		if _, err := client.Null(ctx, kind.ReadOnly, argument, uint32(kind.Result)); err != nil {
			return round{}, err
		}
	}
	before, _, err := s.settled(ctx)
	if err != nil {
		return round{}, err
	}
	r := round{latencies: make([]time.Duration, 0, operations)}
	for range operations {
		start := time.Now()
		result, err := client.Null(ctx, kind.ReadOnly, argument, uint32(kind.Result))
		r.latencies = append(r.latencies, time.Since(start))
		if err != nil {
			return round{}, err
		}
		if len(result) != kind.Result {
			return round{}, fmt.Errorf("a result of %d bytes instead of %d", len(result), kind.Result)
		}
	}
	after, asked, err := s.settled(ctx)
	r.messages = float64(after-before-asked*s.asking()) / float64(operations)
	return r, err
}

// asking is how many messages it costs to ask all replicas once: they are not
// part of any operation.
func (s *side) asking() uint64 { return 2 * uint64(s.replicas) }

// settled is how many messages the client and all replicas have sent when they
// have nothing more to say: replicas go on for a moment after an operation has
// its result. asked is how often they had to be asked.
func (s *side) settled(ctx context.Context) (total, asked uint64, err error) {
	last, err := s.messages(ctx)
	for asked = 1; err == nil && asked < settleTries; asked++ {
		time.Sleep(settlePause)
		if total, err = s.messages(ctx); err == nil && total-last == s.asking() {
			return total, asked + 1, nil
		}
		last = total
	}
	return last, asked, err
}

// messages is how many messages the client and all replicas have sent.
func (s *side) messages(ctx context.Context) (total uint64, err error) {
	for id := range s.replicas {
		report, failed := s.client.Inquire(ctx, message.ReplicaID(id))
		err = errors.Join(err, failed)
		total += report.Sent
	}
	return total + s.client.Stats().Sent.Messages, err
}
