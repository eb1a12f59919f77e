package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// permute puts a command's flags before its other arguments, so that
// `bfs up DIR --faults 2` means what it says: the flag parser itself stops at
// the first argument that is no flag. What follows "--" stays as it is.
func permute(commands []*cli.Command, args []string) []string {
	command, at := find(commands, args)
	if command == nil || slices.Contains(args, "--generate-bash-completion") {
		return args
	}
	var flags, others []string
	for i := at; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			others = append(others, args[i+1:]...)
			i = len(args)
		case len(arg) < 2 || arg[0] != '-':
			others = append(others, arg)
		default:
			flags = append(flags, arg)
			if takesNext(command, arg) && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		}
	}
	return slices.Concat(args[:at], flags, []string{"--"}, others)
}

// find follows the names of commands in args, to one without subcommands, and
// returns it and the place of its first argument.
func find(commands []*cli.Command, args []string) (*cli.Command, int) {
	for at := 1; at < len(args); at++ {
		i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.HasName(args[at]) })
		if i < 0 {
			return nil, 0
		}
		if len(commands[i].Subcommands) == 0 {
			return commands[i], at + 1
		}
		commands = commands[i].Subcommands
	}
	return nil, 0
}

// takesNext tells whether the flag has its value in the next argument.
func takesNext(command *cli.Command, arg string) bool {
	if strings.Contains(arg, "=") {
		return false
	}
	name := strings.TrimLeft(arg, "-")
	for _, f := range command.Flags {
		if slices.Contains(f.Names(), name) {
			_, isBool := f.(*cli.BoolFlag)
			return !isBool
		}
	}
	return false
}
