package cluster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNoConfig is wrapped by the error for a configuration that is not there.
var ErrNoConfig = errors.New("there is no cluster configuration")

// Load reads and checks a configuration. A field that is missing has its
// default; one that is unknown is refused. The error names everything that
// is wrong (*InvalidError), or wraps ErrNoConfig.
func Load(path string) (*Config, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	text, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s: make one with `bfs init`, or name another file", ErrNoConfig, path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c := defaults()
	c.path = path
	if err := decodeStrict(text, c); err != nil {
		return nil, &InvalidError{Path: path, Problems: []Problem{{What: err.Error()}}}
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return c, nil
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxConfigBytes+1))
	if err == nil && len(text) > maxConfigBytes {
		err = fmt.Errorf("%s is larger than %d bytes: it cannot be a configuration", path, maxConfigBytes)
	}
	return text, err
}

// decodeStrict reads exactly one JSON value with no field that into lacks.
func decodeStrict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("the text ends in line %d, before the configuration does: it was cut off; copy the whole file again", line(text, int64(len(text))))
	}
	if err != nil {
		return fmt.Errorf("%w%s", err, position(text, err, d.InputOffset()))
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("there is more text after the configuration, in line %d: remove it", line(text, d.InputOffset()))
	}
	return nil
}

// position says where in text the decoder stopped, as well as it is known.
func position(text []byte, err error, offset int64) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	if offset <= 0 {
		return ""
	}
	return fmt.Sprintf(", near line %d", line(text, offset))
}

func line(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(offset, int64(len(text)))], []byte("\n"))
}

// Save checks the configuration and writes it to path, whole or not at all.
func (c *Config) Save(path string) error {
	if err := c.Validate(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := writeAtomically(path, append(text, '\n'), configMode); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	c.path = path
	return nil
}

// writeAtomically makes path hold text, by renaming a finished file to it.
func writeAtomically(path string, text []byte, mode os.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
