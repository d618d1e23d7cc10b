package xlsx

import (
	"bytes"

	"github.com/usher-go/usher/formats"
)

// A sharedStrings holds the shared strings of a workbook in a few large chunks.
type sharedStrings struct {
	chunks [][]byte
	ends   []uint64 // of each string: chunk<<chunkBits | end in the chunk
	bytes  int64    // of text
}

const (
	chunkBits = 20
	chunkSize = 1 << chunkBits
	// keptBytes is more than the longest cell can take in a file: seven bytes for each
	// UTF-16 unit, as an escape _xHHHH_. So a text that was cut to keptBytes is too long
	// for a cell in any case, and emitCell adds the finding.
	keptBytes = 8 * formats.HardCellChars
)

func (s *sharedStrings) len() int { return len(s.ends) }

// at returns string i.
func (s *sharedStrings) at(i int) []byte {
	end := s.ends[i]
	chunk := end >> chunkBits
	start := uint64(0)
	if i > 0 && s.ends[i-1]>>chunkBits == chunk {
		start = s.ends[i-1] & (chunkSize - 1)
	}
	stop := end & (chunkSize - 1)
	return s.chunks[chunk][start:stop:stop]
}

// add appends a string after cutting it to keptBytes.
func (s *sharedStrings) add(text []byte) {
	text = text[:min(len(text), keptBytes)]
	last := len(s.chunks) - 1
	if last < 0 || len(s.chunks[last])+len(text) >= chunkSize {
		s.chunks = append(s.chunks, make([]byte, 0, chunkSize))
		last++
	}
	s.chunks[last] = append(s.chunks[last], text...)
	s.ends = append(s.ends, uint64(last)<<chunkBits|uint64(len(s.chunks[last])))
}

// readSharedStrings reads the part of that folded name. An empty name means that the
// workbook has no such part. The declared counts are not used.
func (c *container) readSharedStrings(name string, slow bool) (*sharedStrings, error) {
	s := &sharedStrings{}
	if name == "" {
		return s, nil
	}
	z, err := c.openTokens(name)
	if err != nil {
		return nil, err
	}
	if err := s.read(z, slow); err != nil {
		return nil, c.wrapError(name, err)
	}
	return s, nil
}

// read reads the si elements of an sst part.
func (s *sharedStrings) read(z *tokenizer, slow bool) error {
	if err := z.openRoot("sst"); err != nil {
		return err
	}

	keep := func(text []byte) error {
		if s.len() == z.lim.SharedStrings {
			return formats.OverLimit("shared_strings", z.lim.SharedStrings)
		}
		if s.bytes += int64(len(text)); s.bytes > z.lim.SharedBytes {
			return formats.OverLimit("shared_bytes", z.lim.SharedBytes)
		}
		s.add(text)
		return nil
	}
	takePlain := func() error {
		for !slow {
			text, ok := z.takePlainItem()
			if !ok {
				break
			}
			if err := keep(text); err != nil {
				return err
			}
		}
		return nil
	}

	var scratch []byte
	err := z.eachWith(takePlain, func() (err error) {
		if !z.is("si") {
			return z.skipExtension()
		}
		if scratch, err = z.appendRichText(scratch[:0], keptBytes); err != nil {
			return err
		}
		return keep(scratch)
	})
	if err != nil {
		return err
	}
	return z.drain()
}

// takePlainItem takes <si><t>text</t></si> off the window if the window begins with
// exactly that, and the text needs no decoding. It is a shortcut: the tokenizer would
// read the same text.
func (z *tokenizer) takePlainItem() (text []byte, ok bool) {
	const open, shut = "<si><t>", "</t></si>"
	w := z.buf[z.pos:z.end]
	if !hasAt(w, 0, open) || z.selfClosed || z.defaultNS != nsMain || len(z.opened)+2 > z.lim.XMLDepth {
		return nil, false
	}

	n := bytes.IndexByte(w[len(open):], '<')
	if n < 0 {
		return nil, false
	}
	n += len(open)
	if !hasAt(w, n, shut) {
		return nil, false
	}

	text = w[len(open):n]
	if plain, err := checkText(text); err != nil || !plain || hasEscape(text) {
		return nil, false
	}
	z.pos += n + len(shut)
	return text, true
}
