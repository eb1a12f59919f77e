package transport

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"bfs/pbft/message"
)

const (
	// echoVariable makes this program the echo process, at that address.
	echoVariable = "BFS_TRANSPORT_ECHO"
	// lossVariable makes all sockets of the benchmarks lose packets.
	lossVariable = "BFS_TRANSPORT_LOSS"
	echoReplicas = 3
)

// echo sends back what arrives.
type echo struct{ endpoint *Endpoint }

func (e *echo) Connected(message.Node)                    {}
func (e *echo) Disconnected(message.Node, error)          {}
func (e *echo) Receive(from message.Node, payload []byte) { e.endpoint.Send(from, payload) }

// echoMain is the echo process: it prints its addresses (replicas, a plain
// TCP server, a UDP server), and ends when its input does.
func echoMain() int {
	address := os.Getenv(echoVariable) + ":0"
	for i := range echoReplicas {
		listener := must(listenPlainTCP(address))
		lose(listener)
		handler := &echo{}
		handler.endpoint = must(New(Config{
			Self: replica(i), Listener: listener, Peers: map[message.Node]string{replica(echoReplicas): ""},
			Handler: handler, Handshaker: &fakeHandshaker{self: replica(i)}, Logger: slog.New(slog.DiscardHandler),
		}))
		fmt.Print(listener.Addr(), " ")
	}
	plain := must(listenPlainTCP(address))
	lose(plain)
	go echoPlain(plain)
	fmt.Print(plain.Addr(), " ")
	for range echoReplicas {
		datagrams := must(net.ListenPacket("udp", address)).(*net.UDPConn)
		setBuffers(datagrams)
		lose(datagrams)
		go echoDatagrams(datagrams)
		fmt.Print(datagrams.LocalAddr(), " ")
	}
	fmt.Println()
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// listenPlainTCP listens without multipath TCP, whose sockets cannot be made
// lossy.
func listenPlainTCP(address string) (net.Listener, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	return config.Listen(context.Background(), "tcp", address)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// lose makes the socket lossy if that is asked for.
func lose(socket any) {
	if os.Getenv(lossVariable) != "" {
		must(0, loseOnePercent(socket))
	}
}

func echoPlain(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			for payload, err := readPlain(conn); err == nil; payload, err = readPlain(conn) {
				writePlain(conn, payload)
			}
		}()
	}
}

// readPlain and writePlain are the least that can be done over TCP.
func readPlain(conn net.Conn) ([]byte, error) {
	var header [4]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return nil, err
	}
	payload := make([]byte, binary.BigEndian.Uint32(header[:]))
	_, err := io.ReadFull(conn, payload)
	return payload, err
}

func writePlain(conn net.Conn, payload []byte) {
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(payload)), uint32(len(payload)))
	_, _ = conn.Write(append(frame, payload...))
}

// echoAddresses are those that echoMain prints.
type echoAddresses struct {
	replicas  []string
	plain     string
	datagrams []string
}

// startEcho starts the echo process, in the far namespace if there is one.
func startEcho(b *testing.B) echoAddresses {
	command, address := exec.Command(os.Args[0]), "127.0.0.1"
	if far := os.Getenv(namespaceVariable); far != "" {
		command, address = exec.Command("ip", "netns", "exec", far, os.Args[0]), farAddress
	}
	command.Env = append(os.Environ(), echoVariable+"="+address)
	command.Stderr = os.Stderr
	in := must(command.StdinPipe())
	out := must(command.StdoutPipe())
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		_ = command.Wait()
	})
	var line strings.Builder
	for one := make([]byte, 1); !strings.HasSuffix(line.String(), "\n"); {
		if _, err := out.Read(one); err != nil {
			b.Fatal("the echo process did not start: ", err)
		}
		line.Write(one)
	}
	words := strings.Fields(line.String())
	return echoAddresses{replicas: words[:echoReplicas], plain: words[echoReplicas], datagrams: words[echoReplicas+1:]}
}

// lossyHandshaker makes the dialling side's sockets lossy, too.
type lossyHandshaker struct{ fakeHandshaker }

func (h *lossyHandshaker) Initiate(conn net.Conn, expect message.Node) (Link, error) {
	lose(conn.(*boundedConn).Conn)
	return h.fakeHandshaker.Initiate(conn, expect)
}

// arrivals is a Handler that counts.
type arrivals struct {
	connected chan message.Node
	received  chan struct{}
}

func (a *arrivals) Connected(peer message.Node)             { a.connected <- peer }
func (a *arrivals) Disconnected(peer message.Node, _ error) {}
func (a *arrivals) Receive(message.Node, []byte)            { a.received <- struct{}{} }

// dialEcho connects an endpoint to the echo process's replicas.
func dialEcho(b *testing.B, addresses echoAddresses) (*Endpoint, *arrivals) {
	handler := &arrivals{connected: make(chan message.Node, 16), received: make(chan struct{}, 1<<16)}
	peers := make(map[message.Node]string)
	for i, address := range addresses.replicas {
		peers[replica(i)] = address
	}
	e := start(b, Config{
		Self: replica(echoReplicas), Peers: peers, Handler: handler,
		Handshaker: &lossyHandshaker{fakeHandshaker{self: replica(echoReplicas)}},
	})
	for range peers {
		select {
		case <-handler.connected:
		case <-time.After(patience):
			b.Fatal("no connection with the echo process")
		}
	}
	return e, handler
}
