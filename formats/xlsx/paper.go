package xlsx

import (
	"fmt"
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

// factRows returns the rows above the headings: the title, two facts in a row, and a
// blank row. A sheet without title and facts has none.
func factRows(s formats.Sheet) [][]string {
	var out [][]string
	if s.Title != "" {
		out = append(out, []string{s.Title})
	}

	half := middle(s.Columns)
	for i := 0; i < len(s.Facts); {
		row := make([]string, max(1, len(s.Columns)))
		row[0] = s.Facts[i].Name + factMark + s.Facts[i].Value
		if i++; i < len(s.Facts) && half > 0 {
			row[half] = s.Facts[i].Name + factMark + s.Facts[i].Value
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
	total := 0
	for _, c := range columns {
		total += columnWidth(c)
	}
	if total < least {
		return 0
	}

	left := 0
	for i, c := range columns {
		if left >= total*2/5 {
			return i
		}
		left += columnWidth(c)
	}
	return 0
}

// factValue returns a fact with its name in bold.
func factValue(text string) any {
	name, value, ok := strings.Cut(text, factMark)
	if !ok {
		return cellValue(text)
	}
	runs := []excelize.RichTextRun{{Text: name + factMark, Font: &excelize.Font{Bold: true}}}
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

	heading := excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: textFormat}
	if b.sheet.Print {
		heading.Fill = solid("D9E1F2")
		heading.Alignment = &excelize.Alignment{WrapText: true, Vertical: "center"}
		heading.Border = []excelize.Border{{Type: "bottom", Color: "8EA9DB", Style: 1}}
	}
	out.heading = add(heading)
	if b.sheet.Title != "" || len(b.sheet.Facts) > 0 {
		out.title = add(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}, NumFmt: textFormat})
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
		if c.Text || anyWrap {
			out.columns[i] = add(s)
		}
		for _, tone := range c.Tones {
			s.Fill, s.Font = toneOf(tone)
			if out.tones[tone] == 0 {
				out.tones[tone] = add(s)
			}
		}
	}
	return out, err
}

// toneOf returns the colours of a tone: those that spreadsheet programs call good,
// neutral and bad.
func toneOf(t formats.Tone) (excelize.Fill, *excelize.Font) {
	switch t {
	case formats.ToneGood:
		return solid("C6EFCE"), &excelize.Font{Color: "006100"}
	case formats.ToneNeutral:
		return solid("FFEB9C"), &excelize.Font{Color: "7F6000"}
	}
	return solid("FFC7CE"), &excelize.Font{Color: "9C0006"}
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
		if _, cells, ok := strings.Cut(names[i].Data, "'!"); ok && names[i].Name == "_xlnm._FilterDatabase" {
			names[i].Data = b.quotedName() + "!" + cells
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
func (b *bookWriter) setUpPrint([][]string) error {
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

	row := "$" + strconv.Itoa(b.headingRow())
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s!%s:%s", b.quotedName(), row, row), Scope: b.name})
}
