package importer

// Redecided is how many rows the last edits decided again; it begins at 0 with a new preview.
func Redecided(p *Preview) int { n := p.redecided; p.redecided = 0; return n }

// Finds is how many times the preview asked the store for records by key.
func Finds(p *Preview) int { n := p.facts.finds; p.facts.finds = 0; return n }
