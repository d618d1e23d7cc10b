package xlsx

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
)

// A container is the zip of a workbook.
type container struct {
	ctx      context.Context
	src      *source
	lim      *formats.Limits
	files    map[string]*zip.File // by folded name
	unpacked int64                // bytes inflated so far
	declared int64                // bytes that the opened parts declare
}

// openContainer reads the directory of the zip. It refuses repeated and overlapping
// entries, because another program, such as a virus scanner, could read the other one.
func openContainer(ctx context.Context, src formats.Source, lim *formats.Limits) (*container, error) {
	c := &container{ctx: ctx, lim: lim, src: &source{r: src, budget: directoryBudget(lim)}, files: map[string]*zip.File{}}
	z, err := zip.NewReader(c.src, src.Size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, formats.OverLimit("entries", lim.Entries)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, c.wrapError("", err)
	}
	c.src.budget = -1
	if len(z.File) > lim.Entries {
		return nil, formats.OverLimit("entries", lim.Entries)
	}

	extents := make([]extent, 0, len(z.File))
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("xlsx: %w", err)
		}
		e, err := entryExtent(f, src.Size)
		if err != nil {
			return nil, c.wrapError(f.Name, err)
		}
		extents = append(extents, e)

		name := foldPartName(f.Name)
		if strings.HasSuffix(name, "/") {
			continue // a folder
		}
		if c.files[name] != nil {
			return nil, refuseRepeated(f.Name)
		}
		c.files[name] = f
	}
	if overlap(extents) {
		return nil, formats.Refuse("xlsx.package", "fact", "overlap")
	}
	return c, nil
}

// An extent is the range of bytes of an entry in the zip.
type extent struct{ from, to int64 }

// entryExtent returns the extent of an entry, or an error if it exceeds the file.
func entryExtent(f *zip.File, size int64) (extent, error) {
	at, err := f.DataOffset()
	if err != nil {
		return extent{}, err
	}

	// The local header is at least this long. The length of its extra field can differ
	// from the directory.
	e := extent{at - 30 - int64(len(f.Name)), at + int64(f.CompressedSize64)}
	if e.to < at || e.to > size {
		return extent{}, io.ErrUnexpectedEOF
	}
	return e, nil
}

// overlap reports whether two extents overlap. It sorts them.
func overlap(extents []extent) bool {
	slices.SortFunc(extents, func(a, b extent) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(extents); i++ {
		if extents[i].from < extents[i-1].to {
			return true
		}
	}
	return false
}

// foldPartName returns a part name in the form in which names are compared. Part names
// have no case (OPC), and old writers use backslashes.
func foldPartName(name string) string {
	return strings.ToLower(strings.TrimLeft(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// resolvePart returns the folded name of the part to which target refers in a
// relationship of the part base. ok is false if target is outside the package.
func resolvePart(base, target string) (name string, ok bool) {
	target = strings.ReplaceAll(target, `\`, "/")
	if i := strings.IndexByte(target, '#'); i >= 0 {
		target = target[:i]
	}
	if !strings.HasPrefix(target, "/") {
		target = path.Dir(base) + "/" + target
	}
	name = path.Clean(strings.TrimLeft(target, "/"))
	if name == "." || name == ".." || strings.HasPrefix(name, "../") {
		return "", false
	}
	return foldPartName(unescape(name)), true
}

// unescape decodes the percent escapes of a part name or an address. It keeps a percent sign that
// does not begin an escape.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := hexValue(s[i+1]), hexValue(s[i+2])
			if hi >= 0 && lo >= 0 {
				b.WriteByte(byte(hi<<4 | lo))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// hexValue returns the value of a hexadecimal digit, or -1 for any other byte.
func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// refuseMissing returns the refusal of a workbook without a part that it needs.
func refuseMissing(part string) error {
	return formats.Refuse("xlsx.package", "part", formats.Show(part), "fact", "missing")
}

// wrapError returns the error for the caller from an error that occurred in a part: a
// refusal, or the wrapped error of the source or of the context.
func (c *container) wrapError(part string, err error) error {
	var refused *formats.Refusal
	switch {
	case errors.As(err, &refused):
		return refused
	case c.src.err != nil:
		return fmt.Errorf("xlsx: read: %w", c.src.err)
	case c.ctx.Err() != nil:
		return fmt.Errorf("xlsx: %w", c.ctx.Err())
	}

	code := "xlsx.damaged"
	var syntax syntaxError
	if errors.As(err, &syntax) {
		code = "xlsx.xml"
	}
	r := formats.Refuse(code)
	if part != "" {
		r = formats.Refuse(code, "part", formats.Show(part))
	}
	r.Err = err
	return r
}

// A source reads the file and keeps its first error. The zip reader does not always
// return the error of its source.
type source struct {
	r      io.ReaderAt
	budget int64 // bytes that may still be read; negative for no bound
	err    error
}

// directoryBudget returns the number of bytes that may be read to find and read the
// directory, before its entries can be counted: 1 KiB for each allowed entry.
func directoryBudget(lim *formats.Limits) int64 { return 256<<10 + int64(lim.Entries)*1024 }

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, io.ErrUnexpectedEOF // from a damaged directory: not an error of the source
	}
	if s.budget >= 0 {
		if s.budget -= int64(len(p)); s.budget < 0 {
			s.budget = 0
			return 0, errDirectory
		}
	}

	n, err := s.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && s.err == nil {
		s.err = err
	}
	return n, err
}

var errDirectory = errors.New("the directory is too large")
