package transport

import (
	"fmt"
	"net"
	"os"
	"testing"

	"bfs/pbft/message"
)

var benchmarkSizes = []int{128, 4 << 10, 128 << 10, 1 << 20}

func dialDatagrams(b *testing.B, address string) *net.UDPConn {
	conn := must(net.Dial("udp", address)).(*net.UDPConn)
	setBuffers(conn)
	lose(conn)
	b.Cleanup(func() { conn.Close() })
	return conn
}

// BenchmarkRoundTrip sends a message to another process and waits for
// its echo.
func BenchmarkRoundTrip(b *testing.B) {
	addresses := startEcho(b)
	endpoint, handler := dialEcho(b, addresses)
	plain := must(net.Dial("tcp", addresses.plain))
	lose(plain)
	defer plain.Close()
	datagrams := dialDatagrams(b, addresses.datagrams[0])
	buffer, number := make([]byte, 1<<16), uint32(0)
	over := map[string]func([]byte){
		"udp": func(payload []byte) {
			number++
			roundTripDatagrams(datagrams, number, payload, buffer)
		},
		"tcp": func(payload []byte) {
			writePlain(plain, payload)
			must(readPlain(plain))
		},
		"endpoint": func(payload []byte) {
			endpoint.Send(replica(0), payload)
			<-handler.received
		},
	}
	for _, size := range benchmarkSizes {
		for _, kind := range []string{"udp", "tcp", "endpoint"} {
			b.Run(fmt.Sprintf("%d/%s", size, kind), func(b *testing.B) {
				payload := make([]byte, size)
				for b.Loop() {
					over[kind](payload)
				}
			})
		}
	}
}

// BenchmarkMulticast sends 128 bytes to three processes' sockets and waits
// for three echoes, as a round of the protocol does.
func BenchmarkMulticast(b *testing.B) {
	addresses := startEcho(b)
	payload := make([]byte, 128)
	b.Run("udp", func(b *testing.B) {
		var conns []*net.UDPConn
		for _, address := range addresses.datagrams {
			conns = append(conns, dialDatagrams(b, address))
		}
		multicastDatagrams(b, conns, payload)
	})
	b.Run("endpoint", func(b *testing.B) {
		endpoint, handler := dialEcho(b, addresses)
		all := []message.Node{replica(0), replica(1), replica(2)}
		for b.Loop() {
			endpoint.Multicast(all, payload)
			for range all {
				<-handler.received
			}
		}
	})
}

// multicastDatagrams has a reader for each socket, as an endpoint has.
func multicastDatagrams(b *testing.B, conns []*net.UDPConn, payload []byte) {
	skipIfLossy(b)
	received := make(chan struct{}, len(conns))
	for _, conn := range conns {
		go func() {
			buffer := make([]byte, 1<<16)
			for _, err := conn.Read(buffer); err == nil; _, err = conn.Read(buffer) {
				received <- struct{}{}
			}
		}()
	}
	number := uint32(0)
	for b.Loop() {
		number++
		for _, conn := range conns {
			sendDatagrams(number, payload, func(datagram []byte) { must(conn.Write(datagram)) })
		}
		for range conns {
			<-received
		}
	}
}

// BenchmarkThroughput echoes messages of 128 bytes, a thousand on their
// way at once.
func BenchmarkThroughput(b *testing.B) {
	const window = 1000
	addresses := startEcho(b)
	payload := make([]byte, 128)
	b.Run("udp", func(b *testing.B) {
		skipIfLossy(b)
		conn := dialDatagrams(b, addresses.datagrams[0])
		received := make(chan struct{}, window)
		go func() {
			buffer := make([]byte, 1<<16)
			for _, err := conn.Read(buffer); err == nil; _, err = conn.Read(buffer) {
				received <- struct{}{}
			}
		}()
		number := uint32(0)
		inWindow(b, window, received, func() {
			number++
			sendDatagrams(number, payload, func(datagram []byte) { must(conn.Write(datagram)) })
		})
	})
	b.Run("endpoint", func(b *testing.B) {
		endpoint, handler := dialEcho(b, addresses)
		inWindow(b, window, handler.received, func() { endpoint.Send(replica(0), payload) })
	})
}

// skipIfLossy is for those benchmarks over UDP that do not send again.
func skipIfLossy(b *testing.B) {
	if os.Getenv(lossVariable) != "" {
		b.Skip("what is lost is not sent again")
	}
}

func inWindow(b *testing.B, window int, received <-chan struct{}, send func()) {
	open := window
	for b.Loop() {
		for open == 0 || len(received) > 0 {
			<-received
			open++
		}
		send()
		open--
	}
	for ; open < window; open++ {
		<-received
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
