package xlsx_test

import (
	"archive/zip"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
)

func TestCellText(t *testing.T) {
	tests := []struct {
		name     string
		reason   string
		cell     string
		code     string // number format, taken by s="1"
		want     string
		findings []string
	}{
		{"whole number", "most numbers are", `<c r="A1"><v>442083661177</v></c>`, "", "442083661177", nil},
		{"exponent", "the same number, spelled otherwise", `<c r="A1"><v>4.42083661177E11</v></c>`, "", "442083661177", nil},
		{"decimal point", "the same number, spelled otherwise", `<c r="A1"><v>1001.0</v></c>`, "", "1001", nil},
		{"leading zeros", "a number has none", `<c r="A1"><v>0042</v></c>`, "", "42", nil},
		{"small", "never an exponent", `<c r="A1"><v>1E-7</v></c>`, "", "0.0000001", []string{"A1 cell.fraction=0.0000001"}},
		{"17 digits", "Excel writes doubles so", `<c r="A1"><v>4.3499999999999996</v></c>`, "", "4.35", []string{"A1 cell.fraction=4.35"}},
		{"noise above a whole number", "Excel shows 1001", `<c r="A1"><v>1001.0000000000001</v></c>`, "", "1001", []string{"A1 number.precision=1001.0000000000001"}},
		{"noise below a whole number", "Excel shows 1004", `<c r="A1"><v>1003.9999999999999</v></c>`, "", "1004", []string{"A1 number.precision=1003.9999999999999"}},
		{"noise below a negative one", "Excel shows -7", `<c r="A1"><v>-6.9999999999999991</v></c>`, "", "-7", []string{"A1 number.precision=-6.9999999999999991"}},
		{"noise in an exponent", "Excel shows 1001", `<c r="A1"><v>1.0010000000000001E3</v></c>`, "", "1001", []string{"A1 number.precision=1.0010000000000001E3"}},
		{"noise of a formula", "the last result", `<c r="A1"><f>B1*3</f><v>2.0000000000000004</v></c>`, "", "2", []string{"A1 cell.formula=2.0000000000000004", "A1 number.precision=2.0000000000000004"}},
		{"noise in a format of digits", "the format is applied", `<c r="A1" s="1"><v>41.999999999999993</v></c>`, "00000", "00042", []string{"A1 number.precision=41.999999999999993"}},
		{"noise in another format", "the number itself", `<c r="A1" s="1"><v>6.9999999999999991</v></c>`, "0.00", "7", []string{"A1 cell.format=7", "A1 number.precision=6.9999999999999991"}},
		{"noise in a date", "less than a microsecond", `<c r="A1" s="3"><v>45385.000000000007</v></c>`, "", "2024-04-03", []string{"A1 cell.date=2024-04-03"}},
		{"noise after a fraction", "15 digits", `<c r="A1"><v>0.30000000000000004</v></c>`, "", "0.3", []string{"A1 cell.fraction=0.3"}},
		{"15 digits with a fraction", "all are shown", `<c r="A1"><v>1234567890.12345</v></c>`, "", "1234567890.12345", []string{"A1 cell.fraction=1234567890.12345"}},
		{"16 digits with a fraction", "Excel keeps 15", `<c r="A1"><v>1234567890.123456</v></c>`, "", "1234567890.12346", []string{"A1 cell.fraction=1234567890.12346"}},
		{"a fraction that rounds to 16 digits", "Excel keeps 15", `<c r="A1"><v>999999999999999.9</v></c>`, "", "999999999999999.9", []string{"A1 number.precision=999999999999999.9"}},
		{"largest number", "rounds to infinity", `<c r="A1"><v>1.7976931348623157E308</v></c>`, "", "17976931348623157" + strings.Repeat("0", 292), []string{"A1 number.precision=1.7976931348623157E308"}},
		{"minus zero", "the sign is not shown", `<c r="A1"><v>-0</v></c>`, "", "0", nil},
		{"white space", "around a number", "<c r=\"A1\"><v>\n 7\t</v></c>", "", "7", nil},
		{"15 digits", "Excel keeps them", `<c r="A1"><v>123456789012345</v></c>`, "", "123456789012345", nil},
		{"16 digits", "Excel keeps 15", `<c r="A1"><v>1234567890123456</v></c>`, "", "1234567890123456", []string{"A1 number.precision=1234567890123456"}},
		{"19 digits in full", "as the file has them", `<c r="A1"><v>1234567890123456789</v></c>`, "", "1234567890123456789", []string{"A1 number.precision=1234567890123456789"}},
		{"19 digits", "Excel keeps 15", `<c r="A1"><v>1.23456789012346E+18</v></c>`, "", "1234567890123460000", []string{"A1 number.precision=1.23456789012346E+18"}},
		{"not a number", "NaN is none", `<c r="A1"><v>NaN</v></c>`, "", "NaN", []string{"A1 cell.number=NaN"}},
		{"hexadecimal", "Go would read it", `<c r="A1"><v>0x1F</v></c>`, "", "0x1F", []string{"A1 cell.number=0x1F"}},
		{"too large", "no double holds it", `<c r="A1"><v>1E999</v></c>`, "", "1E999", []string{"A1 cell.number=1E999"}},

		{"zero padded", "the person sees 00042", `<c r="A1" s="1"><v>42</v></c>`, "00000", "00042", nil},
		{"plus", "the person sees +44…", `<c r="A1" s="1"><v>442083661177</v></c>`, "&quot;+&quot;0", "+442083661177", nil},
		{"plus unquoted", "a literal", `<c r="A1" s="1"><v>44</v></c>`, "+0", "+44", nil},
		{"French phone", "pairs", `<c r="A1" s="1"><v>123456789</v></c>`, "00 00 00 00 00", "01 23 45 67 89", nil},
		{"escaped literals", "as Excel writes them", `<c r="A1" s="1"><v>4155551234</v></c>`, `\(000\)\ 000\-0000`, "(415) 555-1234", nil},
		{"more digits than places", "the first place takes them", `<c r="A1" s="1"><v>12345</v></c>`, "0-00", "123-45", nil},
		{"prefix", "an identifier", `<c r="A1" s="1"><v>7</v></c>`, "&quot;EMP&quot;0000", "EMP0007", nil},
		{"long literals", "of several bytes a character", `<c r="A1" s="1"><v>7</v></c>`, "&quot;" + strings.Repeat("é", 50) + "&quot;0\\😀0", strings.Repeat("é", 50) + "0😀7", nil},
		{"too long literals", "a small file would be a large table", `<c r="A1" s="1"><v>7</v></c>`, "&quot;" + strings.Repeat("é", 65) + "&quot;0", "7", []string{"A1 cell.format=7"}},
		{"optional digits", "nothing for none", `<c r="A1" s="1"><v>5</v></c>`, "###0", "5", nil},
		{"colour and padding", "they are not text", `<c r="A1" s="1"><v>5</v></c>`, "[Red]00_ ;-0", "05", nil},
		{"currency in brackets", "literal text", `<c r="A1" s="1"><v>5</v></c>`, "[$E-40C]0", "E5", nil},
		{"negative", "a sign before the format", `<c r="A1" s="1"><v>-5</v></c>`, "000", "-005", nil},
		{"other section", "of a negative number", `<c r="A1" s="1"><v>-5</v></c>`, "000;(000)", "-5", []string{"A1 cell.format=-5"}},
		{"hidden zero", "the person sees nothing", `<c r="A1" s="1"><v>0</v></c>`, "#", "0", []string{"A1 cell.format=0"}},
		{"rounded", "the person sees 13", `<c r="A1" s="1"><v>12.7</v></c>`, "00", "12.7", []string{"A1 cell.fraction=12.7"}},
		{"decimals", "the person sees 12.50", `<c r="A1" s="1"><v>12.5</v></c>`, "0.00", "12.5", []string{"A1 cell.fraction=12.5"}},
		{"percent", "the person sees 50%", `<c r="A1" s="1"><v>0.5</v></c>`, "0%", "0.5", []string{"A1 cell.fraction=0.5"}},
		{"condition", "left alone", `<c r="A1" s="1"><v>5</v></c>`, "[&lt;9]0;00", "5", []string{"A1 cell.format=5"}},
		{"scientific", "the number itself", `<c r="A1" s="1"><v>442083661177</v></c>`, "0.00E+00", "442083661177", []string{"A1 cell.format=442083661177"}},
		{"general with a unit", "the number itself", `<c r="A1" s="1"><v>5</v></c>`, "General&quot; m&quot;", "5", []string{"A1 cell.format=5"}},
		{"general", "in a colour too long to matter", `<c r="A1" s="1"><v>5</v></c>`, "general", "5", nil},
		{"text", "a number in a text cell", `<c r="A1" s="1"><v>5</v></c>`, "@", "5", nil},
		{"unclosed quote", "the format cannot be applied", `<c r="A1" s="1"><v>5</v></c>`, "0&quot;", "5", []string{"A1 cell.format=5"}},
		{"style that is not there", "Excel shows General", `<c r="A1" s="9"><v>5</v></c>`, "000", "5", nil},
		{"builtin 1", "a whole number", `<c r="A1" s="2"><v>5</v></c>`, "", "5", nil},

		{"date", "day and month", `<c r="A1" s="1"><v>45385</v></c>`, "dd/mm/yyyy", "2024-04-03", []string{"A1 cell.date=2024-04-03"}},
		{"date and time", "half a day", `<c r="A1" s="1"><v>45385.5</v></c>`, "m/d/yy h:mm", "2024-04-03T12:00:00", []string{"A1 cell.date=2024-04-03T12:00:00"}},
		{"time", "less than a day", `<c r="A1" s="1"><v>0.25</v></c>`, "h:mm AM/PM", "06:00:00", []string{"A1 cell.date=06:00:00"}},
		{"elapsed", "more than a day", `<c r="A1" s="1"><v>1.5</v></c>`, "[h]:mm:ss", "36:00:00", []string{"A1 cell.date=36:00:00"}},
		{"language and colour", "before a date", `<c r="A1" s="1"><v>45385</v></c>`, "[$-409][Red]d-mmm", "2024-04-03", []string{"A1 cell.date=2024-04-03"}},
		{"builtin date", "14", `<c r="A1" s="3"><v>45385</v></c>`, "", "2024-04-03", []string{"A1 cell.date=2024-04-03"}},
		{"date too far", "Excel shows ####", `<c r="A1" s="3"><v>99999999</v></c>`, "", "99999999", []string{"A1 cell.format=99999999"}},
		{"first of January 1900", "Excel counts from 1", `<c r="A1" s="3"><v>1</v></c>`, "", "1900-01-01", []string{"A1 cell.date=1900-01-01"}},
		{"last of February 1900", "before the day that never was", `<c r="A1" s="3"><v>59</v></c>`, "", "1900-02-28", []string{"A1 cell.date=1900-02-28"}},
		{"first of March 1900", "after the day that never was", `<c r="A1" s="3"><v>61</v></c>`, "", "1900-03-01", []string{"A1 cell.date=1900-03-01"}},
		{"last date", "of all", `<c r="A1" s="3"><v>2958465</v></c>`, "", "9999-12-31", []string{"A1 cell.date=9999-12-31"}},
		{"ISO date", "t=d", `<c r="A1" t="d"><v>2024-04-03T00:00:00</v></c>`, "", "2024-04-03", []string{"A1 cell.date=2024-04-03"}},
		{"ISO date and time", "t=d", `<c r="A1" t="d"><v>2024-04-03T10:30:00Z</v></c>`, "", "2024-04-03T10:30:00", []string{"A1 cell.date=2024-04-03T10:30:00"}},
		{"ISO date and an offset", "the time that is written", `<c r="A1" t="d"><v>2024-01-02T02:00:00+02:00</v></c>`, "", "2024-01-02T02:00:00", []string{"A1 cell.date=2024-01-02T02:00:00"}},
		{"ISO midnight and an offset", "the midnight that is written", `<c r="A1" t="d"><v>2024-01-02T00:00:00+02:00</v></c>`, "", "2024-01-02", []string{"A1 cell.date=2024-01-02"}},
		{"ISO nonsense", "t=d", `<c r="A1" t="d"><v>soon</v></c>`, "", "soon", []string{"A1 cell.date=soon"}},

		{"day 60", "Excel's 29 February 1900, which never was", `<c r="A1" s="3"><v>60</v></c>`, "", "1900-02-28", []string{"A1 cell.date=1900-02-28"}},
		{"day 0", "a time of midnight", `<c r="A1" s="3"><v>0</v></c>`, "", "00:00:00", []string{"A1 cell.date=00:00:00"}},
		{"before 1900", "LibreOffice goes on, Excel shows ####", `<c r="A1" s="3"><v>-1</v></c>`, "", "1899-12-29", []string{"A1 cell.date=1899-12-29"}},
		{"before the year 1", "no date", `<c r="A1" s="3"><v>-700000</v></c>`, "", "-700000", []string{"A1 cell.format=-700000"}},
		{"date in words", "with a literal and a weekday", `<c r="A1" s="1"><v>45385</v></c>`, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2024-04-03", []string{"A1 cell.date=2024-04-03"}},
		{"Japanese era", "is a date", `<c r="A1" s="1"><v>45385</v></c>`, "[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", "2024-04-03", []string{"A1 cell.date=2024-04-03"}},
		{"words with letters of dates", "quoted, they are words", `<c r="A1" s="1"><v>7</v></c>`, "&quot;days: &quot;0", "days: 7", nil},
		{"colour with a d", "is no day", `<c r="A1" s="1"><v>7</v></c>`, "[Red]000", "007", nil},
		{"milliseconds", "are kept", `<c r="A1" s="1"><v>45385.500005787</v></c>`, "hh:mm:ss.000", "2024-04-03T12:00:00.5", []string{"A1 cell.date=2024-04-03T12:00:00.5"}},
		{"elapsed minutes", "[mm]", `<c r="A1" s="1"><v>0.5</v></c>`, "[mm]:ss", "12:00:00", []string{"A1 cell.date=12:00:00"}},
		{"elapsed seconds", "[ss]", `<c r="A1" s="1"><v>0.5</v></c>`, "[ss]", "12:00:00", []string{"A1 cell.date=12:00:00"}},
		{"elapsed, negative", "a duration may be", `<c r="A1" s="1"><v>-0.5</v></c>`, "[h]:mm", "-12:00:00", []string{"A1 cell.date=-12:00:00"}},
		{"a date in a style that is text", "@ shows the number", `<c r="A1" s="1"><v>45385</v></c>`, "@", "45385", nil},
		{"ISO time", "t=d", `<c r="A1" t="d"><v>10:30:00</v></c>`, "", "10:30:00", []string{"A1 cell.date=10:30:00"}},
		{"ISO in a number's style", "the type rules", `<c r="A1" s="1" t="d"><v>2024-04-03</v></c>`, "00000", "2024-04-03", []string{"A1 cell.date=2024-04-03"}},

		{"true", "as shown", `<c r="A1" t="b"><v>1</v></c>`, "", "TRUE", nil},
		{"false", "as shown", `<c r="A1" t="b"><v>0</v></c>`, "", "FALSE", nil},
		{"true in words", "XML's boolean", `<c r="A1" t="b"><v>true</v></c>`, "", "TRUE", nil},
		{"boolean of a formula", "its stored value", `<c r="A1" t="b"><f>A2=1</f><v>0</v></c>`, "", "FALSE", []string{"A1 cell.formula=0"}},
		{"error of a formula", "both are told", `<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>`, "", "#DIV/0!", []string{"A1 cell.excel_error=#DIV/0!", "A1 cell.formula=#DIV/0!"}},
		{"error word in text", "as typed: an importer's business", `<c r="A1" t="str"><v>#N/A</v></c>`, "", "#N/A", nil},
		{"neither", "no boolean", `<c r="A1" t="b"><v>2</v></c>`, "", "2", []string{"A1 cell.number=2"}},
		{"error", "an error word", `<c r="A1" t="e"><v>#N/A</v></c>`, "", "#N/A", []string{"A1 cell.excel_error=#N/A"}},

		{"formula", "its stored value", `<c r="A1" t="str"><f>B1&amp;C1</f><v>Ann</v></c>`, "", "Ann", []string{"A1 cell.formula=Ann"}},
		{"formula with nothing", "a stored empty text", `<c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c>`, "", "", []string{"A1 cell.formula"}},
		{"formula without a value", "as some writers leave it", `<c r="A1"><f>B1</f></c><c r="B1"><v>1</v></c>`, "", "", []string{"A1 cell.formula_no_value"}},
		{"formula with an empty value", "as other writers leave it", `<c r="A1"><f>B1</f><v></v></c><c r="B1"><v>1</v></c>`, "", "", []string{"A1 cell.formula_no_value"}},
		{"formula and inline string", "no value either", `<c r="A1" t="inlineStr"><f>B1</f><v>x</v></c><c r="B1"><v>1</v></c>`, "", "", []string{"A1 cell.formula_no_value"}},

		{"shared formula", "the first of them", `<c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>5</v></c>`, "", "5", []string{"A1 cell.formula=5"}},
		{"shared formula, another", "it has no text of its own", `<c r="A1"><f t="shared" si="0"/><v>5</v></c>`, "", "5", []string{"A1 cell.formula=5"}},
		{"array formula", "its stored value", `<c r="A1" t="str"><f t="array" ref="A1:A3">B1:B3</f><v>x</v></c>`, "", "x", []string{"A1 cell.formula=x"}},
		{"data table", "its stored value", `<c r="A1"><f t="dataTable" ref="A1:A3" dt2D="1"/><v>5</v></c>`, "", "5", []string{"A1 cell.formula=5"}},
		{"DDE", "a value and never more", `<c r="A1" t="str"><f>cmd|'/c calc'!A0</f><v>Ann</v></c>`, "", "Ann", []string{"A1 cell.formula=Ann"}},
		{"formula behind its value", "order does not matter", `<c r="A1"><v>5</v><f>B1</f></c>`, "", "5", []string{"A1 cell.formula=5"}},
		{"text that looks like a formula", "text", `<c r="A1" t="inlineStr"><is><t>=1+1</t></is></c>`, "", "=1+1", nil},
		{"formula and shared string", "as some writers leave it", `<c r="A1" t="s"><f>B1</f></c><c r="B1"><v>1</v></c>`, "", "", []string{"A1 cell.formula_no_value"}},

		{"inline", "no shared strings needed", `<c r="A1" t="inlineStr"><is><t>Ann</t></is></c>`, "", "Ann", nil},
		{"inline in v", "as some writers put it", `<c r="A1" t="inlineStr"><v>Ann</v></c>`, "", "Ann", nil},
		{"inline twice", "is rules", `<c r="A1" t="inlineStr"><v>1</v><is><t>Ann</t></is></c>`, "", "Ann", nil},
		{"inline twice, the other way round", "is rules", `<c r="A1" t="inlineStr"><is><t>Ann</t></is><v>1</v></c>`, "", "Ann", nil},
		{"text in v and is", "the type rules", `<c r="A1" t="str"><v>Ann</v><is><t>Bob</t></is></c>`, "", "Ann", nil},
		{"text in is and v", "the type rules", `<c r="A1" t="str"><is><t>Bob</t></is><v>Ann</v></c>`, "", "Ann", nil},
		{"is without a type", "as some writers leave it", `<c r="A1"><is><t>Ann</t></is></c>`, "", "Ann", nil},
		{"rich", "runs are joined", `<c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>An</t></r><r><t xml:space="preserve">n </t></r></is></c>`, "", "Ann ", nil},
		{"phonetic", "left out", `<c r="A1" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></is></c>`, "", "東京", nil},
		{"CDATA", "text as it is", `<c r="A1" t="inlineStr"><is><t><![CDATA[<Ann> & co]]></t></is></c>`, "", "<Ann> & co", nil},
		{"entities", "the five and numbers", `<c r="A1" t="inlineStr"><is><t>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;</t></is></c>`, "", `<>&"'A😀`, nil},
		{"escapes", "ST_Xstring", `<c r="A1" t="inlineStr"><is><t>a_x000D_b_x005F_x0041__x0041_</t></is></c>`, "", "a\rb_x0041_A", nil},
		{"escaped pair", "UTF-16 units", `<c r="A1" t="inlineStr"><is><t>_xD83D__xDE00_</t></is></c>`, "", "😀", nil},
		{"escaped pair across runs", "each run by itself", `<c r="A1" t="inlineStr"><is><r><t>_xD83D_</t></r><r><t>_xDE00_</t></r></is></c>`, "", "_xD83D__xDE00_", nil},
		{"low half alone", "left as it is", `<c r="A1" t="inlineStr"><is><t>a_xDE00_b</t></is></c>`, "", "a_xDE00_b", nil},
		{"escaped control", "XML cannot hold it, text can", `<c r="A1" t="inlineStr"><is><t>a_x0007_b</t></is></c>`, "", "a\ab", nil},
		{"escapes in lower case", "digits have no case, the x has", `<c r="A1" t="inlineStr"><is><t>_x00e9__X0041_</t></is></c>`, "", "é_X0041_", nil},
		{"escape from a reference", "the underscore is written otherwise", `<c r="A1" t="inlineStr"><is><t>&#95;x0041_</t></is></c>`, "", "A", nil},
		{"half a pair", "left as it is", `<c r="A1" t="inlineStr"><is><t>_xD83D_x</t></is></c>`, "", "_xD83D_x", nil},
		{"no escapes", "five digits, none, no end", `<c r="A1" t="inlineStr"><is><t>_x00041_ _xZZZZ_ _x0041</t></is></c>`, "", "_x00041_ _xZZZZ_ _x0041", nil},
		{"CDATA twice", "and text between", `<c r="A1" t="inlineStr"><is><t>a<![CDATA[<b>]]>c<![CDATA[]]]]><![CDATA[>]]></t></is></c>`, "", "a<b>c]]>", nil},
		{"CDATA in a number", "its characters", `<c r="A1"><v><![CDATA[42]]></v></c>`, "", "42", nil},
		{"entities in a number", "its characters", `<c r="A1"><v>&#52;2</v></c>`, "", "42", nil},
		{"entities in a name and a type", "attributes have them too", `<c r="&#65;1" t="&#115;tr"><v>x</v></c>`, "", "x", nil},
		{"instruction in text", "is no text", `<c r="A1" t="inlineStr"><is><t>A<?x y?>nn</t></is></c>`, "", "Ann", nil},
		{"references to line ends", "are kept", `<c r="A1" t="inlineStr"><is><t>a&#13;&#10;b</t></is></c>`, "", "a\r\nb", nil},
		{"rich and plain", "in their order", `<c r="A1" t="inlineStr"><is><t>A</t><r><t>n</t></r><r><rPr><b/><sz val="9"/></rPr><t xml:space="preserve"> n</t></r></is></c>`, "", "An n", nil},
		{"phonetic between runs", "left out", `<c r="A1" t="inlineStr"><is><r><t>東</t></r><rPh sb="0" eb="1"><t>トウ</t></rPh><r><t>京</t></r><rPh sb="1" eb="2"><t>キョウ</t></rPh></is></c>`, "", "東京", nil},
		{"xml:space default", "is kept as well: it is in the file", `<c r="A1" t="inlineStr"><is><t xml:space="default"> a </t></is></c>`, "", " a ", nil},
		{"white space alone", "is text", `<c r="A1" t="inlineStr"><is><t xml:space="preserve"> </t></is></c>`, "", " ", nil},
		{"extension", "in a cell", `<c r="A1"><v>1</v><extLst><ext uri="x"><y xmlns="z">9</y></ext></extLst></c>`, "", "1", nil},
		{"attributes of other namespaces", "say nothing", `<c x:r="B9" x:t="s" xmlns:x="x" r="A1" t="str"><v>a</v></c>`, "", "a", nil},
		{"line ends", "XML makes them line feeds", "<c r=\"A1\" t=\"inlineStr\"><is><t>a\r\nb\rc</t></is></c>", "", "a\nb\nc", nil},
		{"white space in text", "is kept", `<c r="A1" t="inlineStr"><is><t> Ann </t></is></c>`, "", " Ann ", nil},
		{"comment in text", "is no text", `<c r="A1" t="inlineStr"><is><t>A<!-- x -->nn</t></is></c>`, "", "Ann", nil},
		{"text of a formula", "t=str", `<c r="A1" t="str"><v>a_x0041_</v></c>`, "", "aA", nil},
		{"too long", "one more than Excel holds", `<c r="A1" t="inlineStr"><is><t>` + strings.Repeat("é", 32_768) + `</t></is></c>`, "", strings.Repeat("é", 32_767),
			[]string{"A1 text.too_long=" + formats.Show(strings.Repeat("é", 81))}},
		{"escapes and more", "an escape is one character, however it is written", `<c r="A1" t="inlineStr"><is><t>` + strings.Repeat("_x0041_", 18_725) + `<!-- -->SMITH</t></is></c>`, "",
			strings.Repeat("A", 18_725) + "SMITH", nil},
		{"escapes and more in v", "as well", `<c r="A1" t="str"><v>` + strings.Repeat("_x0041_", 32_766) + `<![CDATA[S]]></v></c>`, "", strings.Repeat("A", 32_766) + "S", nil},
		{"escaped pairs and more", "of two units each", `<c r="A1" t="inlineStr"><is><r><t>` + strings.Repeat("_xD83D__xDE00_", 16_383) + `</t></r><r><t>S</t></r></is></c>`, "", strings.Repeat("😀", 16_383) + "S", nil},
		{"too many escapes", "one more than Excel holds", `<c r="A1" t="inlineStr"><is><t>` + strings.Repeat("_x0041_", 32_767) + `<!-- -->S</t></is></c>`, "", strings.Repeat("A", 32_767),
			[]string{"A1 text.too_long=" + formats.Show(strings.Repeat("A", 81))}},
		{"far too many escapes", "the rest is not kept, and that is told", `<c r="A1" t="str"><v>` + strings.Repeat("_x0041_", 50_000) + `<!-- -->S</v></c>`, "", strings.Repeat("A", 32_767),
			[]string{"A1 text.too_long=" + formats.Show(strings.Repeat("A", 81))}},
		{"blanks and a number", "more of them than are kept", `<c r="A1"><v>` + strings.Repeat(" ", 300_000) + `<!-- -->5</v></c>`, "", strings.Repeat(" ", 32_767),
			[]string{"A1 cell.number=" + strings.Repeat(" ", 79) + "…", "A1 text.too_long=" + strings.Repeat(" ", 79) + "…"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := oneSheet(`<row r="1">`+test.cell+`</row>`).with("xl/styles.xml", stylesPart(test.code, 0, 164, 1, 14))
			table, err := read(t, b.pack(zip.Store))
			require.NoError(t, err, test.reason)
			if diff := cmp.Diff(test.want, table.Row(0).Cell(0)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			if diff := cmp.Diff(test.findings, codes(table)); diff != "" {
				t.Errorf("%s: findings (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestDates1904(t *testing.T) {
	b := oneSheet(`<row r="1"><c r="A1" s="0"><v>43923</v></c><c r="B1" s="0"><v>0.5</v></c></row>`).
		with("xl/styles.xml", stylesPart("", 14)).
		with("xl/workbook.xml", strings.Replace(workbookPart(`<sheet name="Sheet1" sheetId="1" r:id="rId1"/>`), "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1))
	table, err := read(t, b.zip())
	require.NoError(t, err)
	require.Equal(t, []string{"2024-04-03", "12:00:00"}, table.Row(0).Cells())
}

func TestSharedStrings(t *testing.T) {
	var rows strings.Builder
	for i := range 6 {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>`, i+1, i+1, i)
	}
	b := oneSheet(rows.String()).shared(`<t>Ann</t>`, `<t xml:space="preserve"> B </t>`, `<r><t>C</t></r><r><t>c</t></r>`, `<t>_x0041_&amp;</t>`, ``, `<t>_x0041_</t>`)
	table, err := read(t, b.zip())
	require.NoError(t, err)
	want := map[int][]string{1: {"Ann"}, 2: {" B "}, 3: {"Cc"}, 4: {"A&"}, 6: {"A"}}
	if diff := cmp.Diff(want, cells(table)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// Text after many escapes is kept, or the cell is reported as too long.
	b = oneSheet(refuseRepeated(1)).shared(`<t>` + strings.Repeat("_x0041_", 32_762) + `<![CDATA[SMITH]]></t>`)
	table, err = read(t, b.pack(zip.Store))
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("A", 32_762)+"SMITH", table.Row(0).Cell(0))
	require.Empty(t, codes(table))
	b = oneSheet(refuseRepeated(1)).shared(`<t>` + strings.Repeat("_x0041_", 60_000) + `<![CDATA[SMITH]]></t>`)
	table, err = read(t, b.pack(zip.Store))
	require.NoError(t, err)
	require.Equal(t, []string{"A1 text.too_long=" + formats.Show(strings.Repeat("A", 81))}, codes(table))
}

// TestFixOfNoise: the fix of a number with noise is the number that Excel shows.
func TestFixOfNoise(t *testing.T) {
	table, err := read(t, oneSheet(`<row r="1"><c r="A1"><v>1003.9999999999999</v></c></row>`).zip())
	require.NoError(t, err)
	fix := "1004"
	want := []formats.Finding{{Severity: formats.Warning, Code: "number.precision", Row: 1, Line: 1, Column: 1, Cell: "A1", Value: "1003.9999999999999", Fix: &fix}}
	if diff := cmp.Diff(want, table.Findings()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
