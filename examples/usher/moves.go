package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// moves are lines by the name of those they concern: by short and by public
// number, for every line has an internal one.
type moves map[string][]string

// moves says by name who gains, who keeps and who loses which line. Whoever is
// made to lose one and gives it up as well loses it once.
func (c *console) moves(w io.Writer, p *importer.Preview) {
	gains, keeps, losses := moves{}, moves{}, moves{}
	happens := importer.WithAction(importer.ActionCreate, importer.ActionUpdate, importer.ActionDelete, importer.ActionUnchanged)
	for r := range p.Rows(happens) {
		for _, g := range r.Gains {
			gains.add(r.Who, g.Space, g.Value)
		}
		for _, g := range r.Keeps {
			keeps.add(r.Who, g.Space, g.Value)
		}
		for _, l := range r.Losses {
			losses.add(l.Who, l.Space, l.Value)
		}
	}
	shown := 0
	for _, part := range []struct {
		form string
		of   moves
	}{{c.words().gains, gains}, {c.words().keeps, keeps}, {c.words().loses, losses}} {
		for _, who := range slices.Sorted(maps.Keys(part.of)) {
			if shown++; shown <= maxShown || !c.outTTY {
				fmt.Fprintf(w, "  "+part.form+"\n", printable(who), strings.Join(part.of[who], ", "))
			}
		}
	}
	if more := shown - maxShown; more > 0 && c.outTTY {
		fmt.Fprintf(w, "  "+c.words().moreMoves+"\n", more)
	}
}

func (m moves) add(who string, space users.Space, value string) {
	if line := formats.Show(value); (space == users.SpaceLine || space == users.SpaceNumber) && !slices.Contains(m[who], line) {
		m[who] = append(m[who], line)
	}
}
