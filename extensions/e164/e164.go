package e164

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// MaxInput is the largest number of characters (runes) of a typed number.
const MaxInput = 250

// MaxExt is the largest number of digits of an extension.
const MaxExt = 20

// Options configure a [Normalizer]. nil is the same as the zero value.
type Options struct {
	// Remember is how many results are kept, so that a number which occurs again
	// costs almost nothing: a preview and its commit read the same file. 0 means
	// 32,768, which take 7 MB if all are numbers and 22 MB if all are refused. Less
	// than 0 means none.
	Remember int
}

// A Normalizer reads numbers. Several goroutines may use it.
type Normalizer struct {
	numbers recogniser
	memo    memo
}

var _ extensions.Normalizer = (*Normalizer)(nil)

// New returns a Normalizer.
func New(o *Options) *Normalizer {
	const remember = 1 << 15
	n := &Normalizer{numbers: metadata{}, memo: memo{limit: remember}}
	if o != nil && o.Remember != 0 {
		n.memo.limit = max(o.Remember, 0)
	}
	return n
}

// Normalize reads one number. region is an ISO 3166 code of two letters in any case. An
// unknown region is the same as none. Normalize returns the E164 of a Number unchanged
// and without a problem, whatever the region.
//
// The number may begin with a plus sign, or with the region's international prefix (00,
// 011, …). It may be a national number of the region, or a tel: link (RFC 3966). An
// extension follows ext, x, #, ;ext=, "poste" and similar words. Digits of every script
// are digits.
//
// An accepted number may have warnings:
//
//   - phone.plus_added: it began with the country code of the region, without a plus,
//     which a spreadsheet often removes. Without a region, or with the code of another
//     country, no plus is added unasked.
//   - phone.letters: letters were read as the digits of a telephone's keys.
//   - phone.text (text): words or letters around or inside it were left out.
//
// A refused number has one error, with a Fix if it is evident which number was meant:
//
//   - phone.region: the number is not international, and no region is given.
//   - phone.country: no country has the code.
//   - phone.too_short, phone.too_long (country): numbers of the country ("+33") have
//     more or fewer digits. A short number of a PBX is too short, even if the metadata
//     accept it. phone.too_long with max and length: more than [MaxInput] characters.
//   - phone.invalid (country): the length is right, but the range is not in use.
//   - phone.multiple: the text holds several numbers.
//   - phone.extension_too_long (max): the extension has more than [MaxExt] digits.
//   - phone.form: the text is not a number: "n/a", a date, a number with decimals.
//   - number.scientific, cell.excel_error: a spreadsheet damaged the number.
//   - text.control, text.bidi (char): a control character or line break is inside, or a
//     character that reverses the order of the digits.
func (n *Normalizer) Normalize(raw, region string) (extensions.Number, []users.Problem) {
	region = Region(region)
	if number, problems, ok := n.memo.get(raw, region); ok {
		return number, problems
	}
	number, problems := n.read(raw, region)
	n.memo.put(raw, region, number, problems)
	return number, problems
}

func (n *Normalizer) read(raw, region string) (extensions.Number, []users.Problem) {
	none := extensions.Number{}
	if length := utf8.RuneCountInString(raw); length > MaxInput {
		return none, []users.Problem{{Code: "phone.too_long", Args: map[string]string{
			"max": strconv.Itoa(MaxInput), "length": strconv.Itoa(length)}}}
	}

	text, fault := cleanMarks(raw)
	if fault.Code != "" {
		return none, []users.Problem{fault}
	}
	if strings.Contains(text, "\n") {
		return none, []users.Problem{n.judgeLines(text, region)}
	}
	if text, fault = unwrap(text); fault.Code == "" {
		fault = damage(text)
	}

	if fault.Code != "" {
		fault.Fix = n.fix(text, region, fault.Code)
		return none, []users.Problem{fault}
	}

	if compact, ok := plain(text); ok {
		return n.judge(compact, text, region, nil)
	}
	return n.readLabelled(text, region)
}

// judge asks the recogniser for a number and adds the result to the warnings so far.
func (n *Normalizer) judge(asked, text, region string, warnings []users.Problem) (extensions.Number, []users.Problem) {
	r := n.numbers.recognise(asked, region)
	switch {
	case r.fault == "" && r.added:
		return r.number, append([]users.Problem{{Code: "phone.plus_added", Warning: true}}, warnings...)
	case r.fault == "":
		return r.number, warnings
	}

	p := users.Problem{Code: r.fault}
	if hasLongExt(text) {
		p.Code, p.Args = "phone.extension_too_long", map[string]string{"max": strconv.Itoa(MaxExt)}
		return extensions.Number{}, []users.Problem{p}
	}

	if several, same := n.hasSeveral(text, region, true); several {
		p.Code, p.Fix = "phone.multiple", same
		return extensions.Number{}, []users.Problem{p}
	}

	if r.country != "" {
		p.Args = map[string]string{"country": r.country}
	}

	p.Fix = n.fix(text, region, p.Code)
	return extensions.Number{}, []users.Problem{p}
}

// judgeLines returns what is wrong with a text of several lines.
func (n *Normalizer) judgeLines(text, region string) users.Problem {
	if several, same := n.hasSeveral(text, region, false); several {
		return users.Problem{Code: "phone.multiple", Fix: same}
	}
	p := users.Problem{Code: "text.control", Args: map[string]string{"char": "U+000A"}}
	if number, problems := n.read(strings.ReplaceAll(text, "\n", " "), region); number.E164 != "" && len(problems) == 0 {
		p.Fix = typed(number)
	}
	return p
}

// typed returns a number as a person would type it, so that it is read as itself.
func typed(n extensions.Number) string {
	if n.Ext == "" {
		return n.E164
	}
	return n.E164 + " ext. " + n.Ext
}
