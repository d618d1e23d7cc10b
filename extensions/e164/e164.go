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
// extension follows ext, x, #, ;ext= or a word for it in one of many languages: "poste",
// "Durchwahl", "內線". Digits of every script are digits.
//
// An accepted number may have warnings:
//
//   - phone.plus_added: it began with the country code of the region, without a plus,
//     which a spreadsheet often removes. Without a region, or with the code of another
//     country, no plus is added unasked.
//   - phone.prefix_added (prefix): it did not begin with the 0 by which national numbers
//     of the region begin, which a spreadsheet often removes. It could be a number
//     without its area code.
//   - phone.ambiguous (number, other): both could be missing. With the plus it is one of
//     the two, with the 0 the other. number is the one that was read: the first if the
//     country code is apart ("49 7755 91155"), and else the second.
//   - phone.letters: letters were read as the digits of a telephone's keys. They are
//     keys only in toll-free and North American numbers, if they are one group and the
//     digits without them are no number.
//   - phone.text (text): words around it were left out.
//
// A refused number has one error, with a Fix if it is evident which number was meant:
//
//   - phone.region: the number is not international, and no region is given.
//   - phone.country: no country has the code.
//   - phone.too_short, phone.too_long (country): numbers of the country ("+33") have
//     more or fewer digits. A short number of a PBX is too short, even if the metadata
//     accept it. phone.too_long with max and length: more than [MaxInput] characters.
//   - phone.invalid (country): the length is right, but the range is not in use.
//   - phone.multiple (numbers): the text holds several numbers, or the last digits of
//     others behind a complete one ("030 12345-10/11"). The numbers are separated by a
//     comma and a blank, and missing if they are not known.
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
		fault.Fix = n.fix(text, "", region, fault.Code)
		return none, []users.Problem{fault}
	}

	if compact, ok := plain(text); ok {
		if numbers, several := n.hasTails(text, region); several {
			return none, []users.Problem{short(numbers)}
		}
		return n.judge(compact, "", text, region, nil)
	}
	return n.readLabelled(text, region)
}

// judge asks the recogniser for a number and adds the result to the warnings so far.
// body is the number as it was typed, and ext its extension.
func (n *Normalizer) judge(asked, ext, body, region string, warnings []users.Problem) (extensions.Number, []users.Problem) {
	r := n.numbers.recognise(asked, region)
	if r.fault == "" {
		if len(r.number.E164) > minDigits { // in a plan of open length two short numbers can be one together
			if numbers, several := n.splitAtBlank(body, region, isWhole); several {
				return extensions.Number{}, []users.Problem{multiple(numbers)}
			}
		}

		number, problems := choose(r, body)
		if ext != "" {
			number.Ext = ext
		}
		return number, append(problems, warnings...)
	}

	if hasLongExt(body) {
		return extensions.Number{}, []users.Problem{extTooLong()}
	}
	if numbers, several := n.hasSeveral(body, region, true); several {
		return extensions.Number{}, []users.Problem{multiple(numbers)}
	}

	p := users.Problem{Code: r.fault}
	if r.country != "" {
		p.Args = map[string]string{"country": r.country}
	}
	p.Fix = n.fix(body, ext, region, p.Code)
	return extensions.Number{}, []users.Problem{p}
}

// choose returns the number of a reading, and a warning if the text does not say
// everything: a prefix is missing, or it could be the plus sign.
func choose(r reading, body string) (extensions.Number, []users.Problem) {
	number := r.number
	p := users.Problem{Warning: true}
	switch {
	case r.other != "":
		p.Code = "phone.ambiguous"
		other := r.other
		if rest, apart := cutCountry(body, r.country); apart {
			number.E164, other = other, number.E164
			if strings.HasPrefix(rest, "(0") { // "49 (0)30 123456"
				return number, []users.Problem{{Code: "phone.plus_added", Warning: true}}
			}
		}
		p.Args = map[string]string{"number": number.E164, "other": other}

	case r.prefix != "":
		p.Code, p.Args = "phone.prefix_added", map[string]string{"prefix": r.prefix}

	case r.added:
		p.Code = "phone.plus_added"

	default:
		return number, nil
	}
	return number, []users.Problem{p}
}

// cutCountry returns the text behind a country code that has no plus sign. apart is set
// if a blank or a mark is between them: "49 7755 91155".
func cutCountry(body, country string) (rest string, apart bool) {
	body, ok := strings.CutPrefix(strings.TrimLeft(body, "( "), strings.TrimPrefix(country, "+"))
	rest = strings.TrimLeft(body, " -./)")
	return rest, ok && body != "" && !isDigit(body[0])
}

func extTooLong() users.Problem {
	return users.Problem{Code: "phone.extension_too_long", Args: map[string]string{"max": strconv.Itoa(MaxExt)}}
}

// judgeLines returns what is wrong with a text of several lines.
func (n *Normalizer) judgeLines(text, region string) users.Problem {
	if numbers, several := n.hasSeveral(text, region, false); several {
		return multiple(numbers)
	}
	if numbers, several := n.hasTails(text, region); several {
		return short(numbers)
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
