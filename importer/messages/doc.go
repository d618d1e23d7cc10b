// Package messages puts what usher finds into words: findings, refusals,
// actions, outcomes, labels, errors, and the sentences around an import.
//
// A [Language] is one language; it is an [importer.Texter]. Pick it by what the
// reader asks for, never from the environment:
//
//	lang := messages.For(r.Header.Get("Accept-Language"))
//	fmt.Println(lang.Finding(f))
//
// Each language is one file of two tables. To add one, copy en.go, translate,
// and list it in language.go; the tests hold it against English and against the
// codes that stand in the sources. testdata/messages.txt shows every message.
//
// # Texts
//
// A text has slots that a finding's arguments fill:
//
//	{row}            the argument as it is
//	{max:number}     a number, grouped as the language does
//	{max:bytes}      a number of bytes, as MiB or KiB where it is round
//	{char:char}      a character called "U+00E9", shown where it shows anything
//	{found:word}     a value that has a word of its own ("found.pdf")
//	{rows?row|rows}  the form of a word that goes with the number, in the order of the language's plural forms
//
// Beside the arguments there are {value} (the text in question), {subject} (the
// field's label in quotes, or "This row") and {code}. A code has one text or
// several: the first is used for which every argument is there. A code without
// a text of its own has that of its last part: "*.taken" speaks for "line.taken".
//
// The package imports importer, users, formats and golang.org/x/text.
package messages
