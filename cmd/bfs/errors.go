package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// Exit statuses.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitDegraded    = 3 // bfs status: some replicas are not well
	exitUnavailable = 4 // bfs status: too few replicas for any operation
	exitInvalid     = 5 // bfs verify: the proof is not valid
	exitOtherFile   = 6 // bfs verify: the file is not the one that is proven
	exitSignal      = 128
)

// exitStatus ends the program with a status, and nothing printed: what there
// was to say has been said.
type exitStatus int

func (s exitStatus) Error() string { return "exit status " + strconv.Itoa(int(s)) }

// usageError is a command line that makes no sense.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

// misused reports how the command line of c is wrong.
func misused(c *cli.Context, format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...) + seeHelp(c)}
}

func seeHelp(c *cli.Context) string {
	name := c.App.Name
	if c.Command != nil && c.Command.HelpName != "" {
		name = c.Command.HelpName
	}
	return ": see `" + strings.TrimSpace(name) + " --help`"
}

func onUsageError(c *cli.Context, err error, _ bool) error {
	return misused(c, "%v", err)
}

// unknownCommand runs when the first argument names no command.
func unknownCommand(c *cli.Context) error {
	if c.Args().Present() {
		return misused(c, "there is no command %q", c.Args().First())
	}
	return cli.ShowSubcommandHelp(c)
}

// wantArgs refuses a number of arguments outside lo to hi; hi < 0 is any.
func wantArgs(c *cli.Context, lo, hi int) error {
	n := c.NArg()
	if n < lo {
		return misused(c, "%s is missing (%s %s)", missing(c, n), c.Command.HelpName, c.Command.ArgsUsage)
	}
	if hi >= 0 && n > hi {
		return misused(c, "%q is one argument too many", c.Args().Get(hi))
	}
	return nil
}

// missing is the name of the n-th argument in the command's usage line.
func missing(c *cli.Context, n int) string {
	names := strings.Fields(c.Command.ArgsUsage)
	if n < len(names) {
		return strings.Trim(names[n], "[]…")
	}
	return "an argument"
}
