package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
)

func main() { os.Exit(run(os.Args)) }

// run is the whole program: it returns the exit status.
func run(args []string) int {
	app := newApp()
	err := app.Run(permute(app.Commands, args))
	if err == nil {
		return exitOK
	}
	var status exitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	report(err)
	var usage *usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailure
}

// report writes an error to stderr, each of several that were joined on its own.
func report(err error) {
	var texts []string
	joined, ok := err.(interface{ Unwrap() []error })
	if ok {
		for _, e := range joined.Unwrap() {
			texts = append(texts, e.Error())
		}
	}
	if ok && err.Error() == strings.Join(texts, "\n") {
		for _, e := range joined.Unwrap() {
			report(e)
		}
		return
	}
	fmt.Fprintln(os.Stderr, "bfs: "+strings.TrimPrefix(err.Error(), "bfs: "))
}

func newApp() *cli.App {
	app := &cli.App{
		Name:                      "bfs",
		Usage:                     "a replicated file system that survives lying replicas",
		Version:                   version(),
		HideVersion:               true,
		HideHelpCommand:           true,
		UseShortOptionHandling:    true,
		EnableBashCompletion:      true,
		Suggest:                   true,
		DisableSliceFlagSeparator: true,
		Description:               description,
		OnUsageError:              onUsageError,
		Action:                    unknownCommand,
		ExitErrHandler:            func(*cli.Context, error) {},
		Commands: []*cli.Command{
			upCommand(), statusCommand(), fsCommand(), quotaCommand(), snapshotCommand(),
			proofCommand(), verifyCommand(),
			initCommand(), replicaCommand(), mountCommand(), serveCommand(),
			benchCommand(), completionCommand(), versionCommand(), enterCommand(),
		},
	}
	prepare(app.Commands)
	return app
}

// prepare gives every command what all commands have.
func prepare(commands []*cli.Command) {
	for _, c := range commands {
		c.OnUsageError = onUsageError
		c.UseShortOptionHandling = true
		c.HideHelpCommand = true
		if len(c.Subcommands) > 0 {
			c.Action = unknownCommand
		}
		prepare(c.Subcommands)
	}
}

const description = `Start a cluster of four replicas on this machine, with the files in ./files:

   bfs up files

Run one command in such a file system, and stop everything after it:

   bfs up files -- make -C src

Look at it from another terminal:

   bfs status
   bfs fs ls -l /

The files are the same whatever one of the four replicas does: it may stop,
lose messages, or lie. To run the replicas on machines of their own, see
bfs init --help.`
