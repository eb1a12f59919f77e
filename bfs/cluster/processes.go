package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// ProcessOptions say how to run a cluster's replicas as processes.
type ProcessOptions struct {
	Config *Config
	// Executable is run once for each replica, with the arguments
	// "replica" (or "serve" without replication) and its flags.
	Executable string
	// LogLevel is passed on with --log-level unless it is empty.
	LogLevel string
}

// Process is a running replica.
type Process struct {
	ID      int
	PID     int
	Address string
	Log     string
}

// Processes are the replicas of a cluster, as children of this process. They
// are killed by the kernel when this process ends, however it ends. One that
// dies is reported, not started again.
type Processes struct {
	config   *Config
	children []*child
	exits    chan Exit
	release  func() // lets the starting thread go; may be called again
	watchers sync.WaitGroup
}

// StartProcesses starts all replicas and returns when all of them serve. On an
// error, or when ctx ends, none is left running.
func StartProcesses(ctx context.Context, o ProcessOptions) (*Processes, error) {
	released := make(chan struct{})
	p := &Processes{
		config:  o.Config,
		exits:   make(chan Exit, len(o.Config.Replicas)),
		release: sync.OnceFunc(func() { close(released) }),
	}
	started := make(chan error)
	go p.startAll(o, started, released)
	err := <-started
	if err == nil {
		err = p.awaitReady(ctx)
	}
	if err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

// startAll runs on one thread that it keeps until the processes have ended.
func (p *Processes) startAll(o ProcessOptions, started chan<- error, released <-chan struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	started <- p.startEach(o)
	<-released
}

func (p *Processes) startEach(o ProcessOptions) error {
	for id := range o.Config.Replicas {
		logPath := o.Config.LogPath(id)
		c, err := newChild(id, logPath, o.Executable, o.arguments(id))
		if err != nil {
			return err
		}
		if err := c.start(); err != nil {
			return err
		}
		p.children = append(p.children, c)
		p.watchers.Go(func() {
			c.wait(logPath)
			p.exits <- c.exit
		})
	}
	return nil
}

func (o ProcessOptions) arguments(id int) []string {
	args := []string{"replica", "--config", o.Config.Path(), "--id", strconv.Itoa(id)}
	if o.Config.Unreplicated {
		args = []string{"serve", "--config", o.Config.Path()}
	}
	if o.LogLevel != "" {
		args = append(args, "--log-level", o.LogLevel)
	}
	return append(args, "--ready-fd", strconv.Itoa(readyFD))
}

// awaitReady waits until every process serves, one has ended, or ctx ends.
func (p *Processes) awaitReady(ctx context.Context) error {
	ready := make(chan *child, len(p.children))
	for _, c := range p.children {
		go func() {
			if !c.awaitReady() {
				<-c.done
			}
			ready <- c
		}()
	}
	for range p.children {
		select {
		case c := <-ready:
			if c.ended() {
				return &StartError{Exit: c.exit}
			}
		case <-ctx.Done():
			return fmt.Errorf("waiting for the replicas to serve: %w", context.Cause(ctx))
		}
	}
	return nil
}

// StartError says that a replica ended instead of serving.
type StartError struct{ Exit Exit }

// Error includes what the replica logged last.
func (e *StartError) Error() string {
	text := fmt.Sprintf("replica %d did not start (%s)", e.Exit.ID, e.Exit.Status)
	if e.Exit.Log != "" {
		text += "; the end of its log:\n" + e.Exit.Log
	}
	return text
}

// List is all replicas, dead ones included, in the order of their numbers.
func (p *Processes) List() []Process {
	var list []Process
	for _, c := range p.children {
		list = append(list, Process{
			ID:      c.id,
			PID:     c.cmd.Process.Pid,
			Address: p.config.Replicas[c.id].Address,
			Log:     p.config.LogPath(c.id),
		})
	}
	return list
}

// Exits reports every replica that ends, also during Stop.
func (p *Processes) Exits() <-chan Exit { return p.exits }

// Stop asks the replicas to stop, kills those that take longer than two
// seconds, and returns when all have ended.
func (p *Processes) Stop() error {
	p.signalAll(syscall.SIGTERM)
	late := time.AfterFunc(stopGrace, func() { p.signalAll(syscall.SIGKILL) })
	p.watchers.Wait()
	p.release()
	if !late.Stop() {
		return errors.New("some replicas did not stop when asked, and were killed")
	}
	return nil
}

// Kill ends the replicas at once and returns when all have ended.
func (p *Processes) Kill() {
	p.signalAll(syscall.SIGKILL)
	p.watchers.Wait()
	p.release()
}

func (p *Processes) signalAll(s os.Signal) {
	for _, c := range p.children {
		if !c.ended() {
			c.signal(s)
		}
	}
}
