package messages

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"github.com/usher-go/usher/importer"
)

// A Language has the texts of one language. The zero Language is English. It is
// a small value and safe for use by several goroutines.
type Language struct{ t *table }

var _ importer.Texter = Language{}

// table holds the texts of a language. It is read-only after newTable.
type table struct {
	tag language.Tag
	// forms are the plural forms of the language, in the order its texts list
	// them. [plural.Other] is last.
	forms []plural.Form
	// codes holds the texts of findings and refusals: by code, by code and
	// narrowing argument ("email.form.no_at"), and by the last part of a code
	// ("*.taken").
	codes map[string][]string
	// words holds single texts by name: "action.create", "field.email".
	words   map[string]string
	numbers *message.Printer
}

// tables lists the languages. The first one is used when no other matches.
var tables = []*table{english, french}

var matcher = func() language.Matcher {
	tags := make([]language.Tag, len(tables))
	for i, t := range tables {
		tags[i] = t.tag
	}
	return language.NewMatcher(tags)
}()

// newTable returns a language. typeset applies the typography of the language to
// a text, so that translators need not type invisible characters. It may be nil.
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

// For returns the best language for a reader of lang. lang is a BCP 47 tag ("fr",
// "fr-CA") or a list of tags in order of preference, as in the header
// Accept-Language. For returns English if no language matches or lang is not
// valid.
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
	// By index: the tag that Match returns may have more parts than the tag of
	// the table.
	_, i, _ := matcher.Match(wanted...)
	return Language{tables[i]}
}

// Languages returns the tags of the supported languages, "en" first.
func Languages() []string {
	out := make([]string, len(tables))
	for i, t := range tables {
		out[i] = t.tag.String()
	}
	return out
}

// String returns the BCP 47 tag of the language: "fr".
func (l Language) String() string { return l.table().tag.String() }

func (l Language) table() *table {
	if l.t == nil {
		return tables[0]
	}
	return l.t
}
