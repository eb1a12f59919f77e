package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bfs/bfs/cluster"
)

// proving is a cluster whose files are proven, and where the proofs are put.
type proving struct {
	place
	t        *testing.T
	dir      string
	replicas []*running
	made     int
}

func startProving(t *testing.T) *proving {
	t.Helper()
	p := &proving{place: newPlace(t), t: t, dir: t.TempDir()}
	newCluster(t, p.place, func(c *cluster.Config) { c.Protocol.CheckpointInterval, c.Protocol.LogSize = 32, 128 })
	for id := range 4 {
		p.replicas = append(p.replicas, launchReplica(t, p.place, program, id))
	}
	awaitState(t, p.place, healthy)
	return p
}

func (p *proving) put(name, content string) string {
	p.t.Helper()
	local := filepath.Join(p.dir, "local-"+strings.ReplaceAll(name, "/", "-"))
	if err := os.WriteFile(local, []byte(content), 0o644); err != nil {
		p.t.Fatal(err)
	}
	must(p.t, "fs", "put", "--config", p.config(), local, name)
	return local
}

func (p *proving) prove(path string, flags ...string) string {
	p.t.Helper()
	p.made++
	out := filepath.Join(p.dir, fmt.Sprint("proof-", p.made))
	must(p.t, append([]string{"proof", "--config", p.config(), "-o", out, path}, flags...)...)
	return out
}

func (p *proving) verify(status int, proof string, flags ...string) result {
	p.t.Helper()
	r := execute(p.t, append([]string{"verify", "--cluster", p.config(), proof}, flags...)...)
	if r.status != status {
		p.t.Errorf("bfs verify %s %v: exit status %d, want %d\n%s%s", proof, flags, r.status, status, r.stdout, r.stderr)
	}
	return r
}

func (p *proving) statement(proof string, flags ...string) (l statementLine) {
	p.t.Helper()
	out := p.verify(exitOK, proof, append(flags, "--json")...).stdout
	if err := json.Unmarshal([]byte(out), &l); err != nil {
		p.t.Fatalf("%v in %s", err, out)
	}
	return l
}

// stop ends all replicas: from here on there is no cluster.
func (p *proving) stop() {
	p.t.Helper()
	for _, r := range p.replicas {
		r.signal(syscall.SIGKILL)
		<-r.ended
	}
}

