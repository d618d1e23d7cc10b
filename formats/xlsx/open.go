package xlsx

import (
	"context"
	"io"

	"github.com/usher-go/usher/formats"
)

// Format reads workbooks: .xlsx and .xlsm, transitional and strict. The zero
// value reads the first visible worksheet.
type Format struct {
	// Sheet is the name of the worksheet to read, which may be hidden. A file without
	// that sheet is refused with "xlsx.sheet", which lists the existing ones.
	Sheet string
	// Headings are known headings. If Sheet is empty and the first visible worksheet does
	// not have them, the only visible one that has them is read instead, with the warning
	// "xlsx.sheet_chosen". Headings are compared without case, blanks and punctuation.
	Headings []string

	slow bool // no shortcuts: the tokenizer reads everything
}

var _ formats.Format = Format{}

// Name returns "xlsx".
func (Format) Name() string { return "xlsx" }

// Match reports whether head is the start of a zip or a compound file (OLE2). It
// ignores the name. [Format.Read] refuses such a file that is not a workbook with
// "file.type" or "file.encrypted".
func (Format) Match(_ string, head []byte) bool {
	kind := formats.Identify(head)
	return kind == formats.KindZip || kind == formats.KindOLE2
}

// Options are the options of [Open]. The zero value means the defaults.
type Options struct {
	// Sheet is [Format.Sheet].
	Sheet string
	// Headings are [Format.Headings].
	Headings []string
	// Limits bound what the file may cost.
	Limits formats.Limits
}

// Open reads the workbook of size bytes in r. A nil opts means the defaults. The error
// for a file that is not a workbook, is damaged, or exceeds a limit is a
// [*formats.Refusal]. Any other error wraps the error of r or of the context.
func Open(ctx context.Context, r io.ReaderAt, size int64, opts *Options) (*formats.Table, error) {
	if opts == nil {
		opts = &Options{}
	}
	return formats.Open(ctx, formats.Source{ReaderAt: r, Size: size}, &opts.Limits, Format{Sheet: opts.Sheet, Headings: opts.Headings})
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
	if err := c.checkContentTypes(); err != nil {
		return nil, err
	}
	wb, err := c.readWorkbook()
	if err != nil {
		return nil, err
	}

	return f.readSheet(c, wb)
}

// readSheet reads one worksheet, after the parts that the cells of all sheets refer to.
func (f Format) readSheet(c *container, wb *workbook) (*formats.Table, error) {
	candidates, err := wb.candidates(f.Sheet)
	if err != nil {
		return nil, err
	}

	s := sheet{lim: c.lim, date1904: wb.date1904, slow: f.slow}
	if c.files[wb.styles] != nil {
		if s.styles, err = c.readStyles(wb.styles); err != nil {
			return nil, err
		}
	}
	if s.strings, err = c.readSharedStrings(wb.strings, f.slow); err != nil {
		return nil, err
	}
	s.textBytes = s.strings.bytes

	entry := candidates[0]
	if len(candidates) > 1 && len(f.Headings) > 0 {
		if entry, err = c.findHeadings(candidates, formats.NewHeadings(f.Headings), s); err != nil {
			return nil, err
		}
	}
	if entry.fault != nil {
		return nil, entry.fault
	}
	s.name = entry.name
	if err := s.read(c, entry.part); err != nil {
		return nil, err
	}

	var others []string
	for _, o := range candidates {
		if o != entry && o.fault == nil {
			others = append(others, formats.Show(o.name))
		}
	}
	code := "xlsx.other_sheets"
	if entry != candidates[0] {
		code = "xlsx.sheet_chosen"
	}
	s.warn(code, len(others), "sheet", formats.Show(entry.name), "sheets", join(others))
	if s.styles == nil && wb.styles != "" {
		s.b.Find(formats.Finding{Severity: formats.Warning, Code: "xlsx.no_styles"})
	}

	t := s.b.Table()
	t.Cells = true
	t.Source = map[string]string{"format": "xlsx", "sheet": entry.name}
	if len(others) > 0 {
		t.Source["other_sheets"] = join(others)
	}
	return t, nil
}
