package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/usher-go/usher/importer"
)

// remembering is the command "history".
type remembering struct {
	template, text string
	limit          int
	byHand         bool
}

func historyCommand() command {
	return command{
		name:    "history",
		about:   "List the imports of an account, newest first.",
		more:    "With --json an import is {\"id\":\"…\",\"label\":\"…\",\"template\":\"…\",\"actor\":\"…\",\"at\":\"…\",\"state\":\"done\",\"counts\":{…}}.",
		example: "usher history --template cloudlink",
		flags: func(f *flag.FlagSet, c *console) action {
			var r remembering
			f.StringVar(&r.template, "template", "", "`TEMPLATE` of the imports to list (default: all)")
			f.StringVar(&r.text, "search", "", "`WORDS` that the description of an import must contain")
			f.IntVar(&r.limit, "limit", 0, "list at most `N` imports (default: all)")
			f.BoolVar(&r.byHand, "by-hand", false, "also list single edits")

			return inPlace(f, c, r.run)
		},
	}
}

func (r *remembering) run(ctx context.Context, c *console, d *desk, args []string) error {
	if len(args) > 0 || r.limit < 0 {
		return usagef("history: takes no arguments, and --limit must be 1 or more")
	}

	opts := importer.HistoryOptions{Account: d.account, Template: r.template, Text: r.text, ByHand: r.byHand}
	t := grid{head: []string{c.lang.Label("state"), c.lang.Label("at"), c.lang.Label("id"), c.lang.Label("template"), c.lang.Label("actor"), c.lang.Label("counts"), c.lang.Label("label")}}
	for n := 0; ; {
		page, err := importer.History(ctx, d.dir, &opts)
		if err != nil {
			return err
		}
		for _, x := range page.Imports {
			if n++; r.limit > 0 && n > r.limit {
				break
			}
			if x.Counts == nil {
				x.Counts = map[string]int{}
			}
			if c.json {
				if err := c.object(x); err != nil {
					return err
				}
				continue
			}
			t.add(style{c.lang.State(x.State), stateColour(x)}, when(x.At), string(x.ID), x.Template, x.Actor, c.lang.Counts(x.Counts), x.Label)
		}
		if opts.After = page.Next; opts.After == "" || r.limit > 0 && n >= r.limit {
			break
		}
	}

	t.print(c)
	if len(t.rows) == 0 && !c.json {
		fmt.Fprintln(c.out, c.words().noImports)
	}

	return nil
}

func stateColour(x importer.HistoryEntry) int {
	switch x.State {
	case "done":
		return green
	case "running", "interrupted":
		return red
	}
	return yellow
}
