package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"

	"bfs/bfs/proof"
	"bfs/fsstate"

	"github.com/urfave/cli/v2"
)

func verifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "check a proof, without the cluster",
		ArgsUsage: "PROOF",
		Description: `Checks what bfs proof has written, with nothing but the cluster's configuration,
of which the public keys count, and says what it proves. PROOF may be "-" for
standard input.

Exit status: 0 the proof is valid (and FILE is the file that it is of), 5 it is
not, 6 FILE is not the file, 1 something could not be read.`,
		Flags: []cli.Flag{
			&cli.PathFlag{
				Name: "config", Aliases: []string{"cluster"}, EnvVars: []string{"BFS_CONFIG"},
				Usage: "the cluster's `FILE` (default: cluster.json in " + defaultDataHelp + ")",
			},
			&cli.PathFlag{Name: "file", Usage: "whether `FILE` has the contents that are proven"},
			&cli.BoolFlag{Name: "json", Usage: "for programs"},
		},
		Action: verifyProof,
	}
}

func verifyProof(c *cli.Context) error {
	if err := wantArgs(c, 1, 1); err != nil {
		return err
	}
	config, err := loadConfig(c)
	if err != nil {
		return err
	}
	keys, err := keysOf(config)
	if err != nil {
		return err
	}
	text, err := readProof(c.Args().First())
	if err != nil {
		return err
	}
	s, err := judge(text, keys)
	if err != nil {
		report(fmt.Errorf("verify %s: %w", c.Args().First(), err))
		return exitStatus(exitInvalid)
	}
	content, err := compare(s, c.Path("file"))
	if errors.Is(err, fsstate.ErrContents) {
		report(fmt.Errorf("%s is not the file: %w", c.Path("file"), err))
		return exitStatus(exitOtherFile)
	}
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return describeJSON(c.App.Writer, s, keys, content)
	}
	if err := describe(c.App.Writer, s, keys); err != nil || content == "" {
		return err
	}
	_, err = fmt.Fprintf(c.App.Writer, "%-10s %s\n", "sha256", content)
	return err
}

// readProof reads no more than a proof can have.
func readProof(path string) ([]byte, error) {
	file := os.Stdin
	if path != "-" {
		var err error
		if file, err = os.Open(path); err != nil {
			return nil, err
		}
		defer file.Close()
	}
	return io.ReadAll(io.LimitReader(file, 2*proof.MaxBytes))
}

// judge is what a proof's text proves.
func judge(text []byte, keys proof.Keys) (*proof.Statement, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != proofBlock || len(block.Headers) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("%w: it is not one block of the type %q", proof.ErrMalformed, proofBlock)
	}
	p, err := proof.Decode(block.Bytes)
	if err != nil {
		return nil, err
	}
	return p.Verify(keys)
}

// compare checks a file against what is proven, and returns the SHA-256 of the
// contents as far as they are known: of the file's, or of those in the proof.
func compare(s *proof.Statement, path string) (content string, err error) {
	if path == "" {
		inline, ok := s.File.Inline()
		if s.Absent || !ok {
			return "", nil
		}
		sum := sha256.Sum256(inline)
		return hex.EncodeToString(sum[:]), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if err := s.CheckFile(io.TeeReader(file, hash)); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
