package transport

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// networkVariable selects what the benchmarks run over: "" or "loopback", or
// "veth" or "veth-loss" for two network namespaces that the test makes,
// which needs root and the ip and tc programs.
const networkVariable = "BFS_TRANSPORT_NETWORK"

// TestMain runs the tests; or the other end of the benchmarks; or itself
// again within a namespace.
func TestMain(m *testing.M) {
	if os.Getenv(echoVariable) != "" {
		os.Exit(echoMain())
	}
	network := os.Getenv(networkVariable)
	if network == "" || network == "loopback" || os.Getenv(namespaceVariable) != "" {
		os.Exit(m.Run())
	}
	os.Exit(runInNamespace(network))
}

// runInNamespace runs this program with its arguments again, with namespaces
// for it and for its echo process.
func runInNamespace(network string) int {
	near, far, remove, err := makeNamespaces(network == "veth-loss")
	if err != nil {
		fmt.Println("SKIP:", err)
		return 0
	}
	defer remove()
	again := exec.Command("ip", append([]string{"netns", "exec", near, os.Args[0]}, os.Args[1:]...)...)
	again.Env = append(os.Environ(), namespaceVariable+"="+far)
	if network == "veth-loss" {
		again.Env = append(again.Env, lossVariable+"=1")
	}
	again.Stdout, again.Stderr = os.Stdout, os.Stderr
	if err := again.Run(); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}
