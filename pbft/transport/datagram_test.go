package transport

import (
	"encoding/binary"
	"net"
	"os"
	"time"
)

// What a transport over UDP would have to be at the least: messages cut into
// datagrams, put together again, and asked for again when one is lost.
const (
	datagramHeader  = 12 // message number, fragment number, message length
	datagramTimeout = 5 * time.Millisecond
	datagramBuffers = 4 << 20
)

// datagramBytes is the payload of one datagram: what fits into an Ethernet
// frame, or into loopback's.
func datagramBytes() int {
	if os.Getenv(namespaceVariable) != "" {
		return 1400
	}
	return 60000
}

func setBuffers(conn *net.UDPConn) {
	must(0, conn.SetReadBuffer(datagramBuffers))
	must(0, conn.SetWriteBuffer(datagramBuffers))
}

// assembly puts one message together at a time.
type assembly struct {
	number  uint32
	payload []byte
	have    []bool
	missing int
}

// add takes a datagram, and says whether its message is complete with it, or
// was before.
func (a *assembly) add(datagram []byte) (complete, duplicate bool) {
	number := binary.BigEndian.Uint32(datagram)
	fragment := int(binary.BigEndian.Uint32(datagram[4:]))
	size := int(binary.BigEndian.Uint32(datagram[8:]))
	unit := datagramBytes()
	if number != a.number || a.have == nil {
		count := max(1, (size+unit-1)/unit)
		*a = assembly{number: number, payload: make([]byte, size), have: make([]bool, count), missing: count}
	}
	if a.have[fragment] {
		return a.missing == 0, true
	}
	a.have[fragment] = true
	a.missing--
	copy(a.payload[fragment*unit:], datagram[datagramHeader:])
	return a.missing == 0, false
}

// sendDatagrams sends a message in pieces.
func sendDatagrams(number uint32, payload []byte, send func([]byte)) {
	unit := datagramBytes()
	buffer := make([]byte, 0, datagramHeader+min(unit, len(payload)))
	for fragment := 0; fragment == 0 || fragment*unit < len(payload); fragment++ {
		out := binary.BigEndian.AppendUint32(buffer, number)
		out = binary.BigEndian.AppendUint32(out, uint32(fragment))
		out = binary.BigEndian.AppendUint32(out, uint32(len(payload)))
		out = append(out, payload[fragment*unit:min(len(payload), (fragment+1)*unit)]...)
		send(out)
	}
}

// echoDatagrams sends complete messages back; and again, when asked again by
// the first fragment.
func echoDatagrams(conn *net.UDPConn) {
	var incoming assembly
	buffer := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		complete, duplicate := incoming.add(buffer[:n])
		again := duplicate && binary.BigEndian.Uint32(buffer[4:]) == 0
		if complete && (again || !duplicate) {
			sendDatagrams(incoming.number, incoming.payload, func(datagram []byte) {
				_, _ = conn.WriteToUDPAddrPort(datagram, from)
			})
		}
	}
}

// roundTripDatagrams sends a message and waits for its echo, sending it again
// each time that datagramTimeout passes without anything arriving.
func roundTripDatagrams(conn *net.UDPConn, number uint32, payload, buffer []byte) {
	send := func(datagram []byte) { _, _ = conn.Write(datagram) }
	sendDatagrams(number, payload, send)
	var incoming assembly
	for {
		must(0, conn.SetReadDeadline(time.Now().Add(datagramTimeout)))
		n, err := conn.Read(buffer)
		if err != nil {
			sendDatagrams(number, payload, send)
			continue
		}
		if binary.BigEndian.Uint32(buffer) != number {
			continue
		}
		if complete, _ := incoming.add(buffer[:n]); complete {
			return
		}
	}
}
