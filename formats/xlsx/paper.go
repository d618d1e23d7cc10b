package xlsx

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/usher-go/usher/formats"
)

// This file has what makes a sheet one to look at and to print: facts above the
// headings, colours, filters and the page.

// factMark separates the name of a fact from its value in a cell: two wide blanks,
// which need no punctuation in any language.
const factMark = "\u2002\u2002"

// factRows returns the rows above the headings: the title, two facts in a row where
// they fit, and a blank row. A sheet without title and facts has none.
func factRows(s formats.Sheet) [][]string {
	var out [][]string
	if s.Title != "" {
		out = append(out, []string{s.Title})
	}

	half := middle(s.Columns)
	left, right := totalWidth(s.Columns[:half]), totalWidth(s.Columns[half:])
	for i := 0; i < len(s.Facts); {
		row := make([]string, max(1, len(s.Columns)))
		row[0] = factText(s.Facts[i])
		fits := countUnits(row[0]) <= left
		if i++; i < len(s.Facts) && fits && countUnits(factText(s.Facts[i])) <= right {
			row[half] = factText(s.Facts[i])
			i++
		}
		out = append(out, row)
	}

	if len(out) > 0 {
		out = append(out, nil)
	}
	return out
}

// middle returns the index of the column at which the second half of the width
// begins, or 0 for a sheet that is too narrow for two facts in a row.
func middle(columns []formats.SheetColumn) int {
	const least = 100 // characters
	total, left := totalWidth(columns), 0
	for i, c := range columns {
		if total >= least && left >= total*2/5 {
			return i
		}
		left += columnWidth(c)
	}
	return 0
}

// totalWidth returns the width of columns in characters.
func totalWidth(columns []formats.SheetColumn) int {
	n := 0
	for _, c := range columns {
		n += columnWidth(c)
	}
	return n
}

// factText returns a fact as the text of a cell.
func factText(f formats.SheetFact) string { return f.Name + factMark + f.Value }

// factValue returns a fact with its name in bold.
func factValue(text string) any {
	name, value, ok := strings.Cut(text, factMark)
	if !ok {
		return cellValue(text)
	}
	bold := plainFont()
	bold.Bold = true
	runs := []excelize.RichTextRun{{Text: name + factMark, Font: bold}}
	switch v := cellValue(value).(type) {
	case []excelize.RichTextRun:
		runs = append(runs, v...)
	case string:
		runs = append(runs, excelize.RichTextRun{Text: v})
	}
	return runs
}

// sheetStyles are the ids of the styles of a workbook. 0 is the style of a plain cell.
type sheetStyles struct {
	title, fact, heading int
	columns              []int
	tones                map[formats.Tone]int
}

// makeStyles adds the styles that the sheet needs to the workbook.
func (b *bookWriter) makeStyles() (*sheetStyles, error) {
	out := &sheetStyles{columns: make([]int, len(b.sheet.Columns)), tones: map[formats.Tone]int{}}
	var err error
	add := func(s excelize.Style) int {
		id, e := b.f.NewStyle(&s)
		if err == nil {
			err = e
		}
		return id
	}

	heading := excelize.Style{Font: plainFont(), NumFmt: textFormat}
	heading.Font.Bold = true
	if b.sheet.Print {
		heading.Fill = solid("D9E1F2")
		heading.Alignment = &excelize.Alignment{WrapText: true, Vertical: "center"}
		heading.Border = []excelize.Border{{Type: "bottom", Color: "8EA9DB", Style: 1}}
	}
	out.heading = add(heading)
	if b.sheet.Title != "" || len(b.sheet.Facts) > 0 {
		title := plainFont()
		title.Bold, title.Size = true, 14
		out.title = add(excelize.Style{Font: title, NumFmt: textFormat})
		out.fact = add(excelize.Style{NumFmt: textFormat})
	}

	// Cells are at the top of their row, beside the first line of a wrapped text.
	anyWrap := false
	for _, c := range b.sheet.Columns {
		anyWrap = anyWrap || c.Wrap
	}
	for i, c := range b.sheet.Columns {
		s := excelize.Style{}
		if c.Text {
			s.NumFmt = textFormat
		}
		if anyWrap {
			s.Alignment = &excelize.Alignment{WrapText: c.Wrap, Vertical: "top"}
		}
		if b.sheet.Print { // a line under each row, which may have several lines of text
			s.Border = []excelize.Border{{Type: "bottom", Color: "D9D9D9", Style: 1}}
		}
		if c.Text || anyWrap || b.sheet.Print {
			out.columns[i] = add(s)
		}
		for _, tone := range slices.Sorted(maps.Values(c.Tones)) { // the same sheet is the same bytes
			if out.tones[tone] == 0 {
				s.Fill, s.Font = toneOf(tone)
				out.tones[tone] = add(s)
			}
		}
	}
	return out, err
}

