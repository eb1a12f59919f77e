package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a script that completes bfs commands in a shell",
		ArgsUsage: "SHELL",
		Description: `SHELL is bash, zsh or fish. Examples:

   source <(bfs completion bash)                 # in ~/.bashrc
   source <(bfs completion zsh)                  # in ~/.zshrc, after compinit
   bfs completion fish > ~/.config/fish/completions/bfs.fish`,
		Action: printCompletion,
	}
}

func printCompletion(c *cli.Context) error {
	if err := wantArgs(c, 1, 1); err != nil {
		return err
	}
	script, err := completionScript(c)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(c.App.Writer, script)
	return err
}

func completionScript(c *cli.Context) (string, error) {
	switch shell := c.Args().First(); shell {
	case "bash":
		return bashCompletion, nil
	case "zsh":
		return zshCompletion, nil
	case "fish":
		return c.App.ToFishCompletion()
	default:
		return "", misused(c, "there is no completion for %q, only for bash, zsh and fish", shell)
	}
}

// Both scripts ask the program itself what may come next. Of a flag they show
// it the dash only: the parser does not survive the beginning of a name.
const bashCompletion = `_bfs_complete() {
  local current="${COMP_WORDS[COMP_CWORD]}"
  local words=("${COMP_WORDS[@]:0:COMP_CWORD}")
  [[ $current == -* ]] && words+=("-")
  COMPREPLY=($(compgen -W "$("${words[@]}" --generate-bash-completion 2>/dev/null | cut -d: -f1)" -- "$current"))
}
complete -o bashdefault -o default -F _bfs_complete bfs
`

const zshCompletion = `#compdef bfs
_bfs_complete() {
  local current="${words[CURRENT]}"
  local -a asked choices
  asked=("${(@)words[1,CURRENT-1]}")
  [[ $current == -* ]] && asked+=("-")
  choices=("${(@f)$(_CLI_ZSH_AUTOCOMPLETE_HACK=1 "${asked[@]}" --generate-bash-completion 2>/dev/null)}")
  if [[ -n "${choices[1]}" ]]; then
    _describe 'bfs' choices
  else
    _files
  fi
}
compdef _bfs_complete bfs
`
