package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Table writes the report for people.
func (r NullReport) Table(out io.Writer) error {
	fmt.Fprintf(out, "Null operations, 1 client, all processes on this machine; f = %d; median (lowest to highest) of %d rounds of %d.\n\n",
		r.Faults, r.Rounds, r.Operations)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "KB\tREPLICATED us\tp99\tmessages\tUNREPLICATED us\tp99\tmessages\tRATIO")
	for _, k := range r.Kinds {
		fmt.Fprintf(w, "%s\t%s\t%s\t%.2f\n", k.Name, k.Replicated, k.Unreplicated, k.Ratio)
	}
	return w.Flush()
}

// String is the side's three columns of the table.
func (s Side) String() string {
	return fmt.Sprintf("%.0f (%.0f to %.0f)\t%.0f\t%.2f", s.Median, s.Low, s.High, s.P99, s.Messages)
}
