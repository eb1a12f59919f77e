package cluster

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

var errNoPort = errors.New("no free port found on 127.0.0.1: give addresses")

// freeAddresses finds n loopback ports that nobody listens on now. They are
// below those that the kernel gives to outgoing connections, one of which
// could otherwise take a replica's port before the replica does. All are held
// until all are found, so that they differ.
func freeAddresses(n int) ([]string, error) {
	var addresses []string
	for tries := 0; len(addresses) < n; tries++ {
		if tries == portTries+n {
			return nil, fmt.Errorf("%w (%d tries)", errNoPort, tries)
		}
		port := firstPort + rand.IntN(lastPort-firstPort)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		defer l.Close()
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}
