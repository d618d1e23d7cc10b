package xlsx

import (
	"context"
	"io"

	"github.com/usher-go/usher/formats"
)

// Format reads workbooks: .xlsx and .xlsm, transitional and strict. The zero
// value reads the first visible worksheet.
type Format struct {
	// Sheet names the worksheet to read, which may be a hidden one. Where there is
	// no such sheet the file is refused with "xlsx.sheet", which lists those there are.
	Sheet string

	slow bool // no fast path: the general tokenizer reads everything
}

var _ formats.Format = Format{}

// Name is "xlsx".
func (Format) Name() string { return "xlsx" }

// Match reports whether head begins a zip or a compound file (OLE2). Such a file that
// is no workbook is refused by [Format.Read] for what it is: "file.type" or "file.encrypted".
func (Format) Match(_ string, head []byte) bool {
	kind := formats.Identify(head)
	return kind == formats.KindZip || kind == formats.KindOLE2
}

// Options say how [Reopen] reads a workbook. The zero value is the default.
type Options struct {
	// Sheet is [Format.Sheet].
	Sheet string
	// Limits bound what the file may cost.
	Limits formats.Limits
}

// Open reads the workbook of that size in r. A nil opts means the defaults.
// A file that is no workbook, damaged, or over a limit is a [*formats.Refusal].
func Open(ctx context.Context, r io.ReaderAt, size int64, opts *Options) (*formats.Table, error) {
	if opts == nil {
		opts = &Options{}
	}
	return formats.Open(ctx, formats.Source{ReaderAt: r, Size: size}, &opts.Limits, Format{Sheet: opts.Sheet})
}

// Read reads one worksheet of the workbook in src.
func (f Format) Read(ctx context.Context, src formats.Source, lim formats.Limits) (*formats.Table, error) {
	lim = lim.WithDefaults()
	head := make([]byte, min(8, src.Size))
	files := source{r: src.ReaderAt, budget: -1}
	if _, err := files.ReadAt(head, 0); files.err != nil {
		return nil, err
	}
	if formats.Identify(head) == formats.KindOLE2 {
		return nil, refuseOLE2(src)
	}
	c, err := openContainer(ctx, src, &lim)
	if err != nil {
		return nil, err
	}
	if err := c.refuseZip(); err != nil {
		return nil, err
	}
	if err := c.contentTypes(); err != nil {
		return nil, err
	}
	wb, err := c.workbook()
	if err != nil {
		return nil, err
	}
	entry, err := wb.choose(f.Sheet)
	if err != nil {
		return nil, err
	}
	s := &sheet{name: entry.name, lim: &lim, date1904: wb.date1904, slow: f.slow}
	if c.files[wb.styles] != nil {
		if s.styles, err = c.styles(wb.styles); err != nil {
			return nil, err
		}
	}
	if s.strings, err = c.sharedStrings(wb.strings, f.slow); err != nil {
		return nil, err
	}
	s.bytes = s.strings.bytes
	if err := s.read(c, entry.part); err != nil {
		return nil, err
	}
	if n := wb.others(entry); n > 0 && f.Sheet == "" {
		s.note("xlsx.other_sheets", n, "sheet", formats.Show(entry.name))
	}
	if s.styles == nil && wb.styles != "" {
		s.b.Find(formats.Finding{Severity: formats.Warning, Code: "xlsx.no_styles"})
	}
	t := s.b.Table()
	t.Cells = true
	t.Source = map[string]string{"format": "xlsx", "sheet": entry.name}
	return t, nil
}
