package main

import (
	"context"
	"flag"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
)

func checkCommand() command {
	return command{
		name: "check", args: "FILE…",
		about: "Show what a file would change in an account. Nothing is written.",
		more: "With --json a row is {\"table\":\"…\",\"row\":3,\"action\":\"create\",\"who\":\"…\",\"changes\":[…],\"findings\":[…]},\n" +
			"and the last line is {\"summary\":{…}}, with the \"findings\" about the whole file.",
		example: "usher check --template cloudlink people.xlsx",
		flags: func(f *flag.FlagSet, c *console) action {
			var p previewing
			p.flags(f, c)
			export := f.String("export", "", "write `OUT`.xlsx or .csv, or a folder for several tables. With FILE: the rows with errors, to correct and pass to \"fix --merge\". Without FILE: all people of the account")

			return func(ctx context.Context, c *console, args []string) error {
				if *export != "" {
					return p.export(ctx, c, *export, args)
				}
				return p.run(ctx, c, args, func(d *desk, preview *importer.Preview) error {
					if err := d.tellMissing(ctx, c); err != nil {
						return err
					}
					if err := c.showPreview(preview, p.view); err != nil {
						return err
					}
					return wrong(preview)
				})
			}
		},
	}
}

// showPreview prints a preview, as text or JSON.
func (c *console) showPreview(p *importer.Preview, v view) error {
	if c.json {
		return c.previewJSON(p, v)
	}
	c.previewText(p, v)
	return nil
}

// A jsonView is a row of "check --json".
type jsonView struct {
	Table    string            `json:"table"`
	Row      int               `json:"row"`
	Line     int               `json:"line,omitempty"`
	Action   importer.Action   `json:"action"`
	Who      string            `json:"who"`
	Changes  []importer.Change `json:"changes"`
	Gains    []importer.Gain   `json:"gains,omitempty"`
	Keeps    []importer.Gain   `json:"keeps,omitempty"`
	Losses   []importer.Loss   `json:"losses,omitempty"`
	Findings []formats.Finding `json:"findings"`
}

// A jsonSummary is the last line of "check --json".
type jsonSummary struct {
	Summary  importer.Summary  `json:"summary"`
	Findings []formats.Finding `json:"findings,omitempty"` // of the file as a whole
}

func (c *console) previewJSON(p *importer.Preview, v view) error {
	tables := p.Template().Tables
	for r := range p.Rows(v.filters()...) {
		err := c.object(jsonView{Table: tables[r.ID.Table()].Name, Row: r.Number, Line: r.Line, Action: r.Action, Who: r.Who,
			Changes: some(r.Changes), Gains: r.Gains, Keeps: r.Keeps, Losses: r.Losses, Findings: some(r.Findings)})
		if err != nil {
			return err
		}
	}
	return c.object(jsonSummary{p.Summary(), p.Findings()})
}
