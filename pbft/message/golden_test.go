package message_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"bfs/pbft/message"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/golden.txt from what the code does now")

const goldenFile = "testdata/golden.txt"

// TestGolden holds the encodings and digests of the samples against a file,
// so that the format cannot change without being seen.
func TestGolden(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for _, s := range samples() {
		fmt.Fprintf(&got, "%s\n  %v\n  %x\n", s.name, s.message, message.Encode(s.message))
		if d, ok := s.message.(interface{ Digest() message.Digest }); ok {
			fmt.Fprintf(&got, "  digest %x\n", d.Digest())
		}
	}
	if *rewrite {
		if err := os.WriteFile(goldenFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the format has changed; if that is meant, run the test with -rewrite.\ngot:\n%s\nwant:\n%s", got.String(), want)
	}
}
