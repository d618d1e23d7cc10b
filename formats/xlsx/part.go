package xlsx

import (
	"archive/zip"
	"bufio"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"

	"github.com/usher-go/usher/formats"
)

// ratioGrace is the size of a part, in bytes, up to which its ratio is not limited.
const ratioGrace = 100 << 10

// A part inflates one entry of the container, within the limits. At its end it
// compares size and checksum with the directory. So a reader that gets io.EOF has
// read the whole entry undamaged.
type part struct {
	c    *container
	f    *zip.File
	r    io.Reader
	size int64
	crc  uint32
	end  error
}

// openPart opens the part of that folded name. It returns nil if the part does not
// exist.
func (c *container) openPart(name string) (*part, error) {
	f := c.files[name]
	if f == nil {
		return nil, nil
	}
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return nil, formats.Refuse("file.encrypted")
	}

	// The declared size can refuse a part early. Read counts the true one.
	p := &part{c: c, f: f}
	declared := int64(min(f.UncompressedSize64, 1<<62))
	if err := p.checkSize(declared, c.declared+declared); err != nil {
		return nil, err
	}
	c.declared += declared

	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	switch f.Method {
	case zip.Store:
		p.r = raw
	case zip.Deflate:
		p.r = flate.NewReader(bufio.NewReaderSize(raw, 64<<10))
	default:
		return nil, formats.Refuse("xlsx.package", "part", formats.Show(f.Name), "fact", "method")
	}
	return p, nil
}

// checkSize compares the size of the part and the total of all parts with the limits.
func (p *part) checkSize(size, total int64) error {
	lim := p.c.lim
	switch {
	case size > lim.PartBytes:
		return formats.OverLimit("part", lim.PartBytes)
	case total > lim.UnpackedBytes:
		return formats.OverLimit("unpacked", lim.UnpackedBytes)
	case size > ratioGrace && size/lim.Ratio > int64(p.f.CompressedSize64):
		return formats.OverLimit("ratio", lim.Ratio)
	}
	return nil
}

var errCut = errors.New("the data is cut off")

func (p *part) Read(b []byte) (int, error) {
	if p.end != nil {
		return 0, p.end
	}
	if p.end = p.c.ctx.Err(); p.end != nil {
		return 0, p.end
	}

	n, err := p.r.Read(b[:min(len(b), 64<<10)])
	p.size += int64(n)
	p.c.unpacked += int64(n)
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b[:n])
	switch {
	case err == io.ErrUnexpectedEOF:
		err = errCut // io.ReadFull returns ErrUnexpectedEOF at an ordinary end
	case err == io.EOF:
		if uint64(p.size) != p.f.UncompressedSize64 || p.crc != p.f.CRC32 {
			err = zip.ErrChecksum
		}
	case err == nil:
		err = p.checkSize(p.size, p.c.unpacked)
	}

	p.end = err
	if err == io.EOF {
		return n, err
	}
	if err != nil {
		return 0, err
	}
	return n, nil
}
