package e164

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// MaxInput is how many characters (runes) a number may be typed with.
const MaxInput = 250

// MaxExt is how many digits an extension may have.
const MaxExt = 20

// Options change what [New] makes. nil is the same as the zero value.
type Options struct {
	// Remember is how many results are kept, so that a number that comes again
	// (a preview and its commit read the same file) costs next to nothing: 0 for
	// 32,768, which take 7 MB when they are numbers and 22 MB when all are
	// refused; less than 0 for none.
	Remember int
}

// A Normalizer reads numbers. It may be used by several goroutines.
type Normalizer struct {
	numbers recogniser
	memo    memo
}

var _ extensions.Normalizer = (*Normalizer)(nil)

// New makes a Normalizer.
func New(o *Options) *Normalizer {
	const remember = 1 << 15
	n := &Normalizer{numbers: metadata{}, memo: memo{limit: remember}}
	if o != nil && o.Remember != 0 {
		n.memo.limit = max(o.Remember, 0)
	}
	return n
}

// Normalize reads one number. region is an ISO 3166 code of two letters, in any
// case; one that has no numbers of its own is as none. The E164 of a Number is
// read as itself, whatever the region, with no problem.
//
// The number is typed with a plus sign, with the prefix that calls abroad from
// the region (00, 011, …), as a national number of the region, or as a tel: link
// (RFC 3966). An extension stands behind ext, x, #, ;ext=, "poste" and their
// like. Digits of any script are digits.
//
// A number that is read may have warnings:
//
//   - phone.plus_added: it began with the country code of the region, and no
//     plus: most often a spreadsheet took the plus away. Without a region, or with
//     another country's code, nothing is added unasked.
//   - phone.letters: letters were read as the digits of a telephone's keys.
//   - phone.text (text): words or letters around or in it were left out.
//
// One that is not has one error, with a Fix where one number was evidently meant:
//
//   - phone.region: it is not international, and no region is given.
//   - phone.country: no country has that code.
//   - phone.too_short, phone.too_long (country): the numbers of the country
//     ("+33") have more or fewer digits. A short number of a PBX is too short,
//     however the metadata could be read. phone.too_long with max and length: more
//     than [MaxInput] characters.
//   - phone.invalid (country): right in length, and in no range that is given out.
//   - phone.multiple: several numbers.
//   - phone.extension_too_long (max): the extension has more than [MaxExt] digits.
//   - phone.form: not a number: "n/a", a date, a number with decimals.
//   - number.scientific, cell.excel_error: as [spreadsheet.Repair] has them.
//   - text.control, text.bidi (char): a control character or line break inside;
//     a character that turns the order of the digits around.
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
	text, fault := undress(raw)
	if fault.Code != "" {
		return none, []users.Problem{fault}
	}
	if strings.Contains(text, "\n") {
		return none, []users.Problem{n.lines(text, region)}
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
	return n.dressed(text, region)
}

// judge asks for a number, and puts the answer with the warnings it has already.
func (n *Normalizer) judge(asked, text, region string, warnings []users.Problem) (extensions.Number, []users.Problem) {
	r := n.numbers.recognise(asked, region)
	switch {
	case r.fault == "" && r.added:
		return r.number, append([]users.Problem{{Code: "phone.plus_added", Warning: true}}, warnings...)
	case r.fault == "":
		return r.number, warnings
	}
	p := users.Problem{Code: r.fault}
	if longExt(text) {
		p.Code, p.Args = "phone.extension_too_long", map[string]string{"max": strconv.Itoa(MaxExt)}
		return extensions.Number{}, []users.Problem{p}
	}
	if several, same := n.several(text, region, true); several {
		p.Code, p.Fix = "phone.multiple", same
		return extensions.Number{}, []users.Problem{p}
	}
	if r.country != "" {
		p.Args = map[string]string{"country": r.country}
	}
	p.Fix = n.fix(text, region, p.Code)
	return extensions.Number{}, []users.Problem{p}
}

// lines is what is wrong with a text of several lines.
func (n *Normalizer) lines(text, region string) users.Problem {
	if several, same := n.several(text, region, false); several {
		return users.Problem{Code: "phone.multiple", Fix: same}
	}
	p := users.Problem{Code: "text.control", Args: map[string]string{"char": "U+000A"}}
	if number, problems := n.read(strings.ReplaceAll(text, "\n", " "), region); number.E164 != "" && len(problems) == 0 {
		p.Fix = typed(number)
	}
	return p
}

// typed is a number as a person would type it, to be read as itself.
func typed(n extensions.Number) string {
	if n.Ext == "" {
		return n.E164
	}
	return n.E164 + " ext. " + n.Ext
}
