package cluster

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"bfs/pbft"
	"bfs/pbft/auth"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	// Field is where, such as "replicas[2].address"; empty for the whole.
	Field string
	// What is wrong, and what to do.
	What string
}

// InvalidError lists everything that is wrong with a configuration.
type InvalidError struct {
	Path     string // of the file; empty if it was never written
	Problems []Problem
}

// Error has a line for each problem.
func (e *InvalidError) Error() string {
	var b strings.Builder
	b.WriteString("the cluster configuration")
	if e.Path != "" {
		b.WriteString(" " + e.Path)
	}
	b.WriteString(" cannot be used:")
	for _, p := range e.Problems {
		b.WriteString("\n  ")
		if p.Field != "" {
			b.WriteString(p.Field + ": ")
		}
		b.WriteString(p.What)
	}
	return b.String()
}

// checker collects problems.
type checker struct{ problems []Problem }

func (k *checker) add(field, format string, args ...any) {
	k.problems = append(k.problems, Problem{Field: field, What: fmt.Sprintf(format, args...)})
}

// Validate returns an *InvalidError with all that is wrong, or nil.
func (c *Config) Validate() error {
	var k checker
	if n := len(c.Cluster); n == 0 || n > maxClusterID {
		k.add("cluster", "it has %d characters; it must have 1 to %d: `bfs init` makes a random one", n, maxClusterID)
	}
	c.checkSize(&k)
	c.checkReplicas(&k)
	c.checkClients(&k)
	c.checkFiles(&k)
	c.checkProtocol(&k)
	if len(k.problems) == 0 {
		return nil
	}
	return &InvalidError{Path: c.path, Problems: k.problems}
}

func (c *Config) checkSize(k *checker) {
	n := len(c.Replicas)
	if c.Unreplicated {
		if c.Faults != 0 {
			k.add("faults", "an unreplicated server tolerates none: set it to 0")
		}
		if n != 1 {
			k.add("replicas", "there are %d; an unreplicated configuration has exactly 1, the server", n)
		}
		return
	}
	if c.Faults < 1 || c.Faults > pbft.MaxFaults {
		k.add("faults", "it is %d; it must be from 1 to %d", c.Faults, pbft.MaxFaults)
		return
	}
	if want := 3*c.Faults + 1; n != want {
		k.add("replicas", "there are %d; to tolerate %d faults there must be exactly %d (3f+1)", n, c.Faults, want)
	}
}

func (c *Config) checkReplicas(k *checker) {
	addresses, keys := seen{}, seen{}
	for i, r := range c.Replicas {
		field := fmt.Sprintf("replicas[%d]", i)
		if what := addressProblem(r.Address); what != "" {
			k.add(field+".address", "%s", what)
		} else {
			addresses.once(k, field+".address", r.Address)
		}
		checkKey(k, keys, field+".public_key", r.PublicKey)
	}
}

func (c *Config) checkClients(k *checker) {
	if n := len(c.Clients); n < 1 || n > maxClients {
		k.add("clients", "there are %d; there must be from 1 to %d", n, maxClients)
	}
	names, principals, keys := seen{}, seen{}, seen{}
	for i, cl := range c.Clients {
		field := fmt.Sprintf("clients[%d]", i)
		if what := nameProblem(cl.Name); what != "" {
			k.add(field+".name", "%s", what)
		} else {
			names.once(k, field+".name", cl.Name)
		}
		principals.once(k, field+".principal", strconv.FormatUint(uint64(cl.Principal), 10))
		checkKey(k, keys, field+".public_key", cl.PublicKey)
	}
}

func (c *Config) checkFiles(k *checker) {
	f := c.Files
	if f.Bytes < minFileBytes || f.Bytes > maxFileBytes {
		k.add("files.bytes", "it is %d; it must be from %d to %d", f.Bytes, minFileBytes, int64(maxFileBytes))
	}
	if f.Inodes < minFileInodes || f.Inodes > maxFileInodes {
		k.add("files.inodes", "it is %d; it must be from %d to %d", f.Inodes, minFileInodes, int64(maxFileInodes))
	}
	if l := time.Duration(f.Lease); l < minLease || l > maxLease {
		k.add("files.lease", "it is %v; it must be from %v to %v", l, minLease, maxLease)
	}
	f.checkQuotas(k)
	if f.RootMode > 0o7777 {
		k.add("files.root_mode", "it is %o; it must be permission bits, such as 0755", uint32(f.RootMode))
	}
}

// checkProtocol asks pbft, whose errors begin with the name of the parameter.
func (c *Config) checkProtocol(k *checker) {
	if c.Faults > pbft.MaxFaults {
		return // said already, and the parameters go with it
	}
	err := c.params().Validate()
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			k.add("protocol", "%v", e)
		}
	} else if err != nil {
		k.add("protocol", "%v", err)
	}
}

// seen maps a value that must be unique to the field that had it first.
type seen map[string]string

func (s seen) once(k *checker, field, value string) {
	if first, twice := s[value]; twice {
		k.add(field, "%s is the same as %s: each needs its own", value, first)
		return
	}
	s[value] = field
}

func checkKey(k *checker, keys seen, field, text string) {
	if _, err := auth.ParsePublicKey(text); err != nil {
		k.add(field, "%v: copy the line that `bfs init` wrote", err)
		return
	}
	keys.once(k, field, text)
}

func addressProblem(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return fmt.Sprintf("%q is not HOST:PORT: write for example \"192.0.2.1:4000\"", address)
	}
	if p, err := strconv.Atoi(port); err != nil || p < 1 || p > 65535 {
		return fmt.Sprintf("%q has no port from 1 to 65535 after the last colon", address)
	}
	return ""
}

func nameProblem(name string) string {
	if len(name) == 0 || len(name) > maxClientName {
		return fmt.Sprintf("it has %d characters; it must have 1 to %d", len(name), maxClientName)
	}
	for _, r := range name {
		plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
		if !plain {
			return fmt.Sprintf("%q has %q in it; use letters, digits, - and _, because it names a file", name, r)
		}
	}
	return ""
}