func sum(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// TestProofs are made of what was written just now, and checked when there is no
// cluster any more.
func TestProofs(t *testing.T) {
	t.Parallel()
	p := startProving(t)
	must(t, "fs", "mkdir", "--config", p.config(), "/dir")
	small, smallFile := "a small file", p.put("/dir/small", "a small file")
	big := strings.Repeat("a line of a large file\n", 100_000)
	bigFile := p.put("/dir/big", big)
	holed := filepath.Join(p.dir, "holed")
	if err := os.WriteFile(holed, []byte("begin"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(holed, 5_000_000); err != nil {
		t.Fatal(err)
	}
	must(t, "fs", "put", "--config", p.config(), holed, "/dir/holed")
	must(t, "fs", "ln", "--config", p.config(), "-s", "small", "/dir/link")
	smallProof, bigProof, holedProof := p.prove("/dir/small"), p.prove("/dir/big"), p.prove("/dir/holed")
	linkProof, absentProof := p.prove("/dir/link"), p.prove("/dir/none", "--absent")
	must(t, "snapshot", "create", "--config", p.config(), "kept")
	must(t, "fs", "rm", "--config", p.config(), "/dir/small")
	goneProof, keptProof := p.prove("/dir/small", "--absent"), p.prove("/.snapshots/kept/dir/small")
	stdout := execute(t, "proof", "--config", p.config(), "--last", "/dir")
	if stdout.status != exitOK || !strings.HasPrefix(stdout.stdout, "-----BEGIN BFS PROOF-----\n") {
		t.Errorf("to standard output: %d, %s", stdout.status, stdout.stderr)
	}
	for _, refused := range []string{"/dir/small", "/dir/link/x", "/dir/../dir"} {
		if r := execute(t, "proof", "--config", p.config(), refused); r.status != exitFailure || r.stdout != "" {
			t.Errorf("proof of %s: %+v", refused, r)
		}
	}
	p.stop()

	l := p.statement(smallProof)
	if l.Path != "/dir/small" || l.File == nil || l.File.Size != uint64(len(small)) || l.File.SHA256 != sum(small) || len(l.Signers) < 2 || l.Sequence == 0 {
		t.Errorf("the small file: %+v, %+v", l, l.File)
	}
	if l := p.statement(bigProof); l.File.SHA256 != "" || l.File.Blocks == "" {
		t.Errorf("the big file: %+v", l.File)
	}
	if l := p.statement(bigProof, "--file", bigFile); l.File.SHA256 != sum(big) {
		t.Errorf("the big file, compared: %+v", l.File)
	}
	if info, err := os.Stat(bigProof); err != nil || info.Size() > 40_000 {
		t.Errorf("the proof of a file of %d bytes: %v, %v", len(big), info.Size(), err)
	}
	if l := p.statement(linkProof); l.File.Target != "small" {
		t.Errorf("the link: %+v", l.File)
	}
	for _, proof := range []string{absentProof, goneProof} {
		if l := p.statement(proof); !l.Absent || l.File != nil {
			t.Errorf("%s: %+v", proof, l)
		}
	}
	if l := p.statement(keptProof); l.File.SHA256 != sum(small) {
		t.Errorf("in the snapshot: %+v", l.File)
	}
	p.verify(exitOK, smallProof, "--file", smallFile)
	p.verify(exitOK, holedProof, "--file", holed)
	p.verify(exitOtherFile, bigProof, "--file", smallFile)
	p.verify(exitOtherFile, smallProof, "--file", bigFile)
	p.verify(exitOtherFile, goneProof, "--file", smallFile)
	p.verify(exitFailure, smallProof, "--file", filepath.Join(p.dir, "missing"))
	if out := p.verify(exitOK, smallProof).stdout; !strings.Contains(out, "/dir/small") || !strings.Contains(out, sum(small)) {
		t.Errorf("for people: %s", out)
	}
	p.forge(smallProof)
}

// forge changes a proof, and the cluster it is checked against.
func (p *proving) forge(proof string) {
	p.t.Helper()
	text, err := os.ReadFile(proof)
	if err != nil {
		p.t.Fatal(err)
	}
	forged := filepath.Join(p.dir, "forged")
	for at := 40; at < len(text)-40; at += len(text) / 12 {
		lie := bytes.Clone(text)
		if lie[at] == '\n' {
			at++
		}
		lie[at] ^= 1
		if err := os.WriteFile(forged, lie, 0o644); err != nil {
			p.t.Fatal(err)
		}
		p.verify(exitInvalid, forged)
	}
	for _, lie := range []string{"", "no proof", string(text) + string(text), string(text[:len(text)/2])} {
		if err := os.WriteFile(forged, []byte(lie), 0o644); err != nil {
			p.t.Fatal(err)
		}
		p.verify(exitInvalid, forged)
	}
	other := newPlace(p.t)
	newCluster(p.t, other, nil)
	if r := execute(p.t, "verify", "--cluster", other.config(), proof); r.status != exitInvalid {
		p.t.Errorf("against another cluster: %+v", r)
	}
}

// TestProofWithoutReplication is refused.
func TestProofWithoutReplication(t *testing.T) {
	t.Parallel()
	p := startServer(t)
	if r := execute(t, "proof", "--config", p.config(), "/"); r.status != exitFailure || !strings.Contains(r.stderr, "without replication") {
		t.Errorf("%+v", r)
	}
}

// TestProofDespiteALiar: two honest replicas of three are enough, beside one
// that says what it likes.
func TestProofDespiteALiar(t *testing.T) {
	t.Parallel()
	p := &proving{place: newPlace(t), t: t, dir: t.TempDir()}
	newCluster(t, p.place, func(c *cluster.Config) { c.Protocol.CheckpointInterval, c.Protocol.LogSize = 32, 128 })
	for id := range 3 {
		p.replicas = append(p.replicas, launchReplica(t, p.place, program, id))
	}
	p.replicas = append(p.replicas, launchReplica(t, p.place, byzantine, 3))
	p.put("/note", "text")
	if l := p.statement(p.prove("/note")); l.File.SHA256 != sum("text") {
		t.Errorf("%+v", l.File)
	}
}
