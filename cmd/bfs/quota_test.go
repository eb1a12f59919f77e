package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestQuotas: a server whose quotas bind even root refuses what is too much,
// and shows what is there.
func TestQuotas(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	self := strconv.Itoa(os.Getuid())
	must(t, "init", "--unreplicated", p.data, "--quota-bytes", "4096", "--quota-inodes", "3",
		"--quota", self+"=8192:4", "--quota", "4321=1:2", "--quota-binds-root")
	launchServer(t, p)
	fs := fsRunner(t, p)
	fs(exitOK, "put - /note")
	fs(exitOK, "mkdir /a /b")
	wantFailure(t, execute(t, "fs", "mkdir", "--config", p.config(), "/c"), exitFailure, "quota exceeded")
	var owners []ownerJSON
	if err := json.Unmarshal([]byte(must(t, "quota", "--config", p.config(), "--json")), &owners); err != nil {
		t.Fatal(err)
	}
	mine := ownerJSON{UID: uint32(os.Getuid()), Bytes: 4096, BytesQuota: 8192, Inodes: 4, InodesQuota: 4}
	if len(owners) == 0 || owners[0] != mine {
		t.Errorf("the owners are %+v", owners)
	}
	if os.Getuid() == 0 && (len(owners) != 2 || owners[1] != ownerJSON{UID: 4321, BytesQuota: 1, InodesQuota: 2}) {
		t.Errorf("root is told of %+v", owners)
	}
	if text := must(t, "quota", "--config", p.config()); !strings.Contains(text, "4.0 KiB  8.0 KiB") {
		t.Errorf("the table is\n%s", text)
	}
}

// TestUpMindsTheConfiguration: policies are chosen once.
func TestUpMindsTheConfiguration(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	must(t, "init", p.data, "--atime", "strict", "--quota-bytes", "4096")
	for _, flags := range [][]string{
		{"--atime", "none"}, {"--devices", "allow"}, {"--quota-bytes", "1"}, {"--quota", "1=1:1"}, {"--quota-binds-root"},
	} {
		args := append([]string{"up", "--no-mount", "--data", p.data}, flags...)
		wantFailure(t, execute(t, args...), exitFailure, "is made already")
	}
}
