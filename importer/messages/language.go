package messages

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"github.com/usher-go/usher/importer"
)

// A Language puts things into words of one language. The zero Language is
// English. It is a small value, and may be used by several goroutines.
type Language struct{ t *table }

var _ importer.Texter = Language{}

// table is a language. Nothing writes to one once it is made.
type table struct {
	tag language.Tag
	// forms are the plural forms of the language, in the order its texts list
	// them. [plural.Other] is last.
	forms []plural.Form
	// codes are the texts of findings and refusals by code, by code and the
	// argument that narrows it ("email.form.no_at"), and by the last part of a
	// code ("*.taken").
	codes map[string][]string
	// words are single texts by what they are for: "action.create", "field.email".
	words   map[string]string
	numbers *message.Printer
}

// tables are the languages there are. The first stands in for all others.
var tables = []*table{english, french}

var matcher = func() language.Matcher {
	tags := make([]language.Tag, len(tables))
	for i, t := range tables {
		tags[i] = t.tag
	}
	return language.NewMatcher(tags)
}()

// newTable makes a language. typeset gives a text the typography of the
// language, so that a translator need not type what cannot be seen; it may be nil.
func newTable(tag language.Tag, forms []plural.Form, typeset func(string) string, codes map[string][]string, words map[string]string) *table {
	if typeset != nil {
		for _, texts := range codes {
			for i := range texts {
				texts[i] = typeset(texts[i])
			}
		}
		for k, text := range words {
			words[k] = typeset(text)
		}
	}
	return &table{tag: tag, forms: forms, codes: codes, words: words,
		numbers: message.NewPrinter(tag, message.Catalog(catalog.NewBuilder()))}
}

// For is the language that serves a reader of lang best: a BCP 47 tag ("fr",
// "fr-CA"), or a list of them in order of preference as in the header
// Accept-Language. It is English where no language fits or lang cannot be read.
func For(lang string) Language {
	for _, t := range tables {
		if lang == t.tag.String() {
			return Language{t}
		}
	}
	wanted, _, err := language.ParseAcceptLanguage(lang)
	if err != nil {
		return Language{}
	}
	// By index: the tag that Match answers may carry more than the table's own.
	_, i, _ := matcher.Match(wanted...)
	return Language{tables[i]}
}

// Languages are the tags of the languages there are: "en" first.
func Languages() []string {
	out := make([]string, len(tables))
	for i, t := range tables {
		out[i] = t.tag.String()
	}
	return out
}

// String is the language's BCP 47 tag: "fr".
func (l Language) String() string { return l.table().tag.String() }

func (l Language) table() *table {
	if l.t == nil {
		return tables[0]
	}
	return l.t
}
