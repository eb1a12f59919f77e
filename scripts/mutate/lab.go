package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	core    = "pbft"
	command = "./cmd/bfs-sim"
)

// lab builds simulators with mutated cores and runs them.
type lab struct {
	root     string // of the module
	dir      string // for what is built
	runs     int    // that may pass until a mutation counts as not caught
	original string // the simulator with the core as it is
}

// mutated returns the contents of the files that a mutation changes, by path.
func mutated(root string, m mutation) (map[string]string, error) {
	files := make(map[string]string)
	for _, e := range m.edits {
		path := filepath.Join(root, core, e.file)
		text, ok := files[path]
		if !ok {
			b, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			text = string(b)
		}
		if n := strings.Count(text, e.old); n != 1 {
			return nil, fmt.Errorf("%s: %q occurs %d times in %s, and must once; the core has changed, so change the table", m.name, e.old, n, e.file)
		}
		files[path] = strings.Replace(text, e.old, e.new, 1)
	}
	return files, nil
}

// build makes a simulator with a mutation; without edits, of the core as it is.
func (l *lab) build(m mutation) (string, error) {
	files, err := mutated(l.root, m)
	if err != nil {
		return "", err
	}
	replace := make(map[string]string)
	for path, text := range files {
		file := filepath.Join(l.dir, m.name+"-"+filepath.Base(path))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[path] = file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list, binary := filepath.Join(l.dir, m.name+".json"), filepath.Join(l.dir, m.name+".sim")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-overlay", list, "-o", binary, command)
	cmd.Dir = l.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s does not build: %s", m.name, out)
	}
	return binary, nil
}
