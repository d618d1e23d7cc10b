package xlsx

import (
	"bytes"

	"github.com/usher-go/usher/formats"
)

// sharedStrings are the workbook's strings, each once, in a few large chunks.
type sharedStrings struct {
	chunks [][]byte
	ends   []uint64 // chunk<<chunkBits | end, of each string
	bytes  int64    // of text
}

const (
	chunkBits = 20
	chunkSize = 1 << chunkBits
	// keptBytes is more than the longest cell can need as it is written: seven
	// bytes a UTF-16 unit, as an escape _xHHHH_. So a text that is cut there is too
	// long for a cell whatever it says, and is told to be when it is handed on.
	keptBytes = 8 * formats.HardCellChars
)

func (s *sharedStrings) len() int { return len(s.ends) }

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

// add appends a string, cut to keptBytes.
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

// sharedStrings reads the part of that folded name; an empty name is none.
// The counts it declares are not believed.
func (c *container) sharedStrings(name string, slow bool) (*sharedStrings, error) {
	s := &sharedStrings{}
	if name == "" {
		return s, nil
	}
	z, err := c.tokens(name)
	if err != nil {
		return nil, err
	}
	if err := s.read(z, slow); err != nil {
		return nil, c.failed(name, err)
	}
	return s, nil
}

func (s *sharedStrings) read(z *tokenizer, slow bool) error {
	if err := z.root("sst"); err != nil {
		return err
	}
	var scratch []byte
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
			text, ok := z.plainItem()
			if !ok {
				break
			}
			if err := keep(text); err != nil {
				return err
			}
		}
		return nil
	}

	err := z.eachWith(takePlain, func() (err error) {
		if !z.is("si") {
			return z.passBy()
		}
		if scratch, err = z.richText(scratch[:0], keptBytes); err != nil {
			return err
		}
		return keep(scratch)
	})
	if err != nil {
		return err
	}
	return z.finish()
}

// plainItem takes <si><t>text</t></si> off the window if it stands there as
// it is, without references or line ends to decode. It is a shortcut: what it
// takes the tokenizer would read alike.
func (z *tokenizer) plainItem() ([]byte, bool) {
	const open, shut = "<si><t>", "</t></si>"
	w := z.buf[z.pos:z.end]
	if !after(w, 0, open) || z.selfClosed || z.defaultNS != nsMain || len(z.opened)+2 > z.lim.XMLDepth {
		return nil, false
	}
	n := bytes.IndexByte(w[len(open):], '<')
	if n < 0 {
		return nil, false
	}
	n += len(open)
	if !after(w, n, shut) {
		return nil, false
	}
	text := w[len(open):n]
	if plain, err := checkText(text); err != nil || !plain || hasEscape(text) {
		return nil, false
	}
	z.pos += n + len(shut)
	return text, true
}
