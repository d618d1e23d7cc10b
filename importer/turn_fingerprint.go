package importer

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/usher-go/usher/users"
)

// print returns what was shown to happen, as a number: the action, the person,
// field changes, gains and losses. Versions do not count, nor do the rows it
// needs, so that an unrelated change of the same person spoils nothing.
func (t *turn) print() uint64 {
	v := &t.verdict
	b := append(t.scratch[:0], byte(v.action))
	str := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	// A document holds fingerprints, and from one that is made of a short secret the
	// secret can be found by trying. The time of the record's last write stands for it.
	secret := func(rec int32) {
		if rec >= 0 {
			b = binary.AppendVarint(b, t.plan.facts.recs[rec].Updated.UnixMilli())
		}
	}

	if v.action != ActionCreate && v.rec >= 0 {
		str(string(t.plan.facts.recs[v.rec].ID))
	}
	// The changes of a new person are the row's cells. Those of a record that is
	// restored follow from the store.
	if v.action != ActionCreate || t.says.restores != nil {
		for _, c := range v.changes {
			str(c.Field)
			if t.hidesChange(c) {
				secret(v.rec)
				continue
			}
			str(c.Old)
			str(c.New)
		}
	}

	key := func(k uint32, rec int32) {
		if t.hidesKey(k, rec) {
			str(string(t.plan.keys.spaceOf(k)))
			secret(rec)
			return
		}
		b = append(b, t.plan.keys.bytes(k)[1:]...)
	}
	for _, l := range v.losses {
		b = append(b, 1)
		str(string(l.holder))
		key(l.key, l.rec)
	}
	for _, g := range v.gains {
		b = append(b, 2)
		key(g.key, g.rec)
	}
	for _, l := range v.led {
		b = append(b, 4)
		str(string(t.plan.facts.recs[l].ID))
	}
	t.unnamed(func(k users.Key, thing int32) { // what comes along with a gain is shown as well
		b = append(b, 3)
		str(string(k.Space))
		if t.plan.veil.isPart(t.plan.facts.recs[thing], k.Value) {
			secret(thing)
			return
		}
		str(k.Value)
	})

	t.scratch = b
	sum := sha256.Sum256(b)
	return binary.LittleEndian.Uint64(sum[:8])
}
