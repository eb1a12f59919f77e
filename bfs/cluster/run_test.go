package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"bfs/bfs"
	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

var quiet = slog.New(slog.DiscardHandler)

// TestMain lets the test's program run as a replica, too, for Processes.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "replica" {
		os.Exit(asReplica(os.Args))
	}
	os.Exit(m.Run())
}

// asReplica understands the command line that Processes writes.
func asReplica(args []string) int {
	flags := map[string]string{}
	for i := 2; i+1 < len(args); i += 2 {
		flags[args[i]] = args[i+1]
	}
	var id, fd int
	fmt.Sscan(flags["--id"], &id)
	fmt.Sscan(flags["--ready-fd"], &fd)
	config, err := Load(flags["--config"])
	if err == nil {
		err = RunReplica(context.Background(), ReplicaOptions{Config: config, ID: id, Logger: quiet, Ready: ReadyFile(fd)})
	}
	fmt.Fprintln(os.Stderr, "replica:", err)
	return 1
}

// patient ends when a test has waited long enough.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func connect(t *testing.T, c *Config) *runtime.Client {
	t.Helper()
	client, err := Connect(patient(t), ClientOptions{Config: c, KeyPath: c.ClientKeyPath("mount"), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// useFiles writes a file and reads it back.
func useFiles(t *testing.T, c *runtime.Client) {
	t.Helper()
	files, caller := bfs.NewClient(c), fsstate.Caller{}
	if err := files.WriteFile(patient(t), caller, "/file", []byte("contents"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := files.ReadFile(patient(t), caller, "/file")
	if err != nil || string(got) != "contents" {
		t.Fatalf("read %q, %v", got, err)
	}
}

func TestInProcess(t *testing.T) {
	t.Parallel()
	for name, adjust := range map[string]func(*Options){
		"replicated":   nil,
		"unreplicated": func(o *Options) { o.Unreplicated = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := create(t, adjust)
			p, err := StartInProcess(InProcessOptions{Config: c, Logger: quiet})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { p.Close() })
			useFiles(t, connect(t, c))
			if p.Report(0).Requests == 0 {
				t.Error("replica 0 has executed nothing")
			}
		})
	}
}

func TestInProcessRestart(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	wrapped := 0
	p, err := StartInProcess(InProcessOptions{Config: c, Logger: quiet, Wrap: func(_ int, s pbft.Service) pbft.Service {
		wrapped++
		return s
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	client := connect(t, c)
	if err := p.Stop(3); err != nil {
		t.Fatal(err)
	}
	useFiles(t, client)
	if err := p.Start(3); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Inquire(patient(t), 3); err != nil {
		t.Errorf("replica 3 after its restart: %v", err)
	}
	if wrapped != 5 {
		t.Errorf("%d services were wrapped, want 5", wrapped)
	}
}

func TestReplicaRefusesWrongKeys(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	if err := os.Chmod(c.ReplicaKeyPath(2), 0o640); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		id   int
		key  string
		want error
	}{
		"another replica's": {0, c.ReplicaKeyPath(1), ErrOtherKey},
		"a client's":        {0, c.ClientKeyPath("mount"), ErrOtherKey},
		"exposed":           {2, "", auth.ErrKeyFileExposed},
		"missing":           {0, c.Dir() + "/none", os.ErrNotExist},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := RunReplica(t.Context(), ReplicaOptions{Config: c, ID: tc.id, KeyPath: tc.key, Logger: quiet})
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
	if err := RunReplica(t.Context(), ReplicaOptions{Config: c, ID: 4, Logger: quiet}); err == nil {
		t.Error("replica 4 of 4 was started")
	}
}

func TestConnectRefusesAnUnknownKey(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	_, err := Connect(t.Context(), ClientOptions{Config: c, KeyPath: c.ReplicaKeyPath(0), Logger: quiet})
	if !errors.Is(err, ErrOtherKey) {
		t.Errorf("got %v, want ErrOtherKey", err)
	}
}

func TestRunReplicaEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	hear, say, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- RunReplica(ctx, ReplicaOptions{Config: c, ID: 1, Logger: quiet, Ready: say}) }()
	text := make([]byte, 100)
	if n, err := hear.Read(text); string(text[:n]) != readyLine {
		t.Errorf("it says %q, %v; want %q", text[:n], err, readyLine)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func startProcesses(t *testing.T, c *Config) (*Processes, error) {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return StartProcesses(patient(t), ProcessOptions{Config: c, Executable: executable, LogLevel: "warn"})
}

func TestProcesses(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	p, err := startProcesses(t, c)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	client := connect(t, c)
	useFiles(t, client)
	victim := p.List()[3]
	if err := syscall.Kill(victim.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	exit := <-p.Exits()
	if exit.ID != 3 || exit.PID != victim.PID || exit.Status != "signal: killed" {
		t.Errorf("reported %+v, want the end of %+v", exit, victim)
	}
	useFiles(t, client)
	report, err := client.Inquire(patient(t), message.ReplicaID(0))
	if err != nil || report.Requests == 0 {
		t.Errorf("replica 0 reports %+v, %v", report, err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	for _, process := range p.List() {
		if syscall.Kill(process.PID, 0) == nil {
			t.Errorf("replica %d, process %d, still runs", process.ID, process.PID)
		}
	}
}

func TestProcessesStartAllOrNone(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	if err := os.Remove(c.ReplicaKeyPath(2)); err != nil {
		t.Fatal(err)
	}
	_, err := startProcesses(t, c)
	var failed *StartError
	if !errors.As(err, &failed) || failed.Exit.ID != 2 || !strings.Contains(err.Error(), "replica-2.key") {
		t.Errorf("got %v; want a StartError of replica 2 with the end of its log", err)
	}
	again, err := StartInProcess(InProcessOptions{Config: create(t, func(o *Options) {
		for _, r := range c.Replicas {
			o.Addresses = append(o.Addresses, r.Address)
		}
	}), Logger: quiet})
	if err != nil {
		t.Fatalf("an address is still taken: %v", err)
	}
	again.Close()
}
