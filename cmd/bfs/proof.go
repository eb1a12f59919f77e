package main

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"bfs/bfs/cluster"
	"bfs/bfs/proof"
	"bfs/fsstate"

	"github.com/urfave/cli/v2"
)

// proofBlock is what a proof's text says that it is.
const proofBlock = "BFS PROOF"

// How long a proof may take, how often the replicas are asked whether the next
// checkpoint has come, and how often before it is provoked again.
const (
	proofTimeout  = time.Minute
	proofAttempt  = 2 * time.Second
	proofRetry    = 20 * time.Millisecond
	proofPatience = 20
)

func proofCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:      "proof",
		Usage:     "prove to others what a file is",
		ArgsUsage: "PATH",
		Description: `Writes a proof of what is at PATH: its attributes and contents, signed for by
enough replicas that one of them at least is honest. Whoever has the cluster's
configuration can check it, without the cluster:

   bfs proof -o note.proof /dir/note
   bfs verify note.proof --file note

A proof is of a checkpoint, which there is after some number of operations. If
the file has changed since the last one, the next is provoked and waited for.
The contents of files of up to 4 KiB are in the proof; of a larger one it has
the digest, so that bfs verify needs the file. If nothing is at PATH, that can
be proven with --absent. Symbolic links are not followed. PATH may lie in a
snapshot.

A proof also shows some of the names beside those of the path.`,
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "o", Usage: "write to `FILE`, not to standard output"},
			&cli.BoolFlag{Name: "last", Usage: "of the last checkpoint, even if the file has changed since"},
			&cli.BoolFlag{Name: "absent", Usage: "prove that nothing is there"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "do not say what is proven"},
			&cli.DurationFlag{Name: "timeout", Value: proofTimeout, Usage: "give up after so `LONG`"},
		},
		Action: onFiles(1, 1, (*files).prove),
	})
}

func (f *files) prove() error {
	if f.config.Unreplicated {
		return errors.New("proof: a server without replication signs for nothing: use a cluster of replicas")
	}
	names, err := proof.Names(f.Args().First())
	if err != nil {
		return fmt.Errorf("proof: %w", err)
	}
	keys, err := keysOf(f.config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(f.ctx, f.Duration("timeout"))
	defer cancel()
	f.ctx = ctx
	m := &prover{files: f, keys: keys, names: names}
	p, s, err := m.prove()
	if err != nil {
		return fmt.Errorf("proof of %s: %w", printable(proof.Join(names)), err)
	}
	if err := writeProof(f.App.Writer, f.Path("o"), p); err != nil {
		return err
	}
	if f.Bool("quiet") {
		return nil
	}
	return describe(os.Stderr, s, keys)
}

// keysOf is what proofs of a cluster are checked with.
func keysOf(config *cluster.Config) (proof.Keys, error) {
	group, err := config.Group()
	if err != nil {
		return proof.Keys{}, err
	}
	keys := proof.Keys{Cluster: group.Cluster, Faults: group.Params.Faults}
	for _, r := range group.Replicas {
		keys.Replicas = append(keys.Replicas, r.Key)
	}
	return keys, nil
}

func writeProof(out io.Writer, path string, p *proof.Proof) error {
	text := pem.EncodeToMemory(&pem.Block{Type: proofBlock, Bytes: p.Encode()})
	if path == "" {
		_, err := out.Write(text)
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".proof-*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Chmod(0o644), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// holes asks where a file has holes.
func (m *prover) holes(a fsstate.Attr) (holes []fsstate.Hole, err error) {
	for off := uint64(0); isRegular(a) && off < a.Size; {
		start, err := m.client.Seek(m.ctx, m.caller, a.Ino, off, fsstate.SeekHole)
		if err != nil {
			return nil, err
		}
		if start >= a.Size {
			break
		}
		end, err := m.client.Seek(m.ctx, m.caller, a.Ino, start, fsstate.SeekData)
		if errors.Is(err, fsstate.NXIO) {
			end, err = a.Size, nil
		}
		if err != nil {
			return nil, err
		}
		if end <= start || len(holes) > 0 && start <= holes[len(holes)-1].End {
			return nil, errors.New("the service says that holes are where they cannot be")
		}
		holes = append(holes, fsstate.Hole{Offset: start, End: end})
		off = end
	}
	return holes, nil
}
