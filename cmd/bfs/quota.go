package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"text/tabwriter"

	"bfs/fsstate"

	"github.com/urfave/cli/v2"
)

func quotaCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:  "quota",
		Usage: "show what owners of files have, and may have",
		Description: `Root is told of all owners, others of themselves. What counts is what files have
allocated or reserved, also where they share it with copies; snapshots count for
nobody. Who would have more gets EDQUOT, and nothing is changed.

Quotas are part of the configuration, for all replicas alike, and made with it:

   bfs init cluster --quota-bytes 1000000000 --quota 1000=5000000000:100000
   bfs up files --quota-inodes 100000`,
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "for programs: one array of objects; a quota of 0 is no bound"}},
		Action: onFiles(0, 0, (*files).quota),
	})
}

// ownerJSON is one owner in the output of --json.
type ownerJSON struct {
	UID         uint32 `json:"uid"`
	Bytes       uint64 `json:"bytes"`
	BytesQuota  uint64 `json:"bytes_quota"`
	Inodes      uint64 `json:"inodes"`
	InodesQuota uint64 `json:"inodes_quota"`
}

func (f *files) quota() error {
	owners, err := f.owners()
	if err != nil {
		return err
	}
	if f.Bool("json") {
		return f.quotaJSON(owners)
	}
	w := tabwriter.NewWriter(f.App.Writer, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "owner\tused\tquota\tinodes\tquota\t\n")
	for _, u := range owners {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\t\n", u.UID, size(u.Bytes),
			bound(u.Quota.Bytes, size), u.Inodes, bound(u.Quota.Inodes, decimal))
	}
	return w.Flush()
}

// owners asks for all of them, page by page.
func (f *files) owners() (all []fsstate.Usage, err error) {
	for from := uint32(0); ; {
		page, eof, err := f.client.Usage(f.ctx, f.caller, from, fsstate.MaxPage)
		all = append(all, page...)
		if err != nil || eof || len(page) == 0 {
			return all, err
		}
		from = page[len(page)-1].UID + 1
	}
}

func (f *files) quotaJSON(owners []fsstate.Usage) error {
	out := make([]ownerJSON, 0, len(owners))
	for _, u := range owners {
		out = append(out, ownerJSON{u.UID, u.Bytes, u.Quota.Bytes, u.Inodes, u.Quota.Inodes})
	}
	encoder := json.NewEncoder(f.App.Writer)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

// bound is a quota as text.
func bound(quota uint64, text func(uint64) string) string {
	if quota == 0 {
		return "none"
	}
	return text(quota)
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
