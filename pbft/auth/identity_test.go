package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeyFileRoundTrip(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys", "replica-0.key")
	id := newIdentity(t)
	if err := id.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, error %v, want mode %v", name, info.Mode(), err, want)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "bfs-key-1 ") || strings.Count(string(text), "\n") != 1 {
		t.Errorf("file is %q, error %v, want one line that begins with bfs-key-1", text, err)
	}
	back, err := ReadIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	if digest := [32]byte{1}; back.Public() != id.Public() || !id.Public().verify("p ", digest, back.sign("p ", digest)) {
		t.Error("the identity read back is not the one written")
	}
	if err := newIdentity(t).WriteFile(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("overwriting a key: %v, want fs.ErrExist", err)
	}
}

func TestKeyFilesThatOthersCanOpenAreRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	if err := newIdentity(t).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	for mode, ok := range map[fs.FileMode]bool{
		0o600: true, 0o400: true, 0o700: true,
		0o640: false, 0o604: false, 0o620: false, 0o602: false, 0o610: false, 0o777: false,
	} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := ReadIdentity(path)
		if ok && err != nil {
			t.Errorf("mode %o: %v", mode, err)
		}
		if !ok && (!errors.Is(err, ErrKeyFileExposed) || !strings.Contains(err.Error(), "chmod 600 "+path)) {
			t.Errorf("mode %o: %v, want ErrKeyFileExposed and how to mend it", mode, err)
		}
	}
}

func TestReadIdentityRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	id := newIdentity(t)
	text := formatKey(privateWord, id.private.Seed())
	for name, test := range map[string]struct{ text, says string }{
		"empty":       {"", "it is empty"},
		"public":      {id.Public().String() + "\n", "this is a public key"},
		"cut":         {text[:len(text)-4] + "\n", "44 characters"},
		"two":         {text + "\n" + text + "\n", "single line"},
		"blank line":  {text + "\n\n", "single line"},
		"carriage":    {text + "\r\n", "single line"},
		"no key file": {"-----BEGIN PRIVATE KEY-----\n", `must start with "bfs-key-1"`},
		"large":       {text + strings.Repeat("A", 1<<20), "characters"},
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadIdentity(path)
		if !errors.Is(err, ErrBadKey) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want ErrBadKey, the path and %q", name, err, test.says)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadIdentity(filepath.Join(dir, "directory")); !errors.Is(err, ErrBadKey) {
		t.Errorf("a directory: %v, want ErrBadKey", err)
	}
	if _, err := ReadIdentity(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v, want fs.ErrNotExist", err)
	}
}

func TestWriteFileWhereItCannot(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := newIdentity(t).WriteFile(filepath.Join(file, "key")); err == nil {
		t.Error("wrote a key below a file")
	}
}

func TestPublicKeyText(t *testing.T) {
	t.Parallel()
	key := newIdentity(t).Public()
	text := key.String()
	back, err := ParsePublicKey(text)
	if err != nil || back != key {
		t.Fatalf("%q read back as %v, error %v", text, back, err)
	}
	var config struct{ Key PublicKey }
	encoded, err := json.Marshal(map[string]any{"Key": key})
	if err != nil || !strings.Contains(string(encoded), text) {
		t.Fatalf("in JSON: %s, error %v", encoded, err)
	}
	if err := json.Unmarshal(encoded, &config); err != nil || config.Key != key {
		t.Errorf("from JSON: %v, error %v", config.Key, err)
	}
	if err := json.Unmarshal([]byte(`{"Key":"bfs-pub-1 x"}`), &config); !errors.Is(err, ErrBadKey) {
		t.Errorf("a bad key in JSON: %v, want ErrBadKey", err)
	}
}

// Every character of the text, replaced by another: a typing error is found.
func TestTypingErrorsInKeysAreFound(t *testing.T) {
	t.Parallel()
	text := newIdentity(t).Public().String()
	for i := range text {
		for _, c := range []byte("aZ0_- =\n\x00") {
			typo := text[:i] + string(c) + text[i+1:]
			if _, err := ParsePublicKey(typo); typo != text && !errors.Is(err, ErrBadKey) {
				t.Errorf("%q: %v, want ErrBadKey", typo, err)
			}
		}
	}
	for _, other := range []string{"", " ", text + "\n", " " + text, text + "A", text[:len(text)-1], text + "AAAA",
		strings.ToLower(text), strings.Replace(text, " ", "  ", 1), strings.Replace(text, " ", "", 1)} {
		if _, err := ParsePublicKey(other); !errors.Is(err, ErrBadKey) {
			t.Errorf("%q: %v, want ErrBadKey", other, err)
		}
	}
}

func TestMisplacedPrivateKeyIsNotRepeated(t *testing.T) {
	t.Parallel()
	secret := formatKey(privateWord, newIdentity(t).private.Seed())
	_, err := ParsePublicKey(secret)
	if !errors.Is(err, ErrBadKey) || !strings.Contains(err.Error(), "keep it secret") {
		t.Errorf("got %v, want a warning", err)
	}
	if strings.Contains(err.Error(), secret[len(privateWord)+1:]) {
		t.Error("the error repeats the private key")
	}
}

func TestPrintingAnIdentityKeepsItSecret(t *testing.T) {
	t.Parallel()
	id := newIdentity(t)
	want := "holder of " + id.Public().String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, id); got != want {
			t.Errorf("%s prints %q, want %q", verb, got, want)
		}
	}
}

func TestSignaturesAreForOnePurpose(t *testing.T) {
	t.Parallel()
	id, digest := newIdentity(t), [32]byte{7}
	signature := id.sign("purpose 1 ", digest)
	if !id.Public().verify("purpose 1 ", digest, signature) {
		t.Error("a good signature is refused")
	}
	if id.Public().verify("purpose 2 ", digest, signature) || id.Public().verify("purpose 1 ", [32]byte{8}, signature) ||
		newIdentity(t).Public().verify("purpose 1 ", digest, signature) {
		t.Error("a signature passes for another purpose, digest or key")
	}
}

func FuzzParsePublicKey(f *testing.F) {
	f.Add(newIdentity(f).Public().String())
	f.Add(PublicKey{}.String())
	f.Add("bfs-pub-1 ")
	f.Add("bfs-key-1 AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParsePublicKey(text)
		if err == nil && key.String() != text {
			t.Errorf("%q was read but writes as %q", text, key)
		}
		if err != nil && !errors.Is(err, ErrBadKey) {
			t.Errorf("%q: error %v is not ErrBadKey", text, err)
		}
	})
}
