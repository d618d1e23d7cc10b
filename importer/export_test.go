package importer

// Redecided is how many rows the last edits decided again; it begins at 0 with a new preview.
func Redecided(p *Preview) int { n := p.redecided; p.redecided = 0; return n }
