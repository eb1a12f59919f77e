package cluster

import (
	"errors"
	"log/slog"

	"bfs/pbft"
	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// InProcessOptions say what InProcess is made of.
type InProcessOptions struct {
	Config *Config
	Logger *slog.Logger
	// Wrap, unless nil, may put something around the service of a replica.
	Wrap func(id int, service pbft.Service) pbft.Service
}

// InProcess is a cluster whose replicas run in this process, for tests. They
// talk through real connections on the configured addresses.
type InProcess struct {
	options  InProcessOptions
	replicas []*runtime.Replica // nil where one is stopped
}

// StartInProcess starts all replicas of a configuration.
func StartInProcess(o InProcessOptions) (*InProcess, error) {
	p := &InProcess{options: o, replicas: make([]*runtime.Replica, len(o.Config.Replicas))}
	for id := range p.replicas {
		if err := p.Start(id); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	return p, nil
}

// Start starts a replica that is stopped, with an empty file system.
func (p *InProcess) Start(id int) (err error) {
	o := ReplicaOptions{Config: p.options.Config, ID: id, Version: "test", Logger: p.options.Logger}
	if p.options.Wrap != nil {
		o.Wrap = func(s pbft.Service) pbft.Service { return p.options.Wrap(id, s) }
	}
	p.replicas[id], err = StartReplica(o, nil)
	return err
}

// Stop stops a replica.
func (p *InProcess) Stop(id int) error {
	r := p.replicas[id]
	p.replicas[id] = nil
	return r.Close()
}

// Report is what a running replica says of itself.
func (p *InProcess) Report(id int) message.Report { return p.replicas[id].Report() }

// Close stops the replicas that run.
func (p *InProcess) Close() error {
	var errs []error
	for id, r := range p.replicas {
		if r != nil {
			errs = append(errs, p.Stop(id))
		}
	}
	return errors.Join(errs...)
}
