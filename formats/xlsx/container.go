package xlsx

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
)

// A container is the zip a workbook lies in.
type container struct {
	ctx      context.Context
	src      *source
	lim      *formats.Limits
	files    map[string]*zip.File // by folded name
	unpacked int64                // bytes inflated so far
	declared int64                // bytes the opened parts declare
}

// openContainer reads the directory of the zip. It refuses repeated and
// overlapping entries: of two parts of one name a scanner might see the other.
func openContainer(ctx context.Context, src formats.Source, lim *formats.Limits) (*container, error) {
	c := &container{ctx: ctx, lim: lim, src: &source{r: src, budget: directoryBudget(lim)}, files: map[string]*zip.File{}}
	z, err := zip.NewReader(c.src, src.Size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, formats.OverLimit("entries", lim.Entries)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, c.failed("", err)
	}
	c.src.budget = -1
	if len(z.File) > lim.Entries {
		return nil, formats.OverLimit("entries", lim.Entries)
	}
	type extent struct{ from, to int64 }
	extents := make([]extent, 0, len(z.File))
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("xlsx: %w", err)
		}
		at, err := f.DataOffset()
		if err != nil {
			return nil, c.failed(f.Name, err)
		}
		// The local header is at least this long; its extra field may differ from the directory's.
		e := extent{at - 30 - int64(len(f.Name)), at + int64(f.CompressedSize64)}
		if e.to < at || e.to > src.Size {
			return nil, c.failed(f.Name, io.ErrUnexpectedEOF)
		}
		extents = append(extents, e)
		name := fold(f.Name)
		if strings.HasSuffix(name, "/") {
			continue
		}
		if c.files[name] != nil {
			return nil, repeated(f.Name)
		}
		c.files[name] = f
	}
	slices.SortFunc(extents, func(a, b extent) int { return int(min(1, max(-1, a.from-b.from))) })
	for i := 1; i < len(extents); i++ {
		if extents[i].from < extents[i-1].to {
			return nil, formats.Refuse("xlsx.package", "fact", "overlap")
		}
	}
	return c, nil
}

// fold is a part name as it is compared: OPC knows no case, and old writers
// put backslashes.
func fold(name string) string {
	return strings.ToLower(strings.TrimLeft(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// resolve is the folded name of the part that target means in a relationship
// of the part base. ok is false where it leads out of the package.
func resolve(base, target string) (name string, ok bool) {
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
	return fold(unescape(name)), true
}

// unescape resolves the percent escapes of a part name, and leaves what is none.
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

// hexValue is the value of a hexadecimal digit, or -1.
func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// missing refuses a workbook that lacks a part.
func missing(part string) error {
	return formats.Refuse("xlsx.package", "part", formats.Show(part), "fact", "missing")
}

// failed turns an error that arose while reading part into what the caller gets:
// a refusal, or the source's or context's own error.
func (c *container) failed(part string, err error) error {
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

// A source is the file, with its first true error kept apart from what a zip
// reader makes of it.
type source struct {
	r      io.ReaderAt
	budget int64 // bytes that may still be read; negative: no bound
	err    error
}

// directoryBudget bounds what the search for the directory and the directory
// itself may cost before their entries can be counted: 1 KiB an entry.
func directoryBudget(lim *formats.Limits) int64 { return 256<<10 + int64(lim.Entries)*1024 }

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, io.ErrUnexpectedEOF // a damaged directory leads there: no fault of the source
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
