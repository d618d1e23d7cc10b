// Package messages has the texts of usher in several languages: findings,
// refusals, actions, outcomes, labels, errors, and the sentences about an import.
//
// A [Language] is one language and implements [importer.Texter]. Choose the
// language that the reader asks for, not the one of the environment:
//
//	lang := messages.For(r.Header.Get("Accept-Language"))
//	fmt.Println(lang.Finding(f))
//
// Each language is one file with two tables. To add a language, copy en.go,
// translate the texts, and list the language in language.go. The tests compare
// it with English and with the codes in the sources. testdata/messages.txt shows
// every message.
//
// # Texts
//
// A text has slots for the arguments of a finding:
//
//	{row}            the argument, unchanged
//	{max:number}     a number, with the digit groups of the language
//	{max:bytes}      a number of bytes, as MiB or KiB if that is a whole number
//	{char:char}      a character called "U+00E9", also as itself if it is visible
//	{found:word}     a value that the table of words translates ("found.pdf")
//	{rows?row|rows}  the plural form of a word for the number, in the order of the language
//
// A text can also use {value} (the value with the problem), {subject} (the label
// of the field in quotes, or "This row") and {code}. A code has one or more
// texts; the first text whose arguments all exist is used. A code without a text
// uses the text of its last part: "line.taken" uses "*.taken".
//
// The package imports importer, users, formats and golang.org/x/text.
package messages
