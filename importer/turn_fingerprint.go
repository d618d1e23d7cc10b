package importer

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/usher-go/usher/users"
)

// print is what was shown to happen, as a number: the action, to whom, which
// fields, what is gained, who loses what. Not versions, and not which rows it waits for.
func (t *turn) print() uint64 {
	v := &t.verdict
	b := append(t.scratch[:0], byte(v.action))
	str := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	if v.action != ActionCreate && v.rec >= 0 {
		str(string(t.plan.facts.recs[v.rec].ID))
	}
	if v.action != ActionCreate || t.says.restores != nil { // what is made again follows from the store
		for _, c := range v.changes {
			str(c.Field)
			str(c.Old)
			str(c.New)
		}
	}
	for _, l := range v.losses {
		b = append(b, 1)
		str(string(l.holder))
		b = append(b, t.plan.keys.bytes(l.key)[1:]...)
	}
	for _, g := range v.gains {
		b = append(b, 2)
		b = append(b, t.plan.keys.bytes(g.key)[1:]...)
	}
	t.unnamed(func(k users.Key, _ int32) { // what comes along is shown as well
		b = append(b, 3)
		str(string(k.Space))
		str(k.Value)
	})
	t.scratch = b
	sum := sha256.Sum256(b)
	return binary.LittleEndian.Uint64(sum[:8])
}
