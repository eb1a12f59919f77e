package main

import (
	"log/slog"
	"os"

	"github.com/urfave/cli/v2"
)

// logLevelFlag is for commands that run on; quietLogFlag for those that do one
// thing and say themselves what went wrong.
func logLevelFlag() cli.Flag { return logFlag("info") }
func quietLogFlag() cli.Flag { return logFlag("error") }

func logFlag(level string) cli.Flag {
	return &cli.StringFlag{
		Name:  "log-level",
		Value: level,
		Usage: "log messages of this `LEVEL` and above to stderr: debug, info, warn or error",
	}
}

// logger writes text to stderr from the level of the --log-level flag on.
func logger(c *cli.Context) (*slog.Logger, error) {
	var level slog.Level
	if text := c.String("log-level"); level.UnmarshalText([]byte(text)) != nil {
		return nil, misused(c, "--log-level %q is none of debug, info, warn and error", text)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})), nil
}