// plainFont returns the font of cells without a style. A font without a name would be
// another one in LibreOffice.
func plainFont() *excelize.Font { return &excelize.Font{Family: "Calibri", Size: 11} }

// toneOf returns the colours of a tone: those that spreadsheet programs call good,
// neutral and bad.
func toneOf(t formats.Tone) (excelize.Fill, *excelize.Font) {
	font := plainFont()
	switch t {
	case formats.ToneGood:
		font.Color = "006100"
		return solid("C6EFCE"), font
	case formats.ToneNeutral:
		font.Color = "7F6000"
		return solid("FFEB9C"), font
	}
	font.Color = "9C0006"
	return solid("FFC7CE"), font
}

// rowHeight returns the height that a row needs for its wrapped cells, in points, or 0
// for the height of one line. Programs do not agree on whether they find it out
// themselves.
func (b *bookWriter) rowHeight(row []string) float64 {
	const line, most = 15, 409
	lines := 1
	for i, text := range row {
		if c := b.sheet.Columns[i]; c.Wrap {
			lines = max(lines, wrappedLines(text, columnWidth(c)))
		}
	}
	if lines == 1 {
		return 0
	}
	return min(float64(lines)*line, most)
}

// wrappedLines returns the number of lines of a text in a column of the width. Lines
// break at blanks and after hyphens. A word that is longer than the column is divided.
func wrappedLines(text string, width int) int {
	room := max(1, width)
	lines := 0
	for _, part := range strings.Split(text, "\n") {
		lines++
		used := 0
		for part != "" {
			end := strings.IndexAny(part, " -") + 1
			if end == 0 {
				end = len(part)
			}
			n := countUnits(part[:end])
			part = part[end:]
			if used > 0 && used+n > room+1 { // a blank may stand beyond the edge
				lines, used = lines+1, 0
			}
			extra := max(0, n-1) / room
			lines, used = lines+extra, used+n-extra*room
		}
	}
	return lines
}

// solid returns the fill with one colour.
func solid(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

// addFilter gives the headings filters.
func (b *bookWriter) addFilter(rows [][]string) error {
	if !b.sheet.Filter || len(b.sheet.Columns) == 0 {
		return nil
	}
	first, last := formats.CellName(1, b.headingRow()), formats.CellName(len(b.sheet.Columns), len(rows))
	if err := b.f.AutoFilter(b.name, first+":"+last, nil); err != nil {
		return err
	}

	// excelize does not double an apostrophe in the name of the sheet, and a
	// spreadsheet program then calls the workbook damaged.
	names := b.f.WorkBook.DefinedNames.DefinedName
	for i := range names {
		if at := strings.LastIndexByte(names[i].Data, '!'); at >= 0 && names[i].Name == "_xlnm._FilterDatabase" {
			names[i].Data = b.quotedName() + names[i].Data[at:]
		}
	}
	return nil
}

// quotedName returns the name of the sheet as a reference has it.
func (b *bookWriter) quotedName() string {
	return "'" + strings.ReplaceAll(b.name, "'", "''") + "'"
}

// setUpPrint makes the sheet one page wide on paper, with its headings and the number
// of the page on each page.
func (b *bookWriter) setUpPrint(rows [][]string) error {
	if !b.sheet.Print {
		return nil
	}

	yes, tall, wide := true, 0, 1
	if err := b.f.SetSheetProps(b.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	orientation, a4 := "landscape", 9
	if err := b.f.SetPageLayout(b.name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	margin, edge := 0.4, 0.6 // in inches
	if err := b.f.SetPageMargins(b.name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &edge, Bottom: &edge}); err != nil {
		return err
	}
	if err := b.f.SetHeaderFooter(b.name, &excelize.HeaderFooterOptions{OddFooter: "&R&P / &N"}); err != nil {
		return err
	}

	// Without this, Excel marks each row number as "number stored as text".
	all := "A1:" + formats.CellName(max(1, len(b.sheet.Columns)), len(rows))
	if err := b.f.AddIgnoredErrors(b.name, all, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}

	row := "$" + strconv.Itoa(b.headingRow())
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s!%s:%s", b.quotedName(), row, row), Scope: b.name})
}
