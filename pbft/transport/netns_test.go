package transport

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// namespaceVariable names the far namespace, within the near one.
	namespaceVariable = "BFS_TRANSPORT_FAR_NAMESPACE"
	nearAddress       = "198.18.0.1"
	farAddress        = "198.18.0.2"
)

// makeNamespaces makes two network namespaces joined by a pair of virtual
// Ethernet devices, which send no packet above 1,500 bytes if segmented (by
// default the kernel passes up to 64 KiB through them in one piece). remove
// takes them away again.
func makeNamespaces(segmented bool) (near, far string, remove func(), err error) {
	if os.Geteuid() != 0 {
		return "", "", nil, errors.New("making network namespaces needs root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return "", "", nil, errors.New("making network namespaces needs the ip program (iproute2)")
	}
	id := fmt.Sprint(os.Getpid())
	near, far = "bfs-near-"+id, "bfs-far-"+id
	remove = func() {
		_ = run("ip netns del " + near) // and with it the devices
		_ = run("ip netns del " + far)
	}
	commands := namespaceCommands(near, far, id)
	if segmented {
		commands = append(commands,
			"ip -n "+near+" link set bfsn"+id+" gso_max_segs 1",
			"ip -n "+far+" link set bfsf"+id+" gso_max_segs 1")
	}
	for _, command := range commands {
		if err := run(command); err != nil {
			remove()
			return "", "", nil, err
		}
	}
	return near, far, remove, nil
}

func namespaceCommands(near, far, id string) []string {
	return []string{
		"ip netns add " + near,
		"ip netns add " + far,
		"ip link add bfsn" + id + " netns " + near + " type veth peer name bfsf" + id + " netns " + far,
		"ip -n " + near + " addr add " + nearAddress + "/24 dev bfsn" + id,
		"ip -n " + far + " addr add " + farAddress + "/24 dev bfsf" + id,
		"ip -n " + near + " link set lo up",
		"ip -n " + near + " link set bfsn" + id + " up",
		"ip -n " + far + " link set lo up",
		"ip -n " + far + " link set bfsf" + id + " up",
	}
}

func run(command string) error {
	words := strings.Fields(command)
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", command, err, out)
	}
	return nil
}

// loseOnePercent makes a socket drop one in a hundred of the packets that
// arrive for it, by a packet filter on a random number. Connections accepted
// by a listening socket inherit it.
func loseOnePercent(socket any) error {
	raw, err := socket.(syscall.Conn).SyscallConn()
	if err != nil {
		return err
	}
	const loadRandom, drop, keep = 0xfffff038, 0, 0xffffffff
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: loadRandom},
		{Code: unix.BPF_ALU | unix.BPF_MOD | unix.BPF_K, K: 100},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 0, Jf: 1, K: 0},
		{Code: unix.BPF_RET | unix.BPF_K, K: drop},
		{Code: unix.BPF_RET | unix.BPF_K, K: keep},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program)
	})
	return errors.Join(err, failed)
}
